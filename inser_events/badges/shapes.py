"""Rectangles, stripes and pictures as operators of a PDF page."""

from collections.abc import Iterator
from typing import NamedTuple

from inser_events.badges.designs import Field
from inser_events.documents.colours import parsed
from inser_events.documents.typeset import Press

_HORIZONS = ("3b2a1d", "6a4427", "c79a63", "a8481f", "d8b98c", "8d8a80")


class Box(NamedTuple):
    """Where a field stands, in points from the lower left of the badge; *align* is 0 for left, 1 for right."""

    left: float
    foot: float
    width: float
    height: float
    align: float

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.foot + self.height


def rgb(colour: str) -> str:
    """Return a hexadecimal colour as three operands of PDF."""
    return " ".join(f"{int(colour[start : start + 2], 16) / 255:.3f}" for start in (0, 2, 4))


def colour_of(each: Field, usual: str) -> str:
    """The field's own colour as ``rrggbb``, or the usual one."""
    return sound(each.colour) or usual


def sound(colour: str) -> str:
    """A stored ``#rrggbb`` without its sign; empty when it is none: a layout may come from anywhere."""
    return (parsed(colour) or "").removeprefix("#")


def filled(box: Box, colour: str) -> str:
    """A rectangle full of one colour."""
    return f"{rgb(colour)} rg {box.left:.2f} {box.foot:.2f} {box.width:.2f} {box.height:.2f} re f"


def logo(press: Press, box: Box, content: bytes) -> tuple[str, tuple[float, float, float, float]]:
    """Draw a picture in the middle of its box, as large as fits; also where it is: left, foot, right, top."""
    name, proportion = press.add_image(content)
    height = min(box.height, box.width / proportion)
    width = height * proportion
    x, y = box.left + (box.width - width) / 2, box.foot + (box.height - height) / 2
    return f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm /{name} Do Q", (x, y, x + width, y + height)


def horizon(left: float, foot: float, width: float, height: float, *, colours: tuple[str, ...]) -> Iterator[str]:
    """Draw the layers of a soil, our mark, as stripes of falling width; or the event's colours in turn."""
    x = left
    painted = tuple(colours[number % len(colours)] for number in range(len(_HORIZONS))) if colours else _HORIZONS
    for colour, share in zip(painted, (0.34, 0.24, 0.16, 0.12, 0.08, 0.06), strict=True):
        yield f"{rgb(colour)} rg {x:.2f} {foot:.2f} {width * share:.2f} {height:.2f} re f"
        x += width * share


def rounded(box: Box, *, radius: float) -> str:
    """Return the path of a filled rectangle with round corners."""
    x, y, r, k = box.left, box.foot, radius, radius * 0.4477
    right, top = x + box.width, y + box.height
    steps = (
        f"{x + r:.2f} {y:.2f} m {right - r:.2f} {y:.2f} l",
        f"{right - k:.2f} {y:.2f} {right:.2f} {y + k:.2f} {right:.2f} {y + r:.2f} c",
        f"{right:.2f} {top - r:.2f} l {right:.2f} {top - k:.2f} {right - k:.2f} {top:.2f} {right - r:.2f} {top:.2f} c",
        f"{x + r:.2f} {top:.2f} l {x + k:.2f} {top:.2f} {x:.2f} {top - k:.2f} {x:.2f} {top - r:.2f} c",
        f"{x:.2f} {y + r:.2f} l {x:.2f} {y + k:.2f} {x + k:.2f} {y:.2f} {x + r:.2f} {y:.2f} c f",
    )
    return " ".join(steps)
