"""Live counts and a chart over time, drawn on the server."""

from datetime import date

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from inser_events.clock import now
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event, seats_of, today_in
from inser_events.registration.charts import Column, columns_of, share, stacked
from inser_events.registration.models import State
from inser_events.registration.statistics import Tally, tally
from inser_events.web.access import allowed
from inser_events.web.filters import comma, date_range, day_of_year, mode_label

TONES = ("moss", "slate")
"""In the room, online; as everywhere else."""
blueprint = Blueprint("statistics", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/statistics")
@for_registrars
def overview(event: Event) -> ResponseReturnValue:
    """How many come, how, as what, from where, and since when."""
    moment = now()
    numbers = tally(event, at=moment)
    columns = columns_of(numbers.days, min(today_in(event, moment), event.ends_on)) if numbers.days else []
    countries, others, people_of_others = numbers.top_countries()
    largest = max([number for _code, number in countries], default=0)
    return render_managed(
        "registration/manage_statistics.html",
        event,
        "statistics",
        numbers=numbers,
        seats=seats_of(event.id),
        states=[state for state in State if any(numbers.states.get((state, mode)) for mode in Mode)],
        modes=list(Mode),
        categories=_categories(numbers),
        countries=[(code, number, _drawn(number, largest)) for code, number in countries],
        others=others,
        people_of_others=people_of_others,
        columns=columns,
        chart=_chart(columns),
        labels=[date_range(column.first, column.last) for column in columns],
    )


def _categories(numbers: Tally) -> list[tuple[str, list[int], int]]:
    """Each category with its numbers by mode and in all, those with nobody left out."""
    rows = []
    for category in Category:
        by_mode = [numbers.categories.get((category, mode), 0) for mode in Mode]
        if sum(by_mode):
            rows.append((str(category), by_mode, sum(by_mode)))
    return rows


def _drawn(number: int, largest: int) -> Markup:
    return Markup(share(number, largest))  # noqa: S704 — our own drawing of a number


def _chart(columns: list[Column]) -> Markup:
    names = [mode_label(mode) for mode in Mode]
    labels = [
        f"{date_range(column.first, column.last)}: "
        + comma().join(f"{name} {number}" for name, number in zip(names, column.numbers, strict=True))
        for column in columns
    ]
    drawing = stacked(columns, title=_("Registrations over time"), tones=TONES, labels=labels, mark=_alone)
    return Markup(drawing)  # noqa: S704 — our own drawing; its texts are escaped


def _alone(day: date) -> str:
    """A day in the order of its own script, in a drawing that runs from left to right in every language."""
    return f"\N{FIRST STRONG ISOLATE}{day_of_year(day)}\N{POP DIRECTIONAL ISOLATE}"
