"""Delegations on badges and in the list of participants."""

from typing import Any

import pytest
from flask import Flask

from inser_events.agenda.queries import latest_snapshot
from inser_events.badges.exports import Face
from inser_events.badges.faces import face_of, faces
from inser_events.badges.guests import Guest, guests
from inser_events.badges.papers import groups
from inser_events.clock import now
from inser_events.database import commit
from inser_events.events.models import Event
from inser_events.registration import operations
from tests.delegations.factories import make_delegation, name_people, nominee
from tests.queries import count_queries
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=None, languages=["en", "fr"])


def listed(event: Event, language: str = "en") -> list[tuple[str, list[tuple[str, list[str]]]]]:
    shown = groups(guests(event, language), language)
    return [(one.heading, [(part, [guest.family_name for guest in here]) for part, here in one.parts]) for one in shown]


def standing(face: Face) -> tuple[str, str, str]:
    return face.job_title, face.organisation, face.country


def register(event: Event, **values: Any) -> None:
    operations.register(event, someone(**values), at=now(), notify=False)


def test_the_list_has_members_by_country_head_first_then_the_others_in_their_order(event: Event) -> None:
    names = ("Zhang", "Adams", "Moreau")
    roles = ("head", "adviser", "alternate")
    name_people(make_delegation(event, country="ZA"), nominee(family_name="Botha"))
    people = [nominee(role, family_name=name) for name, role in zip(names, roles, strict=True)]
    name_people(make_delegation(event, country="MA"), *people)
    for kind, name in (("secretariat", "GSP"), ("partner", "Alliance"), ("un", "WFP"), ("observer", "IUSS")):
        delegation = make_delegation(event, country="", kind=kind, name={"en": name})
        name_people(delegation, nominee(family_name=f"of {name}"))
    register(event, family_name="Alone", category="delegate", country="FR")
    register(event, family_name="Watcher", category="observer", country="FR")
    register(event, family_name="Writer", category="press")
    register(event, family_name="Guest")
    assert listed(event) == [
        ("Members", [("France", ["Alone"]), ("Morocco", ["Zhang", "Adams", "Moreau"]), ("South Africa", ["Botha"])]),
        ("Observers", [("", ["Watcher"]), ("IUSS", ["of IUSS"])]),
        ("United Nations", [("WFP", ["of WFP"])]),
        ("Partners", [("Alliance", ["of Alliance"])]),
        ("Participants", [("", ["Guest"])]),
        ("Press", [("", ["Writer"])]),
        ("Secretariat", [("GSP", ["of GSP"])]),
    ]


def test_members_stand_in_the_order_of_the_language(event: Event) -> None:
    for country in ("DE", "ZA", "MA"):
        name_people(make_delegation(event, country=country))
    assert [name for name, _people in listed(event, "fr")[0][1]] == ["Afrique du Sud", "Allemagne", "Maroc"]


def test_a_badge_shows_delegation_and_role(event: Event) -> None:
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    member = make_delegation(event)
    head, plain = name_people(member, nominee("head", job_title="Minister", country="FR"), nominee())
    observer = make_delegation(event, country="", kind="observer", name={"en": "IUSS", "fr": "UISS"})
    (third,) = name_people(observer, nominee("adviser"))
    assert [standing(face_of(one, snapshot)) for one in (head, plain, third)] == [
        ("Head of delegation · Minister", "", "Morocco"),
        ("Representative", "", "Morocco"),
        ("Adviser", "IUSS", ""),
    ]
    register(event, job_title="Director", organisation="INRA", country="MA", family_name="Aa")
    alone = next(faces(event, snapshot))
    assert standing(alone) == ("Director", "INRA", "Morocco")


def test_many_badges_and_a_long_list_ask_no_more_than_few(event: Event) -> None:
    snapshot = latest_snapshot(event)
    assert snapshot is not None

    def asked() -> tuple[int, int]:
        commit()
        with count_queries() as for_badges:
            list(faces(event, snapshot))
        with count_queries() as for_list:
            guests(event, "en")
        return sum("FROM delegat" in statement for statement in for_badges), len(for_list)

    name_people(make_delegation(event))
    list(faces(event, snapshot))
    few = asked()
    assert few[0] == 1
    for country in ("FR", "DE"):
        name_people(make_delegation(event, country=country), nominee(), nominee())
    assert asked() == few


def test_a_guest_without_a_delegation_has_none(event: Event) -> None:
    register(event, family_name="Guest")
    (guest,) = guests(event, "en")
    assert guest == Guest(given_name="Amina", family_name="Guest", category="participant")
