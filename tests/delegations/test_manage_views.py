"""The organisers' pages of delegations."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from openpyxl import load_workbook
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.delegations import letters, queries
from inser_events.delegations.forms import DelegationForm
from inser_events.delegations.models import Delegation
from inser_events.delegations.names import kind_words
from inser_events.delegations.operations import DelegationData
from inser_events.delegations.several import is_heading, read_delegations
from inser_events.documents.tables import Table, table_from
from inser_events.events.models import Event, TeamRole
from inser_events.languages import INTERFACE
from inser_events.mail import OutboxMail
from inser_events.registration import operations
from inser_events.registration.groups import caps_of
from inser_events.registration.import_headings import guess
from tests.delegations.factories import make_delegation, name_people, nominee
from tests.factories import make_member, make_user
from tests.queries import count_queries
from tests.registration.factories import make_open_event, someone

Desk = tuple[FlaskClient, str]
NEW = {"kind": "member", "category": "delegate", "country": "MA", "language": "fr", "letter_needed": "y"}
PDF = b"%PDF-1.7\nnote verbale"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event()


@pytest.fixture
def desk(event: Event, sign_in: Callable[[User], FlaskClient]) -> Desk:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    return sign_in(registrar), f"/manage/{event.slug}/delegations"


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def every() -> list[Delegation]:
    return list(db.session.scalars(select(Delegation).order_by(Delegation.id)))


def test_a_delegation_is_added_and_changed(desk: Desk, event: Event) -> None:
    client, home = desk
    sent = NEW | {"focal_email": "focal@example.org", "room_cap": "2", "deadline": "2030-06-30T18:00"}
    answer = client.post(f"{home}/new", data=sent)
    (delegation,) = every()
    assert answer.location == f"{home}/{delegation.uid}"
    assert (str(delegation.deadline), caps_of(event.id, delegation.uid)) == (
        "2030-06-30 17:00:00+00:00",
        {"in_person": 2},
    )
    assert 'value="2030-06-30T18:00"' in text(client, f"{home}/{delegation.uid}/edit")
    assert client.post(f"{home}/{delegation.uid}/edit", data=sent | {"room_cap": ""}).status_code == 303
    assert caps_of(event.id, delegation.uid) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "", "focal_name": "Kept"},
        {"focal_email": "nobody", "focal_name": "Kept"},
        {"room_cap": "many", "focal_name": "Kept"},
        {"deadline": "soon", "focal_name": "Kept"},
        {"kind": "friend", "focal_name": "Kept"},
    ],
)
def test_a_wrong_form_keeps_what_was_typed(desk: Desk, wrong: dict[str, str]) -> None:
    client, home = desk
    answer = client.post(f"{home}/new", data=NEW | wrong)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, 'value="Kept"' in page, "field__error" in page, every()) == (422, True, True, [])


def test_many_are_pasted_at_once_or_none(desk: Desk) -> None:
    client, home = desk
    answer = client.post(f"{home}/several", data={"lines": "Morocco\nFrance; friend"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "“friend” is none of" in page, "Morocco\nFrance; friend" in page, every()) == (
        422,
        True,
        True,
        [],
    )
    assert client.post(f"{home}/several", data={"lines": "Morocco\nFrance\nIUSS; observer"}).status_code == 303
    assert [one.kind for one in every()] == ["member", "member", "observer"]
    again = client.post(f"{home}/several", data={"lines": "Germany\nMorocco"})
    assert (again.status_code, len(every())) == (422, 3)


def test_a_spreadsheet_of_delegations_is_read(desk: Desk) -> None:
    client, home = desk
    sent = {"file": (BytesIO("Country,E-mail\nMorocco,a@example.org\n".encode("utf-16")), "list.csv")}
    assert client.post(f"{home}/several", data=sent, content_type="multipart/form-data").status_code == 303
    assert [(one.country, one.focal_email) for one in every()] == [("MA", "a@example.org")]


@pytest.mark.parametrize("language", INTERFACE)
def test_our_own_words_head_a_table_of_delegations(desk: Desk, event: Event, language: str) -> None:
    client, home = desk
    with force_locale(language):
        form = DelegationForm()
        named = (form.kind, form.focal_name, form.focal_email, form.room_cap, form.online_cap, form.deadline)
        headings = [gettext("Delegation"), *(str(one.label.text) for one in named), str(form.language.label.text)]
        kind = kind_words()["observer"]
    cells = ["IUSS", kind, "Ana Díaz", "ana@example.org", "2", "3", "2030-06-30", "es"]
    lines = "\n".join(["\t".join(headings), "\t".join(cells)])
    assert client.post(f"{home}/several", data={"lines": lines}).status_code == 303
    (one,) = every()
    found = (one.name, one.kind, one.focal_name, one.focal_email, one.language, str(one.deadline))
    assert found == ({"en": "IUSS"}, "observer", "Ana Díaz", "ana@example.org", "es", "2030-06-30 22:59:00+00:00")
    assert caps_of(event.id, one.uid) == {"in_person": 2, "online": 3}


@pytest.mark.parametrize("language", INTERFACE)
def test_our_spreadsheet_of_delegations_is_understood(desk: Desk, event: Event, language: str) -> None:
    client, home = desk
    delegation = make_delegation(event)
    name_people(delegation, nominee())
    content = client.get(f"{home}/export.xlsx?lang={language}").data
    delegations = table_from(content, "delegations.xlsx", is_heading=is_heading)
    (row,) = read_delegations(event, delegations, DelegationData())
    assert (row.data.country, row.data.kind, row.problems) == (delegation.country, delegation.kind, [])
    people = [[cell.value for cell in line] for line in load_workbook(BytesIO(content)).worksheets[1].iter_rows()]
    found = guess(Table([str(cell) for cell in people[0]], []), {})
    assert [found[place] for place in sorted(found)] == [
        *("honorific", "given_name", "family_name", "email", "job_title", "organisation", "country", "mode", "state")
    ]


@pytest.mark.parametrize("sent", [{"lines": ""}, {"lines": "Name,Kind"}, {"file": (BytesIO(b"\x89PNG"), "x.csv")}])
def test_nothing_to_read_is_answered_in_words(desk: Desk, sent: dict[str, object]) -> None:
    client, home = desk
    answer = client.post(f"{home}/several", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, every()) == (422, [])


def test_the_overview_shows_how_far_each_is_and_filters(desk: Desk, event: Event) -> None:
    client, home = desk
    assert "No delegations yet" in text(client, home)
    name_people(make_delegation(event), nominee("head", family_name="Sadiki"))
    make_delegation(event, country="FR", focal_email="")
    commit()
    page = text(client, home)
    assert ("Sadiki" in page, "No address" in page) == (True, True)
    assert (
        "France</a>" in text(client, f"{home}?show=nobody"),
        "Morocco</a>" in text(client, f"{home}?show=nobody"),
    ) == (
        True,
        False,
    )
    assert "France</a>" not in text(client, f"{home}?q=maroc")
    assert "No delegation matches" in text(client, f"{home}?q=zzz")


def test_the_overview_asks_the_same_with_one_row_and_with_three(desk: Desk, event: Event) -> None:
    client, home = desk
    make_delegation(event)
    commit()
    client.get(home)
    with count_queries() as one:
        client.get(home)
    for code in ("FR", "DE"):
        name_people(make_delegation(event, country=code), nominee("head"))
    commit()
    with count_queries() as three:
        client.get(home)
    assert len(one) == len(three)


def test_invitations_and_links(desk: Desk, event: Event) -> None:
    client, home = desk
    delegation = make_delegation(event)
    page = f"{home}/{delegation.uid}"
    assert client.post(f"{home}/invite").status_code == 303
    assert client.post(f"{page}/invite").status_code == 303
    assert client.post(f"{home}/remind").status_code == 303
    assert [cause.split(":")[0] for cause in db.session.scalars(select(OutboxMail.cause))] == ["delegation-invite"]
    token = queries.token_of(delegation)
    assert token in text(client, page)
    assert client.post(f"{page}/revoke").status_code == 303
    assert client.get(f"/delegations/{token}").status_code == 404
    assert client.post(f"{page}/link").status_code == 303
    db.session.refresh(delegation)
    assert client.get(f"/delegations/{queries.token_of(delegation)}").status_code == 200


def test_letters_are_read_returned_and_accepted(desk: Desk, event: Event) -> None:
    client, home = desk
    delegation = make_delegation(event)
    letter = letters.send_letter(delegation, BytesIO(PDF), "note.pdf", at=now())
    commit()
    path = f"{home}/{delegation.uid}/letters/{letter.uid}"
    assert client.get(path).data == PDF
    silent = client.post(path, data={"answer": "return", "words": " "})
    assert (silent.status_code, "Say in a few words what has to be changed." in silent.get_data(as_text=True)) == (
        422,
        True,
    )
    assert client.post(path, data={"answer": "return", "words": "No stamp"}).status_code == 303
    assert client.post(path, data={"answer": "accept"}).status_code == 303
    db.session.refresh(letter)
    assert letter.state == "accepted"
    other = make_delegation(event, country="FR")
    assert client.get(f"{home}/{other.uid}/letters/{letter.uid}").status_code == 404


def test_people_are_taken_in_and_out(desk: Desk, event: Event) -> None:
    client, home = desk
    delegation, person = make_delegation(event), operations.register(event, someone(), at=now())
    page = f"{home}/{delegation.uid}"
    assert client.post(f"{page}/people", data={"email": person.email}).status_code == 303
    assert (person.name in text(client, page), client.post(f"{page}/people/{person.uid}/out").status_code) == (
        True,
        303,
    )
    wrong = client.post(f"{page}/people", data={"email": "typed@example.org"})
    assert (wrong.status_code, 'value="typed@example.org"' in wrong.get_data(as_text=True)) == (422, True)


def test_the_export_has_delegations_and_people(desk: Desk, event: Event) -> None:
    client, home = desk
    name_people(make_delegation(event, focal_name="=cmd()"), nominee("head", family_name="Sadiki"))
    commit()
    answer = client.get(f"{home}/export.xlsx")
    table = table_from(answer.data, "delegations.xlsx")
    assert (table.rows[0][:4], table.rows[0][7:9]) == (["Morocco", "Member", "Morocco", "=cmd()"], ["1", "0"])


def test_an_empty_delegation_is_removed_and_one_with_people_is_not(desk: Desk, event: Event) -> None:
    client, home = desk
    empty, full = make_delegation(event), make_delegation(event, country="FR")
    name_people(full)
    commit()
    assert [client.post(f"{home}/{one.uid}/remove").status_code for one in (empty, full)] == [303, 409]
    assert [one.country for one in every()] == ["FR"]


@pytest.mark.parametrize(("role", "status"), [(TeamRole.OWNER, 200), (TeamRole.DOOR, 403), (None, 404)])
def test_who_may_see_delegations(
    event: Event, sign_in: Callable[[User], FlaskClient], role: TeamRole | None, status: int
) -> None:
    user, delegation = make_user(), make_delegation(event)
    if role:
        make_member(event, user, role)
    client, home = sign_in(user), f"/manage/{event.slug}/delegations"
    paths = ("", "/new", "/several", "/export.xlsx", f"/{delegation.uid}", f"/{delegation.uid}/edit")
    assert {client.get(home + path).status_code for path in paths} == {status}


def test_a_delegation_of_another_event_is_not_found(desk: Desk) -> None:
    client, home = desk
    stranger = make_delegation(make_open_event())
    commit()
    assert client.get(f"{home}/{stranger.uid}").status_code == 404
