from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.agenda.models import Session
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.queries import draft_sessions
from inser_events.clock import fixed_at, now
from inser_events.documents.engine import PdfUnavailable
from inser_events.events.models import Event
from inser_events.web import caching
from tests.factories import NINE, make_event, make_person, make_session, make_slot
from tests.queries import count_queries

PAGES = ["", "/agenda", "/speakers", "/changes"]
FILES = {
    "/agenda.ics": ("text/calendar; charset=utf-8", "launch-agenda.ics"),
    "/schedule.json": ("application/json", "launch-schedule.json"),
    "/schedule.xml": ("application/xml; charset=utf-8", "launch-schedule.xml"),
    "/changes.atom": ("application/atom+xml; charset=utf-8", None),
}


@pytest.fixture
def event(app: Flask) -> Event:
    """A published event with a session, a slot and a speaker."""
    event = make_event(slug="launch")
    make_slot(make_session(event), person=make_person())
    publish_agenda(event, at=now())
    return event


def only(event: Event) -> Session:
    """The event's one session."""
    (session,) = draft_sessions(event)
    return session


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_public_pages_answer_without_a_cookie(event: Event, client: FlaskClient, path: str) -> None:
    answer = client.get(f"/events/launch{path}")
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_head_answers_like_get_without_a_body(event: Event, client: FlaskClient, path: str) -> None:
    for _ in range(2):
        answer = client.head(f"/events/launch{path}")
        assert (answer.status_code, answer.data) == (200, b"")
        client.get(f"/events/launch{path}")


@pytest.mark.parametrize(("path", "told"), FILES.items())
def test_files_say_what_they_are(event: Event, client: FlaskClient, path: str, told: tuple[str, str | None]) -> None:
    answer = client.get(f"/events/launch{path}")
    name = f'inline; filename="{told[1]}"' if told[1] else None
    assert (answer.content_type, answer.headers.get("Content-Disposition")) == (told[0], name)


@pytest.mark.parametrize("path", [*PAGES, *FILES, "/programme.pdf", "/sessions/x.ics"])
def test_nothing_of_a_draft_is_public(app: Flask, client: FlaskClient, path: str) -> None:
    make_session(make_event(slug="launch"))
    for address in (f"/events/launch{path}", f"/events/nothing{path}"):
        answer = client.get(address)
        assert (answer.status_code, answer.get_data(as_text=True).count("<h1")) == (404, 1)


@pytest.mark.parametrize("path", ["", "/agenda", "/agenda.ics", "/schedule.json", "/schedule.xml"])
def test_a_later_edit_shows_only_after_publishing(event: Event, client: FlaskClient, path: str) -> None:
    address = f"/events/launch{path}"
    before = client.get(address).get_data(as_text=True)
    assert before.count("A new title") == 0
    only(event).title = {"en": "A new title"}
    assert client.get(address).get_data(as_text=True) == before
    publish_agenda(event, at=now())
    after = client.get(address).get_data(as_text=True)
    assert after.count("A new title") > 0
    assert after.count(">Opening<") == 0


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_who_has_the_page_already_gets_304(event: Event, client: FlaskClient, path: str) -> None:
    address = f"/events/launch{path}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    publish_agenda(event, at=now() + timedelta(minutes=1))
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == (304 if path == "/agenda.ics" else 200)


def test_pages_are_sent_compressed_to_who_can_read_it(event: Event, client: FlaskClient) -> None:
    plain = client.get("/events/launch/agenda")
    zipped = client.get("/events/launch/agenda", headers={"Accept-Encoding": "gzip"})
    assert (plain.headers.get("Content-Encoding"), zipped.headers["Content-Encoding"]) == (None, "gzip")
    assert (len(zipped.data) < len(plain.data), zipped.headers["Vary"]) == (
        True,
        "Accept-Encoding, Accept-Language",
    )


def test_a_warm_page_asks_the_database_once(event: Event, client: FlaskClient) -> None:
    client.get("/events/launch/agenda")
    with count_queries() as ran:
        client.get("/events/launch/agenda")
    assert ran == []  # the one question is asked by the bare driver, see agenda.front


def test_places_left_are_as_of_now(event: Event, client: FlaskClient) -> None:
    with fixed_at(NINE - timedelta(days=10)):
        client.get("/events/launch")
        event.seats[0].taken = 4
        assert client.get("/events/launch").get_data(as_text=True).count("6 places left") == 1


def test_registration_closes_on_the_page_by_the_clock(event: Event, client: FlaskClient) -> None:
    event.registration_closes_at = NINE - timedelta(days=1)
    with fixed_at(NINE - timedelta(days=2)):
        assert client.get("/events/launch").get_data(as_text=True).count('href="/events/launch/register"') > 0
    with fixed_at(NINE - timedelta(hours=2)):
        assert client.get("/events/launch").get_data(as_text=True).count('href="/events/launch/register"') == 0


def test_a_cancelled_event_says_so_at_once(event: Event, client: FlaskClient) -> None:
    event.cancelled_at = now()
    assert client.get("/events/launch").get_data(as_text=True).count("This event is cancelled.") > 0


def test_one_session_as_a_file(event: Event, client: FlaskClient) -> None:
    answer = client.get(f"/events/launch/sessions/{only(event).uid}.ics")
    assert (answer.status_code, answer.get_data(as_text=True).count("BEGIN:VEVENT")) == (200, 1)


def test_a_session_that_is_not_there(event: Event, client: FlaskClient) -> None:
    assert client.get("/events/launch/sessions/nothing.ics").status_code == 404


def test_a_language_can_be_asked_for(app: Flask, client: FlaskClient) -> None:
    event = make_event(slug="launch", languages=["en", "fr"])
    make_session(event, title={"en": "Opening", "fr": "Ouverture"})
    publish_agenda(event, at=now())
    found = [
        client.get(f"/events/launch/agenda.ics{query}").get_data(as_text=True).count("Ouverture")
        for query in ("", "?lang=fr", "?lang=en", "?lang=xx", "?lang=fr&x=1")
    ]
    assert found == [0, 1, 0, 0, 1]


def test_the_history_tells_what_changed(event: Event, client: FlaskClient) -> None:
    only(event).starts_at = NINE + timedelta(minutes=30)
    publish_agenda(event, at=now(), note="Later start")
    page = client.get("/events/launch/changes").get_data(as_text=True)
    told = ["Release 2", "Later start", "Now 09:30–10:30, was 09:00–10:00.", "Release 1"]
    assert [page.count(text) > 0 for text in told] == [True] * 4


def test_the_history_is_a_feed(event: Event, client: FlaskClient) -> None:
    publish_agenda(event, at=now(), note="Again")
    feed = ET.fromstring(client.get("/events/launch/changes.atom").data)
    atom = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")] == ["Release 2", "Release 1"]
    assert len({entry.findtext(f"{atom}id") for entry in feed.iter(f"{atom}entry")}) == 2


def test_the_programme_is_made_once_for_each_release(
    event: Event, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def programme(snapshot: object, *, language: str, paper: str, **_more: object) -> bytes:
        made.append((language, paper))
        return b"%PDF-1.7"

    monkeypatch.setattr("inser_events.agenda.printing.programme_pdf", programme)
    for query in ("", "", "?lang=fr", "?paper=letter", "?paper=silk"):
        answer = client.get(f"/events/launch/programme.pdf{query}")
        assert (answer.content_type, answer.data) == ("application/pdf", b"%PDF-1.7")
        caching.forget_all()
    assert made == [("en", "a4"), ("fr", "a4"), ("en", "letter")]


def test_only_programmes_of_the_last_release_are_kept(
    app: Flask, event: Event, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inser_events.agenda.printing.programme_pdf", lambda *_a, **_k: b"%PDF-1.7")
    folder = app.extensions["settings"].instance / "cache" / "programmes" / event.uid
    client.get("/events/launch/programme.pdf")
    publish_agenda(event, at=now() + timedelta(minutes=1))
    client.get("/events/launch/programme.pdf")
    assert [path.name[:2] for path in folder.iterdir()] == ["2-"]


def test_a_server_without_pango_says_so(event: Event, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def programme(*_arguments: object, **_more: object) -> bytes:
        raise PdfUnavailable("no Pango")

    monkeypatch.setattr("inser_events.agenda.printing.programme_pdf", programme)
    answer = client.get("/events/launch/programme.pdf")
    assert (answer.status_code, answer.get_data(as_text=True).count("Pango")) == (503, 1)
