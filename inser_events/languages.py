"""Languages of the interface and of content; localized text and how a reader's version is chosen."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

Localized = dict[str, str]
"""Text per BCP 47 language tag, for example ``{"en": "Opening", "fr": "Ouverture"}``."""

INTERFACE = ("ar", "en", "es", "fr", "ru", "zh")
"""The six official languages of the United Nations, in the order of their English names."""

MOST_ACCEPTED = 20
_WEIGHT = re.compile(r"q\s*=\s*([01](?:\.\d{0,3})?)")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

ENDONYMS = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ru": "Русский",
    "zh": "中文",
}


class Text(NamedTuple):
    """A piece of text and the language it is written in, so that a page can mark it with ``lang``."""

    value: str
    language: str

    def __str__(self) -> str:
        return self.value

    @property
    def direction(self) -> str:
        """Writing direction for the HTML ``dir`` attribute."""
        return direction(self.language)


def N_(message: str) -> str:  # noqa: N802 — the name by which tools collect strings that are translated later
    """Mark a string for the catalogues where it is kept or handed on before anybody reads it."""
    return message


def direction(language: str) -> str:
    """Return ``"rtl"`` or ``"ltr"`` for a language tag."""
    return "rtl" if language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"


def comma_in(language: str) -> str:
    """What stands between two parts of a line, with the blank after it in languages that set one."""
    return {"ar": "\N{ARABIC COMMA} ", "zh": "\N{FULLWIDTH COMMA}"}.get(language, ", ")


def semicolon_in(language: str) -> str:
    """The same between parts that hold commas."""
    return {"ar": "\N{ARABIC SEMICOLON} ", "zh": "\N{FULLWIDTH SEMICOLON}"}.get(language, "; ")


@lru_cache(maxsize=256)
def preferred(accepted: str) -> str:
    """The language of the interface that an ``Accept-Language`` header likes best; empty when it likes none of them.

    A region does not matter: ``fr-MA`` is French (RFC 4647 section 3.4, lookup). Of two liked alike the first counts.
    """
    liked = {"": 0.0}
    for part in accepted.lower().split(",")[:MOST_ACCEPTED]:
        tag, _semicolon, weight = part.partition(";")
        language = tag.strip().partition("-")[0]
        if language in INTERFACE:
            liked.setdefault(language, _weight(weight))
    return max(liked, key=lambda language: liked[language])


def _weight(text: str) -> float:
    found = _WEIGHT.fullmatch(text.strip())
    return float(found[1]) if found else float(not text.strip())


def text_in(localized: Mapping[str, str] | None, wanted: Sequence[str] = ()) -> Text:
    """Pick the first language of *wanted* that has text, else any that has; empty text if none."""
    if localized:
        for language in wanted:
            value = localized.get(language)
            if value:
                return Text(value, language)
        for language, value in localized.items():
            if value:
                return Text(value, language)
    return Text("", wanted[0] if wanted else "en")
