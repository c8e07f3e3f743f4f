"""A ticket to print at home: an A4 sheet that folds to A6, the badge in front, the agenda behind it, the rest inside.

Pure: a face and texts in, bytes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from inser_events.badges.drawing import Run, badge
from inser_events.badges.face import Face
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.shapes import rgb
from inser_events.documents.engine import engine_lock
from inser_events.documents.structure import Group, Mark, Part, artifact
from inser_events.documents.text import spoken_language
from inser_events.documents.typeset import MM, Block, Press
from inser_events.languages import direction

_WIDE, _HIGH = 210.0, 297.0
_HALF_WIDE, _HALF_HIGH = _WIDE / 2, _HIGH / 2
_MARGIN = 9.0
_INK, _SOFT, _FAINT = "241a12", "574a3e", "8d8a80"
_SIZES = (10.5, 9.5, 8.5, 7.5, 6.5, 5.8, 5.0)
_GAP = 8
"""Points between what stands before a line and the line."""


DAY = "#"
"""Before a line that is the heading of a day."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A quarter of the sheet: a heading and lines, each with something short before it or nothing."""

    heading: str
    lines: Sequence[tuple[str, str]]
    """A line of the agenda: ``("09:00", "Opening")``; a paragraph: ``("", "…")``; a day: ``("#", "Monday …")``."""
    more: str = ""
    """Said below when not all lines have room, and otherwise too."""


def self_print_pdf(face: Face, panels: Sequence[Panel], *, title: str, when: datetime, language: str) -> bytes:
    """The sheet with up to three panels beside the badge; the same bytes for the same input. Raises PdfUnavailable."""
    with engine_lock():
        press = Press()
        press.add_page(_WIDE * MM, _HIGH * MM, _sheet(press, face, panels, language))
        return press.pdf(title=title, when=when, language=language)


def _sheet(press: Press, face: Face, panels: Sequence[Panel], language: str) -> Iterator[Part]:
    yield artifact(
        f"q 0.3 w [3 3] 0 d {rgb(_FAINT)} RG "
        f"{_HALF_WIDE * MM:.2f} 0 m {_HALF_WIDE * MM:.2f} {_HIGH * MM:.2f} l S "
        f"0 {_HALF_HIGH * MM:.2f} m {_WIDE * MM:.2f} {_HALF_HIGH * MM:.2f} l S Q"
    )
    run = Run(press, LAYOUTS["a6"], {}, language)
    width, height = (side * MM for side in run.layout.badge)
    yield Group(tuple(badge(run, face)), tag="Sect", foot=(_HIGH - 148) * MM, clip=(width, height))
    places = ((_HALF_WIDE, _HALF_HIGH), (0.0, 0.0), (_HALF_WIDE, 0.0))
    for panel, (left, foot) in zip(panels, places, strict=False):
        yield Group(tuple(_panel(press, panel, left + _MARGIN, foot + _MARGIN, language)), tag="Sect")


def _panel(press: Press, panel: Panel, left: float, foot: float, language: str) -> Iterator[Part]:
    x, width = left * MM, (_HALF_WIDE - 2 * _MARGIN) * MM
    top, bottom = (foot + _HALF_HIGH - 2 * _MARGIN) * MM, foot * MM
    align = float(direction(language) == "rtl")
    heading = press.fitted(panel.heading, (15, 13, 11, 9), width, lambda _: 44, weight=700, language=language)
    words = heading.operators(x, top, width, align=align)
    yield Mark("H2", f"{rgb(_INK)} rg {words}", spoken_language(heading.text, language))
    top -= heading.height + 6
    more = press.fitted(panel.more, (8, 7, 6), width, lambda _: 40, language=language)
    room = top - bottom - more.height - 6
    for line in _fitting(press, panel.lines, width, room, language):
        yield Mark(line.tag, _line(line, x, top, width, align), spoken_language(line.text.text, language))
        top -= line.height
    if more.lines:
        words = more.operators(x, top - 6, width, align=align)
        yield Mark("P", f"{rgb(_SOFT)} rg {words}", spoken_language(more.text, language))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with what stands before it; *indent* is how far it stands away from the edge."""

    before: Block
    text: Block
    indent: float
    height: float
    tag: str


def _line(line: _Line, x: float, top: float, width: float, align: float) -> str:
    before = line.before.operators(x, top, width, align=align)
    text = line.text.operators(x if align else x + line.indent, top, width - line.indent, align=align)
    return f"{rgb(_SOFT)} rg {before} {rgb(_INK)} rg {text}"


def _fitting(press: Press, lines: Sequence[tuple[str, str]], width: float, room: float, language: str) -> list[_Line]:
    """The lines at the largest size at which all fit; at the smallest, as many as do."""
    laid: list[_Line] = []
    for size in _SIZES:
        laid = _laid(press, lines, size, width, language)
        if sum(line.height for line in laid) <= room:
            return laid
    kept: list[_Line] = []
    for line in laid:
        if sum(one.height for one in kept) + line.height > room:
            break
        kept.append(line)
    return kept


def _laid(press: Press, lines: Sequence[tuple[str, str]], size: float, width: float, language: str) -> list[_Line]:
    before = [press.block("" if short == DAY else short, size, width, language=language) for short, _text in lines]
    indent = max((block.width + _GAP for block in before if block.lines), default=0.0)
    found = []
    for (short, text), block in zip(lines, before, strict=True):
        own = indent if block.lines else 0.0
        is_day = short == DAY
        weight, below, tag = (700, 0.9, "H3") if is_day else (400, 0.45, "P")
        set_ = press.block(text, size, width - own, weight=weight, language=language, break_words=True)
        found.append(_Line(block, set_, own, set_.height + size * below, tag))
    return found
