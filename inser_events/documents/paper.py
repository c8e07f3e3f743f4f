"""HTML for paper: a template and plain values in, a page for `documents.pdf` out. No request and no database."""

from collections.abc import Mapping
from functools import lru_cache
from unicodedata import bidirectional

from flask_babel import gettext, ngettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from inser_events.config import STATIC, TEMPLATES
from inser_events.documents.text import printable
from inser_events.languages import Text, direction

STYLES = STATIC / "css" / "pdf"

_RIGHT = {"R", "AL", "AN"}


def page(template: str, language: str, values: Mapping[str, object]) -> str:
    """Fill in a template of ``templates/pdf/`` for a document in *language*."""
    return (
        _environment()
        .get_template(f"pdf/{template}")
        .render(values, language=language, direction=direction(language), _=_translate, ngettext=_translate_number)
    )


def way(text: str) -> str:
    """Return the direction of the first letter that has one: ``dir="auto"``, which WeasyPrint does not know."""
    strong = (kind for kind in map(bidirectional, text) if kind in {"L", "R", "AL"})
    return "rtl" if next(strong, "L") != "L" else "ltr"


def isolated(text: str, page_direction: str) -> Markup:
    """Escape *text* and keep it from disturbing the line around it, with ``bdi`` only where that can happen.

    An element for each name costs more time than everything else in a programme of a hundred slots.
    """
    if page_direction == "ltr" and (text.isascii() or not any(bidirectional(letter) in _RIGHT for letter in text)):
        return escape(text)
    return Markup('<bdi dir="{}">{}</bdi>').format(way(text), text)


def _shown(text: Text, page_language: str) -> Markup:
    if text.language == page_language:
        return isolated(text.value, direction(page_language))
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(text.language, text.direction, text.value)


@pass_context
def _said(context: Context, text: Text | str) -> Markup:
    """A text of the document's language, or marked with its own."""
    language = str(context["language"])
    return _shown(text, language) if isinstance(text, Text) else isolated(text, direction(language))


@pass_context
def _paragraphs(context: Context, text: Text) -> Markup:
    """Running text with an element for each paragraph."""
    language = str(context["language"])
    marks = (
        Markup("") if text.language == language else Markup(' lang="{}" dir="{}"').format(text.language, text.direction)
    )
    paragraphs = (part for part in printable(text.value).split("\n\n") if part.strip())
    return Markup("").join(Markup("<p{}>{}</p>").format(marks, part) for part in paragraphs)


def _translate(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def _translate_number(singular: str, plural: str, num: int, **values: object) -> str:
    return str(ngettext(singular, plural, num, **values))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Only what a document needs: no request, no application."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(way=way, said=_said, paragraphs=_paragraphs)
    return environment
