"""Rows made into stays: comings and goings put together, midnight passed, what contradicts itself told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _

from inser_events.attendance.meetings.report import Connection
from inser_events.people.search import fold

APART = 2
"""Minutes by which a declared duration may differ from the times beside it."""
LONGEST = timedelta(hours=24)
GOING = ("left", "leave", "a quitté", "parti", "salió", "abandon", "вышел", "покинул", "غادر", "离开", "verlassen")


@dataclass(frozen=True, slots=True)
class Coming:
    """A row of a report: a stay, or (Teams in 2020) a coming or a going."""

    stay: Connection
    action: str
    moment: datetime | None


def stays(rows: Iterable[Coming], warnings: list[str]) -> list[Connection]:
    """The stays that the rows tell of; what is odd about them is added to *warnings*."""
    found: list[Connection] = []
    steps: dict[str, list[Coming]] = {}
    for row in rows:
        if row.moment is not None and row.stay.joined_at is None:
            steps.setdefault(row.stay.email or fold(row.stay.name), []).append(row)
        else:
            found.append(_checked(row.stay, warnings))
    last = max((row.moment for walk in steps.values() for row in walk if row.moment), default=None)
    for walk in steps.values():
        found += _paired(walk, last, warnings)
    return found


def _checked(stay: Connection, warnings: list[str]) -> Connection:
    joined, left = stay.joined_at, stay.left_at
    if joined is None or left is None:
        return stay
    if left < joined and left + timedelta(days=1) - joined < LONGEST / 2:
        left += timedelta(days=1)  # hours alone, and midnight passed
    if left < joined or left - joined > LONGEST:
        warnings.append(
            _("Row %(number)s: %(name)s left before coming.", number=stay.row, name=stay.name or stay.email)
        )
        return replace(stay, left_at=None)
    between = (left - joined).total_seconds() / 60
    if stay.minutes is not None and abs(between - stay.minutes) > APART:
        warnings.append(
            _(
                "Row %(number)s: the report says %(said)s minutes for %(name)s, its times give %(given)s.",
                number=stay.row,
                said=round(stay.minutes),
                name=stay.name or stay.email,
                given=round(between),
            )
        )
    return replace(stay, left_at=left)


def _paired(walk: Sequence[Coming], last: datetime | None, warnings: list[str]) -> list[Connection]:
    """Comings and goings of one person, in the order of time, as stays."""
    found: list[Connection] = []
    inside: Coming | None = None
    for row in sorted(walk, key=lambda one: str(one.moment)):
        is_going = any(word in row.action.lower() for word in GOING)
        if is_going and inside is not None:
            found.append(replace(inside.stay, joined_at=inside.moment, left_at=row.moment))
            inside = None
        elif not is_going and inside is None:
            inside = row
    if inside is not None:
        warnings.append(
            _(
                "Row %(number)s: %(name)s did not leave; counted to the end of the report.",
                number=inside.stay.row,
                name=inside.stay.name or inside.stay.email,
            )
        )
        found.append(replace(inside.stay, joined_at=inside.moment, left_at=last))
    return found
