"""Keeping delegations: made one by one or from a table, changed, invited, reminded, removed; letters; privacy."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at, now
from inser_events.database import commit, db
from inser_events.delegations import invitations, letters, queries
from inser_events.delegations.errors import NoSuchDelegationPage, StillPeople, UnusableDelegation, WordsNeeded
from inser_events.delegations.models import Delegation
from inser_events.delegations.operations import (
    DelegationData,
    change_delegation,
    create_delegation,
    create_delegations,
    data_of,
    remove_delegation,
)
from inser_events.delegations.several import read_delegations, table_of
from inser_events.events.models import Event
from inser_events.mail import OutboxMail, ready
from inser_events.registration import retention
from inser_events.registration.errors import UnusableFile
from inser_events.registration.groups import caps_of
from inser_events.registration.personal_data import data_of as personal_data
from inser_events.registration.personal_data import erase_person
from inser_events.registration.queries import Wanted, listing
from tests.delegations.factories import FOCAL, delegate_of, make_delegation, name_people, nominee
from tests.queries import count_queries
from tests.registration.factories import make_open_event

PDF = b"%PDF-1.7\nnote verbale"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(languages=["en", "fr"])


def names(event: Event, language: str) -> list[str]:
    return [one.name for one in queries.standings(event, language)]


def mails(start: str) -> list[str]:
    found = db.session.scalars(select(OutboxMail).where(OutboxMail.cause.startswith(start)).order_by(OutboxMail.id))
    return [mail.message.decode() for one in found if (mail := ready(one)) is not None]


def test_delegations_stand_by_kind_then_by_name_in_the_language(event: Event) -> None:
    for values in (
        {"kind": "partner", "name": {"en": "Alliance"}},
        {"country": "DE"},
        {"country": "ZA"},
        {"kind": "observer", "name": {"en": "World Union", "fr": "Union mondiale"}},
    ):
        create_delegation(event, DelegationData(**values), at=now())
    assert names(event, "en") == ["Germany", "South Africa", "World Union", "Alliance"]
    assert names(event, "fr") == ["Afrique du Sud", "Allemagne", "Union mondiale", "Alliance"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {}),
        ("name", {"kind": "observer", "country": "FR"}),
        ("country", {"country": "XX"}),
        ("focal_email", {"country": "FR", "focal_email": "nobody"}),
        ("room_cap", {"country": "FR", "room_cap": -1}),
        ("kind", {"country": "FR", "kind": "friend"}),
    ],
)
def test_an_unusable_delegation_is_refused_at_its_field(event: Event, field: str, wrong: dict[str, object]) -> None:
    with pytest.raises(UnusableDelegation) as refusal:
        create_delegation(event, DelegationData(**wrong), at=now())  # type: ignore[arg-type] # wrong on purpose
    assert refusal.value.field == field


def test_one_delegation_is_not_added_twice(event: Event) -> None:
    first, other = make_delegation(event), make_delegation(event, country="FR")
    with pytest.raises(UnusableDelegation):
        create_delegations(event, [DelegationData(country="DE"), DelegationData(country="MA")], at=now())
    with pytest.raises(UnusableDelegation):
        change_delegation(other, data_of(first), at=now())


def test_a_change_is_kept_with_what_it_was_and_another_address_closes_the_link(event: Event) -> None:
    delegation = make_delegation(event, room_cap=2)
    old = queries.token_of(delegation)
    change_delegation(delegation, DelegationData(country="MA", focal_email=FOCAL, room_cap=3), at=now())
    assert (caps_of(event.id, delegation.uid), queries.token_of(delegation)) == ({"in_person": 3}, old)
    change_delegation(delegation, DelegationData(country="MA", focal_email="new@example.org"), at=now())
    with pytest.raises(NoSuchDelegationPage):
        queries.find_by_link(old)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "change delegation details")).all()
    assert [entry.before["in the room"] for entry in entries] == [2, 3]


def test_people_without_an_address_follow_the_focal_point(event: Event) -> None:
    delegation = make_delegation(event)
    through, own, gone = name_people(delegation, nominee(email=""), nominee(email="own@example.org"), nominee(email=""))
    erase_person(gone, at=now())
    addresses = []
    for focal in ("FOCAL@example.org", "new@example.org", "", "last@example.org"):
        change_delegation(delegation, DelegationData(country="MA", focal_email=focal), at=now())
        addresses.append((through.email, own.email, gone.email))
    assert addresses == [(one, "own@example.org", "") for one in (FOCAL, "new@example.org", "", "last@example.org")]
    assert [one.email for one in listing(event, Wanted(query="last@example")).rows] == ["last@example.org"]


def test_the_same_address_in_capitals_keeps_the_link(event: Event) -> None:
    delegation = make_delegation(event)
    token = queries.token_of(delegation)
    change_delegation(delegation, DelegationData(country="MA", focal_email="FOCAL@Example.org"), at=now())
    assert queries.find_by_link(token) is delegation


def test_only_an_empty_delegation_is_removed(event: Event) -> None:
    delegation = make_delegation(event, room_cap=2)
    (person,) = name_people(delegation)
    with pytest.raises(StillPeople):
        remove_delegation(delegation, at=now())
    erase_person(person, at=now())
    remove_delegation(delegation, at=now())
    assert (db.session.scalars(select(Delegation)).all(), caps_of(event.id, delegation.uid)) == ([], {})


def test_a_pasted_list_needs_no_headings(event: Event) -> None:
    text = "Morocco; Member; Samira Alaoui; focal@example.org; 2; 5; fr; 2030-06-30\nМарокко\nIUSS; observer"
    rows = read_delegations(event, table_of(text), DelegationData())
    assert [(row.number, row.problems) for row in rows] == [(1, []), (2, ["Row 1 is the same delegation."]), (3, [])]
    first, last = rows[0].data, rows[2].data
    assert (first.country, first.room_cap, first.online_cap, first.language, first.name) == ("MA", 2, 5, "fr", {})
    assert str(first.deadline) == "2030-06-30 22:59:00+00:00"
    assert (last.kind, last.name, last.country) == ("observer", {"en": "IUSS"}, "")
    assert (first.category, last.category) == ("delegate", "observer")


def test_a_table_with_headings_in_any_order_is_understood_and_faults_are_named(event: Event) -> None:
    text = "E-mail\tDelegation\tPlaces in the room\tComes as\na@example.org\tFrance\tmany\tfriend\nb@example.org\t\t1\t"
    rows = read_delegations(event, table_of(text), DelegationData())
    assert rows[0].data.country == "FR"
    assert [row.problems for row in rows] == [
        [
            "“friend” is none of: Member, Observer, United Nations, Partner, Secretariat or host.",
            "“many” is no number of places.",
        ],
        ["There is no name."],
    ]


def test_focal_points_are_invited_once_and_reminded_once_a_day(event: Event) -> None:
    delegation = make_delegation(event, deadline=now() + timedelta(days=9))
    make_delegation(event, country="FR", focal_email="")
    assert invitations.send_invitations(event, "en", at=now()) == 1
    assert invitations.send_invitations(event, "en", at=now()) == 0
    assert invitations.invite(delegation, at=now()) is False
    assert invitations.send_reminders(event, "en", at=now()) == 0
    later = now() + timedelta(days=1, minutes=1)
    with fixed_at(later):
        assert invitations.invite(delegation, at=later - timedelta(minutes=1)) is True
    with fixed_at(later + timedelta(days=1)):
        assert invitations.send_reminders(event, "en", at=now()) == 1
        assert invitations.send_reminders(event, "en", at=now()) == 0
    invitation, reminder = mails("delegation-invite")[0], mails("delegation-remind")[0]
    assert [queries.token_of(delegation) in text.replace("=\r\n", "") for text in (invitation, reminder)] == [True] * 2
    assert ["the people who come" in reminder, "your nomination letter" in reminder] == [True, True]


def test_who_has_done_everything_is_not_reminded(event: Event) -> None:
    delegation = make_delegation(event)
    invitations.invite(delegation, at=now())
    name_people(delegation, nominee("head"))
    letters.send_letter(delegation, BytesIO(PDF), "note.pdf", at=now())
    with fixed_at(now() + timedelta(days=2)):
        assert invitations.send_reminders(event, "en", at=now()) == 0


def test_a_closed_link_opens_nothing_and_a_new_one_differs(event: Event) -> None:
    delegation = make_delegation(event)
    old = queries.token_of(delegation)
    invitations.revoke_link(delegation)
    with pytest.raises(NoSuchDelegationPage):
        queries.find_by_link(old)
    invitations.link_for(delegation)
    assert queries.find_by_link(queries.token_of(delegation)) is delegation
    assert queries.token_of(delegation) != old


@pytest.mark.parametrize("token", ["", "x", "C" * 30, "B" * 500])
def test_a_forged_link_opens_nothing(event: Event, token: str) -> None:
    make_delegation(event)
    with pytest.raises(NoSuchDelegationPage):
        queries.find_by_link(token)


def test_a_letter_is_judged_by_its_bytes_accepted_or_returned_with_words(event: Event) -> None:
    delegation = make_delegation(event)
    letter = letters.send_letter(delegation, BytesIO(PDF), "../../note verbale.exe", at=now())
    assert (letter.filename, letter.media_type, letters.content_of(letter)) == (
        "note verbale.pdf",
        "application/pdf",
        PDF,
    )
    with pytest.raises(UnusableFile):
        letters.send_letter(delegation, BytesIO(b"MZ\x90"), "letter.pdf", at=now())
    with pytest.raises(WordsNeeded):
        letters.return_letter(delegation, letter, " \n", at=now())
    letters.return_letter(delegation, letter, "The stamp is missing.", at=now())
    letters.accept_letter(delegation, letter, at=now())
    assert (letter.state, letter.words, queries.standings(event, "en")[0].letter) == ("accepted", "", "accepted")
    assert ["The stamp is missing." in text for text in mails("delegation-letter")] == [True, False]


def test_only_the_last_letters_are_kept(event: Event) -> None:
    delegation = make_delegation(event)
    first = letters.send_letter(delegation, BytesIO(PDF), "0.pdf", at=now())
    path = letters.folder() / first.stored_name
    for number in range(letters.MOST_LETTERS):
        letters.send_letter(delegation, BytesIO(PDF), f"{number}.pdf", at=now())
    commit()
    assert (len(queries.letters_of(delegation)), path.exists()) == (letters.MOST_LETTERS, False)


def test_the_overview_asks_the_same_of_one_delegation_and_of_many(event: Event) -> None:
    name_people(make_delegation(event), nominee("head"))
    commit()
    with count_queries() as one:
        queries.standings(event, "en")
    for code in ("FR", "DE", "IT"):
        name_people(make_delegation(event, country=code), nominee("head"))
    commit()
    with count_queries() as many:
        queries.standings(event, "en")
    assert len(one) == len(many)


def test_a_person_is_told_of_their_delegation_and_not_of_the_focal_points_mails(event: Event) -> None:
    delegation = make_delegation(event)
    (person,) = name_people(delegation, nominee("adviser", email=""))
    told = personal_data(person, at=now())
    assert (told["delegations"], told["mails"]) == (
        [{"delegation": "Morocco", "role": "adviser", "named_by": "Samira Alaoui"}],
        [],
    )
    erase_person(person, at=now())
    assert (db.session.scalars(select(OutboxMail.recipient)).all(), delegate_of(person).role) == ([FOCAL], "adviser")


def test_focal_points_and_letters_are_forgotten_when_the_time_is_over(event: Event) -> None:
    delegation = make_delegation(event)
    letter = letters.send_letter(delegation, BytesIO(PDF), "note.pdf", at=now())
    path = letters.folder() / letter.stored_name
    invitations.invite(delegation, at=now())
    retention.change_settings(event, list_public=False, retain_until=event.ends_on)
    commit()
    with fixed_at(now() + timedelta(days=60)):
        assert retention._something_left(event) is True
        retention.erase_slice(event.id)
    commit()
    assert (delegation.focal_name, delegation.focal_email, queries.letters_of(delegation)) == ("", "", [])
    assert (path.exists(), retention._something_left(event)) == (False, False)
    mine = select(AuditEntry).where(AuditEntry.subject == f"delegation:{delegation.id}")
    assert {str(entry.after) for entry in db.session.scalars(mine)} == {"{}"}
