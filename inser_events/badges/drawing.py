"""Draws the fields of a badge as marks on a PDF page. What repeats is drawn once; text shrinks, wraps, stays in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from inser_events.badges.designs import PERSONAL, Field, Kind
from inser_events.badges.face import BANDS, Face
from inser_events.badges.fitting import SMALLEST, fit, ladder, person_lines, scaled
from inser_events.badges.layouts import Layout
from inser_events.badges.shapes import Box, colour_of, filled, horizon, logo, rgb, rounded, sound
from inser_events.documents import qr
from inser_events.documents.structure import Mark, Part, artifact
from inser_events.documents.text import spoken_language
from inser_events.documents.typeset import MM, Press
from inser_events.languages import direction, text_in

INK, _SOFT, _WHITE = "241a12", "574a3e", "ffffff"
_WORD_STEPS = (1, 0.85, 0.7, 0.6, 0.5, 0.4)
_ALIGN = {"start": 0.0, "centre": 0.5, "end": 1.0}
_UPRIGHT = {"top": 0.0, "middle": 0.45, "bottom": 1.0}


@dataclass(slots=True)
class Run:
    """One print run: the press, and the drawings already made for what repeats."""

    press: Press
    layout: Layout
    pictures: Mapping[str, bytes]
    language: str
    """Of the document."""
    backgrounds: dict[tuple[str, ...], tuple[Mark, ...]] = field(default_factory=dict)

    def says(self, tag: str, text: str, operators: str, face: Face) -> Mark:
        """A mark around *text*, with its language where it is not the document's."""
        return Mark(tag, operators, spoken_language(text, self.language, face.language))


def badge(run: Run, face: Face, *, back: bool = False) -> Iterator[Part]:
    """What is on one side of a badge."""
    fields = run.layout.back if back else run.layout.fields
    yield from _background(run, face, fields, back=back)
    yield f"{rgb(INK)} rg"
    for each in fields:
        if each.kind in PERSONAL:
            yield from _PERSONAL[each.kind](run, each, box_of(run.layout, each, face), face)


def box_of(layout: Layout, each: Field, face: Face) -> Box:
    """Where a field stands on this person's badge."""
    left, align = each.left, _ALIGN[each.align]
    if layout.is_mirrored and layout.is_landscape and direction(face.language) == "rtl":
        left, align = layout.badge[0] - each.left - each.width, 1 - align
    foot = layout.badge[1] - each.top - each.height
    return Box(left * MM, foot * MM, each.width * MM, each.height * MM, align)


def _background(run: Run, face: Face, fields: tuple[Field, ...], *, back: bool) -> tuple[Mark, ...]:
    """Draw everything that does not depend on the person, and mark the drawings."""
    texts = (face.event_name, face.event_place_date, face.category, face.category_colour, face.mode, face.language)
    key = ("back" if back else "", *texts, *face.colours, str(hash(face.logo)) if face.logo else "")
    if key not in run.backgrounds:
        run.backgrounds[key] = tuple(_kept(run, _painted(run, face, fields)))
    return run.backgrounds[key]


def _kept(run: Run, marks: Iterator[Mark]) -> Iterator[Mark]:
    """Each mark as a drawing that pages repeat; what is only there to be seen becomes one where it stands together.

    A drawing that is painted on many pages cannot have marks inside (ISO 32000-1, 14.7.4.2), so they are around it.
    """
    width, height = (side * MM for side in run.layout.badge)
    for _what, together in groupby(marks, key=lambda mark: mark._replace(operators="")):
        parts = list(together)
        drawing = run.press.add_form(width, height, "\n".join(part.operators for part in parts))
        yield parts[0]._replace(operators=f"/{drawing} Do")


def _painted(run: Run, face: Face, fields: tuple[Field, ...]) -> Iterator[Mark]:
    for each in fields:
        box = box_of(run.layout, each, face)
        match each.kind:
            case Kind.BAND:
                yield from _band(run, each, box, face)
            case Kind.EVENT:
                yield from _event(run, each, box, face)
            case Kind.MARK | Kind.STRIPES:
                yield _mark(run, each, box, face)
            case Kind.PICTURE:
                yield from _picture(run, each, box)
            case Kind.BOX:
                yield artifact(filled(box, colour_of(each, INK)))
            case Kind.TEXT | Kind.CATEGORY | Kind.MODE:
                yield from _set(run, each, box, _fixed(run, each, face), face)


def _fixed(run: Run, each: Field, face: Face) -> str:
    if each.kind == Kind.TEXT:
        return text_in(each.words, [run.layout.language, run.language]).value
    return face.category if each.kind == Kind.CATEGORY else face.mode


def _mark(run: Run, each: Field, box: Box, face: Face) -> Mark:
    """The event's logo, or the stripes of a soil where it has none."""
    if each.kind == Kind.MARK and face.logo:
        operators, place = logo(run.press, box, face.logo)
        return Mark("Figure", operators, alt=face.logo_alt or face.event_name, box=place)
    thin = box.height if each.kind == Kind.STRIPES else min(box.height, 0.15 * box.height)
    middle = box.foot + (box.height - thin) / 2
    return artifact(" ".join(horizon(box.left, middle, box.width, thin, colours=face.colours)))


def _picture(run: Run, each: Field, box: Box) -> Iterator[Mark]:
    """A picture of the layout: with words for it a part of the text, without them an ornament."""
    content = run.pictures.get(each.picture, b"")
    if content:
        operators, place = logo(run.press, box, content)
        words = text_in(each.words, [run.layout.language, run.language]).value
        yield Mark("Figure", operators, alt=words, box=place) if words else artifact(operators)


def _event(run: Run, each: Field, box: Box, face: Face) -> Iterator[Mark]:
    press = run.press
    sizes = ladder(each.size, each.least)
    date = press.fitted(
        face.event_place_date, scaled(sizes, 0.78), box.width, lambda _: box.height * 0.4, language=face.language
    )
    name = press.fitted(
        face.event_name, sizes, box.width, lambda _: box.height - date.height, weight=700 if each.bold else 400,
        leading=1.2, language=face.language,
    )  # fmt: skip
    top = box.top - max(box.height - name.height - date.height - 1, 0) * _UPRIGHT[each.upright]
    named = name.operators(box.left, top, box.width, align=box.align)
    dated = date.operators(box.left, top - name.height - 1, box.width, align=box.align)
    if name.lines:
        yield run.says("P", face.event_name, f"{rgb(colour_of(each, INK))} rg {named}", face)
    if date.lines:
        yield run.says("P", face.event_place_date, f"{rgb(colour_of(each, _SOFT))} rg {dated}", face)


def _band(run: Run, each: Field, box: Box, face: Face) -> Iterator[Mark]:
    own = sound(run.layout.bands.get(face.category_colour, ""))
    ground = sound(each.colour) or own or BANDS.get(face.category_colour, BANDS["participant"])
    yield artifact(f"{rgb(ground)} rg {rounded(box, radius=min(1.6 * MM, box.height / 4))}")
    pad = min(4 * MM, box.width / 20)
    inner = box.width - 2 * pad
    mode = run.press.fitted(
        face.mode if each.small else "", scaled(_WORD_STEPS, each.small), inner * 0.4, lambda _: box.height * 0.8,
        language=face.language,
    )  # fmt: skip
    room = inner - (mode.width + 3 * MM if mode.lines else 0)
    word = run.press.fitted(
        face.category, ladder(each.size, each.least), room, lambda _: box.height, weight=700 if each.bold else 400,
        leading=1.15, language=face.language,
    )  # fmt: skip
    middle = box.foot + box.height / 2
    is_rtl = direction(face.language) == "rtl"
    if word.lines:
        start = box.left + pad + (inner - room if is_rtl else 0)
        words = word.operators(start, middle + word.height / 2, room, align=is_rtl)
        yield run.says("P", face.category, f"{rgb(_WHITE)} rg {words}", face)
    if mode.lines:
        words = mode.operators(box.left + pad, middle + mode.height / 2, inner, align=not is_rtl)
        yield run.says("P", face.mode, f"{rgb(_WHITE)} rg {words}", face)


def _set(run: Run, each: Field, box: Box, text: str, face: Face) -> Iterator[Mark]:
    """One text in its box."""
    block = fit(run.press, each, box, text, face.language)
    if block.lines:
        gap = max(box.height - block.height, 0) * (0.5 if each.upright == "middle" else _UPRIGHT[each.upright])
        words = block.operators(box.left, box.top - gap, box.width, align=box.align)
        tag = "H1" if each.kind == Kind.NAME else "P"
        yield run.says(tag, text, f"{rgb(colour_of(each, INK))} rg {words}", face)


def _one(run: Run, each: Field, box: Box, face: Face) -> Iterator[Part]:
    text = face.full_name if each.kind == Kind.NAME else str(getattr(face, each.kind))
    yield from _set(run, each, box, text, face)


def _qr(_run: Run, _each: Field, box: Box, face: Face) -> Iterator[Part]:
    side = min(box.width, box.height)
    left, foot = box.left + (box.width - side) / 2, box.foot + (box.height - side) / 2
    code = qr.path_operators(qr.matrix(face.qr_text), x=left, y=foot, side=side).decode()
    yield Mark("Figure", code, alt=face.alt, box=(left, foot, left + side, foot + side))


def _code(run: Run, each: Field, box: Box, face: Face) -> Iterator[Part]:
    """The code in groups, which are never torn apart: in one line, or as many as it needs."""
    press = run.press
    groups = face.code.split()
    size = each.size
    while True:
        for count in range(1, len(groups) + 1):
            per_line = -(-len(groups) // count)
            lines = [" ".join(groups[start : start + per_line]) for start in range(0, len(groups), per_line)]
            blocks = [press.block(line, size, box.width) for line in lines]
            if all(len(block.lines) == 1 for block in blocks):
                break
        height = sum(block.height for block in blocks)
        if height <= box.height + 0.5 or size <= max(each.least, SMALLEST):
            break
        size = max(size * 0.93, each.least, SMALLEST)
    drawn = [f"{rgb(colour_of(each, _SOFT))} rg"]
    top = box.top - max(box.height - height, 0) * _UPRIGHT[each.upright]
    for block in blocks:
        drawn.append(block.operators(box.left, top, box.width, align=box.align))
        top -= block.height
    if face.code:
        yield Mark("P", " ".join([*drawn, f"{rgb(INK)} rg"]))


def _person(run: Run, each: Field, box: Box, face: Face) -> Iterator[Part]:
    blocks = person_lines(run.press, each, face, box.width, box.height)
    height = sum(block.height + gap for block, gap in blocks)
    top = box.top - max(box.height - height, 0) * _UPRIGHT[each.upright]
    marks = []
    for number, (block, gap) in enumerate(blocks):
        if block.lines:
            words = block.operators(box.left, top - gap, box.width, align=box.align)
            marks.append(run.says("P" if number else "H1", block.text, words, face))
        top -= gap + block.height
    yield f"{rgb(colour_of(each, INK))} rg"
    # Lines of one language are a paragraph: with one for each the tree would have twice the elements.
    for (tag, language), lines in groupby(marks, key=lambda mark: (mark.tag, mark.language)):
        yield Mark(tag, " ".join(line.operators for line in lines), language)
    yield f"{rgb(INK)} rg"


_PERSONAL = {
    Kind.PERSON: _person,
    Kind.NAME: _one,
    Kind.NAME_LATIN: _one,
    Kind.JOB_TITLE: _one,
    Kind.ORGANISATION: _one,
    Kind.COUNTRY: _one,
    Kind.QR: _qr,
    Kind.CODE: _code,
}
