"""Any text can be somebody's name: it comes out right on the page, the badge, in the calendar and in the export."""

import csv
import json
import re
from collections.abc import Callable
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.queries import latest_snapshot
from inser_events.badges.exports import badges_pdf
from inser_events.badges.faces import face_of
from inser_events.badges.layouts import LAYOUTS
from inser_events.clock import now
from inser_events.database import commit
from inser_events.documents.calendar import Attendee, invitation
from inser_events.documents.sheets import csv as write_csv
from inser_events.documents.text import tidy
from inser_events.events.models import TeamRole
from inser_events.registration import operations, queries
from inser_events.registration.exports import COLUMNS, table
from inser_events.registration.models import Registration
from inser_events.registration.notices import personal_entry
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "names" / "blns.json"
NAMES = sorted({tidy(text)[:150] for text in json.loads(STRINGS.read_text())} - {""}) if STRINGS.is_file() else []

pytestmark = pytest.mark.skipif(not NAMES, reason="the list of hostile strings is not here")


@pytest.fixture
def registrations(app: Flask) -> list[Registration]:
    """Somebody of every name, at one event: one is the given name, the next the family name."""
    event = make_open_event(in_person=None)
    registered = [
        operations.register(event, someone(given_name=given, family_name=family), at=now(), notify=False)
        for given, family in zip(NAMES[::2], NAMES[1::2], strict=False)
    ]
    commit()
    return registered


def test_on_the_ticket_page(client: FlaskClient, registrations: list[Registration]) -> None:
    wrong = []
    for registration in registrations:
        page = client.get(f"/tickets/{queries.link_of(registration)}").get_data(as_text=True)
        if registration.name not in unescape(page) or "<script>alert" in page:
            wrong.append(registration.name)
    assert wrong == []


def test_typed_into_the_form(client: FlaskClient, app: Flask) -> None:
    event = make_open_event(in_person=None)
    answers = set()
    for number, name in enumerate(NAMES[::7]):
        form = {"mode": "in_person", "family_name": name, "email": f"n{number}@example.org", "accept_privacy": "y"}
        answer = client.post(f"/events/{event.slug}/register", data=form | {"language": "en"})
        answers.add(answer.status_code)
    assert answers == {303}


def test_on_badges(registrations: list[Registration]) -> None:
    snapshot = latest_snapshot(registrations[0].event)
    assert snapshot is not None
    faces = [face_of(registration, snapshot) for registration in registrations]
    body = badges_pdf(faces, LAYOUTS["a4-sheet"], title="Badges", when=now())
    assert body.startswith(b"%PDF-")


def test_in_an_invitation(registrations: list[Registration]) -> None:
    snapshot = latest_snapshot(registrations[0].event)
    assert snapshot is not None
    wrong = []
    for registration in registrations:
        entry = personal_entry(registration, snapshot)
        body = invitation(entry, "REQUEST", Attendee(registration.name, registration.email))
        if common_name(body) != registration.name:
            wrong.append((registration.name, common_name(body)))
    assert wrong == []


def common_name(calendar: bytes) -> str:
    """The attendee's name by the letter of RFC 5545 section 3.2 and RFC 6868; icalendar undoes backslashes too."""
    lines = calendar.replace(b"\r\n ", b"").decode().split("\r\n")
    attendee = next(line for line in lines if line.startswith("ATTENDEE"))
    quoted = re.search(r';CN=(?:"([^"]*)"|([^;:]*))', attendee)
    assert quoted is not None
    escapes = {"^n": "\n", "^'": '"', "^^": "^"}
    return re.sub(r"\^[n'^]", lambda found: escapes[found[0]], quoted[1] or quoted[2] or "")


def test_in_the_export(registrations: list[Registration]) -> None:
    body = write_csv([list(COLUMNS), *table(((one, ()) for one in registrations), {})]).decode("utf-8-sig")
    columns = COLUMNS.index("name"), COLUMNS.index("given_name"), COLUMNS.index("family_name")
    written = [[row[column].removeprefix("'") for column in columns] for row in csv.reader(StringIO(body))][1:]
    names = [(one.name, one.given_name, one.family_name) for one in registrations]
    assert written == [[name.removeprefix("'") for name in three] for three in names]


def test_at_the_desk(registrations: list[Registration], sign_in: Callable[[User], FlaskClient]) -> None:
    event, user = registrations[0].event, make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    registrar = sign_in(user)
    for one in registrations[::5]:
        name, said = one.name, {"given_name": one.given_name, "family_name": one.family_name}
        sent = {"mode": "online", "category": "participant", "language": "en"} | said
        # Somebody of this name is there: the registrar is asked first.
        desk = f"/manage/{event.slug}/registrations/new"
        answers = [registrar.post(desk, data=sent | more) for more in ({}, {"another": "1"})]
        assert [answer.status_code for answer in answers] == [422, 303], name
        page = registrar.get(answers[1].location).get_data(as_text=True)
        assert name in unescape(page), name


def test_in_the_list_of_the_desk(registrations: list[Registration], sign_in: Callable[[User], FlaskClient]) -> None:
    event, user = registrations[0].event, make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    registrar = sign_in(user)
    for name in NAMES[::10]:
        found = registrar.get(f"/manage/{event.slug}/registrations", query_string={"q": name, "group": name})
        assert found.status_code == 200, name
