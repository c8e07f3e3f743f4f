"""How badges stand on paper. All lengths in millimetres."""

from collections.abc import Iterator
from dataclasses import dataclass

_MARK = 5.0
_INSIDE_MARK = 4.0
_NEAR = 2.0
"""Nearer than this to the edge of the sheet there is no room for a mark outside the badges."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet of paper and the badges on it."""

    name: str
    description: str
    page: tuple[float, float]
    """Width and height."""
    badge: tuple[float, float]
    columns: int = 1
    rows: int = 1
    gap: tuple[float, float] = (0, 0)
    """Between columns and between rows."""
    has_cut_marks: bool = False
    copies: int = 1
    """How often each badge is printed side by side; 2 to fold it, so that it never hangs the wrong way round."""

    @property
    def per_page(self) -> int:
        """Different badges on a sheet."""
        return self.columns * self.rows // self.copies

    @property
    def is_landscape(self) -> bool:
        """Whether a badge is wider than high."""
        return self.badge[0] > self.badge[1]

    @property
    def margin(self) -> tuple[float, float]:
        """White at the left and at the top; badges stand in the middle of the sheet."""
        width = self.columns * self.badge[0] + (self.columns - 1) * self.gap[0]
        height = self.rows * self.badge[1] + (self.rows - 1) * self.gap[1]
        return (self.page[0] - width) / 2, (self.page[1] - height) / 2

    def places(self) -> list[tuple[float, float]]:
        """Left edge and lower edge of each badge, from the lower left of the sheet, in reading order."""
        return [(x, y) for y in self._edges(1)[::-1] for x in self._edges(0)]

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
        return sorted(cut for cut in both if _NEAR < cut < self.page[axis] - _NEAR)

    def _ends(self, axis: int) -> list[tuple[float, float]]:
        margin, length = self.margin[axis], self.page[axis]
        if margin < _NEAR:
            return [(0, _INSIDE_MARK), (length - _INSIDE_MARK, length)]
        mark = min(_MARK, margin - 1)
        return [(margin - 1 - mark, margin - 1), (length - margin + 1, length - margin + 1 + mark)]


_A4, _A5, _A6, _CARD = (210.0, 297.0), (210.0, 148.0), (105.0, 148.0), (86.0, 54.0)

LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("a6", "A6, one badge to a page", _A6, _A6),
        Layout("a4-sheet", "A4, four A6 badges with cut marks", _A4, _A6, 2, 2, has_cut_marks=True),
        Layout("86x54-sheet", "A4, ten cards of 86 × 54 mm with cut marks", _A4, _CARD, 2, 5, has_cut_marks=True),
        Layout("a6-folded", "A5, one A6 badge on both sides of a fold", _A5, _A6, 2, copies=2),
    )
}
"""Every layout by the name that the command line and the print page use."""
