from typing import Any

import pytest
from flask import Flask

from inser_events.agenda.errors import NumberTaken, SymbolTaken, TitleMissing, Unusable
from inser_events.agenda.models import Document, Item, slot_item
from inser_events.agenda.operations import SlotData, add_slot
from inser_events.agenda.papers import (
    DocumentData,
    ItemData,
    add_document,
    add_item,
    change_document,
    change_item,
    document_seen,
    item_seen,
    remove_document,
    remove_item,
)
from inser_events.agenda.queries import items_of
from inser_events.database import db
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from tests.factories import make_event, make_session


def item(event: Event, number: str, **values: Any) -> Item:
    return add_item(event, ItemData(number=number, title={"en": f"Item {number}"}, **values))


def test_items_stand_in_the_order_of_their_numbers(app: Flask) -> None:
    event = make_event()
    for number in ("10", "3.2", "3", "3.10", "1."):
        item(event, number)
    assert [each.number for each in items_of(event)] == ["1", "3", "3.2", "3.10", "10"]


def test_a_number_is_used_once_in_an_event(app: Flask) -> None:
    event = make_event()
    item(event, "3")
    with pytest.raises(NumberTaken):
        item(event, "3.")
    assert item(make_event(), "3").number == "3"


@pytest.mark.parametrize("number", ["", "a", "3.", "3..1", "III"])
def test_a_number_is_made_of_digits(app: Flask, number: str) -> None:
    if number == "3.":
        assert item(make_event(), number).number == "3"
        return
    with pytest.raises(Unusable):
        item(make_event(), number)


def test_an_item_needs_a_title_and_a_known_purpose(app: Flask) -> None:
    with pytest.raises(TitleMissing):
        add_item(make_event(), ItemData(number="1", title={}))
    with pytest.raises(Unusable):
        item(make_event(), "1", purpose="fun")


def test_an_item_changes_number_and_documents(app: Flask) -> None:
    event = make_event()
    first, document = item(event, "1"), add_document(event, DocumentData(symbol="GSPPA X/2022/1"))
    new = ItemData(number="2", title={"en": "Adoption"}, purpose="decision", documents=[document])
    change_item(event, first, new, seen=item_seen(first))
    assert (first.number, first.purpose, [each.symbol for each in first.documents]) == (
        "2",
        "decision",
        ["GSPPA X/2022/1"],
    )


def test_an_item_changed_meanwhile_is_not_overwritten(app: Flask) -> None:
    event = make_event()
    first = item(event, "1")
    seen = item_seen(first)
    change_item(event, first, ItemData(number="1", title={"en": "A"}), seen=seen)
    with pytest.raises(Outdated):
        change_item(event, first, ItemData(number="1", title={"en": "B"}), seen=seen)
    assert first.title == {"en": "A"}


def test_a_removed_item_leaves_its_slots(app: Flask) -> None:
    event = make_event()
    first = item(event, "1")
    slot = add_slot(make_session(event), SlotData(minutes=10, items=[first]))
    remove_item(event, first)
    db.session.expire_all()
    assert (slot.items, db.session.query(slot_item).count()) == ([], 0)


def test_a_symbol_is_used_once_and_its_blanks_are_single(app: Flask) -> None:
    event = make_event()
    document = add_document(event, DocumentData(symbol=" GSPPA  X/2022/1 ", languages=["en", "fr"]))
    assert document.symbol == "GSPPA X/2022/1"
    with pytest.raises(SymbolTaken):
        add_document(event, DocumentData(symbol="GSPPA X/2022/1"))


def test_a_document_changes_unless_it_was_changed_meanwhile(app: Flask) -> None:
    event = make_event()
    document = add_document(event, DocumentData(symbol="A/1"))
    seen = document_seen(document)
    change_document(event, document, DocumentData(symbol="A/1", languages=["ar"], status="in_preparation"), seen=seen)
    assert (document.languages, document.status) == (["ar"], "in_preparation")
    with pytest.raises(Outdated):
        change_document(event, document, DocumentData(symbol="A/2"), seen=seen)


def test_a_removed_document_leaves_its_items(app: Flask) -> None:
    event = make_event()
    document = add_document(event, DocumentData(symbol="A/1"))
    first = item(event, "1", documents=[document])
    remove_document(event, document)
    db.session.expire_all()
    assert (first.documents, db.session.query(Document).count()) == ([], 0)
