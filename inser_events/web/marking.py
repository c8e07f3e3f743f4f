"""The language of what a mail quotes: names of events, places and sessions within lines that are in another language.

Mails are written once, as text; their HTML is made of its lines. So what is foreign in a line is found again by the
texts the mail was made of, wherever in the template they were put.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from inser_events.languages import Text
from inser_events.web.filters import best_text, language_marks

THINGS = ("event", "snapshot", "session", "slot", "delegation")
LISTS = ("parts", "people")
TEXTS = ("name", "title", "organiser", "venue_name", "venue_city", "city")
"""The attributes of things that are texts per language."""
WITHIN = ("event", "venue", "session", "slot", "network")
SHORTEST = 3
"""Letters; a shorter text may stand for anything."""
LETTER = "[A-Za-z\u00c0-\u024f\u0370-\u052f]"
"""Of scripts that part words by blanks: a text is not looked for inside a word."""


def register(app: Flask) -> None:
    """Let the template of mails use it."""
    app.jinja_env.globals["quoted_texts"] = quoted_texts
    app.jinja_env.filters["with_languages"] = with_languages


@pass_context
def quoted_texts(context: Context) -> list[Text]:
    """What a mail may quote in another language than its own, the longest first."""
    # In a mail without a session of the agenda the word stands for Flask's own, which a job does not have.
    things = [thing for name in THINGS if not isinstance(thing := context.get(name), LocalProxy)]
    things += [one for name in LISTS for one in context.get(name) or ()]
    snapshot = context.get("snapshot")
    things += snapshot.rooms if snapshot else []
    texts = {best_text(one) for thing in things for one in _localized(thing)}
    foreign = [text for text in texts if len(text.value) >= SHORTEST and language_marks(text)]
    return sorted(foreign, key=lambda text: (-len(text.value), text))


def _localized(thing: Any, depth: int = 2) -> Iterator[dict[str, str]]:
    texts: Iterable[Any] = (getattr(thing, name, None) for name in TEXTS)
    yield from (text for text in texts if isinstance(text, dict))
    if depth:
        for name in WITHIN:
            within = getattr(thing, name, None)
            if within is not None:
                yield from _localized(within, depth - 1)


def with_languages(line: str, texts: Sequence[Text]) -> Markup:
    """The line with each of *texts* in it marked with its language."""
    if not texts:
        return escape(line)
    said = {text.value: text for text in reversed(texts)}
    any_of = "|".join(re.escape(text.value) for text in texts)
    parts = re.split(f"(?<!{LETTER})({any_of})(?!{LETTER})", line)
    return Markup().join(_marked(part, said) for part in parts)


def _marked(part: str, said: dict[str, Text]) -> Markup:
    text = said.get(part)
    return Markup("<span{}>{}</span>").format(language_marks(text), part) if text else escape(part)
