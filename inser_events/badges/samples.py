"""People to try a layout on: the longest name, other scripts, those who leave lines empty. Nobody of them exists."""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from inser_events.badges.face import Face
from inser_events.badges.faces import marks_of
from inser_events.config import Settings
from inser_events.database import db
from inser_events.documents import qr
from inser_events.events.models import Event, Mode
from inser_events.languages import text_in
from inser_events.people.countries import country_name
from inser_events.registration.models import Registration, State
from inser_events.tokens import grouped, key_from, qr_text, ticket_token
from inser_events.web.filters import category_label, date_range, mode_label

_TOKEN = ticket_token(104_729, key_from(b"sample", "badges"))
"""A code of the right shape that opens no door."""
REAL = "real"
_PEOPLE: dict[str, dict[str, str]] = {
    "usual": {
        "name": "Amina El Idrissi",
        "honorific": "Dr",
        "job_title": "Soil scientist",
        "organisation": "Institut National de la Recherche Agronomique",
        "country": "MA",
        "category": "speaker",
    },
    "longest": {
        "name": "Maximiliane Konstantinopoulos-Wolfeschlegelsteinhausen von und zu Hohenlohe",
        "honorific": "Prof. Dr",
        "job_title": "Deputy Director-General for the Protection of Soils, Waters and Mountain Landscapes",
        "organisation": "Ministry of Agriculture, Maritime Fisheries, Rural Development and Water and Forests",
        "country": "GB",
        "category": "delegate",
    },
    "arabic": {
        "name": "محمد بن عبد الرحمن الإدريسي",
        "name_latin": "Mohamed Ben Abderrahmane El Idrissi",
        "job_title": "مدير المياه والغابات",
        "organisation": "وزارة الفلاحة والصيد البحري",
        "country": "MA",
        "category": "delegate",
        "language": "ar",
    },
    "chinese": {
        "name": "童裕鑫",
        "name_latin": "Tong Yuxin",
        "job_title": "研究员",
        "organisation": "中国科学院南京土壤研究所",
        "country": "CN",
        "category": "participant",
        "language": "zh",
    },
    "vietnamese": {
        "name": "Nguyễn Thị Minh Khai",
        "job_title": "Nghiên cứu viên",
        "organisation": "Viện Thổ nhưỡng Nông hóa",
        "country": "VN",
        "category": "observer",
    },
    "alone": {"name": "Nina Ivanova", "category": "press"},
}


def sample_words() -> dict[str, str]:
    """The sample people in words, for a choice."""
    return {
        "usual": _("A usual name"),
        "longest": _("A very long name"),
        "arabic": _("Arabic"),
        "chinese": _("Chinese"),
        "vietnamese": _("Vietnamese"),
        "alone": _("No organisation"),
        REAL: _("Your longest name"),
    }


def sample_face(event: Event, who: str, language: str = "") -> Face:
    """A badge of a sample person in this event; an unknown one is the usual."""
    person = _longest_of(event) if who == REAL else _PEOPLE.get(who, _PEOPLE["usual"])
    settings: Settings = current_app.extensions["settings"]
    languages = [each for each in (language, *event.languages) if each]
    language = languages[0] if languages else "en"
    marks = marks_of(event.id)
    with force_locale(language):
        city, when = text_in(event.venue_city, languages).value, date_range(event.starts_on, event.ends_on)
        category = person.get("category", "participant")
        return Face(
            name=person["name"],
            name_latin=person.get("name_latin", ""),
            honorific=person.get("honorific", ""),
            job_title=person.get("job_title", ""),
            organisation=person.get("organisation", ""),
            country=country_name(person["country"], language) if person.get("country") else "",
            event_name=text_in(event.name, languages).value,
            event_place_date=f"{city} · {when}" if city else when,
            category=category_label(category),
            category_colour=category,
            mode=mode_label(Mode.IN_PERSON),
            qr_text=qr_text(settings.base_url, _TOKEN),
            code=grouped(_TOKEN),
            language=person.get("language", ""),
            logo=marks.logo,
            colours=marks.colours,
        )


def modules() -> int:
    """How many modules a code of this installation has in a line, quiet zone included."""
    settings: Settings = current_app.extensions["settings"]
    return len(qr.matrix(qr_text(settings.base_url, _TOKEN))) + 2 * qr.QUIET_ZONE


def _longest_of(event: Event) -> dict[str, str]:
    """The texts of whoever is confirmed with the longest name."""
    mine = select(Registration).where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
    length = func.length(Registration.given_name) + func.length(Registration.family_name)
    found = db.session.scalar(mine.order_by(length.desc(), Registration.id).limit(1))
    if found is None:
        return _PEOPLE["longest"]
    names = ("name", "name_latin", "honorific", "job_title", "organisation", "country", "category", "language")
    return {name: str(getattr(found, name)) for name in names}
