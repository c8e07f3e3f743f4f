"""Sizes at which the words of a badge fit: they shrink, wrap, and at the very end are cut."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from inser_events.badges.designs import Field, name_lines
from inser_events.badges.face import Face
from inser_events.badges.shapes import Box
from inser_events.documents.typeset import Block, Press

_SHRINK = (1, 0.9, 0.8, 0.7, 0.62, 0.55, 0.48)
SMALLEST = 3.0
"""Points; below it a text is cut rather than shrunk."""


def fit(press: Press, each: Field, box: Box, text: str, language: str) -> Block:
    """Set a text: it shrinks to the least size, wraps, shrinks on rather than leave its box; the last resort is …."""
    weight = 700 if each.bold else 400
    block = press.fitted(
        text, ladder(each.size, each.least), box.width, lambda _: box.height, weight=weight, language=language
    )
    while block.height > box.height and block.size > SMALLEST:
        size = max(block.size * 0.9, SMALLEST)
        block = press.block(text, size, box.width, weight=weight, language=language, break_words=True)
    while block.height > box.height and len(text) > 1:
        text = text[: int(len(text) * min(box.height / block.height, 0.95))].rstrip("… ")
        short = f"{text}…"
        block = press.block(short, block.size, box.width, weight=weight, language=language, break_words=True)
    return block


def person_lines(press: Press, each: Field, face: Face, width: float, room: float) -> list[tuple[Block, float]]:
    """Return the lines about the person, each with the space above it, at sizes that fit together into *room*.

    The first line shrinks a little, then the rest, and so on in turn. Nothing is left out but, at the very end, the
    tail of the job title, and then whatever stands last.
    """
    texts = _person_texts(each, face)
    names = ladder(each.size, each.least)
    first = texts[0][1] if texts else ""
    blocks: list[tuple[Block, float]] = []
    for start, factor in _attempts(names):
        sizes = names[start:]
        name = press.fitted(
            first, sizes, width, lambda size: _lines_for(size, names[0]) * size * 1.55,
            weight=700 if each.bold else 400, leading=1.15, language=face.language,
        )  # fmt: skip
        blocks = [(name, 0.0), *_others(press, texts[1:], width, each.small * factor, face.language)]
        if sum(block.height + gap for block, gap in blocks) <= room:
            return blocks
    return _shortened(press, face, blocks, width, room)


def _person_texts(each: Field, face: Face) -> list[tuple[str, str]]:
    """Which line, and what it says; the name in Latin letters is not said twice."""
    found = []
    for line in name_lines(each):
        text = face.full_name if line == "name" else str(getattr(face, line))
        if text and not (line == "name_latin" and text == face.name):
            found.append((line, text))
    if found and found[0][0] != "name" and name_lines(each)[0] == "name_latin" and not face.name_latin:
        # Whoever writes the name in Latin letters anyway has it on the large line.
        found.sort(key=lambda pair: pair[0] != "name")
    return found


@lru_cache
def _attempts(names: tuple[float, ...]) -> list[tuple[int, float]]:
    """Order the sizes of the name and of the rest from the best to look at to the smallest."""

    def loss(attempt: tuple[int, float]) -> float:
        start, factor = attempt
        return (1 - names[start] / names[0]) + 1.6 * (1 - factor)

    return sorted(product(range(len(names)), _SHRINK), key=loss)


def _lines_for(size: float, largest: float) -> int:
    """Two lines while the name is large, more as it shrinks."""
    return 2 if size > 0.7 * largest else 3


# Size against `Field.small`, and the space above in em.
_RELATIVE = {
    "name": (1.1, 0.3),
    "name_latin": (1.08, 0.25),
    "job_title": (0.85, 0.55),
    "organisation": (1, 0.35),
    "country": (0.92, 0.35),
}


def _others(
    press: Press, texts: list[tuple[str, str]], width: float, small: float, language: str
) -> Iterator[tuple[Block, float]]:
    for line, text in texts:
        relative, gap = _RELATIVE[line]
        size = small * relative
        weight = 700 if line == "organisation" else 400
        block = press.fitted(text, (size,), width, lambda _: 1e6, weight=weight, language=language)
        if block.lines:
            yield block, gap * size


def _shortened(
    press: Press, face: Face, blocks: list[tuple[Block, float]], width: float, room: float
) -> list[tuple[Block, float]]:
    """Cut the job title, the one text that no list of participants needs in full; then shrink all that is left."""
    over = sum(block.height + gap for block, gap in blocks) - room
    for number, (block, gap) in enumerate(blocks):
        if number and face.job_title and block.text.startswith(face.job_title[:20]):
            keep = max(len(block.lines) - int(over // block.leading) - 1, 0)
            share = keep / len(block.lines) * 0.93
            text = face.job_title[: int(len(face.job_title) * share)].rstrip() + "…" if keep else ""
            short = press.block(text, block.size, width, language=face.language, break_words=True)
            blocks = [*blocks[:number], (short, gap if short.lines else 0), *blocks[number + 1 :]]
    factor = 1.0
    original = blocks
    while sum(block.height + gap for block, gap in blocks) > room and factor > 0.3:  # noqa: PLR2004 — a third is the end
        factor *= 0.93
        blocks = [
            (
                press.block(
                    block.text, block.size * factor, width, weight=700 if number == 0 else 400,
                    language=face.language, break_words=True,
                ),
                gap * factor,
            )
            for number, (block, gap) in enumerate(original)
        ]  # fmt: skip
    return blocks


@lru_cache
def ladder(size: float, least: float) -> tuple[float, ...]:
    """Sizes to try, from the largest to the least, each a tenth smaller."""
    sizes = [size or least or SMALLEST]
    while sizes[-1] * 0.9 > max(least, SMALLEST):
        sizes.append(round(sizes[-1] * 0.9, 1))
    return (*sizes, least) if SMALLEST <= least < sizes[-1] else tuple(sizes)


def scaled(sizes: tuple[float, ...], factor: float) -> tuple[float, ...]:
    """The same sizes times *factor*."""
    return tuple(round(size * factor, 2) for size in sizes)
