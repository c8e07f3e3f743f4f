"""The numbered agenda of a plenary and its documents: items, the register, and which document belongs to which item."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.agenda.editing import fingerprint, hold
from inser_events.agenda.errors import NumberTaken, SymbolTaken, TitleMissing, Unusable
from inser_events.agenda.models import Document, Item, Purpose
from inser_events.agenda.queries import items_of
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from inser_events.languages import Localized

_NUMBER = re.compile(r"\d+(\.\d+)*")
_DIGITS = 6
"""Digits to which a part of a number is filled up for sorting."""


@dataclass(frozen=True, kw_only=True)
class ItemData:
    """What an organiser says of an item. ``number``: ``3`` or ``3.1``, a final full stop is dropped."""

    number: str
    title: Localized
    purpose: str = ""
    documents: Sequence[Document] = ()


@dataclass(frozen=True, kw_only=True)
class DocumentData:
    """What an organiser says of a document. ``languages``: in which it can be had."""

    symbol: str
    title: Localized = field(default_factory=dict)
    languages: Sequence[str] = ()
    status: str = "available"


def add_item(event: Event, data: ItemData) -> Item:
    """Add an item. Raises TitleMissing, NumberTaken, Unusable."""
    item = Item(event_id=event.id, **_item_values(event, data, None))
    db.session.add(item)
    db.session.flush()  # the audit entry needs the id
    _put_in_order(event)
    record("add item", item, event_id=event.id, after=_item_told(item))
    return item


def change_item(event: Event, item: Item, data: ItemData, *, seen: str) -> Item:
    """Change an item that read as *seen*. Raises Outdated, TitleMissing, NumberTaken, Unusable."""
    values = _item_values(event, data, item)
    hold(item)
    if item_seen(item) != seen:
        raise Outdated
    before = _item_told(item)
    for name, value in values.items():
        setattr(item, name, value)
    db.session.flush()  # numbers are read back to put them in order
    _put_in_order(event)
    record("change item", item, event_id=event.id, before=before, after=_item_told(item))
    return item


def remove_item(event: Event, item: Item) -> None:
    """Delete an item; the slots that took it lose it."""
    record("remove item", item, event_id=event.id, before=_item_told(item))
    db.session.delete(item)
    db.session.flush()  # whoever lists the items next must not find it


def add_document(event: Event, data: DocumentData) -> Document:
    """Enter a document in the register. Raises Unusable, SymbolTaken."""
    document = Document(event_id=event.id, **_document_values(event, data, None))
    db.session.add(document)
    db.session.flush()  # the audit entry needs the id
    record("add document", document, event_id=event.id, after=_document_told(document))
    return document


def change_document(event: Event, document: Document, data: DocumentData, *, seen: str) -> Document:
    """Change a document that read as *seen*. Raises Outdated, Unusable, SymbolTaken."""
    values = _document_values(event, data, document)
    hold(document)
    if document_seen(document) != seen:
        raise Outdated
    before = _document_told(document)
    for name, value in values.items():
        setattr(document, name, value)
    record("change document", document, event_id=event.id, before=before, after=_document_told(document))
    return document


def remove_document(event: Event, document: Document) -> None:
    """Take a document out of the register and off its items."""
    record("remove document", document, event_id=event.id, before=_document_told(document))
    db.session.delete(document)
    db.session.flush()  # whoever lists the documents next must not find it


def item_seen(item: Item) -> str:
    """What an item said when a form was made of it."""
    return fingerprint(_item_told(item))


def document_seen(document: Document) -> str:
    """What a document said when a form was made of it."""
    return fingerprint(_document_told(document))


def _item_values(event: Event, data: ItemData, item: Item | None) -> dict[str, Any]:
    number = one_line(data.number).rstrip(".")
    if not _NUMBER.fullmatch(number):
        raise Unusable("number", _("Enter a number such as 3 or 3.1."))
    if not data.title.get(event.languages[0], "").strip():
        raise TitleMissing(event.languages[0])
    if data.purpose and data.purpose not in set(Purpose):
        raise Unusable("purpose", _("Choose one of the purposes."))
    other = db.session.scalar(select(Item.id).where(Item.event_id == event.id, Item.number == number))
    if other is not None and (item is None or other != item.id):
        raise NumberTaken(number)
    return {
        "number": number,
        "title": {language: line for language, text in data.title.items() if (line := one_line(text))},
        "purpose": data.purpose,
        "documents": list(data.documents),
    }


def _document_values(event: Event, data: DocumentData, document: Document | None) -> dict[str, Any]:
    symbol = " ".join(one_line(data.symbol).split())
    if not symbol:
        raise Unusable("symbol", _("Enter the document’s symbol."))
    other = db.session.scalar(select(Document.id).where(Document.event_id == event.id, Document.symbol == symbol))
    if other is not None and (document is None or other != document.id):
        raise SymbolTaken(symbol)
    return {
        "symbol": symbol,
        "title": {language: line for language, text in data.title.items() if (line := one_line(text))},
        "languages": list(data.languages),
        "status": data.status,
    }


def _put_in_order(event: Event) -> None:
    """3 before 3.1 before 10."""
    in_order = sorted(items_of(event), key=lambda item: [part.zfill(_DIGITS) for part in item.number.split(".")])
    for position, item in enumerate(in_order):
        item.position = position


def _item_told(item: Item) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": item.title,
        "purpose": item.purpose,
        "documents": [document.symbol for document in item.documents],
    }


def _document_told(document: Document) -> dict[str, Any]:
    return {
        "symbol": document.symbol,
        "title": document.title,
        "languages": document.languages,
        "status": document.status,
    }
