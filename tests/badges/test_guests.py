"""Who stands on which list, in which order."""

import pytest
from flask import Flask

from inser_events.badges.guests import Guest, guests
from tests.checkin.factories import make_registration
from tests.factories import make_event


def families(found: list[Guest]) -> list[str]:
    return [guest.family_name for guest in found]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Benali", "Çelik", "Иванова", "王", "Zając"]),
        ("ru", ["Иванова", "Benali", "Çelik", "王", "Zając"]),
        ("zh", ["王", "Benali", "Çelik", "Иванова", "Zając"]),
    ],
)
def test_names_stand_in_the_order_of_the_language(app: Flask, language: str, expected: list[str]) -> None:
    event = make_event()
    for family, latin in (
        ("王", "Wei Wang"),
        ("Zając", ""),
        ("Иванова", "Nina Ivanova"),
        ("Çelik", ""),
        ("Benali", ""),
    ):
        make_registration(event, family_name=family, given_name="A", name_latin=latin)
    found = families(guests(event, language))
    assert found == expected


def test_only_the_confirmed_of_this_event_are_listed(app: Flask) -> None:
    event = make_event()
    make_registration(event, family_name="Here")
    make_registration(event, family_name="Waiting", state="waitlisted")
    make_registration(make_event(), family_name="Elsewhere")
    assert families(guests(event, "en")) == ["Here"]


def test_mode_and_category_narrow_the_list(app: Flask) -> None:
    event = make_event()
    make_registration(event, family_name="A", mode="online", category="delegate")
    make_registration(event, family_name="B", category="delegate")
    make_registration(event, family_name="C")
    assert [
        families(guests(event, "en", mode="in_person")),
        families(guests(event, "en", categories=["delegate"])),
    ] == [
        ["B", "C"],
        ["A", "B"],
    ]


def test_an_address_needs_consent(app: Flask) -> None:
    event = make_event()
    make_registration(event, family_name="A", email="a@example.org", listed=True)
    make_registration(event, family_name="B", email="b@example.org", listed=False)
    assert [guest.email for guest in guests(event, "en")] == ["a@example.org", ""]


def test_country_is_named_in_the_language(app: Flask) -> None:
    event = make_event()
    make_registration(event, country="MA")
    assert [guests(event, language)[0].country for language in ("en", "fr", "ar")] == ["Morocco", "Maroc", "المغرب"]


def test_official_name_has_the_family_name_in_capitals() -> None:
    names = [
        Guest(family_name="de Ferrari", given_name="Chiara", honorific="Dr"),
        Guest(family_name="王", given_name="伟"),
    ]
    assert [name.official_name for name in names] == ["Dr Chiara DE FERRARI", "王伟"]
