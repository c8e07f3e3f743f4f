import json
from pathlib import Path

import pytest
from flask import Flask

from inser_events.addresses import UnusableEmail
from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.people.errors import NameMissing, UnknownCountry
from inser_events.people.operations import PersonData, add_person, change_person, data_of, same_person
from tests.factories import make_person

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "names" / "blns.json"


def test_adding_a_person_makes_them_searchable(app: Flask) -> None:
    person = add_person(PersonData(given_name="Zoé", family_name="Müller", organisation="INRA", country="ma"))
    assert (person.name, person.country, person.search_text) == ("Zoé Müller", "MA", "zoe muller inra")


def test_an_only_name_is_the_family_name(app: Flask) -> None:
    person = add_person(PersonData(given_name="Sukarno", family_name=" "))
    assert (person.given_name, person.family_name) == ("", "Sukarno")


def test_nobody_is_without_a_name(app: Flask) -> None:
    with pytest.raises(NameMissing):
        add_person(PersonData(family_name=" \t"))


def test_a_country_is_a_known_code(app: Flask) -> None:
    with pytest.raises(UnknownCountry):
        add_person(PersonData(family_name="Li", country="XX"))


def test_an_address_can_be_written_to(app: Flask) -> None:
    with pytest.raises(UnusableEmail):
        add_person(PersonData(family_name="Li", email="li at fao"))


def test_a_biography_is_cleaned(app: Flask) -> None:
    person = add_person(PersonData(family_name="Li", biography={"en": "<p>Soil <script>x</script></p>", "fr": " "}))
    assert person.biography == {"en": "<p>Soil </p>"}


def test_a_change_is_recorded_with_what_differed(app: Flask) -> None:
    person = make_person("Li", "Lifeng", organisation="FAO")
    change_person(person, PersonData(family_name="Li", given_name="Lifeng", organisation="INRA"))
    entry = db.session.query(AuditEntry).one()
    assert (entry.before, entry.after) == ({"organisation": "FAO"}, {"organisation": "INRA"})


def test_saving_the_same_again_leaves_no_trace(app: Flask) -> None:
    person = make_person("Li", "Lifeng")
    change_person(person, data_of(person))
    assert db.session.query(AuditEntry).count() == 0


@pytest.mark.parametrize(
    ("data", "same"),
    [
        (PersonData(family_name="LI", given_name="lifeng", organisation="FAO"), True),
        (PersonData(family_name="Li", given_name="Lifeng"), True),
        (PersonData(family_name="Li", given_name="Lifeng", organisation="INRA"), False),
        (PersonData(family_name="Other", email="Li@Example.org"), True),
        (PersonData(family_name="Li", organisation="FAO"), False),
    ],
)
def test_a_person_is_known_by_address_or_by_name_and_organisation(app: Flask, data: PersonData, same: bool) -> None:
    person = make_person("Li", "Lifeng", organisation="FAO", email="li@example.org")
    assert (same_person(data, [person]) is person) is same


@pytest.mark.skipif(not STRINGS.is_file(), reason="the outside data is not here")
def test_any_text_can_be_a_name(app: Flask) -> None:
    texts = [text for text in json.loads(STRINGS.read_text()) if text.strip()]
    for text in texts:
        try:
            person = add_person(PersonData(family_name=text))
        except NameMissing:
            assert not any(letter.isprintable() and not letter.isspace() for letter in text)
        else:
            assert person.family_name == person.family_name.strip()
