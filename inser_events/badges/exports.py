"""Badges as PDF: what repeats is drawn once, names are fitted, the QR code is vector.

Pure: faces in, bytes out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice, product

from inser_events.badges.layouts import Layout
from inser_events.documents import qr
from inser_events.documents.pdf import engine_lock
from inser_events.documents.typeset import MM, Block, Press
from inser_events.languages import direction

BANDS = {
    "participant": "3d5c2f",
    "speaker": "9b3d1b",
    "delegate": "5a3a24",
    "observer": "2a5673",
    "press": "6b3358",
    "organiser": "7d5204",
    "staff": "33302c",
}
"""Colour of the band for each colour token: white letters on it have a contrast of at least 6 to 1."""

_HORIZONS = ("3b2a1d", "6a4427", "c79a63", "a8481f", "d8b98c", "8d8a80")
_INK, _SOFT, _HAIRLINE, _WHITE = "241a12", "574a3e", "c9bdad", "ffffff"

_CENTRED = 0.5
_WORD_STEPS = (1, 0.85, 0.7, 0.6, 0.5, 0.4)


@dataclass(frozen=True, slots=True)
class Face:
    """What a badge shows; every text is already in the reader's language."""

    name: str
    event_name: str
    event_place_date: str
    category: str
    category_colour: str
    """A key of `BANDS`; any other is drawn as ``participant``."""
    qr_text: str
    code: str
    """The token in groups, for reading aloud and typing."""
    mode: str = ""
    name_latin: str = ""
    honorific: str = ""
    job_title: str = ""
    organisation: str = ""
    country: str = ""
    language: str = ""
    """Language of the name and of the texts, where it matters for the shape of Han characters."""
    logo: bytes = b""
    """The event's own logo as PNG, above its name on large badges."""
    colours: tuple[str, ...] = ()
    """The event's own colours as ``rrggbb``, for the stripes in place of ours."""


@dataclass(frozen=True, slots=True)
class Design:
    """Where things stand on a badge, in millimetres from its lower left, and sizes of type in points."""

    text_left: float
    text_width: float
    text_top: float
    text_foot: float
    align: float
    names: tuple[float, ...]
    """Sizes tried for the name, largest first; at the last it wraps anywhere."""
    others: tuple[float, float, float, float]
    """Name in Latin letters, job title, organisation, country."""
    shrink: tuple[float, ...]
    """Factors tried for the others until everything fits."""
    event: tuple[float, ...]
    """Sizes tried for the name of the event."""
    event_top: float
    event_height: float
    qr: tuple[float, float, float]
    """Left, foot and side; the side includes the quiet zone."""
    code: tuple[float, float, float, float]
    """Left, top, width and size of the code beneath."""
    code_groups: int
    band: tuple[float, float, float, float]
    """Left, foot, width and height."""
    word: tuple[float, float]
    """Sizes of the category and of the mode in the band."""
    horizon: tuple[float, float, float, float]
    """Left, foot, width and height of the stripes."""


_SHRINK = (1, 0.9, 0.8, 0.7, 0.62, 0.55, 0.48)
_PORTRAIT = Design(
    text_left=8, text_width=89, text_top=113, text_foot=60, align=0.5,
    names=(31, 28, 25, 22, 19, 17, 15, 13, 11, 9), others=(14, 11, 13, 12), shrink=_SHRINK,
    event=(13.5, 12.5, 11.5, 10.5, 9.5, 8.5, 7.5, 6.5, 5.5), event_top=134, event_height=17,
    qr=(35.5, 24, 34), code=(15, 25, 75, 7.8), code_groups=6, band=(6, 6, 93, 13), word=(17, 10.5),
    horizon=(6, 140.5, 93, 1.5),
)  # fmt: skip
_LANDSCAPE = Design(
    text_left=5, text_width=47, text_top=41.5, text_foot=12, align=0,
    names=(17, 15.5, 14, 12.5, 11, 10, 9, 8, 7, 6), others=(9, 6.8, 7.8, 7.4), shrink=_SHRINK,
    event=(7.6, 7, 6.4, 5.8, 5.2, 4.6, 4), event_top=49.5, event_height=6,
    qr=(54.5, 16, 28), code=(53.5, 17, 30, 5), code_groups=3, band=(5, 3.6, 76, 7.2), word=(9.5, 7),
    horizon=(5, 50.4, 76, 0.9),
)  # fmt: skip


# Read from the right: the code on the left, the person on the right.
_MIRRORED = replace(_LANDSCAPE, text_left=34, align=1, qr=(3.5, 16, 28), code=(2.5, 17, 30, 5))


@dataclass(slots=True)
class _Run:
    """One print run: the press, and the drawings already made for what repeats."""

    press: Press
    layout: Layout
    backgrounds: dict[tuple[str, ...], str] = field(default_factory=dict)


def badges_pdf(
    faces: Iterable[Face],
    layout: Layout,
    *,
    title: str,
    when: datetime,
    language: str = "en",
    progress: Callable[[int], None] | None = None,
) -> bytes:
    """Return the badges as a PDF, the same bytes for the same input; no faces give one page of marks only.

    *progress* is told the number of badges done after each sheet. Raises PdfUnavailable.
    """
    waiting = iter(faces)
    done = 0
    with engine_lock():
        run = _Run(Press(), layout)
        sheet = list(islice(waiting, layout.per_page))
        while sheet or not done:
            run.press.add_page(layout.page[0] * MM, layout.page[1] * MM, "\n".join(_sheet(run, sheet)))
            done += len(sheet)
            if progress:
                progress(done)
            if not sheet:
                break
            sheet = list(islice(waiting, layout.per_page))
        return run.press.pdf(title=title, when=when, language=language)


def _sheet(run: _Run, faces: list[Face]) -> Iterator[str]:
    lines = [*run.layout.cut_marks(), *run.layout.folds()]
    if lines:
        yield f"q 0.25 w {_rgb('8d8a80')} RG"
        yield from (f"{x * MM:.2f} {y * MM:.2f} m {u * MM:.2f} {v * MM:.2f} l S" for x, y, u, v in lines)
        yield "Q"
    width, height = (side * MM for side in run.layout.badge)
    places = iter(run.layout.places())
    for face in faces:
        drawing = "\n".join(_badge(run, face))
        for x, y in islice(places, run.layout.copies):
            box = f"0 0 {width:.2f} {height:.2f} re W n"
            yield f"q 1 0 0 1 {x * MM:.2f} {y * MM:.2f} cm {box}\n{drawing}\nQ"


def _badge(run: _Run, face: Face) -> Iterator[str]:
    design = _design(run.layout, face)
    yield f"/{_background(run, face)} Do"
    yield f"{_rgb(_INK)} rg"
    yield from _person(run.press, design, face)
    left, foot, side = (length * MM for length in design.qr)
    grid = qr.matrix(face.qr_text)
    yield qr.path_operators(grid, x=left, y=foot, side=side).decode()
    yield f"{_rgb(_SOFT)} rg"
    left, top, width, size = design.code
    groups = face.code.split()
    for number in range(0, len(groups), design.code_groups):
        code = run.press.block(" ".join(groups[number : number + design.code_groups]), size, width * MM)
        yield code.operators(left * MM, top * MM - number / design.code_groups * size * 1.25, width * MM)


def _design(layout: Layout, face: Face) -> Design:
    if not layout.is_landscape:
        return _PORTRAIT
    return _MIRRORED if direction(face.language) == "rtl" else _LANDSCAPE


def _background(run: _Run, face: Face) -> str:
    """Return the name of the drawing with everything that does not depend on the person."""
    texts = (face.event_name, face.event_place_date, face.category, face.category_colour, face.mode, face.language)
    key = (*texts, *face.colours, str(hash(face.logo)) if face.logo else "")
    if key not in run.backgrounds:
        width, height = (side * MM for side in run.layout.badge)
        drawing = "\n".join(_painted(run.press, _design(run.layout, face), face))
        run.backgrounds[key] = run.press.add_form(width, height, drawing)
    return run.backgrounds[key]


def _painted(press: Press, design: Design, face: Face) -> Iterator[str]:
    if face.logo and design.align == _CENTRED:
        yield from _logo(press, design, face.logo)
    else:
        yield from _horizon(*design.horizon, colours=face.colours)
    yield f"{_rgb(_INK)} rg"
    left, width = design.text_left * MM, design.text_width * MM
    if design.align != _CENTRED:
        left, width = design.band[0] * MM, design.band[2] * MM
    room = design.event_height * MM
    date = press.fitted(
        face.event_place_date, _scaled(design.event, 0.78), width, lambda _: room * 0.4, language=face.language
    )
    name = press.fitted(
        face.event_name, design.event, width, lambda _: room - date.height, weight=700, leading=1.2,
        language=face.language,
    )  # fmt: skip
    top = design.event_top * MM
    yield name.operators(left, top, width, align=design.align)
    yield f"{_rgb(_SOFT)} rg"
    yield date.operators(left, top - name.height - 1, width, align=design.align)
    yield from _band(press, design, face)


def _logo(press: Press, design: Design, content: bytes) -> Iterator[str]:
    """Draw the event's logo in the middle, between its name and the upper edge."""
    name, proportion = press.add_image(content)
    left, width = design.text_left * MM, design.text_width * MM
    foot, room = (design.event_top + 1.5) * MM, _LOGO_HEIGHT * MM
    height = min(room, width / proportion)
    x, y = left + (width - height * proportion) / 2, foot + (room - height) / 2
    yield f"q {height * proportion:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm /{name} Do Q"


_LOGO_HEIGHT = 10


def _horizon(left: float, foot: float, width: float, height: float, *, colours: tuple[str, ...]) -> Iterator[str]:
    """Draw the layers of a soil, our mark, as stripes of falling width; or the event's colours in turn."""
    x = left
    painted = tuple(colours[number % len(colours)] for number in range(len(_HORIZONS))) if colours else _HORIZONS
    for colour, share in zip(painted, (0.34, 0.24, 0.16, 0.12, 0.08, 0.06), strict=True):
        yield f"{_rgb(colour)} rg {x * MM:.2f} {foot * MM:.2f} {width * share * MM:.2f} {height * MM:.2f} re f"
        x += width * share


def _band(press: Press, design: Design, face: Face) -> Iterator[str]:
    left, foot, width, height = (length * MM for length in design.band)
    yield f"{_rgb(BANDS.get(face.category_colour, BANDS['participant']))} rg"
    yield _rounded(left, foot, width, height, radius=1.6 * MM)
    yield f"{_rgb(_WHITE)} rg"
    inner, pad = width - 8 * MM, 4 * MM
    mode = press.fitted(
        face.mode, _scaled(_WORD_STEPS, design.word[1]), inner * 0.4, lambda _: height * 0.8, language=face.language
    )
    room = inner - (mode.width + 3 * MM if mode.lines else 0)
    word = press.fitted(
        face.category, _scaled(_WORD_STEPS, design.word[0]), room, lambda _: height, weight=700,
        leading=1.15, language=face.language,
    )  # fmt: skip
    middle = foot + height / 2
    is_rtl = direction(face.language) == "rtl"
    yield word.operators(left + pad + (inner - room if is_rtl else 0), middle + word.height / 2, room, align=is_rtl)
    yield mode.operators(left + pad, middle + mode.height / 2, inner, align=not is_rtl)


def _person(press: Press, design: Design, face: Face) -> Iterator[str]:
    left, width = design.text_left * MM, design.text_width * MM
    room = (design.text_top - design.text_foot) * MM
    blocks = _fitting(press, design, face, width, room)
    height = sum(block.height + gap for block, gap in blocks)
    # Under the event on a card; on a large badge in the middle of its space, a little above.
    top = design.text_top * MM - (max(room - height, 0) * 0.45 if design.align == _CENTRED else 0)
    for block, gap in blocks:
        yield block.operators(left, top - gap, width, align=design.align)
        top -= gap + block.height


def _fitting(press: Press, design: Design, face: Face, width: float, room: float) -> list[tuple[Block, float]]:
    """Return the lines about the person, each with the space above it, at sizes that fit together into *room*.

    The name shrinks a little, then the rest, and so on in turn. Nothing is left out but, at the very end, the tail of
    the job title.
    """
    blocks: list[tuple[Block, float]] = []
    for start, factor in _attempts(design):
        sizes = design.names[start:]
        name = press.fitted(
            _name(face), sizes, width, lambda size: _lines_for(size, design.names[0]) * size * 1.55, weight=700,
            leading=1.15, language=face.language,
        )  # fmt: skip
        blocks = [(name, 0.0), *_others(press, design, face, width, factor)]
        if sum(block.height + gap for block, gap in blocks) <= room:
            return blocks
    return _shortened(press, design, face, blocks, room)


@lru_cache
def _attempts(design: Design) -> list[tuple[int, float]]:
    """Order the sizes of the name and of the rest from the best to look at to the smallest."""

    def loss(attempt: tuple[int, float]) -> float:
        start, factor = attempt
        return (1 - design.names[start] / design.names[0]) + 1.6 * (1 - factor)

    return sorted(product(range(len(design.names)), design.shrink), key=loss)


def _lines_for(size: float, largest: float) -> int:
    """Two lines while the name is large, more as it shrinks."""
    return 2 if size > 0.7 * largest else 3


def _name(face: Face) -> str:
    return f"{face.honorific} {face.name}".strip() if face.honorific else face.name


def _others(press: Press, design: Design, face: Face, width: float, factor: float) -> list[tuple[Block, float]]:
    latin = face.name_latin if face.name_latin != face.name else ""
    texts = (latin, face.job_title, face.organisation, face.country)
    gaps = (0.25, 0.55, 0.35, 0.35)
    found = []
    for number, (text, gap) in enumerate(zip(texts, gaps, strict=True)):
        size = design.others[number] * factor
        weight = 700 if number == _ORGANISATION else 400
        block = press.fitted(text, (size,), width, lambda _: 1e6, weight=weight, language=face.language)
        if block.lines:
            found.append((block, gap * size))
    return found


_ORGANISATION = 2


def _shortened(
    press: Press, design: Design, face: Face, blocks: list[tuple[Block, float]], room: float
) -> list[tuple[Block, float]]:
    """Cut the job title, the one text that no list of participants needs in full, until the rest has room."""
    size = design.others[1] * design.shrink[-1]
    over = sum(block.height + gap for block, gap in blocks) - room
    for number, (block, gap) in enumerate(blocks):
        if block.size == size and block.text.startswith(face.job_title[:20]) and face.job_title:
            keep = max(len(block.lines) - int(over // block.leading) - 1, 0)
            share = keep / len(block.lines) * 0.93
            text = face.job_title[: int(len(face.job_title) * share)].rstrip() + "…" if keep else ""
            short = press.block(text, size, design.text_width * MM, language=face.language, break_words=True)
            return [*blocks[:number], (short, gap if short.lines else 0), *blocks[number + 1 :]]
    return blocks


def _scaled(sizes: tuple[float, ...], factor: float) -> tuple[float, ...]:
    return tuple(round(size * factor, 2) for size in sizes)


def _rounded(x: float, y: float, width: float, height: float, *, radius: float) -> str:
    """Return the path of a filled rectangle with round corners."""
    r, k = radius, radius * 0.4477
    right, top = x + width, y + height
    steps = (
        f"{x + r:.2f} {y:.2f} m {right - r:.2f} {y:.2f} l",
        f"{right - k:.2f} {y:.2f} {right:.2f} {y + k:.2f} {right:.2f} {y + r:.2f} c",
        f"{right:.2f} {top - r:.2f} l {right:.2f} {top - k:.2f} {right - k:.2f} {top:.2f} {right - r:.2f} {top:.2f} c",
        f"{x + r:.2f} {top:.2f} l {x + k:.2f} {top:.2f} {x:.2f} {top - k:.2f} {x:.2f} {top - r:.2f} c",
        f"{x:.2f} {y + r:.2f} l {x:.2f} {y + k:.2f} {x + k:.2f} {y:.2f} {x + r:.2f} {y:.2f} c f",
    )
    return " ".join(steps)


def _rgb(colour: str) -> str:
    """Return a hexadecimal colour as three operands of PDF."""
    return " ".join(f"{int(colour[start : start + 2], 16) / 255:.3f}" for start in (0, 2, 4))
