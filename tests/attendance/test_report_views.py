"""The page of who attended, its people, and the files it gives."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import Select, select

from inser_events.accounts.models import User
from inser_events.attendance import presence, report_counts, report_people
from inser_events.attendance.report_days import days
from inser_events.audit import AuditEntry
from inser_events.checkin.models import Scan
from inser_events.database import commit, db
from inser_events.delegations.models import Delegate, Delegation
from inser_events.events.models import Event, TeamRole
from inser_events.registration.models import Registration
from tests.attendance.factories import EIGHT, make_attendee, make_published, scan
from tests.checkin.factories import make_registration
from tests.factories import make_event, make_member, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
PAGE = "/manage/launch/attendance"
HOSTILE = '=HYPERLINK("http://x")<b>'


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user()


@pytest.fixture
def event(owner: User) -> Event:
    return make_published(owner=owner, slug="launch", languages=["en", "ar"])


@pytest.fixture
def desk(event: Event, owner: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(owner)


def opened(client: FlaskClient, path: str = PAGE) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def book(client: FlaskClient, **asked: str) -> dict[str, list[list[Any]]]:
    """Each sheet of the workbook, as rows."""
    response = client.post(f"{PAGE}/report", data={"lang": "en", "format": "xlsx", **asked})
    assert response.status_code == 200
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in load_workbook(BytesIO(response.data)).worksheets
    }


def names_on(page: str, *people: Registration) -> list[bool]:
    return [f"/attendance/people/{one.uid}" in page for one in people]


def test_before_anything_was_scanned_it_says_what_to_do(event: Event, desk: FlaskClient) -> None:
    make_registration(event)
    page = opened(desk)
    assert ["Nobody has been seen yet" in page, 'href="/scan"' in page, 'id="report"' in page] == [True, True, False]


@pytest.mark.parametrize(
    ("role", "status"), [(TeamRole.REGISTRAR, 200), (TeamRole.DOOR, 403), (TeamRole.VIEWER, 403), (None, 404)]
)
@pytest.mark.parametrize("path", ["", "/report", "/people/"])
def test_only_registrars_open_it(event: Event, sign_in: SignIn, role: TeamRole | None, status: int, path: str) -> None:
    user, person = make_user(), make_attendee(event)
    if role:
        make_member(event, user, role)
    commit()
    client = sign_in(user)
    if path == "/report":
        assert client.post(PAGE + path, data={"lang": "en"}).status_code == status
    else:
        assert client.get(PAGE + path + (person.uid if path else "")).status_code == status


def test_people_of_another_event_are_not_shown(event: Event, desk: FlaskClient) -> None:
    other = make_attendee(make_event(slug="other"))
    make_attendee(event)
    assert desk.get(f"{PAGE}/people/{other.uid}").status_code == 404
    assert names_on(opened(desk), other) == [False]


def test_names_are_text_wherever_they_stand(event: Event, desk: FlaskClient) -> None:
    person = make_attendee(event, given_name=HOSTILE, family_name="@SUM", organisation=HOSTILE)
    for path in (PAGE, f"{PAGE}/people/{person.uid}"):
        page = opened(desk, path)
        assert ["<b>" in page.split("</h1>")[1] and HOSTILE in page, "&lt;b&gt;" in page] == [False, True]
    line = desk.post(f"{PAGE}/report", data={"format": "csv"}).get_data(as_text=True).splitlines()[1]
    assert ["'@SUM" in line, "'=HYPERLINK" in line] == [True, True]
    sheet = book(desk)["People"]
    assert [sheet[1][3], sheet[1][4]] == [HOSTILE, "@SUM"]


def test_people_are_found_and_narrowed(event: Event, desk: FlaskClient) -> None:
    there, absent = (
        make_attendee(event, family_name="Żmija", search_text="zmija"),
        make_registration(event, family_name="Absente"),
    )
    cancelled = make_registration(event, state="cancelled", active_email=None)
    assert names_on(opened(desk), there, absent, cancelled) == [True, True, False]
    assert names_on(opened(desk, f"{PAGE}?seen=attended"), there, absent, cancelled) == [True, False, False]
    assert names_on(opened(desk, f"{PAGE}?seen=absent"), there, absent, cancelled) == [False, True, False]
    assert names_on(opened(desk, f"{PAGE}?q=zmija"), there, absent) == [True, False]
    assert "No one matches" in opened(desk, f"{PAGE}?seen=both")
    assert names_on(opened(desk, f"{PAGE}?seen=%3Cb%3E&page=99"), there, absent) == [True, True]


def test_one_person_s_stays_are_told(event: Event, desk: FlaskClient) -> None:
    person = make_attendee(event)
    scan(person, "out", 60)
    scan(person, "in", 90, area=f"room:{event.rooms[0].id}")
    page = " ".join(opened(desk, f"{PAGE}/people/{person.uid}").split())
    assert ["09:00" in page, "10:00" in page, "Plenary hall" in page, "10:30" in page] == [True] * 4


def test_pages_cost_the_same_for_one_and_for_many(event: Event, desk: FlaskClient) -> None:
    costs = []
    for _round in range(2):
        for _person in range(3):
            scan(make_attendee(event, organisation=f"Institute {_person}"), "out", 30)
        commit()
        opened(desk)
        with count_queries() as statements:
            opened(desk)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_sheets_are_named_and_say_whom_they_count(event: Event, desk: FlaskClient) -> None:
    scan(make_attendee(event, country="SN", organisation="ISRA"), "out", 60)
    make_registration(event, country="MA", organisation="INRA Maroc")
    sheets = book(desk)
    assert list(sheets) == ["Summary", "People", "By country", "By organisation", "By session"]
    summary = {row[0]: row[1] for row in sheets["Summary"]}
    assert [summary["Registered"], summary["Attended"], summary["Not seen"]] == [2, 1, 1]
    assert [row[:4] for row in sheets["By country"][1:]] == [["Morocco", "MA", 1, 0], ["Senegal", "SN", 1, 1]]
    assert [row[:3] for row in sheets["By organisation"][1:]] == [["INRA Maroc", 1, 0], ["ISRA", 1, 1]]


def test_people_s_times_are_the_event_s_and_minutes_are_numbers(event: Event, desk: FlaskClient) -> None:
    scan(make_attendee(event), "out", 60)
    heads, person = book(desk)["People"][:2]
    told = dict(zip(heads, person, strict=True))
    first = EIGHT + timedelta(hours=1)  # the clock in Rabat
    assert told["First seen (Africa/Casablanca)"] == first.replace(tzinfo=None)
    assert [told["Minutes present"], told["Days present"], told["Attended"]] == [60, 1, "Yes"]


def test_addresses_leave_only_when_asked_for_and_agreed_to(event: Event, desk: FlaskClient) -> None:
    make_attendee(event, family_name="A", email="a@example.org", phone="+212 5", listed=True)
    make_attendee(event, family_name="B", email="b@example.org", phone="+212 6")
    assert "E-mail" not in book(desk)["People"][0]
    assert [row[-2:] for row in book(desk, contacts="1")["People"][1:]] == [["a@example.org", "+212 5"], [None, None]]


def test_members_come_first_and_everyone_only_when_asked_for(event: Event, desk: FlaskClient) -> None:
    make_attendee(event, family_name="Aba")
    member = make_attendee(event, family_name="Zola", category="delegate", country="SN")
    make_registration(event, family_name="Absente")
    assert [row[4] for row in book(desk)["People"][1:]] == ["Zola", "Aba"]
    assert [row[4] for row in book(desk, who="everyone")["People"][1:]] == ["Zola", "Aba", "Absente"]
    assert book(desk)["People"][1][8] == "Senegal"
    assert member.country == "SN"


def test_files_speak_the_language_asked_for(event: Event, desk: FlaskClient) -> None:
    make_attendee(event, country="MA")
    cells = [[row[0] for row in sheet[1:]] for sheet in book(desk, lang="fr").values()]
    assert cells[2] == ["Maroc"]
    assert [row[0] for row in book(desk, lang="xx")["By country"][1:]] == ["Morocco"]
    assert 'dir="rtl"' in opened(desk, f"{PAGE}?lang=ar")


def test_taking_the_file_stays_in_the_history(event: Event, desk: FlaskClient) -> None:
    make_attendee(event)
    book(desk, contacts="1")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export attendance")).one()
    assert entry.after == {"everyone": False, "contacts": True}


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let some people have been online."""

    def were(*people: Registration) -> None:
        ids = [one.id for one in people]

        def at(event: Event) -> Select[Any]:
            return select(Registration.id).where(Registration.event_id == event.id, Registration.id.in_(ids))

        monkeypatch.setattr(report_counts, "online_at", at)
        monkeypatch.setattr(report_people, "online_at", at)
        if hasattr(presence, "online_at"):
            monkeypatch.setattr(presence, "online_at", at)

    return were


def test_who_was_in_both_places_counts_once(event: Event, online: Callable[..., None]) -> None:
    twice, room, call = make_attendee(event), make_attendee(event), make_registration(event, mode="online")
    waiting = make_registration(event, state="waitlisted")
    make_registration(event)
    online(twice, call, waiting)
    whole = report_counts.figures(event).whole
    assert [whole.registered, whole.attended, whole.room, whole.online, whole.both, whole.absent] == [4, 4, 2, 3, 1, 1]
    assert room.id in db.session.scalars(report_people.reported(event, everyone=False)).all()


def test_what_is_counted_is_what_is_listed(event: Event) -> None:
    for values in ({}, {"state": "cancelled", "active_email": None}, {"country": ""}):
        make_attendee(event, **values)
    counted = report_counts.figures(event).whole.attended
    assert counted == presence.attended_count(event) == 2


def test_members_are_those_of_delegations(event: Event, desk: FlaskClient) -> None:
    for country in ("MA", "SN"):
        db.session.add(Delegation(event=event, country=country, created_at=EIGHT))
    db.session.flush()
    morocco = db.session.scalars(select(Delegation).where(Delegation.country == "MA")).one()
    person = make_attendee(event, group_key=morocco.uid, category="delegate")
    db.session.add(Delegate(registration=person, delegation=morocco))
    page = " ".join(opened(desk).split())
    assert ["Somebody attended for 1 of 2 Members." in page, "1 of 2</td>" in page] == [True, True]
    assert {row[0]: row[1] for row in book(desk)["Summary"]}["Delegations of Members present"] == 1


def test_scans_taken_back_let_nobody_in(event: Event) -> None:
    person = make_registration(event)
    mistaken = scan(person, "in", 0, area="door:x", outcome="admitted")
    undo = scan(person, "in", 1, area="door:x", outcome="admitted")
    undo.undoes = mistaken.id
    db.session.flush()
    assert days(event) == []
    assert db.session.query(Scan).count() == 2


def test_the_printed_list_can_leave_out_who_did_not_come(event: Event, desk: FlaskClient) -> None:
    make_attendee(event, family_name="Presente")
    make_registration(event, family_name="Absente")
    words = []
    for query in ("", "&who=attended"):
        paper = pypdfium2.PdfDocument(desk.get(f"/manage/launch/papers/participants.pdf?lang=en{query}").data)
        words.append(" ".join(page.get_textpage().get_text_range() for page in paper).upper())
    assert ["ABSENTE" in words[0], "ABSENTE" in words[1], "PRESENTE" in words[1]] == [True, False, True]
    assert "WHO ATTENDED" in " ".join(words[1].split())
