import ast
from datetime import UTC, datetime

import pytest
from flask import Flask

from inser_events.audit import AuditEntry
from inser_events.config import PACKAGE
from inser_events.events.history import Change, Told, acts, all_told
from tests.factories import make_user
from tests.queries import count_queries

MOMENT = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)


def entry(action: str, **values: object) -> AuditEntry:
    plain = {"actor": "ann@example.org", "subject": "event:1", "before": {}, "after": {}, **values}
    return AuditEntry(at=MOMENT, action=action, **plain)


def told(one: AuditEntry) -> Told:
    return all_told([one])[0]


def recorded() -> set[str]:
    """Every action that some operation records."""
    names = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in {"record", "_record_change"}
                and node.args
            ):
                names |= {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)}
    return {name for name in names if isinstance(name, str)}


def test_every_action_has_words(app: Flask) -> None:
    assert recorded() - set(acts()) == set()


def test_an_unknown_action_is_shown_as_it_is(app: Flask) -> None:
    assert told(entry("do a handstand")).act == "do a handstand"


@pytest.mark.parametrize(
    ("label", "words"), [("system", "The system"), ("visitor", "A visitor"), ("a@b.org", "a@b.org")]
)
def test_actors_in_words(app: Flask, label: str, words: str) -> None:
    assert told(entry("publish", actor=label)).actor == words


def test_who_has_an_account_is_told_by_name_with_the_address(app: Flask) -> None:
    ann, bob = make_user("ann@example.org", name="Ann Soil"), make_user("bob@example.org")
    entries = [
        entry("publish", user_id=ann.id),
        entry("publish", actor="bob@example.org", user_id=bob.id),
        entry("publish", actor="gone@example.org", user_id=bob.id + 1),
    ]
    with count_queries() as statements:
        found = [(one.actor, one.address) for one in all_told(entries * 2)]
    assert found == [("Ann Soil", "ann@example.org"), ("bob@example.org", ""), ("gone@example.org", "")] * 2
    assert len(statements) == 1


def test_changes_are_told_field_by_field(app: Flask) -> None:
    change = entry(
        "change event",
        before={"name": {"en": "Soil days"}, "languages": ["en"], "kind": "launch"},
        after={"name": {"en": "Soil week"}, "languages": ["en", "fr"], "kind": "launch"},
    )
    assert told(change).changes == [Change("Name", "Soil days", "Soil week"), Change("Languages", "en", "en, fr")]


def test_codes_are_told_as_words(app: Flask) -> None:
    change = entry(
        "switch mode",
        before={"mode": "in_person", "state": "confirmed", "category": "press"},
        after={"mode": "online", "state": "waitlisted", "category": ""},
    )
    assert told(change).changes == [
        Change("Takes part", "In person", "Online"),
        Change("State", "Confirmed", "Waiting list"),
        Change("Category", "Press", ""),
    ]


def test_rich_text_is_told_without_its_tags(app: Flask) -> None:
    change = entry("change event", before={"description": {"en": "<p>Old</p>"}}, after={"description": {}})
    assert told(change).changes == [Change("Description", "Old", "")]


def test_what_was_added_is_named_not_listed(app: Flask) -> None:
    added = told(entry("add room", after={"name": {"en": "Hall"}, "capacity": 20}))
    assert (added.act, added.thing, added.changes) == ("added a room", "Hall", [])
