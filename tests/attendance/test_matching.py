"""Who the people of a report are: certain by address, suggested by name, never guessed."""

import pytest
from flask import Flask

from inser_events.attendance.matching import Person, is_telephone, match, people_of
from inser_events.events.models import Event
from tests.attendance.meetings_made import make_report, stay
from tests.checkin.factories import make_registration
from tests.factories import make_event
from tests.queries import count_queries


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event()


def matched(event: Event, name: str, email: str = "") -> Person:
    people = people_of(make_report(stay(name, email)))
    match(event, people)
    return people[0]


def test_two_devices_of_one_address_are_one_person() -> None:
    report = make_report(stay("Amina", "A@x.org"), stay("Amina (phone)", "a@X.org"), stay("Amina"), stay("AMINA "))
    assert [(one.name, len(one.connections)) for one in people_of(report)] == [("Amina", 2), ("Amina", 2)]


@pytest.mark.parametrize("email", ["zoe@example.org", "Zoe@Example.ORG"])
def test_the_address_tells_who_it_is_whatever_the_name(event: Event, email: str) -> None:
    zoe = make_registration(event, active_email="zoe@example.org")
    make_registration(make_event(), active_email="other@example.org")
    assert matched(event, "iPad", email).registration_id == zoe.id
    assert matched(event, "iPad", "other@example.org").registration_id is None
    assert matched(event, "iPad", "zoe+1@example.org").registration_id is None


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("zoë ÅNGSTRÖM", True),
        ("Angstrom, Zoe", True),
        ("Чжу Мэй", True),
        ("Zoe Maria Angstrom", False),
        ("Zoe Angstrm", False),
    ],
)
def test_a_name_in_any_spelling_suggests_the_one_person(event: Event, name: str, exact: bool) -> None:
    zoe = make_registration(event, given_name="Zoë", family_name="Ångström", name_latin="Чжу Мэй")
    make_registration(event, given_name="Zoë", family_name="Berg")
    found = matched(event, name)
    assert (found.registration_id, found.suggested_id, found.exact) == (None, zoe.id, exact)


@pytest.mark.parametrize("name", ["Zoë", "", "iPad", "Zoe Berg", "Host", "Nils Ek", "Z Å"])
def test_a_name_that_tells_little_suggests_nobody(event: Event, name: str) -> None:
    make_registration(event, given_name="Zoë", family_name="Ångström")
    assert matched(event, name).suggested_id is None


def test_of_two_with_the_name_nobody_is_suggested_and_it_is_told(event: Event) -> None:
    for _ in range(2):
        make_registration(event, given_name="Li", family_name="Wei")
    found = matched(event, "wei li")
    assert (found.suggested_id, found.namesakes, found.exact) == (None, 2, False)


@pytest.mark.parametrize(("state", "known"), [("waitlisted", True), ("pending", True), ("cancelled", False)])
def test_only_active_registrations_are_suggested(event: Event, state: str, known: bool) -> None:
    one = make_registration(event, given_name="Zoë", family_name="Berg", state=state)
    assert matched(event, "Zoë Berg").suggested_id == (one.id if known else None)


@pytest.mark.parametrize(
    ("name", "telephone"),
    [("+212 5** ***78 90", True), ("0612345678", True), ("12", False), ("Room 1234567", False), ("Zoë", False)],
)
def test_telephones_are_nobody(event: Event, name: str, telephone: bool) -> None:
    assert (is_telephone(name), matched(event, name).aside) == (telephone, telephone)


def test_matching_asks_no_more_for_more_people(event: Event) -> None:
    def asked(number: int) -> int:
        people = people_of(make_report(*(stay(f"Ana Berg{n}", f"ana{n}@example.org") for n in range(number))))
        with count_queries() as queries:
            match(event, people)
        return len(queries)

    assert asked(1) == asked(300) == 2
