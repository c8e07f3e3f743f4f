"""The table: what was measured, against what, and whether it is enough."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TextIO

HEADINGS = ("what", "measured", "ratio", "at least", "")


@dataclass(frozen=True)
class Line:
    """One figure. ``ok``: None where nothing was promised."""

    what: str
    measured: str
    ratio: str = ""
    bound: str = ""
    ok: bool | None = None

    @property
    def verdict(self) -> str:
        """``ok``, ``miss``, or nothing."""
        return "" if self.ok is None else "ok" if self.ok else "miss"

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as the table shows it."""
        return self.what, self.measured, self.ratio, self.bound, self.verdict


def at_least(what: str, measured: str, ratios: Sequence[float], bound: float, against: str = "hello") -> Line:
    """A figure whose ratio (the median of the rounds) must reach *bound*."""
    ratio = median(ratios)
    return Line(what, measured, f"{_figure(ratio)} × {against}", f"≥ {bound:g}", ratio >= bound)


def at_most(what: str, measured: str, ratio: float, bound: float, against: str) -> Line:
    """A figure whose ratio must not pass *bound*."""
    return Line(what, measured, f"{_figure(ratio)} × {against}", f"≤ {bound:g}", ratio <= bound)


def limit(what: str, value: float, bound: float, unit: str) -> Line:
    """A figure that must not pass *bound*."""
    return Line(what, f"{_figure(value)} {unit}", "", f"≤ {bound:g} {unit}", value <= bound)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.3g}"  # noqa: PLR2004 — digits that mean something


def milliseconds(seconds: float) -> str:
    """Seconds as a person reads them."""
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.02 else f"{seconds * 1000:.1f} ms"  # noqa: PLR2004 — digits that mean something


def show(lines: Iterable[Line], out: TextIO = sys.stdout) -> list[Line]:
    """Print the table as Markdown, to be pasted into docs/performance.md; return its lines."""
    shown = list(lines)
    rows = [HEADINGS, *(line.cells for line in shown)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |", file=out)
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|", file=out)
    return shown
