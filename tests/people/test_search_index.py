"""The index of searches: kept in step with the rows, asked like LIKE, absent without harm."""

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.people import search_index
from inser_events.registration import operations, queries
from inser_events.registration.models import Registration
from inser_events.registration.queries import Wanted
from tests.registration.factories import make_open_event, someone

INDEX = "registration_search"


def found(query: str) -> list[str]:
    conditions = search_index.holding(Registration, query)
    return list(db.session.scalars(select(Registration.family_name).where(*conditions).order_by(Registration.id)))


def registered(*names: str) -> list[Registration]:
    event = make_open_event(in_person=None)
    return [operations.register(event, someone(family_name=name), at=now(), notify=False) for name in names]


@pytest.fixture
def on_sqlite(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps its own index in step")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("diallo", ["Diallo"]),
        ("IALL", ["Diallo"]),
        ("na iall", ["Diallo"]),
        ("منصور", ["المنصوري"]),
        ("王", ["王伟"]),
        ('o"ne', ['O"Neil']),
        ("100%", ["100%_sure"]),
        ("%_s", ["100%_sure"]),
        ("NEAR(a b)", []),
        ('"', ['O"Neil']),
        ("* OR amina", []),
        ("", ["Diallo", "المنصوري", "王伟", 'O"Neil', "100%_sure"]),
    ],
)
def test_a_search_finds_letters_anywhere_in_a_word(app: Flask, query: str, expected: list[str]) -> None:
    registered("Diallo", "المنصوري", "王伟", 'O"Neil', "100%_sure")
    assert found(query) == expected


def test_the_index_follows_changes_and_removals(app: Flask) -> None:
    first, second = registered("Diallo", "Diallo")
    operations.correct_details(first, {"family_name": "Traoré"}, at=now())
    db.session.delete(second)
    db.session.flush()
    assert (found("diallo"), found("traore")) == ([], ["Traoré"])


def test_a_search_asks_the_index(app: Flask, on_sqlite: None) -> None:
    registered("Diallo")
    db.session.execute(text(f"DELETE FROM {INDEX} WHERE rowid = 1"))
    assert found("diallo") == []


def test_without_an_index_the_rows_are_searched(app: Flask, on_sqlite: None) -> None:
    registered("Diallo")
    for trigger in ("added", "removed", "changed"):
        db.session.execute(text(f"DROP TRIGGER {INDEX}_{trigger}"))
    db.session.execute(text(f"DROP TABLE {INDEX}"))
    assert found("diallo") == ["Diallo"]


def test_lost_triggers_are_made_again_and_what_they_missed_is_found(app: Flask, on_sqlite: None) -> None:
    db.session.execute(text(f"DROP TRIGGER {INDEX}_added"))
    registered("Diallo")
    assert found("diallo") == []
    search_index.make_indexes(db.session.connection())
    assert found("diallo") == ["Diallo"]
    registered("Diallo")
    assert found("diallo") == ["Diallo", "Diallo"]


def test_the_index_goes_with_its_table(app: Flask, on_sqlite: None) -> None:
    commit()
    db.session.remove()
    db.drop_all()
    assert inspect(db.engine).get_table_names() == []


def test_postgresql_searches_by_its_index(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has a table of its own")
    registered("Diallo")
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    wanted = select(Registration.id).where(*search_index.holding(Registration, "diallo"))
    told = wanted.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = "\n".join(db.session.scalars(text(f"EXPLAIN {str(told).replace(':', chr(92) + ':')}")))
    assert f"ix_{INDEX}" in plan


def test_the_numbers_of_a_search_are_those_found(app: Flask) -> None:
    first, *_others = registered("Diallo", "Diallo", "Wu")
    operations.switch_mode(first, "online", at=now())
    page = queries.listing(first.event, Wanted(query="diallo", mode="online"))
    assert (page.total, dict(page.counts)) == (1, {("confirmed", "in_person"): 1, ("confirmed", "online"): 1})
    assert [one.id for one in page.rows] == [first.id]


def test_many_found_are_listed_like_few(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    people = registered("Diallo", "Diallo", "Wu")
    monkeypatch.setattr(queries, "FEW", 0)
    page = queries.listing(people[0].event, Wanted(query="diallo"))
    assert [one.id for one in page.rows] == [people[1].id, people[0].id]
