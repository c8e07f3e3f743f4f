"""People in tables: which headings mean what, and a row as a person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from inser_events.documents.tables import Table, UnreadableTable
from inser_events.languages import INTERFACE
from inser_events.people.countries import code_of_country
from inser_events.people.operations import PersonData
from inser_events.web.languages import said_everywhere

HEADINGS: Mapping[str, Sequence[str]] = {
    "honorific": ("Title", "Honorific", "Salutation", "Civilité"),
    "given_name": ("Given name", "Given names", "First name", "Forename", "Prénom", "Nombre", "Имя"),
    "family_name": (
        *("Family name", "Last name", "Surname", "Name", "Full name", "Nom", "Apellido", "Apellidos", "Фамилия"),
    ),
    "name_latin": ("Name in Latin letters", "Latin name", "Name (Latin)"),
    "email": ("E-mail", "E-mail address", "Mail", "Courriel", "Adresse e-mail", "Correo electrónico"),
    "organisation": ("Organisation", "Organization", "Institution", "Affiliation", "Company", "Organización"),
    "job_title": ("Position", "Job title", "Role", "Function", "Fonction", "Cargo"),
    "country": ("Country", "Country code", "Pays", "País", "Страна"),
}


def person_words() -> dict[str, str]:
    """What we call these columns."""
    return {
        "honorific": _("Form of address"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "name_latin": _("Name in Latin letters"),
        "email": _("E-mail"),
        "organisation": _("Organisation"),
        "job_title": _("Position"),
        "country": _("Country"),
    }


def person_columns(table: Table, name: str, *, needed: Sequence[str] = ("family_name",)) -> dict[str, int]:
    """Which columns tell what of a person; *name* is the file's. Raises UnreadableTable if a needed one is missing."""
    ours = said_everywhere(person_words)
    columns = table.columns({wanted: [*ours[wanted], *others] for wanted, others in HEADINGS.items()})
    for wanted in needed:
        if wanted not in columns:
            raise UnreadableTable(_("%(name)s: no column “%(heading)s”.", name=name, heading=HEADINGS[wanted][0]))
    return columns


def people_in(table: Table, columns: Mapping[str, int]) -> Iterator[PersonData]:
    """Each row as a person; a country may be written as a code or as a name in a language of the interface."""
    for row in table.rows:
        values: dict[str, Any] = {wanted: row[place] for wanted, place in columns.items()}
        values["country"] = country_code(values.get("country", ""))
        yield PersonData(**{"family_name": "", **values})


def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a code or name; the text as it is when it is neither."""
    text = text.strip()
    return code_of_country(text, INTERFACE) or text
