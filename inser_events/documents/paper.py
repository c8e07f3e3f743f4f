"""HTML for paper: a template and plain values in, a page for `documents.pdf` out. No request and no database."""

import re
from collections.abc import Mapping
from functools import lru_cache
from unicodedata import bidirectional

from flask_babel import gettext, ngettext, pgettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from inser_events.config import STATIC, TEMPLATES
from inser_events.documents.text import comma_after, other_script, printable
from inser_events.languages import Text, comma_in, direction, semicolon_in

STYLES = STATIC / "css" / "pdf"

_RIGHT, _LEFT = {"R", "AL", "AN"}, {"L", "EN", "AN", "ES", "ET"}
_ISOLATES = {"ltr": "\N{LEFT-TO-RIGHT ISOLATE}", "rtl": "\N{RIGHT-TO-LEFT ISOLATE}"}
_COMMAS = re.compile("(, |\N{ARABIC COMMA} |\N{FULLWIDTH COMMA})")
_OWN_COMMAS = {
    **dict.fromkeys(("ar", "fa", "ur"), "\N{ARABIC COMMA} "),
    **dict.fromkeys(("zh", "ja"), "\N{FULLWIDTH COMMA}"),
}
_END = "\N{POP DIRECTIONAL ISOLATE}"


def page(template: str, language: str, values: Mapping[str, object]) -> str:
    """Fill in a template of ``templates/pdf/`` for a document in *language*."""
    words = {
        "_": _translate,
        "ngettext": _translate_number,
        "pgettext": _translate_in,
        "comma": lambda: comma_in(language),
        "semicolon": lambda: semicolon_in(language),
    }
    filled = _environment().get_template(f"pdf/{template}")
    return filled.render(values, language=language, direction=direction(language), **words)


def way(text: str) -> str:
    """Return the direction of the first letter that has one: ``dir="auto"``, which WeasyPrint does not know."""
    strong = (kind for kind in map(bidirectional, text) if kind in {"L", "R", "AL"})
    return "rtl" if next(strong, "L") != "L" else "ltr"


def isolated(text: str, page_direction: str) -> Markup:
    """Escape *text* and keep it from disturbing the line around it, where that can happen.

    By characters (Unicode's isolates, UAX 9), not by ``bdi``: an element for each name costs more time than everything
    else in a programme of a hundred slots.
    """
    if page_direction == "ltr":
        is_quiet = text.isascii() or not any(bidirectional(letter) in _RIGHT for letter in text)
    else:
        is_quiet = way(text) == "rtl" and not any(bidirectional(letter) in _LEFT for letter in text)
    if is_quiet:
        return escape(text)
    return escape(f"{_ISOLATES[way(text)]}{text}{_END}")


def _shown(text: Text, page_language: str) -> Markup:
    if text.language == page_language:
        return isolated(text.value, direction(page_language))
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(text.language, text.direction, text.value)


@pass_context
def _said(context: Context, text: Text | str) -> Markup:
    """A text of the document's language, or marked with its own."""
    language = str(context["language"])
    if isinstance(text, Text):
        return _shown(text, language)
    if direction(language) == "rtl":
        # In parts it would change places: a title in Latin letters stands left of its organisation there, too.
        return _spoken(text, language)
    return escape(text) if text.isascii() else Markup("").join(_spoken(part, language) for part in _COMMAS.split(text))


def _spoken(text: str, page_language: str) -> Markup:
    """A name: kept from its line, and marked for those who listen where another voice is needed."""
    if language := other_script(text, page_language):
        return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(language, direction(language), text)
    return isolated(text, direction(page_language))


@pass_context
def _marks(context: Context, text: Text) -> Markup:
    """Attributes for an element that holds *text* and nothing else: its language, where it is not the document's."""
    if text.language == context["language"]:
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(text.language, text.direction)


@pass_context
def _alone(context: Context, text: Text) -> Markup:
    """What stands in an element with `_marks`: for titles, where a second element for each would cost time."""
    language = str(context["language"])
    return isolated(text.value, direction(language)) if text.language == language else escape(text.value)


@pass_context
def _paragraphs(context: Context, text: Text, name: str = "") -> Markup:
    """Running text with an element of class *name* for each paragraph."""
    marks = Markup(' class="{}"').format(name) if name else Markup("")
    marks += _marks(context, text)
    paragraphs = (part for part in printable(text.value).split("\n\n") if part.strip())
    return Markup("").join(Markup("<p{}>{}</p>").format(marks, part) for part in paragraphs)


@pass_context
def _comma(context: Context, text: str) -> str:
    """The comma after a name: that of its script where the document is written in it, else the Latin one."""
    own = _OWN_COMMAS.get(str(context["language"]).partition("-")[0])
    return own if own == comma_after(text) else ", "


def _translate(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def _translate_in(context: str, message: str, **values: object) -> str:
    return str(pgettext(context, message, **values))


def _translate_number(singular: str, plural: str, num: int, **values: object) -> str:
    return str(ngettext(singular, plural, num, **values))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Only what a document needs: no request, no application."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(way=way, said=_said, paragraphs=_paragraphs, marks=_marks, alone=_alone, comma=_comma)
    return environment
