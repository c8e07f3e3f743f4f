"""What would go wrong on paper: told at the field, before anything is printed."""

from collections.abc import Iterator
from typing import NamedTuple

from flask_babel import gettext as _

from inser_events.badges.designs import WITHOUT_WORDS, Field, Kind
from inser_events.badges.layouts import Layout
from inser_events.documents.colours import READABLE, WHITE, contrast, parsed

LEAST_MODULE = 0.5
"""Millimetres of a QR code's module that every phone reads at arm's length."""
LEAST_TYPE, LEAST_LARGE = 3.5, 4.5
"""Points: nobody reads less; even a name that has room is not meant smaller."""
_SLACK = 0.05


class Problem(NamedTuple):
    """Something to change. *part* is the name of the input: ``left``, ``size``, …; *key* of the field, or empty."""

    key: str
    part: str
    message: str


def problems(layout: Layout, modules: int) -> list[Problem]:
    """Everything wrong with a layout; *modules*: how many a code has in a line, quiet zone included."""
    found = list(_sheet(layout))
    for side in (layout.fields, layout.back):
        for field in side:
            found += field_problems(field, layout, modules)
    if not any(field.kind == Kind.QR for field in layout.fields):
        found.append(Problem("", "front", _("There is no QR code on the front: doors cannot scan this badge.")))
    return found


def field_problems(field: Field, layout: Layout, modules: int) -> list[Problem]:
    """Everything wrong with one field."""
    return [Problem(field.key, part, message) for part, message in _of_field(field, layout, modules)]


def _of_field(field: Field, layout: Layout, modules: int) -> Iterator[tuple[str, str]]:
    width, height = layout.badge
    if field.left < -_SLACK or field.left + field.width > width + _SLACK:
        part = "left" if field.left < -_SLACK or field.width <= width else "width"
        yield part, _("Reaches over the edge: the badge is %(size)s mm wide.", size=f"{width:g}")
    if field.top < -_SLACK or field.top + field.height > height + _SLACK:
        part = "top" if field.top < -_SLACK or field.height <= height else "height"
        yield part, _("Reaches over the edge: the badge is %(size)s mm high.", size=f"{height:g}")
    if field.kind == Kind.QR and min(field.width, field.height) / modules < LEAST_MODULE:
        needed = f"{modules * LEAST_MODULE:g}"
        yield "width", _("Too small to scan. Make the code at least %(size)s mm wide and high.", size=needed)
    if field.kind not in WITHOUT_WORDS:
        yield from _type(field)
    yield from _colour(field)
    if field.kind == Kind.TEXT and not any(text.strip() for text in field.words.values()):
        yield "words", _("Write the words that stand here.")
    if field.kind == Kind.PICTURE and not field.picture:
        yield "picture", _("Choose a picture first.")


def _type(field: Field) -> Iterator[tuple[str, str]]:
    if field.size < LEAST_LARGE:
        yield "size", _("Nobody can read this. Use at least %(size)s pt.", size=f"{LEAST_LARGE:g}")
    elif field.least > field.size:
        yield "least", _("This is larger than the largest size.")
    if field.least < LEAST_TYPE:
        yield "least", _("Nobody can read this. Use at least %(size)s pt.", size=f"{LEAST_TYPE:g}")
    if field.kind == Kind.PERSON and field.small < LEAST_LARGE:
        yield "small", _("Nobody can read this. Use at least %(size)s pt.", size=f"{LEAST_LARGE:g}")


def _colour(field: Field) -> Iterator[tuple[str, str]]:
    if field.colour and parsed(field.colour) is None:
        yield "colour", colour_words()
    elif field.colour and field.kind == Kind.BAND and contrast(field.colour, WHITE) < READABLE:
        yield "colour", band_words()


def _sheet(layout: Layout) -> Iterator[Problem]:
    for axis, part in ((0, "columns"), (1, "rows")):
        count, side, gap = (layout.columns, layout.rows)[axis], layout.badge[axis], layout.gap[axis]
        start = layout.corner[axis] if layout.corner else 0
        if start + count * side + (count - 1) * gap > layout.page[axis] + _SLACK:
            yield Problem("", part, _("So many do not fit on the paper."))
    if layout.copies > 1 and layout.columns % layout.copies:
        yield Problem("", "columns", _("To fold, each badge needs two places side by side: use an even number."))
    for category, colour in layout.bands.items():
        if parsed(colour) is None:
            yield Problem("", f"band_{category}", colour_words())
        elif contrast(colour, WHITE) < READABLE:
            yield Problem("", f"band_{category}", band_words())


def colour_words() -> str:
    """How a colour is written."""
    return str(_("Write the colour as # and six digits or letters from a to f, as in #9b3d1b."))


def band_words() -> str:
    """Why a band's colour is refused."""
    return str(_("White letters cannot be read on this colour. Choose a darker one."))
