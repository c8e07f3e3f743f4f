"""The people who agreed to stand in an event's public list, in the order of a language's alphabet."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select

from inser_events.database import db
from inser_events.events.models import Event
from inser_events.people.names import name_key
from inser_events.registration.models import Registration, State

PAGE = 200
MOST_IN_ORDER = 1_000
"""So many names are put in order while one waits; databases know no alphabets, but a longer list is theirs."""


def listed_page(event: Event, language: str, number: int) -> tuple[Sequence[Registration], int, int]:
    """One page of the list, its number, and how many people there are. *number* may lie beyond the last page."""
    mine = select(Registration).where(
        Registration.event_id == event.id, Registration.listed, Registration.state == State.CONFIRMED
    )
    total = db.session.scalar(mine.with_only_columns(func.count())) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    first = (number - 1) * PAGE
    if total > MOST_IN_ORDER:
        in_order = mine.order_by(Registration.family_name, Registration.given_name, Registration.id)
        return db.session.scalars(in_order.limit(PAGE).offset(first)).all(), number, total
    ids = _in_order(mine, language)[first : first + PAGE]
    people = {one.id: one for one in db.session.scalars(mine.where(Registration.id.in_(ids)))}
    return [people[one] for one in ids if one in people], number, total


def _in_order(mine: Select[Registration], language: str) -> list[int]:
    names = Registration.family_name, Registration.given_name, Registration.name_latin
    rows = db.session.execute(mine.with_only_columns(Registration.id, *names)).all()
    return [one for one, *_name in sorted(rows, key=lambda row: (name_key(row[1], row[2], row[3], language), row[0]))]
