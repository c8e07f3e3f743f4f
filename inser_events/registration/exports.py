"""Registrations as a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from inser_events.documents.sheets import Cell
from inser_events.documents.text import one_line
from inser_events.registration.models import Registration

COLUMNS = (
    "name",
    "name_latin",
    "honorific",
    "given_name",
    "family_name",
    "email",
    "organisation",
    "delegation",
    "job_title",
    "country",
    "phone",
    "gender",
    "category",
    "mode",
    "state",
    "language",
    "listed",
    "created_at",
    "confirmed_at",
    "cancelled_at",
    "uid",
)


Row = tuple[Registration, Sequence[Cell]]
"""A registration and its cells of the event's own questions."""


def header(questions: Sequence[str]) -> list[str]:
    """The names of the columns; the event's own *questions* come last. Two of one name are numbered."""
    names: list[str] = list(COLUMNS)
    for question in questions:
        name = one_line(question)
        same = sum(1 for other in names if other == name or other.startswith(f"{name} ("))
        names.append(f"{name} ({same + 1})" if name in names else name)
    return names


def table(people: Iterable[Row], groups: Mapping[str, str]) -> Iterator[list[Cell]]:
    """The cells, read as they are written. *groups*: what delegations are called, by their keys."""
    for registration, answers in people:
        yield [*(cell(registration, column, groups) for column in COLUMNS), *answers]


def cell(registration: Registration, column: str, groups: Mapping[str, str]) -> Cell:
    """What stands in one of our columns."""
    if column == "delegation":
        return groups.get(registration.group_key, "")
    return cast("Cell", getattr(registration, column))
