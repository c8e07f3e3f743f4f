"""Badges as PDF: what repeats is drawn once, names are fitted, the QR code is vector.

Pure: faces in, bytes out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from inser_events.badges.drawing import Run, badge
from inser_events.badges.face import BANDS, Face
from inser_events.badges.layouts import Layout
from inser_events.badges.shapes import rgb
from inser_events.documents.engine import engine_lock
from inser_events.documents.structure import Group, Mark, Part, artifact, unread
from inser_events.documents.typeset import MM, Press

__all__ = ["BANDS", "Face", "Printing", "badges_pdf", "calibration_pdf"]

_HAIRLINE = "8d8a80"


@dataclass(frozen=True, slots=True)
class Printing:
    """How a run meets the paper."""

    start: int = 0
    """Places of the first sheet that are used up already."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Millimetres to the right and down, against what the printer does."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """The layout's own pictures by name, as PNG."""


def badges_pdf(
    faces: Iterable[Face],
    layout: Layout,
    *,
    title: str,
    when: datetime,
    language: str = "en",
    progress: Callable[[int], None] | None = None,
    printing: Printing | None = None,
) -> bytes:
    """Return the badges as a PDF, the same bytes for the same input; no faces give one page of marks only.

    *progress* is told the number of badges done after each sheet. Raises PdfUnavailable.
    """
    printing = printing or Printing()
    waiting = iter(faces)
    done = 0
    used = printing.start % layout.per_page
    with engine_lock():
        run = Run(Press(), layout, printing.pictures, language)
        sheet = list(islice(waiting, layout.per_page - used))
        while sheet or not done:
            for is_back in (False, True) if layout.is_duplex else (False,):
                run.press.add_page(
                    *_points(layout.page), _shifted(_sheet(run, sheet, used, back=is_back), printing.shift)
                )
            done += len(sheet)
            if progress:
                progress(done)
            if not sheet:
                break
            used = 0
            sheet = list(islice(waiting, layout.per_page))
        return run.press.pdf(title=title, when=when, language=language)


def _points(sides: tuple[float, float]) -> tuple[float, float]:
    return sides[0] * MM, sides[1] * MM


def _shifted(parts: Iterable[Part], shift: tuple[float, float]) -> Iterator[Part]:
    yield Group(tuple(parts), left=shift[0] * MM, foot=-shift[1] * MM)


def _sheet(run: Run, faces: list[Face], used: int, *, back: bool) -> Iterator[Part]:
    layout = run.layout
    lines = [] if back else [*layout.cut_marks(), *layout.folds()]
    if lines:
        drawn = (f"{x * MM:.2f} {y * MM:.2f} m {u * MM:.2f} {v * MM:.2f} l S" for x, y, u, v in lines)
        yield artifact("\n".join([f"q 0.25 w {rgb(_HAIRLINE)} RG", *drawn, "Q"]))
    size = _points(layout.badge)
    places = iter((layout.backs() if back else layout.places())[used * layout.copies :])
    for face in faces:
        parts = tuple(badge(run, face, back=back))
        for copy, (x, y) in enumerate(islice(places, layout.copies)):
            if copy:
                parts = tuple(badge(run, face, back=True) if layout.back else unread(parts))
            is_read = not copy or layout.back
            yield Group(parts, tag="Sect" if is_read else "", left=x * MM, foot=y * MM, clip=size)


def calibration_pdf(layout: Layout, *, when: datetime, printing: Printing | None = None) -> bytes:
    """A sheet with the outline of every badge and rulers, to hold against a sheet of labels. Raises PdfUnavailable."""
    printing = printing or Printing()
    with engine_lock():
        press = Press()
        press.add_page(*_points(layout.page), _shifted(_outlines(press, layout), printing.shift))
        return press.pdf(title="Calibration", when=when, language="en")


def _outlines(press: Press, layout: Layout) -> Iterator[Part]:
    width, height = _points(layout.badge)
    yield f"q 0.4 w {rgb('000000')} RG {rgb('000000')} rg"
    for number, (left, foot) in enumerate(layout.places(), start=1):
        yield artifact("\n".join(_outline(left * MM, foot * MM, width, height)))
        words = press.block(str(number), 9, width).operators(left * MM, foot * MM + height / 2 + 30, width)
        yield Mark("P", words)
    yield "Q"


def _outline(x: float, y: float, width: float, height: float) -> Iterator[str]:
    yield f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re S"
    middle, centre = x + width / 2, y + height / 2
    yield f"{middle:.2f} {centre - 8:.2f} m {middle:.2f} {centre + 8:.2f} l S"
    yield f"{middle - 8:.2f} {centre:.2f} m {middle + 8:.2f} {centre:.2f} l S"
    # Marks each millimetre along the upper and the left edge, longer ones each five.
    for step in range(-5, 6):
        long = 8 if step in {-5, 0, 5} else 4
        yield f"{x + step * MM:.2f} {y + height - 12:.2f} m {x + step * MM:.2f} {y + height - 12 - long:.2f} l S"
        yield f"{x + 12:.2f} {y + height + step * MM:.2f} m {x + 12 + long:.2f} {y + height + step * MM:.2f} l S"
