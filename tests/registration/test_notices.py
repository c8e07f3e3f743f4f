"""What people read in our mails: what it is about, where, until when, and links that can be pressed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from inser_events.agenda.models import Session
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.mail import Mail
from inser_events.registration.notices import write_notice
from inser_events.registration.operations import register
from inser_events.registration.queries import ticket_url
from tests.factories import make_session, soon
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.usefixtures("app")
STARTS = datetime.combine(soon(), datetime.min.time(), tzinfo=UTC) + timedelta(hours=9)


def published(**values: object) -> Event:
    event = make_open_event(name={"en": "Soil days"}, **values)
    make_session(event, starts_at=STARTS, title={"en": "Field visit"})
    publish_agenda(event, at=now())
    return event


def written(registration_id: int, kind: str, **more: object) -> Mail:
    mail = write_notice(registration_id, kind, None, **more)
    assert mail is not None
    return mail


def card(mail: Mail) -> list[str]:
    """The lines of the framed facts."""
    [found] = re.findall(r'<table class="facts".*?<td>(.*?)</td>', mail.html)
    return [re.sub(r"<[^>]+>", "", line) for line in re.split(r"<br>|</strong>", found)]


def buttons(mail: Mail) -> list[tuple[str, str]]:
    return re.findall(r'<a class="button" href="([^"]+)">([^<]+)</a>', mail.html)


@pytest.mark.parametrize("kind", ["session_seat", "session_joined", "session_changed"])
def test_a_mail_about_a_session_frames_it_and_opens_my_sessions(kind: str) -> None:
    event = published()
    registration = register(event, someone(), at=now())
    uid = db.session.scalars(select(Session.uid)).one()
    mail = written(registration.id, kind, session_uid=uid)
    title, when, place, about = card(mail)
    assert (title, place, about) == ("Field visit", "Plenary hall, Conference hall, Rabat", "Soil days")
    assert re.search(r", \d\d:00–\d\d:00 \(Casablanca time, UTC[+0-9:]*\)$", when)
    assert buttons(mail) == [(f"{ticket_url(registration)}/sessions", "My sessions")]


@pytest.mark.parametrize("kind", ["waitlisted", "offered", "offer_over"])
def test_who_waits_for_the_room_is_told_where_the_room_is(kind: str) -> None:
    event = published(in_person=1)
    register(event, someone(), at=now())
    waits = register(event, someone(), at=now())
    assert (waits.state, waits.has_online_access) == ("waitlisted", True)
    assert card(written(waits.id, kind))[2] == "Conference hall, Rabat"
    assert card(written(waits.id, "changed"))[2] == "Online (Zoom)"


def test_an_offer_ends_on_a_clock_that_is_named() -> None:
    event = published(in_person=1)
    register(event, someone(), at=now())
    waits = register(event, someone(), at=now())
    waits.offer_expires_at = datetime(2026, 7, 1, 18, 30, tzinfo=UTC)
    db.session.flush()  # the mail reads it again
    assert "kept for you until 1 July 2026, 19:30 (Casablanca time, UTC+01:00)." in written(waits.id, "offered").text


def test_what_organisers_wrote_keeps_its_direction_and_its_links() -> None:
    registration = register(published(), someone(language="ar"), at=now())
    html = written(registration.id, "declined", reason="Full. See https://example.org/next <b>").html
    link = '<a href="https://example.org/next" rel="noopener">https://example.org/next</a>'
    assert f'<p dir="auto">Full. See {link} &lt;b&gt;</p>' in html
    assert html.count('dir="auto"') == 1
