"""Languages of the interface and of content; localized text and how a reader's version is chosen."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Localized = dict[str, str]
"""Text per BCP 47 language tag, for example ``{"en": "Opening", "fr": "Ouverture"}``."""

INTERFACE = ("ar", "en", "es", "fr", "ru", "zh")
"""The six official languages of the United Nations, in the order of their English names."""

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
