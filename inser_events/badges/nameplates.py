"""Name plates: table tents of A4, folded in the middle, readable from both sides of the table.

Pure: plates in, bytes out. Set directly like badges, so that three hundred take a second or two.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from inser_events.documents.engine import engine_lock
from inser_events.documents.structure import Group, Mark, Part, artifact, unread
from inser_events.documents.text import spoken_language
from inser_events.documents.typeset import MM, Block, Press

_WIDTH, _HEIGHT = 297 * MM, 210 * MM
_HALF = _HEIGHT / 2
_SIDE = 16 * MM
_TOP, _FOOT = 12 * MM, 14 * MM
_NAMES = (96, 84, 74, 66, 58, 52, 46, 40, 34, 28, 22, 18)
_SECOND = (38, 32, 27, 23, 19, 16, 13)
_THIRD = (23, 20, 17, 15, 13, 11, 9.5, 8)
_INK, _SOFT, _LINE = "0.141 0.102 0.071", "0.341 0.290 0.243", "0.788 0.741 0.678"


@dataclass(frozen=True, slots=True)
class Plate:
    """What stands on a plate, largest first; *second* is mostly the name in Latin letters."""

    name: str
    second: str = ""
    third: str = ""
    language: str = ""


def nameplates_pdf(plates: Iterable[Plate], *, title: str, when: datetime, language: str) -> bytes:
    """Return a sheet for each plate, the same bytes for the same input; without plates one empty sheet.

    Raises PdfUnavailable.
    """
    with engine_lock():
        press = Press()
        is_empty = True
        for plate in plates:
            press.add_page(_WIDTH, _HEIGHT, _sheet(press, plate, language))
            is_empty = False
        if is_empty:
            press.add_page(_WIDTH, _HEIGHT, [_fold()])
        return press.pdf(title=title, when=when, language=language)


def _sheet(press: Press, plate: Plate, language: str) -> Iterator[Part]:
    side = tuple(_side(press, plate, language))
    yield _fold()
    yield Group(side, tag="Sect")
    # The other side stands on its head: folded back, it is upright for those across the table. It is read once.
    yield f"q -1 0 0 -1 {_WIDTH:.2f} {_HEIGHT:.2f} cm"
    yield from unread(side)
    yield "Q"


def _fold() -> Mark:
    """Short lines at the edges to fold along."""
    mark = 6 * MM
    ends = ((0.0, mark), (_WIDTH - mark, _WIDTH))
    lines = " ".join(f"{start:.2f} {_HALF:.2f} m {end:.2f} {_HALF:.2f} l S" for start, end in ends)
    return artifact(f"q 0.4 w {_LINE} RG {lines} Q")


def _side(press: Press, plate: Plate, language: str) -> Iterator[Part]:
    """One half, from its foot at zero up to the fold."""
    blocks = _fitting(press, plate)
    height = sum(block.height + gap for block, gap in blocks)
    top = _FOOT + (_HALF - _TOP - _FOOT + height) / 2
    for number, (block, gap) in enumerate(blocks):
        words = block.operators(_SIDE, top - gap, _WIDTH - 2 * _SIDE)
        yield Mark(
            "P" if number else "H1",
            f"{_SOFT if number else _INK} rg {words}",
            spoken_language(block.text, language, plate.language),
        )
        top -= gap + block.height


def _fitting(press: Press, plate: Plate) -> list[tuple[Block, float]]:
    """The lines at the largest sizes that fit together, each with the space above it."""
    room = _HALF - _TOP - _FOOT
    for start in range(len(_NAMES)):
        blocks = _lines(press, plate, start, room)
        if sum(block.height + gap for block, gap in blocks) <= room:
            break
    return blocks


def _lines(press: Press, plate: Plate, start: int, room: float) -> list[tuple[Block, float]]:
    width = _WIDTH - 2 * _SIDE
    name = press.fitted(
        plate.name, _NAMES[start:], width, lambda size: 2 * size * 1.6, weight=700, leading=1.1, language=plate.language
    )
    small = min(start, len(_SECOND) - 1), min(start, len(_THIRD) - 1)
    second = press.fitted(plate.second, _SECOND[small[0] :], width, lambda size: 2.6 * size, language=plate.language)
    third = press.fitted(plate.third, _THIRD[small[1] :], width, lambda _: room * 0.35, language=plate.language)
    return [
        (block, gap)
        for block, gap in ((name, 0.0), (second, 0.2 * second.size), (third, 0.4 * third.size))
        if block.lines
    ]
