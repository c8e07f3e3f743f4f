"""The database: connection, column types, naming, and the one transaction per request.

SQLite runs in WAL with foreign keys on. Two writing connections starve each other there (the busy wait is
unfair), and a transaction that reads first and writes later fails outright when another wrote in between. So whoever
may write waits for an in-process lock, and their transaction starts with BEGIN IMMEDIATE; reading ones never wait.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from flask import Flask, Response, current_app, g, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, CursorResult, DateTime, Dialect, Engine, Executable, MetaData, Select, String, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, instance_state, manager_of_class, set_committed_value
from sqlalchemy.pool import PoolProxiedConnection, QueuePool
from sqlalchemy.types import TypeDecorator

from inser_events.config import Settings
from inser_events.journal import Journal
from inser_events.languages import Localized

LOCK_SECONDS = 30
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_REFUSAL = 400


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC. Refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Convert to UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a datetime column needs an aware datetime"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Give SQLite's naive values their zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LocalizedText(TypeDecorator[Localized]):
    """Text per language, as JSON; empty texts are dropped."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> Localized:  # noqa: ARG002 — SQLAlchemy's signature
        """Keep only languages that have text."""
        return {language: text.strip() for language, text in (value or {}).items() if text and text.strip()}


class Model(DeclarativeBase):
    """Every table. Constraint names are fixed so that migrations can address them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy reads this attribute of the class
        datetime: UTCDateTime,
        Localized: LocalizedText,
        list[str]: JSON,
        dict[str, Any]: JSON,
        str: String,
    }


db = SQLAlchemy(
    metadata=Model.metadata,
    # A session lives for one request or job: nothing in it can be out of date after its own commit.
    session_options={"expire_on_commit": False},
)

Found = TypeVar("Found")
Row = TypeVar("Row", bound="Model")
_may_write: ContextVar[bool] = ContextVar("may_write", default=True)
_write_lock = threading.Lock()
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "mmap_size=268435456")
"""Of every connection to SQLite. What is read of the first 256 MB is not copied: a fifth less for ten thousand rows
that stand apart, which is what a search for a common name reads."""


def new_uid() -> str:
    """A permanent public id: a random UUID, never derived from names, times or hosts (RFC 7986 section 5.3)."""
    return str(uuid4())


def ask(statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Execute a statement of plain tables, after what the session still holds back.

    For what everybody passes through: built once at import, it costs a fifth of what a query of objects does.
    """
    session = db.session()
    session.flush()
    return session.connection().execute(statement, values)


def insert_if_new(model: type[Model], **values: Any) -> int | None:
    """Insert a row at once, past the session; its ``id``, or None when a unique column has such a value already."""
    connection = db.session.connection()
    found: int | None = connection.scalar(_insertion(model, connection.dialect.name), values)
    return found


@cache
def _insertion(model: type[Model], dialect: str) -> Any:
    table: Any = model.__table__
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().returning(table.c.id)


def made_of(model: type[Row], **values: Any) -> Row:
    """A new object that has *values*, for `insert_whole`: without validators and what a flush would need to know."""
    row: Row = manager_of_class(model).new_instance()
    instance_dict(row).update(values)
    return row


def insert_whole(row: Model) -> bool:
    """Insert a new object at once, past the unit of work; False when a unique column has such a value already.

    Afterwards the object has what the database has, defaults included, and belongs to the session. It needs no
    savepoint to survive a value that is taken, and costs a fifth of a flush. Related objects must be stored already.
    """
    model, given = type(row), instance_dict(row)
    for key, default in _defaults(model):
        if key not in given:
            set_committed_value(row, key, default())
    number = insert_if_new(model, **{key: given[key] for key, _default in _defaults(model)})
    if number is None:
        return False
    set_committed_value(row, "id", number)
    make_transient_to_detached(row)
    # A row that was deleted past the session may have had this number; what is left of it is nobody any more.
    identity = instance_state(row).key
    left_over = db.session.identity_map.get(identity) if identity else None
    if left_over is not None:
        db.session.expunge(left_over)
    db.session.add(row)
    return True


@cache
def _defaults(model: type[Model]) -> list[tuple[str, Callable[[], Any]]]:
    """Every column but the ``id``, with what makes the value of one that was not given."""
    return [(column.key, _default_of(column)) for column in model.__table__.columns if column.key != "id"]


def _default_of(column: Any) -> Callable[[], Any]:
    default = column.default
    if default is None:
        return lambda: None
    return partial(default.arg, None) if default.is_callable else lambda: default.arg


def find_or_raise(wanted: Select[Found], error: Callable[[], Exception]) -> Found:
    """The row that a query finds. Raises what *error*, a class of errors mostly, makes when there is none."""
    found = db.session.scalar(wanted)
    if found is None:
        raise error()
    return found


def after_commit(act: Callable[[], object]) -> None:
    """Call *act* once the current transaction has been committed; forget it on rollback."""
    g.setdefault("after_commit", []).append(act)


def commit() -> None:
    """Commit durably, then let go what waited for it."""
    db.session.commit()
    journal: Journal | None = current_app.extensions["journal"]
    if journal and _may_write.get():
        journal.make_durable()
    for act in g.pop("after_commit", []):
        act()


def rollback() -> None:
    """Undo everything since the last commit, and drop what waited for it."""
    g.pop("after_commit", None)
    db.session.rollback()


def expect_writing(*, expected: bool = True) -> None:
    """Say whether the next transaction may write, where the request's method does not tell.

    Call before the first query: a GET that writes (a join link that records presence) says yes.
    """
    _may_write.set(expected)


@contextmanager
def only_reading() -> Iterator[None]:
    """Inside, nothing is written, and nobody who writes is waited for."""
    before = _may_write.set(False)
    try:
        yield
    finally:
        _may_write.reset(before)


def init_app(app: Flask, settings: Settings) -> None:
    """Connect the application to its database."""
    options: dict[str, Any] = {"pool_pre_ping": not settings.on_sqlite}
    if settings.on_sqlite:
        options |= {"connect_args": {"timeout": LOCK_SECONDS}, "poolclass": Turns, "pool_use_lifo": True}
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        file = db.engine.url.database if settings.on_sqlite else None
        app.extensions["journal"] = Journal(Path(file)) if file else None
        if settings.on_sqlite:
            _listen(db.engine)
    app.before_request(_open_transaction)
    app.after_request(_close_transaction)
    app.teardown_request(_forget_method)


def _open_transaction() -> None:
    g.may_write_before = _may_write.set(request.method not in SAFE_METHODS)


def _close_transaction(response: Response) -> Response:
    if response.status_code < FIRST_REFUSAL:
        commit()
    else:
        rollback()
    return response


def _forget_method(_error: BaseException | None) -> None:
    # Threads are used again: what this request allowed must not reach the next thing they do.
    before = g.pop("may_write_before", None)
    if before is not None:
        _may_write.reset(before)


def _wait_for_turn() -> None:
    if not _write_lock.acquire(timeout=LOCK_SECONDS):
        message = "another writer held the database for too long"
        raise TimeoutError(message)


class Turns(QueuePool):
    """Connections to SQLite, those that write in turn.

    Whoever will write waits here, before they have a connection, and keeps their turn until they give it back. So one
    after the other gets the same connection, whose pages of the database are still in memory; SQLite throws them away
    as soon as another connection has written.
    """

    def connect(self) -> PoolProxiedConnection:
        """Take a connection; for those who may write it comes with the write lock. Raises TimeoutError."""
        if not _may_write.get():
            return super().connect()
        _wait_for_turn()
        try:
            connection = super().connect()
        except BaseException:
            _write_lock.release()
            raise
        connection.info["holds_write_lock"] = True
        return connection


def _listen(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy, not the driver, says when a transaction begins
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, f"busy_timeout={LOCK_SECONDS}000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        if not _may_write.get():
            connection.exec_driver_sql("BEGIN")
            return
        # It has its turn already, unless it was taken for reading: see `Turns`.
        if not connection.info.get("holds_write_lock"):
            _wait_for_turn()
            connection.info["holds_write_lock"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _returned(_connection: Any, record: Any) -> None:
        if record.info.pop("holds_write_lock", False):
            _write_lock.release()
