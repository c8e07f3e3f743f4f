"""Charts as SVG, drawn on the server. Pure: numbers in, markup out; colours come from the style sheet by class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, FOOT = 44, 8, 10, 26
MOST_COLUMNS = 92
"""More days than this are drawn as weeks, or longer still."""
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Column:
    """Some days and their numbers, one of each series."""

    first: date
    last: date
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        """All series together."""
        return sum(self.numbers)


def columns_of(days: Sequence[tuple[date, tuple[int, ...]]], until: date) -> list[Column]:
    """Every day from the first of *days* to *until*, also those without numbers; several days a column if need be."""
    if not days:
        return []
    numbers = dict(days)
    series = len(days[0][1])
    first, until = min(numbers), max(until, *numbers)
    span = (until - first).days + 1
    size = next(size for size in (1, 7, 28, 91, 365, span) if -(-span // size) <= MOST_COLUMNS)
    found = []
    for start in range(0, span, size):
        some = [first + timedelta(days=start + day) for day in range(min(size, span - start))]
        sums = tuple(sum(numbers.get(day, (0,) * series)[one] for day in some) for one in range(series))
        found.append(Column(some[0], some[-1], sums))
    return found


def scale_to(largest: int) -> tuple[int, int]:
    """A round top for an axis and the step between its lines, four or five of them."""
    step = 1
    while True:
        for factor in STEPS:
            if step * factor * 5 >= largest:
                return max(step * factor * -(-largest // (step * factor)), step * factor), step * factor
        step *= 10


def stacked(
    columns: Sequence[Column], *, title: str, tones: Sequence[str], labels: Sequence[str], mark: Callable[[date], str]
) -> str:
    """Columns over time, the series on top of each other.

    *labels*: what each column stands for, for its tooltip. *mark*: how days or times are written under the axis.
    The table beside the chart says the same in numbers, so the drawing is one picture to a screen reader.
    """
    top, step = scale_to(max((column.total for column in columns), default=0) or 1)
    width = (WIDTH - LEFT - RIGHT) / max(1, len(columns))
    height = HEIGHT - TOP - FOOT
    parts = [f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">']
    for value in range(0, top + 1, step):
        y = TOP + height * (1 - value / top)
        parts.append(f'<line class="chart__line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="chart__number" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    for place, (column, label) in enumerate(zip(columns, labels, strict=True)):
        parts.append(f"<g><title>{escape(label)}</title>")
        parts += _pile(column, LEFT + place * width, width, top, tones)
        parts.append("</g>")
    parts += _days(columns, width, mark)
    parts.append("</svg>")
    return "".join(parts)


def _pile(column: Column, left: float, width: float, top: int, tones: Sequence[str]) -> list[str]:
    height, foot = HEIGHT - TOP - FOOT, float(HEIGHT - FOOT)
    gap = min(2.0, width * 0.15)
    # Something to point at also where nobody came.
    parts = [f'<rect class="chart__day" x="{left:.2f}" y="{TOP}" width="{width:.2f}" height="{height}"/>']
    for number, tone in zip(column.numbers, tones, strict=True):
        tall = height * number / top
        foot -= tall
        if number:
            parts.append(
                f'<rect class="chart__bar chart__bar--{tone}" x="{left + gap / 2:.2f}" y="{foot:.2f}" '
                f'width="{max(0.5, width - gap):.2f}" height="{tall:.2f}"/>'
            )
    return parts


def _days(columns: Sequence[Column], width: float, mark: Callable[[date], str]) -> list[str]:
    """The first day, the last, and some between."""
    if not columns:
        return []
    places = sorted({0, len(columns) - 1, *(round((len(columns) - 1) * part / 4) for part in (1, 2, 3))})
    parts = []
    for place in places:
        anchor = "start" if place == 0 else "end" if place == len(columns) - 1 else "middle"
        x = LEFT + width * (0 if place == 0 else len(columns) if place == len(columns) - 1 else place + 0.5)
        day = columns[place].last if anchor == "end" else columns[place].first
        where = f'x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}"'
        parts.append(f'<text class="chart__number" {where}>{escape(mark(day))}</text>')
    return parts


def share(number: int, largest: int) -> str:
    """A bar for a cell of a table, as long as *number* is of *largest*; the number stands beside it."""
    width = 100 * number / largest if largest else 0
    return (
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="share__bar" width="{width:.2f}" height="8" rx="1"/></svg>'
    )
