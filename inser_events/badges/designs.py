"""What stands where on a badge: fields in millimetres from its upper left corner, and the ready designs.

A field is data: the designer edits it, a layout stores it, `drawing` prints it.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

MOST_FIELDS = 40
LONGEST_WORDS = 500
Millimetres = Annotated[float, msgspec.Meta(ge=-1000, le=1000)]
Points = Annotated[float, msgspec.Meta(ge=0, le=400)]


class Kind(StrEnum):
    """What a field shows."""

    PERSON = "person"
    NAME = "name"
    NAME_LATIN = "name_latin"
    JOB_TITLE = "job_title"
    ORGANISATION = "organisation"
    COUNTRY = "country"
    CATEGORY = "category"
    MODE = "mode"
    EVENT = "event"
    BAND = "band"
    QR = "qr"
    CODE = "code"
    TEXT = "text"
    PICTURE = "picture"
    MARK = "mark"
    STRIPES = "stripes"
    BOX = "box"


PERSONAL = frozenset(
    {Kind.PERSON, Kind.NAME, Kind.NAME_LATIN, Kind.JOB_TITLE, Kind.ORGANISATION, Kind.COUNTRY, Kind.QR, Kind.CODE}
)
"""Kinds drawn anew for each person; all others are drawn once for everyone alike."""

WITHOUT_WORDS = frozenset({Kind.QR, Kind.PICTURE, Kind.MARK, Kind.STRIPES, Kind.BOX})
PERSON_LINES = ("name", "name_latin", "job_title", "organisation", "country")
"""Lines of a person's block, in the usual order; the first one is the large one."""

Align = Literal["start", "centre", "end"]
Upright = Literal["top", "middle", "bottom"]


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing on a badge. Lengths in millimetres from the upper left corner, sizes of type in points."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]{1,12}$")]
    """Its name within the layout; stays while the field does."""
    kind: Kind
    left: Millimetres
    top: Millimetres
    width: Annotated[float, msgspec.Meta(gt=0, le=1000)]
    height: Annotated[float, msgspec.Meta(gt=0, le=1000)]
    size: Points = 0
    """The largest size; of a person's block the size of its first line."""
    least: Points = 0
    """Down to which words shrink before they wrap anywhere."""
    small: Points = 0
    """Size of the other lines of a person's block, or of the mode in a band."""
    align: Align = "centre"
    upright: Upright = "middle"
    bold: bool = False
    colour: str = ""
    """``#rrggbb``; empty: ink, or the colour of the category for a band."""
    words: dict[str, Annotated[str, msgspec.Meta(max_length=LONGEST_WORDS)]] = {}
    """Fixed words by language."""
    picture: str = ""
    """Name of a picture of the layout."""
    lines: tuple[Literal["name", "name_latin", "job_title", "organisation", "country"], ...] = ()
    """Which lines a person's block has, in order; none: all."""


def ready_fields(width: float, height: float) -> tuple[Field, ...]:
    """The fields of a ready design for a badge of this size."""
    if height >= width:
        return _upright(width, height)
    return _wide(width, height) if height >= _LOW else _low(width, height)


def name_lines(field: Field) -> tuple[str, ...]:
    """The lines of a person's block in order."""
    return field.lines or PERSON_LINES


_LOW = 45
_QR = 21.5
"""The least side that keeps modules of half a millimetre for a host of up to 29 letters."""
_LINE = 1.35 * 25.4 / 72
"""Millimetres that a line takes for each point of its size."""


def _upright(width: float, height: float) -> tuple[Field, ...]:
    """Made for A6: event, person, code, category from top to bottom, all centred."""
    k = min(width / 105, height / 148)
    margin, side = 6 * k, max(34 * k, _QR)
    band_height, code_size = max(13 * k, 6), max(7.8 * k, 5)
    band_top = height - margin - band_height
    code_top = band_top - 2 * k - code_size * _LINE
    qr_top = code_top + k - side
    person_top, inner = 35 * k, width - 2 * margin
    return (
        Field(key="mark", kind=Kind.MARK, left=r(margin), top=r(2.5 * k), width=r(inner), height=r(10 * k)),
        Field(
            key="event", kind=Kind.EVENT, left=r(8 * k), top=r(14 * k), width=r(width - 16 * k), height=r(17.5 * k),
            size=r(max(13.5 * k, 7)), least=r(max(5.5 * k, 4)), bold=True, upright="top",
        ),
        Field(
            key="person", kind=Kind.PERSON, left=r(8 * k), top=r(person_top), width=r(width - 16 * k),
            height=r(qr_top - person_top - 1.5 * k), size=r(31 * k), least=r(max(9 * k, 7)), small=r(13 * k), bold=True,
        ),
        Field(key="qr", kind=Kind.QR, left=r((width - side) / 2), top=r(qr_top), width=r(side), height=r(side)),
        Field(
            key="code", kind=Kind.CODE, left=r(margin), top=r(code_top), width=r(width - 2 * margin),
            height=r(code_size * _LINE), size=r(code_size), least=4.5,
        ),
        Field(
            key="band", kind=Kind.BAND, left=r(margin), top=r(band_top), width=r(width - 2 * margin),
            height=r(band_height), size=r(max(17 * k, 9)), least=r(max(6.8 * k, 4)), small=r(max(10.5 * k, 6.5)),
            bold=True,
        ),
    )  # fmt: skip


def _wide(width: float, height: float) -> tuple[Field, ...]:
    """Made for a card: the person on one side, the code on the other, the category below."""
    k = min(width / 86, height / 54)
    margin, side = 5 * k, max(28 * k, _QR)
    qr_left = width - 3.5 * k - side
    band_top, inner = height - 10.8 * k, width - 2 * margin
    code_size = max(5 * k, 4.5)
    return (
        Field(key="mark", kind=Kind.STRIPES, left=r(margin), top=r(2.7 * k), width=r(inner), height=r(0.9 * k)),
        Field(
            key="event", kind=Kind.EVENT, left=r(margin), top=r(4.5 * k), width=r(inner), height=r(6.2 * k),
            size=r(7.6 * k), least=4, bold=True, align="start", upright="top",
        ),
        Field(
            key="person", kind=Kind.PERSON, left=r(margin), top=r(12.5 * k), width=r(qr_left - margin - 2.5 * k),
            height=r(band_top - 13.5 * k), size=r(17 * k), least=r(max(6 * k, 5)), small=r(7.8 * k), bold=True,
            align="start", upright="top",
        ),
        Field(key="qr", kind=Kind.QR, left=r(qr_left), top=r(10 * k), width=r(side), height=r(side)),
        Field(
            key="code", kind=Kind.CODE, left=r(qr_left - k), top=r(9 * k + side), width=r(side + 2 * k),
            height=r(2 * code_size * _LINE), size=r(code_size), least=4, upright="top",
        ),
        Field(
            key="band", kind=Kind.BAND, left=r(margin), top=r(band_top), width=r(inner), height=r(7.2 * k),
            size=r(9.5 * k), least=4, small=r(7 * k), bold=True,
        ),
    )  # fmt: skip


def _low(width: float, height: float) -> tuple[Field, ...]:
    """Made for low labels: the code takes the whole height of one end, the rest stands beside it."""
    margin, code_size = 2.5, 4.5
    code_height = 2 * code_size * _LINE
    side = max(_QR, min(height - 2 - code_height, 0.42 * width))
    qr_left = width - 1 - side
    qr_top = max((height - side - code_height) / 2, 0.3)
    inner, band = qr_left - margin - 0.5, min(max(0.15 * height, 4.5), 6)
    k = height / 38.1
    return (
        Field(key="mark", kind=Kind.STRIPES, left=margin, top=1.2, width=r(inner), height=0.5),
        Field(
            key="event", kind=Kind.EVENT, left=margin, top=2.2, width=r(inner), height=r(4.6 * k),
            size=r(max(5.6 * k, 5)), least=3.5, bold=True, align="start", upright="top",
        ),
        Field(
            key="person", kind=Kind.PERSON, left=margin, top=r(2.6 + 4.8 * k), width=r(inner),
            height=r(height - band - 5 - 4.8 * k), size=r(13 * k), least=5, small=r(max(6 * k, 5)), bold=True,
            align="start",
        ),
        Field(key="qr", kind=Kind.QR, left=r(qr_left), top=r(qr_top), width=r(side), height=r(side)),
        Field(
            key="code", kind=Kind.CODE, left=r(qr_left - 0.5), top=r(qr_top + side - 0.6), width=r(side + 1),
            height=r(code_height), size=code_size, least=3.5, upright="top",
        ),
        Field(
            key="band", kind=Kind.BAND, left=margin, top=r(height - band - 1.8), width=r(inner), height=r(band),
            size=r(max(7 * k, 6)), least=4, small=r(max(5.2 * k, 4.5)), bold=True,
        ),
    )  # fmt: skip


def r(length: float) -> float:
    """To a hundredth, as people write it down."""
    return round(length, 2)
