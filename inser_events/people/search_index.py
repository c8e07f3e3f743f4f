"""An index for searching in the middle of words, so that a search among 100,000 people is as quick as among 1,000.

PostgreSQL has one for LIKE (pg_trgm); where its extension may not be made, LIKE reads the table. SQLite has a full-text
table of trigrams (FTS5), which triggers keep in step and which is asked by name. Words of fewer than three letters are
in neither and are looked for in the rows.
"""

from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Connection, Table, column, event, inspect, select, table, text
from sqlalchemy.exc import OperationalError

from inser_events.database import Model, db
from inser_events.people.search import like, words

SHORTEST = 3
"""Letters of a word that an index of trigrams can find."""
_indexed: list[Table] = []


def keep_index(model: type[Model]) -> None:
    """Keep an index over the ``search_text`` of a model's table, made and dropped with it."""
    made: Any = model.__table__
    _indexed.append(made)
    event.listen(made, "after_create", lambda made, connection, **_more: _make(connection, made))
    event.listen(made, "before_drop", lambda made, connection, **_more: _drop(connection, made))


def make_indexes(connection: Connection) -> None:
    """Make what is missing: in a new database, or after a migration that wrote a table anew and lost its triggers."""
    for made in _indexed:
        _make(connection, made)


def holding(model: Any, query: str) -> list[ColumnElement[bool]]:
    """Conditions that every word of the query occurs in the model's ``search_text``."""
    wanted = words(query)
    found: list[ColumnElement[bool]] = []
    if by_id(model, query) and not _on_postgresql():
        name = _name(model.__table__)
        index: Any = table(name, column("rowid"), column(name))
        phrases = " ".join('"' + word.replace('"', '""') + '"' for word in wanted if len(word) >= SHORTEST)
        found.append(model.id.in_(select(index.c.rowid).where(index.c[name].op("MATCH")(phrases))))
        wanted = [word for word in wanted if len(word) < SHORTEST]
    return [*found, *(model.search_text.like(like(word), escape="\\") for word in wanted)]


def by_id(model: Any, query: str) -> bool:
    """Whether the index finds some of the words: then rows are best looked up from there, not from other indexes."""
    long = any(len(word) >= SHORTEST for word in words(query))
    return long and (_on_postgresql() or _has_own_index(model.__table__))


def _on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _name(made: Table) -> str:
    return f"{made.name}_search"


def _has_own_index(made: Table) -> bool:
    known: dict[str, bool] = current_app.extensions.setdefault("search indexes", {})
    if made.name not in known:
        known[made.name] = inspect(db.session.connection()).has_table(_name(made))
    return known[made.name]


def _make(connection: Connection, made: Table) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(_POSTGRESQL.format(table=made.name, index=f"ix_{_name(made)}")))
    elif connection.dialect.name == "sqlite":
        _make_sqlite(connection, made.name, _name(made))


_POSTGRESQL = """
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS {index} ON {table} USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file OR undefined_object THEN
  RAISE NOTICE 'pg_trgm is not available: a search reads the whole table';
END $$
"""


def _make_sqlite(connection: Connection, name: str, index: str) -> None:
    kept = {row[0] for row in connection.execute(text("SELECT name FROM sqlite_master"))}
    triggers = {trigger.format(table=name, index=index) for trigger in _TRIGGERS}
    missing = [trigger for trigger in triggers if trigger.split()[2] not in kept]
    if index in kept and not missing:
        return
    try:
        options = f"search_text, content='{name}', content_rowid='id', tokenize='trigram case_sensitive 1'"
        connection.execute(text(f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5({options})"))
    except OperationalError:
        # A SQLite built without FTS5 or from before trigrams (3.34): LIKE reads the table.
        return
    for trigger in missing:
        connection.exec_driver_sql(trigger)
    connection.exec_driver_sql(_REBUILD.format(index=index))


_REBUILD = "INSERT INTO {index}({index}) VALUES ('rebuild')"
_TRIGGERS = (
    """CREATE TRIGGER {index}_added AFTER INSERT ON {table} BEGIN
      INSERT INTO {index}(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER {index}_removed AFTER DELETE ON {table} BEGIN
      INSERT INTO {index}({index}, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER {index}_changed AFTER UPDATE OF search_text ON {table} BEGIN
      INSERT INTO {index}({index}, rowid, search_text) VALUES ('delete', old.id, old.search_text);
      INSERT INTO {index}(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
)


def _drop(connection: Connection, made: Table) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_name(made)}")
