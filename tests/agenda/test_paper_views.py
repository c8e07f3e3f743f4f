import pytest
from flask.testing import FlaskClient

from inser_events.agenda.models import Document, Item
from inser_events.agenda.queries import items_of
from inser_events.database import db
from inser_events.events.models import Event
from tests.agenda.desk import HOME, compared, sessions, text
from tests.factories import make_session


def test_items_and_documents_are_kept_and_taken_in_slots(owner: FlaskClient, draft: Event) -> None:
    owner.post(f"{HOME}/documents/new", data={"symbol": "A/1", "languages": ["en"], "status": "available"})
    document = db.session.query(Document).one()
    data = {"number": "1", "title_en": "Adoption", "purpose": "decision", "documents": [document.uid]}
    owner.post(f"{HOME}/items/new", data=data)
    (item,) = items_of(draft)
    assert ([one.symbol for one in item.documents], item.purpose) == (["A/1"], "decision")
    session = make_session(draft)
    data = {"title_en": "", "minutes": "5", "kind": "item", "items": [item.uid]}
    owner.post(f"{HOME}/sessions/{session.uid}/slots", data=data)
    assert [one.number for one in session.slots[0].items] == ["1"]
    page = text(owner.get(f"{HOME}/items"))
    assert [page.count(words) for words in (">Adoption<", "For decision")] == [1, 1]
    owner.post(f"{HOME}/items/{item.uid}/remove")
    owner.post(f"{HOME}/documents/{document.uid}/remove")
    assert (db.session.query(Item).count(), db.session.query(Document).count()) == (0, 0)


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("items", {"number": "x", "title_en": "A", "purpose": ""}, "Enter a number such as 3 or 3.1."),
        ("items", {"number": "1", "title_en": "", "purpose": ""}, "Enter a title in the event’s main language."),
        ("documents", {"symbol": "", "status": "available"}, "Enter the document’s symbol."),
    ],
)
def test_a_wrong_item_or_document_is_shown_again(
    owner: FlaskClient, path: str, data: dict[str, str], words: str
) -> None:
    answer = owner.post(f"{HOME}/{path}/new", data=data)
    assert (answer.status_code, text(answer).count(words) >= 1) == (422, True)


@pytest.mark.parametrize("path", ["items", "documents"])
def test_an_item_or_document_changed_meanwhile_is_compared(owner: FlaskClient, draft: Event, path: str) -> None:
    thing: Item | Document = (
        Item(event_id=draft.id, number="1", title={"en": "Theirs"})
        if path == "items"
        else Document(event_id=draft.id, symbol="A/1", title={"en": "Theirs"})
    )
    db.session.add(thing)
    db.session.flush()
    data = {"number": "1", "symbol": "A/1", "title_en": "Mine", "purpose": "", "status": "available", "seen": "old"}
    answer = owner.post(f"{HOME}/{path}/{thing.uid}", data=data)
    assert (answer.status_code, thing.title, compared(text(answer))) == (409, {"en": "Theirs"}, (1, 1))


AGENDA = "Programme\n09:00-09:15 Opening — Mr Lifeng Li, FAO\n09:15-09:45 Vision\n\n10:00 Coffee break"


def test_a_pasted_agenda_is_shown_before_anything_is_saved(owner: FlaskClient, draft: Event) -> None:
    data = {"text": AGENDA, "day": "2025-09-15", "room": "", "within": "sessions", "then": "show"}
    answer = owner.post(f"{HOME}/paste", data=data)
    page = text(answer)
    assert (answer.status_code, sessions(draft)) == (200, [])
    assert [page.count(words) for words in ("1 line is left out", "length guessed", "Add 3 entries")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("within", "held"),
    [
        ("sessions", [("Opening", 15, 1), ("Vision", 30, 0), ("Coffee break", 30, 0)]),
        ("slots", [("Programme", 45, 2), ("Coffee break", 30, 1)]),
    ],
)
def test_a_pasted_agenda_becomes_the_draft(
    owner: FlaskClient, draft: Event, within: str, held: list[tuple[str, int, int]]
) -> None:
    data = {"text": AGENDA, "day": "2025-09-15", "room": draft.rooms[0].uid, "within": within, "then": "add"}
    owner.post(f"{HOME}/paste", data=data)
    assert [(one.title["en"], one.minutes, len(one.slots)) for one in sessions(draft)] == held
    assert {one.room for one in sessions(draft)} == {draft.rooms[0]}


def test_a_text_without_times_is_refused_and_kept(owner: FlaskClient) -> None:
    data = {"text": "nothing to read", "day": "2025-09-15", "room": "", "within": "sessions"}
    answer = owner.post(f"{HOME}/paste", data=data)
    assert (answer.status_code, text(answer).count("nothing to read")) == (422, 1)
