"""Registrations as a spreadsheet."""

from collections.abc import Iterable, Iterator

from inser_events.documents.sheets import Cell, Sheet
from inser_events.registration.models import Registration

COLUMNS = (
    "name",
    "name_latin",
    "honorific",
    "given_name",
    "family_name",
    "email",
    "organisation",
    "job_title",
    "country",
    "category",
    "mode",
    "state",
    "language",
    "listed",
    "created_at",
    "confirmed_at",
    "cancelled_at",
)


def sheet(registrations: Iterable[Registration]) -> Sheet:
    """One row a registration, the columns under the names an import understands."""
    return Sheet(name="Registrations", header=list(COLUMNS), rows=rows(registrations))


def rows(registrations: Iterable[Registration]) -> Iterator[list[Cell]]:
    """The cells, read as they are written."""
    for registration in registrations:
        yield [getattr(registration, column) for column in COLUMNS]
