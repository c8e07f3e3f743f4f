"""How badges stand on paper. All lengths in millimetres."""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from inser_events.badges.designs import MOST_FIELDS, Field, ready_fields

_MARK = 5.0
_INSIDE_MARK = 4.0
_NEAR = 2.0
"""Nearer than this to the edge of the sheet there is no room for a mark outside the badges."""
MOST_ON_A_SHEET = 200
Side = Annotated[float, msgspec.Meta(ge=10, le=1000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=20)]
Offset = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Fields = Annotated[tuple[Field, ...], msgspec.Meta(max_length=MOST_FIELDS)]


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A sheet of paper, the badges on it, and what stands on them."""

    name: str = ""
    """Of a ready layout, for the command line and addresses."""
    description: str = ""
    fits: str = ""
    """Sheets on sale that have this geometry."""
    page: tuple[Side, Side]
    """Width and height."""
    badge: tuple[Side, Side]
    columns: Count = 1
    rows: Count = 1
    gap: tuple[Offset, Offset] = (0, 0)
    """Between columns and between rows."""
    corner: tuple[Offset, Offset] | None = None
    """White at the left and at the top; None: the badges stand in the middle of the sheet."""
    has_cut_marks: bool = False
    copies: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1
    """How often each badge is printed side by side; 2 to fold it, so that it never hangs the wrong way round."""
    is_duplex: bool = False
    """The back of each badge is on the next page, for printing on both sides (turned over the long edge)."""
    is_mirrored: bool = False
    """Left and right change places for people whose language is read from the right."""
    front: Fields = ()
    """None: the ready design for this size."""
    back: Fields = ()
    bands: dict[str, str] = {}
    """Colour of the band for a category, ``#rrggbb``; others have ours."""
    language: str = ""
    """Of the words on the badges; empty: the event's main one."""

    @property
    def per_page(self) -> int:
        """Different badges on a sheet."""
        return self.columns * self.rows // self.copies

    @property
    def is_landscape(self) -> bool:
        """Whether a badge is wider than high."""
        return self.badge[0] > self.badge[1]

    @property
    def is_for_labels(self) -> bool:
        """Several on a sheet that is already cut, so that printing may start in the middle of one."""
        return self.per_page > 1 and not self.has_cut_marks

    @property
    def fields(self) -> tuple[Field, ...]:
        """What stands on the front."""
        return self.front or ready_fields(*self.badge)

    @property
    def margin(self) -> tuple[float, float]:
        """White at the left and at the top."""
        if self.corner is not None:
            return self.corner
        width = self.columns * self.badge[0] + (self.columns - 1) * self.gap[0]
        height = self.rows * self.badge[1] + (self.rows - 1) * self.gap[1]
        return (self.page[0] - width) / 2, (self.page[1] - height) / 2

    def places(self) -> list[tuple[float, float]]:
        """Left edge and lower edge of each badge, from the lower left of the sheet, in reading order."""
        tops = self._edges(1)
        return [(x, self.page[1] - top - self.badge[1]) for top in tops for x in self._edges(0)]

    def backs(self) -> list[tuple[float, float]]:
        """The same places as seen from the back of the sheet."""
        return [(self.page[0] - x - self.badge[0], y) for x, y in self.places()]

    def cut_marks(self) -> Iterator[tuple[float, float, float, float]]:
        """Lines from (x, y) to (x, y) that show where to cut, at the edges of the sheet."""
        if not self.has_cut_marks:
            return
        for x in self._cuts(0):
            for start, end in self._ends(1):
                yield x, start, x, end
        for y in self._cuts(1):
            for start, end in self._ends(0):
                yield start, y, end, y

    def folds(self) -> Iterator[tuple[float, float, float, float]]:
        """Lines to fold along."""
        if self.copies > 1:
            for x in self._edges(0)[1:]:
                yield x, 0, x, _MARK
                yield x, self.page[1] - _MARK, x, self.page[1]

    def _edges(self, axis: int) -> list[float]:
        count = (self.columns, self.rows)[axis]
        return [self.margin[axis] + n * (self.badge[axis] + self.gap[axis]) for n in range(count)]

    def _cuts(self, axis: int) -> list[float]:
        """Where to cut across *axis*; a sliver at the edge of the sheet is left on."""
        both = {round(edge + side, 3) for edge in self._edges(axis) for side in (0, self.badge[axis])}
        # Edges are counted from the left and from the top, lines from the lower left.
        ends = {round(self.page[1] - cut, 3) for cut in both} if axis else both
        return sorted(cut for cut in ends if _NEAR < cut < self.page[axis] - _NEAR)

    def _ends(self, axis: int) -> list[tuple[float, float]]:
        margin, length = self.margin[axis], self.page[axis]
        if margin < _NEAR:
            return [(0, _INSIDE_MARK), (length - _INSIDE_MARK, length)]
        mark = min(_MARK, margin - 1)
        return [(margin - 1 - mark, margin - 1), (length - margin + 1, length - margin + 1 + mark)]


_A4, _A5, _A6, _A7, _CARD = (210.0, 297.0), (210.0, 148.0), (105.0, 148.0), (74.0, 105.0), (86.0, 54.0)
_A4_WIDE, _LETTER = (297.0, 210.0), (215.9, 279.4)


def _single(name: str, description: str, width: float, height: float) -> Layout:
    return Layout(name=name, description=description, page=(width, height), badge=(width, height), is_mirrored=True)


def _cut(  # noqa: PLR0917 — the measures of a sheet in the order one reads them
    name: str, description: str, page: tuple[float, float], badge: tuple[float, float], columns: int, rows: int
) -> Layout:
    return Layout(
        name=name, description=description, page=page, badge=badge, columns=columns, rows=rows, has_cut_marks=True,
        is_mirrored=True,
    )  # fmt: skip


def _labels(  # noqa: PLR0913, PLR0917 — the measures of a sheet in the order one reads them
    name: str, fits: str, page: tuple[float, float], badge: tuple[float, float], columns: int, rows: int,
    corner: tuple[float, float], pitch: tuple[float, float],
) -> Layout:  # fmt: skip
    """Labels from the corner of the first one and the distance from one to the next."""
    gap = (round(pitch[0] - badge[0], 3), round(pitch[1] - badge[1], 3))
    paper = "Letter" if page == _LETTER else "A4"
    return Layout(
        name=name, fits=fits, page=page, badge=badge, columns=columns, rows=rows, corner=corner, gap=gap,
        description=f"{paper}, {columns * rows} labels of {badge[0]:g} × {badge[1]:g} mm", is_mirrored=True,
    )  # fmt: skip


LAYOUTS = {
    layout.name: layout
    for layout in (
        _single("a6", "A6", *_A6),
        _cut("a4-sheet", "A4, four A6 badges", _A4, _A6, 2, 2),
        Layout(name="a6-folded", description="A5, folded to A6", page=_A5, badge=_A6, columns=2, copies=2),
        _cut("a5-on-a4", "A4, two A5 badges", _A4_WIDE, (148.0, 210.0), 2, 1),
        _single("a7", "A7", *_A7),
        _cut("a7-sheet", "A4, eight A7 badges", _A4_WIDE, _A7, 4, 2),
        _single("card", "86 × 54 mm", *_CARD),
        _cut("86x54-sheet", "A4, ten cards of 86 × 54 mm", _A4, _CARD, 2, 5),
        _labels("labels-80x50", "Avery L4785", _A4, (80, 50), 2, 5, (17.5, 13.5), (95, 55)),
        _labels("labels-63x38", "Avery L7160, L7160X", _A4, (63.5, 38.1), 3, 7, (7.21, 15.15), (66.04, 38.1)),
        _labels("labels-63x30", "Avery L6114", _A4, (63.5, 29.6), 3, 9, (7.25, 15.3), (66, 29.6)),
        _labels("labels-99x68", "Avery L7165, L7993", _A4, (99.1, 67.7), 2, 4, (4.65, 13.1), (101.6, 67.7)),
        _labels("labels-86x59", "Avery 5395, 8395", _LETTER, (85.73, 59.27), 2, 4, (17.46, 14.82), (95.25, 63.5)),
        _labels("labels-102x76", "Avery 74541, 5392", _LETTER, (101.6, 76.2), 2, 3, (6.35, 25.4), (101.6, 76.2)),
        _single("roll-62x100", "62 × 100 mm", 62, 100),
        _single("roll-100x62", "100 × 62 mm", 100, 62),
        _single("label-4x6", "4 × 6 in", 101.6, 152.4),
    )
}
"""Every ready layout by the name that the command line and the print page use."""
