"""The language of letters: plain paragraphs with names in double braces, and nothing else.

Not a programming language: no loops, no conditions, no attributes and no files, so a template can do no more than put
the words it was given into paragraphs. A name with a question mark, ``{{ hours? }}``, leaves its paragraph out when
there is nothing to put there.
"""

import re
from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from inser_events.documents.text import one_line, printable

NAMES = (
    "name", "official_name", "honorific", "job_title", "organisation", "country", "category",
    "event", "dates", "place", "city", "organiser", "contact", "number", "issued_on", "days", "hours",
)  # fmt: skip
"""What a template may put in."""

_PLACE = re.compile(r"\{\{([^{}\n]*)\}\}")
_NAME = re.compile(r"\s*([a-z_]+)(\?)?\s*")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_BLANKS = re.compile(r"[ \t]{2,}")
# Not before Latin colons and semicolons: in French a blank belongs there.
_BEFORE_COMMA = re.compile(r" +([,.،؛，。：；、])")
_COMMAS = re.compile(r"([,\N{ARABIC COMMA}\N{FULLWIDTH COMMA}])\1+")
LONGEST = 10_000


class TemplateProblem(ValueError):
    """What is wrong with a template, and in which line, counted from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(_("Line %(line)s: %(message)s", line=line, message=message))
        self.line = line


def check(text: str) -> None:
    """Raise TemplateProblem for the first thing in *text* that is not understood."""
    if len(text) > LONGEST:
        raise TemplateProblem(1, _("The text is too long."))
    for number, line in enumerate(_lines(text), 1):
        _check_line(number, line)


def _check_line(number: int, line: str) -> None:
    for inner in _PLACE.findall(line):
        found = _NAME.fullmatch(inner)
        if not found:
            message = _("“%(text)s” is not a name. Write for instance {{ name }}.", text=inner.strip()[:60])
            raise TemplateProblem(number, message)
        if found[1] not in NAMES:
            raise TemplateProblem(number, _("There is no “%(name)s” to put here.", name=found[1][:60]))
    stray = _STRAY.search(_PLACE.sub("", line))
    if stray:
        raise TemplateProblem(number, _("“%(sign)s” stands alone. Names are written {{ name }}.", sign=stray[0]))


def filled(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the paragraphs of *text* with *values* in place of their names; a missing value is empty.

    Raises TemplateProblem. Values are plain words: whatever braces they hold are printed as they are.
    """
    check(text)
    return [one for part in _BLANK_LINE.split(_clean(text).strip()) for one in _paragraph(part, values)]


def _paragraph(part: str, values: Mapping[str, str]) -> Iterator[str]:
    wanted = [found for inner in _PLACE.findall(part) if (found := _NAME.fullmatch(inner))]
    if any(found[2] and not values.get(found[1], "").strip() for found in wanted):
        return
    put = _PLACE.sub(lambda place: one_line(values.get(place[1].strip().removesuffix("?").strip(), "")), part)
    lines = (_without_gaps(line) for line in put.split("\n"))
    if joined := "\n".join(lines).strip():
        yield joined


def _without_gaps(line: str) -> str:
    """An empty value leaves no doubled blank or comma, and neither before what follows."""
    joined = _BEFORE_COMMA.sub(r"\1", _BLANKS.sub(" ", line)).strip()
    return _COMMAS.sub(r"\1", joined).lstrip(",\N{ARABIC COMMA}\N{FULLWIDTH COMMA} ")


def _lines(text: str) -> list[str]:
    return _clean(text).split("\n")


def _clean(text: str) -> str:
    return printable(text)
