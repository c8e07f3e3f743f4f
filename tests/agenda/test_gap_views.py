"""What is missing in which language, and the way to the field that is to be filled in."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.gaps import Coverage, gaps_of
from inser_events.agenda.models import Document, Item
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.registration.form_models import Question, Wording
from tests.factories import NINE, make_event, make_member, make_session, make_slot, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
HOME = "/manage/launch"
BOTH = {"en": "Soil", "fr": "Sol"}


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user()


@pytest.fixture
def event(owner: User) -> Event:
    """A launch in three languages that is written whole in English and French."""
    texts = {"name": BOTH, "venue_name": BOTH, "venue_city": BOTH, "organiser": BOTH}
    values: dict[str, Any] = {"slug": "launch", "languages": ["en", "fr", "ar"], **texts}
    event = make_event(owner=owner, **values)
    event.rooms[0].name = BOTH
    db.session.flush()
    return event


def missing(event: Event, language: str) -> list[tuple[str, str, str]]:
    """Part, text and address of everything that is missing in a language."""
    found, _coverage = gaps_of(event)
    return [(gap.part, gap.what, href) for gap in found for code, href in gap.missing if code == language]


def test_what_is_missing_names_the_field_to_write_it_in(event: Event) -> None:
    session = make_session(event, title={"en": "Opening"}, abstract={"fr": "Bienvenue"})
    slot = make_slot(session, title={"en": "Remarks", "fr": "Allocution", "ar": "كلمة"})
    assert missing(event, "fr") == [("Session", "Title", f"{HOME}/agenda/sessions/{session.uid}/edit#title_fr")]
    assert missing(event, "en") == [("Session", "Text", f"{HOME}/agenda/sessions/{session.uid}/edit#abstract_en")]
    slot.title = {"fr": "Allocution"}
    db.session.flush()
    assert missing(event, "en")[-1] == ("Slot", "Title", f"{HOME}/agenda/slots/{slot.uid}#title_en")


def test_what_nobody_wrote_is_not_missing(event: Event) -> None:
    make_session(event, title={**BOTH, "ar": "تربة"}, abstract={"en": "", "fr": ""})
    assert missing(event, "fr") == []
    assert [what for part, what, _ in missing(event, "ar") if part == "Session"] == []


def test_the_facts_of_the_event_lead_to_their_settings(event: Event) -> None:
    event.name, event.rooms[0].name = {"fr": "Sol", "ar": "تربة"}, {"fr": "Salle"}
    db.session.flush()
    uid = event.rooms[0].uid
    assert missing(event, "en") == [
        ("Event", "Name", f"{HOME}/settings#name"),
        ("Room", "Name", f"{HOME}/rooms/{uid}#name"),
    ]
    assert ("Event", "City", f"{HOME}/texts/ar#venue_city") in missing(event, "ar")
    assert ("Room", "Name", f"{HOME}/rooms/{uid}#name_ar") in missing(event, "ar")


def test_a_document_is_wanted_in_every_language_and_its_title_too(event: Event) -> None:
    item = Item(event_id=event.id, number="3", title={"en": "Budget"})
    document = Document(event_id=event.id, symbol="GSPPA/1", title={"en": "Budget"}, languages=["en"])
    withdrawn = Document(event_id=event.id, symbol="GSPPA/2", languages=["en"], status="withdrawn")
    db.session.add_all([item, document, withdrawn])
    db.session.flush()
    assert missing(event, "fr") == [
        ("Agenda item 3", "Title", f"{HOME}/agenda/items/{item.uid}#title_fr"),
        ("GSPPA/1", "Title", f"{HOME}/agenda/documents/{document.uid}#title_fr"),
        ("GSPPA/1", "Document", f"{HOME}/agenda/documents/{document.uid}#languages"),
    ]


def test_questions_of_the_form_are_looked_at(event: Event) -> None:
    wording = Wording(label={"en": "Meal"}, options=[{"key": "a", "label": {"en": "Fish", "fr": "Poisson"}}])
    wording.worded_at = NINE
    question = Question(event_id=event.id, wordings=[wording])
    db.session.add(question)
    db.session.flush()
    assert missing(event, "fr") == [("Question", "Question", f"{HOME}/form/questions/{question.uid}#label_fr")]
    assert ("Question", "Possible answer", f"{HOME}/form/questions/{question.uid}#answers-title") in missing(
        event, "ar"
    )


def test_coverage_counts_the_texts_of_each_language(event: Event) -> None:
    make_session(event, title={"en": "Opening"})
    _found, coverage = gaps_of(event)
    assert coverage == [Coverage("en", 6, 6), Coverage("fr", 5, 6), Coverage("ar", 0, 6)]


def test_withdrawn_sessions_and_other_events_do_not_count(event: Event) -> None:
    make_session(event, title={"en": "Gone"}, withdrawn_at=NINE)
    make_session(make_event(), title={"en": "Elsewhere"})
    assert missing(event, "fr") == []


def test_the_page_shows_one_language_or_all(event: Event, owner: User, sign_in: SignIn) -> None:
    session = make_session(event, title={"en": "Opening <b>"})
    client = sign_in(owner)
    page = client.get(f"{HOME}/translations").text
    assert [f"sessions/{session.uid}/edit#title_{code}" in page for code in ("fr", "ar")] == [True, True]
    assert "Opening &lt;b&gt;" in page
    page = client.get(f"{HOME}/translations?missing=fr").text
    assert [f"sessions/{session.uid}/edit#title_{code}" in page for code in ("fr", "ar")] == [True, False]
    assert "texts/ar#" not in page


@pytest.mark.parametrize(
    "query", ["?missing=xx", "?missing=", "?page=0", "?page=-3", "?page=99", "?page=x", "?lang=ar"]
)
def test_strange_addresses_show_the_page(event: Event, owner: User, sign_in: SignIn, query: str) -> None:
    assert sign_in(owner).get(f"{HOME}/translations{query}").status_code == 200


def test_long_lists_come_in_pages(event: Event, owner: User, sign_in: SignIn) -> None:
    for number in range(60):
        make_session(event, title={"en": f"Session {number}", "fr": f"Séance {number}"})
    client = sign_in(owner)
    rows = [client.get(f"{HOME}/translations?missing=ar&page={page}").text.count('scope="row"') for page in (1, 2)]
    assert rows == [50, 15]


def test_the_page_takes_the_same_queries_for_one_session_and_for_many(
    event: Event, owner: User, sign_in: SignIn
) -> None:
    client = sign_in(owner)
    make_slot(make_session(event))
    with count_queries() as few:
        client.get(f"{HOME}/translations")
    for _ in range(3):
        make_slot(make_session(event))
    with count_queries() as many:
        client.get(f"{HOME}/translations")
    assert len(few) == len(many)


def test_an_event_in_one_language_has_nothing_to_translate(owner: User, sign_in: SignIn) -> None:
    make_event(owner=owner, slug="launch", languages=["en"])
    client = sign_in(owner)
    assert "This event has one language" in client.get(f"{HOME}/translations").text
    assert "/translations" not in client.get(HOME).text


def test_the_overview_counts_what_is_missing(event: Event, owner: User, sign_in: SignIn) -> None:
    assert "5 texts are not there in every language." in sign_in(owner).get(HOME).text


@pytest.mark.parametrize(("role", "status"), [(TeamRole.EDITOR, 200), (TeamRole.VIEWER, 403), (None, 404)])
def test_who_sees_what_is_missing(event: Event, sign_in: SignIn, role: TeamRole | None, status: int) -> None:
    user = make_user()
    if role:
        make_member(event, user, role)
    assert sign_in(user).get(f"{HOME}/translations").status_code == status
