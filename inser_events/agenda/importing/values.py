"""Single values as other systems write them: texts, lengths, moments, languages, kinds of talks, states."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from babel import Locale
from babel.core import UnknownLocaleError
from babel.localedata import exists

from inser_events.agenda.models import SessionKind
from inser_events.documents.calendar_reading import length_of
from inser_events.documents.text import one_line, printable
from inser_events.languages import Localized

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * 60
HOURS_PER_DAY = 24

_CLOCK_LENGTH = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}))?")
_PLAIN_LENGTH = re.compile(r"(\d{1,5})(?:[.,]0+)?\s*(?:m|min|mins|minutes|minuten|мин|分)?\.?", re.IGNORECASE)
_HOURS_LENGTH = re.compile(r"(\d{1,3})\s*(?:h|hours?|std\.?|ч)\s*(\d{1,2})?\s*(?:m|min)?\.?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})[:.hH](\d{2})(?::\d{2})?(?:\s*([AaPp])\.?[Mm]\.?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_CALLED_OFF = re.compile(
    r"^\W*(cancell?ed|called off|abgesagt|entfällt|annulé[e]?|cancelad[oa]|отмен[её]н\w*|ملغ\w+|取消)\b", re.IGNORECASE
)
_KINDS = {
    SessionKind.WORKSHOP: ("workshop", "tutorial", "hands-on", "handson", "training", "course", "atelier", "taller"),
    SessionKind.PANEL: ("panel", "podium", "paneldiscussion", "roundtable", "tableronde"),
    SessionKind.DISCUSSION: ("discussion", "meeting", "bof", "birdsofafeather", "self-organi", "debate", "q&a"),
    SessionKind.BREAK: ("break", "pause", "lunch", "coffee", "coffeebreak"),
    SessionKind.SOCIAL: ("social", "party", "concert", "performance", "djset", "film", "game", "reception", "dinner"),
    SessionKind.OPENING: ("opening", "welcome", "ceremony"),
    SessionKind.CLOSING: ("closing",),
}
_TAKEN = frozenset({"", "confirmed", "accepted", "accept", "approved", "published", "scheduled", "public", "visible"})
_NAMES_IN = ("en", "de", "fr", "es", "ru", "ar", "zh")


class Start(NamedTuple):
    """When something begins: an instant, or a time on the event's clock."""

    instant: datetime | None = None
    local: datetime | None = None


def text_of(value: Any) -> str:
    """Any value as text: of a text per language the English, else the first."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, Mapping):
        texts = {str(key): part for key, part in value.items() if isinstance(part, str) and part.strip()}
        return text_of(texts.get("en") or next(iter(texts.values()), ""))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return printable(str(value)).strip()


def line_of(value: Any) -> str:
    """Any value as one line of text."""
    return one_line(text_of(value))


def localized_of(value: Any) -> Localized:
    """Text per language as it is, anything else in the main language; empty texts are dropped."""
    if isinstance(value, Mapping):
        texts = {language_of(str(key)) or "": text_of(part) for key, part in value.items() if isinstance(part, str)}
        return {language: text for language, text in texts.items() if text}
    text = text_of(value)
    return {"": text} if text else {}


def paragraphs(text: str) -> str:
    """Plain text as HTML, whatever stands in it."""
    parts = [part.strip() for part in _BLANK_LINE.split(printable(text)) if part.strip()]
    return "\n".join("<p>" + escape(part, quote=False).replace("\n", "<br>") + "</p>" for part in parts)


def minutes_of(value: Any) -> int | None:
    """A length in whole minutes: ``00:45``, ``8:00``, ``1:12:00`` (days), ``P0DT00H10M00S``, ``45``, ``1h30``.

    Three parts are days, hours, minutes, as the schedule's schema has it; with two digits in front or hours past 23
    they are hours, minutes, seconds.
    """
    text = line_of(value)
    if (iso := length_of(text.upper())) is not None:
        return int(iso.total_seconds()) // 60
    if clock := _CLOCK_LENGTH.fullmatch(text):
        first, second, third = int(clock[1]), int(clock[2]), clock[3]
        if third is None or len(clock[1]) > 1 or second >= HOURS_PER_DAY:
            return first * MINUTES_PER_HOUR + second
        return first * MINUTES_PER_DAY + second * MINUTES_PER_HOUR + int(third)
    if plain := _PLAIN_LENGTH.fullmatch(text):
        return int(plain[1])
    if hours := _HOURS_LENGTH.fullmatch(text):
        return int(hours[1]) * MINUTES_PER_HOUR + int(hours[2] or 0)
    return None


def moment_of(value: Any) -> Start | None:
    """A date with a time, with or without its distance from UTC; None for anything else."""
    text = line_of(value)
    if len(text) <= len("2025-09-15"):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Start(local=found) if found.tzinfo is None else Start(instant=found)


def day_of(value: Any) -> date | None:
    """A date: ``2025-09-15``, with a time behind it, or ``15.09.2025`` (the day first)."""
    text = line_of(value)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    if found := _DAY_FIRST.match(text):
        try:
            return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            return None
    return None


def clock_of(value: Any) -> time | None:
    """A time of day: ``09:00``, ``9.00``, ``9h30``, ``09:00:00``, ``2:15 pm``."""
    found = _CLOCK.fullmatch(line_of(value))
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    if found[3]:
        hour = hour % 12 + (12 if found[3] in "pP" else 0)
    if hour == HOURS_PER_DAY and not minute:
        hour = 0
    return time(hour, minute) if hour < HOURS_PER_DAY and minute < MINUTES_PER_HOUR else None


@lru_cache(maxsize=256)
def language_of(text: str) -> str:
    """The code of a language given as ``en``, ``de_DE``, ``English`` or ``Deutsch``; empty when unknown."""
    wanted = text.strip().replace("_", "-")
    if not wanted:
        return ""
    base = wanted.split("-", maxsplit=1)[0].lower()
    if len(base) <= 3 and base.isalpha() and exists(base):  # noqa: PLR2004 — ISO 639 codes
        try:
            Locale.parse(wanted, sep="-")
        except (UnknownLocaleError, ValueError):
            return base
        return base if len(wanted) == len(base) else wanted
    return _language_names().get(wanted.casefold(), "")


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for locale in _NAMES_IN:
        for code, name in Locale(locale).languages.items():
            if len(code) == 2:  # noqa: PLR2004 — ISO 639-1
                names.setdefault(str(name).casefold(), code)
    return names


def kind_of(value: Any) -> str:
    """Which of our kinds a talk's type is; a plenary when nothing else fits."""
    text = line_of(value)
    if text in set(SessionKind):
        return text
    folded = "".join(letter for letter in text.casefold() if letter.isalnum() or letter in "&-")
    found = (kind for kind, words in _KINDS.items() if any(word in folded for word in words))
    return str(next(found, SessionKind.PLENARY))


def is_taken(state: str) -> bool:
    """Whether a state means that the talk takes place."""
    return state.strip().casefold() in _TAKEN


def is_called_off(title: str) -> bool:
    """Whether a title says that it is cancelled."""
    return _CALLED_OFF.match(title) is not None
