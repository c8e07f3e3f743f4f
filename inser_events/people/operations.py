"""Adding and changing people's records."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from inser_events.addresses import clean_email
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.richtext import cleaned
from inser_events.documents.text import one_line
from inser_events.languages import Localized
from inser_events.people.countries import is_country
from inser_events.people.errors import NameMissing, UnknownCountry
from inser_events.people.models import Person
from inser_events.people.search import fold


@dataclass(frozen=True, kw_only=True)
class PersonData:
    """What is known of a person. ``country``: ISO 3166-1 alpha-2 or empty; a single name is the family name."""

    family_name: str
    given_name: str = ""
    honorific: str = ""
    name_latin: str = ""
    email: str = ""
    organisation: str = ""
    job_title: str = ""
    country: str = ""
    biography: Localized = field(default_factory=dict)
    job_titles: Localized = field(default_factory=dict)


def add_person(data: PersonData, *, is_sample: bool = False, event_id: int | None = None) -> Person:
    """Add a person. Raises NameMissing, UnknownCountry, UnusableEmail."""
    person = Person(is_sample=is_sample, **_checked(data))
    person.search_text = searchable(person)
    db.session.add(person)
    db.session.flush()  # the audit entry needs the id
    record("add person", person, event_id=event_id, after={"name": person.name, "organisation": person.organisation})
    return person


def change_person(person: Person, data: PersonData, *, event_id: int | None = None) -> Person:
    """Change what is known of a person. Raises NameMissing, UnknownCountry, UnusableEmail."""
    values = _checked(data)
    before = {name: getattr(person, name) for name, value in values.items() if getattr(person, name) != value}
    if not before:
        return person
    for name, value in values.items():
        setattr(person, name, value)
    person.search_text = searchable(person)
    record("change person", person, event_id=event_id, before=before, after={name: values[name] for name in before})
    return person


def same_person(data: PersonData, among: Iterable[Person]) -> Person | None:
    """The one of *among* with the same address, or with the same name and organisation (or one of them without)."""
    named = fold(_full_name(data))
    organisation = fold(data.organisation)
    for person in among:
        if data.email and person.email and data.email.casefold() == person.email.casefold():
            return person
        theirs = fold(person.organisation)
        if fold(person.name) == named and (theirs == organisation or not theirs or not organisation):
            return person
    return None


def searchable(person: Person) -> str:
    """What a search for people looks through."""
    return fold(person.name, person.name_latin, person.organisation, person.email)


def data_of(person: Person) -> PersonData:
    """What is known of a person, as it was entered."""
    return PersonData(
        **{name: getattr(person, name) for name in PersonData.__dataclass_fields__},
    )


def _full_name(data: PersonData) -> str:
    return Person(given_name=data.given_name, family_name=data.family_name).name


def _checked(data: PersonData) -> dict[str, str | Localized]:
    """The values as they are stored."""
    values: dict[str, str | Localized] = {
        name: one_line(value) if isinstance(value, str) else value for name, value in asdict(data).items()
    }
    values["biography"] = {language: cleaned(text) for language, text in data.biography.items() if cleaned(text)}
    values["job_titles"] = {language: line for language, text in data.job_titles.items() if (line := one_line(text))}
    if not values["family_name"]:
        values["family_name"], values["given_name"] = values["given_name"], ""
    if not values["family_name"]:
        raise NameMissing
    code = data.country.strip().upper()
    if code and not is_country(code):
        raise UnknownCountry(data.country)
    values["country"] = code
    values["email"] = clean_email(data.email) if data.email.strip() else ""
    return values
