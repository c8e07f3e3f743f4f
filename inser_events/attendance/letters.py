"""What stands in a letter: proposed wordings, and the words of one person to put into them."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import dates
from flask_babel import gettext as _

from inser_events.agenda.printed import joined
from inser_events.agenda.reading import Wording, speaking
from inser_events.agenda.snapshot import Snapshot
from inser_events.attendance.models import Letter, LetterKind, LetterTemplate
from inser_events.badges.guests import Guest
from inser_events.languages import Localized, text_in
from inser_events.people.countries import country_name
from inser_events.registration.models import Registration
from inser_events.web.filters import category_label, date_range, minutes, page_locale

SAMPLE = Guest(
    honorific="Dr",
    given_name="Amina",
    family_name="Benali",
    job_title="Soil scientist",
    organisation="National Institute of Soils",
    country="Morocco",
)


def proposed(kind: str, language: str) -> tuple[str, str]:
    """Title and body that an organiser starts from."""
    with speaking(language):
        if kind == LetterKind.CERTIFICATE:
            return _("Certificate of attendance"), _(
                "This is to certify that\n\n{{ official_name }}\n{{ organisation? }}\n\nattended {{ event }}, held in "
                "{{ place }} on {{ dates }}.\n\nTime of presence: {{ hours? }}."
            )
        return _("Letter of invitation"), _(
            "Dear {{ honorific }} {{ name }},\n\nWe are pleased to invite you to {{ event }}, which takes place on "
            "{{ dates }} in {{ place }}. You are registered as: {{ category }}.\n\nOn your registration you gave "
            "as your organisation: {{ organisation? }}.\n\nWe kindly ask the authorities concerned to grant "
            "{{ official_name }} the visa needed to take part.\n\nQuestions are answered at {{ contact? }}.\n\n"
            "Yours sincerely,"
        )


def wording(template: LetterTemplate | None, kind: str, language: str, fallback: list[str]) -> tuple[str, str, str]:
    """Title, body and signatory in *language*: the organisers' own words, in it or else as we propose them.

    The signatory falls back to the event's other languages, because names seldom change.
    """
    title, body = proposed(kind, language)
    if template is None:
        return title, body, ""
    signed = text_in(template.signatory, [language, *fallback]).value
    return template.title.get(language) or title, template.body.get(language) or body, signed


def event_words(snapshot: Snapshot, language: str) -> dict[str, str]:
    """What a letter may say of the event. Call within `reading.speaking`."""
    event = snapshot.event
    words = Wording(snapshot, [language])
    venue = event.venue
    city = words.text(venue.city) if venue else ""
    country = country_name(venue.country, language) if venue and venue.country else ""
    where = joined(words.text(venue.name), city, country) if venue else ""
    return {
        "event": words.text(event.name),
        "dates": date_range(event.starts_on, event.ends_on),
        "place": where or event.online_platform or _("an online meeting"),
        "city": city,
        "organiser": words.text(event.organiser),
        "contact": event.contact_email,
    }


def person_words(person: Guest) -> dict[str, str]:
    """What a letter may say of a person. Call within `reading.speaking`."""
    return {
        "name": person.name,
        "official_name": person.official_name,
        "honorific": person.honorific,
        "job_title": person.job_title,
        "organisation": person.organisation,
        "country": person.country,
        "category": category_label(person.category),
    }


def letter_words(letter: Letter, zone: str) -> dict[str, str]:
    """What a letter may say of itself. Call within `reading.speaking`."""
    return {
        "number": str(letter.number),
        "issued_on": issued_on(letter.issued_at, zone),
        "days": str(letter.days) if letter.days else "",
        "hours": minutes(letter.minutes) if letter.minutes else "",
    }


def issued_on(at: datetime, zone: str) -> str:
    """The day on the event's clock, written out."""
    return dates.format_date(at.astimezone(ZoneInfo(zone)).date(), "long", locale=page_locale())


def person_of(registration: Registration, language: str) -> Guest:
    """The person as a letter names them."""
    return Guest(
        honorific=registration.honorific,
        given_name=registration.given_name,
        family_name=registration.family_name,
        name_latin=registration.name_latin,
        job_title=registration.job_title,
        organisation=registration.organisation,
        country=country_name(registration.country, language) if registration.country else "",
        category=registration.category,
        mode=registration.mode,
    )


def languages_with_own_words(texts: Mapping[str, str]) -> Localized:
    """The texts that are there."""
    return {language: text for language, text in texts.items() if text.strip()}
