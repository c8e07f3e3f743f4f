"""Which day a line of a pasted agenda names: ``Day 2``, ``Mardi 16 septembre 2025``, ``16/09/2025``."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from babel import dates

from inser_events.languages import INTERFACE

_ORDINAL = re.compile(
    r"^\W*(?:day|jour|d[ií]a|tag|giorno|день|اليوم|第)\s*(\d{1,2})\b|^\W*第\s*(\d{1,2})\s*[天日]", re.IGNORECASE
)
_YEAR = re.compile(r"\b20\d\d\b")
_NUMBERS = ("yyyy-MM-dd", "dd/MM/yyyy", "d/M/yyyy", "dd.MM.yyyy", "d.M.yyyy")
_NAMES = ("d MMMM", "MMMM d", "d MMM", "MMM d")

_MORE_NAMES = {"es": ("d 'de' MMMM",), "zh": ("M月d日",)}


def names_a_day(line: str) -> bool:
    """Whether a line without a time is the heading of a day rather than people or anything else."""
    folded = line.strip(" \t•·*-–—#=").casefold()
    known = _ORDINAL.match(folded) or _YEAR.search(folded) or _dated().search(folded)
    return bool(known) or folded.startswith(_weekdays())


def day_named(lines: Sequence[str], days: Sequence[date]) -> date | None:
    """The one of an event's *days* that the lines name; None when they name none of them."""
    for line in lines:
        folded = f" {line.casefold()} "
        for day in days:
            if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded) for name in _spellings(day)):
                return day
    for line in lines:
        found = _ORDINAL.match(line)
        number = int(found.group(1) or found.group(2)) if found else 0
        if 0 < number <= len(days):
            return days[number - 1]
    return None


@lru_cache(maxsize=64)
def _spellings(day: date) -> tuple[str, ...]:
    named = {
        dates.format_date(day, pattern, locale=locale).casefold().rstrip(".")
        for locale in INTERFACE
        for pattern in (*_NAMES, *_MORE_NAMES.get(locale, ()))
    }
    return (*named, *(dates.format_date(day, pattern, locale="en") for pattern in _NUMBERS))


@lru_cache(maxsize=1)
def _weekdays() -> tuple[str, ...]:
    return tuple(
        name.casefold() for locale in INTERFACE for name in dates.get_day_names("wide", locale=locale).values()
    )


@lru_cache(maxsize=1)
def _dated() -> re.Pattern[str]:
    """A number beside the name of a month."""
    months = {name.casefold() for code in INTERFACE for name in dates.get_month_names("wide", locale=code).values()}
    names = "|".join(map(re.escape, sorted(months)))
    return re.compile(
        rf"\d{{1,2}}\.?\s+(?:de\s+)?(?:{names})(?!\w)|(?<!\w)(?:{names})\s+\d{{1,2}}(?!\d)|\d月\d{{1,2}}日"
    )
