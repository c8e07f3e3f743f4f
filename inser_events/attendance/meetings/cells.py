"""Single cells of attendance reports: times as many programs write them, durations, names as shown in a call."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from datetime import timezone as offset_of
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale

from inser_events.people.search import fold

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh", "de", "nl", "pt", "it")
_ZERO = ord("0")
_DAY = re.compile(r"(?<!\d)(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?!\d)")
_CHINESE_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_TIME = re.compile(r"(?<![\d:])(\d{1,2})[:hH.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?(?![\d])")
_HALF = re.compile(r"\b([ap])\.?\s?m\b\.?|(上午|下午|[صم](?=\s|$))", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d{2})?\)?$|(?:\b(UTC|GMT)|(?<=\d)(Z))\)?$")
_UNITS = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(hours?|hrs?|heures?|horas?|std|часов|час|小时|ساعات|ساعة|[huчس时]"
    r"|minutes?|minutos?|mins?|минут|мин|分钟|دقائق|دقيقة|[mмد分]|seconds?|segundos?|secs?|сек|秒|ثانية|[sсث])",
    re.IGNORECASE,
)
_HOURS, _SECONDS = re.compile(r"h|u|std|ч|小时|时|س", re.IGNORECASE), re.compile(r"s|с|秒|ث", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+):(\d{2})(?::(\d{2}))?")
_REMARK = re.compile(
    r"\s*[(\[](?:guest|external|unverified|host|co-host|organi[sz]er|presenter|me|ext|invité|externe|invitado|externo"
    r"|гость|внешний|ضيف|来宾|外部|gast|extern|unbestätigt|convidado|ospite)[)\]]",
    re.IGNORECASE,
)
_COMPANY = re.compile(r"^\[[^\]]+\]\s*(?=\S)")
_TWO_NAMES = re.compile(r"^(?P<shown>.+?)\s*\((?P<other>[^()]+)\)$")
_MACHINE = re.compile(
    r"\b(ipad|iphone|galaxy|android|samsung|huawei|xiaomi|oppo|redmi|macbook|laptop|pc|sm-\w+)\b", re.IGNORECASE
)
_AFTER_COMMA = re.compile(r"^(?:(?i:ph\.?\s?d|m\.?d|dr|jr|sr|ii|iii|msc|mba|esq|prof|eng|ing)\.?|[A-Z]{2,6})$")
"""A degree, or an organisation in capitals: no given name."""


class UndecidableDate(ValueError):
    """05/06/2025 is in May or in June: only who was there can tell."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A cell's day and time, as far as it says them."""

    numbers: tuple[int, int, int] | None
    """Of the day, as they stand in the cell; None where there is a time alone."""
    is_sure: bool
    """Whether the numbers are year, month, day."""
    at: time
    offset: timedelta | None


def plain(cell: str) -> str:
    """A cell without what keeps a spreadsheet from reading it: ``="2021-06-14"``, narrow spaces, other digits."""
    text = re.sub(r'^="(.*)"$', r"\1", cell.strip().replace('""', '"'))
    text = "".join(chr(_ZERO + int(sign)) if sign.isdecimal() else sign for sign in text)
    return re.sub(r"[\s\u200e\u200f\u061c]+", " ", text).strip()


def moment(cell: str) -> Moment | None:
    """The day and time in a cell; None when there is no time in it."""
    text = plain(cell)
    offset, rest = _offset(text)
    day, sure, rest = _day(rest)
    clock = _TIME.search(rest)
    if not clock:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    half = _HALF.search(rest)
    if half and hour <= 12:  # noqa: PLR2004 — a clock of twelve hours
        is_late = (half[1] or "").lower() == "p" or half[2] in {"下午", "م"}
        hour = hour % 12 + (12 if is_late else 0)
    try:
        return Moment(day, sure, time(hour, minute, second), offset)
    except ValueError:
        return None


def _offset(text: str) -> tuple[timedelta | None, str]:
    found = _OFFSET.search(text) if _TIME.search(text) else None
    if not found or not _TIME.search(text[: found.start()] + " "):
        return None, text
    if not found[1]:
        return timedelta(), text[: found.start()]
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return (size if found[1] == "+" else -size), text[: found.start()]


def _day(text: str) -> tuple[tuple[int, int, int] | None, bool, str]:
    """The numbers of a day, whether they are year, month and day, and the text without them."""
    chinese = _CHINESE_DAY.search(text)
    found = chinese or _DAY.search(text)
    if found:
        one, two, three = int(found[1]), int(found[2]), int(found[3])
        rest = text[: found.start()] + " " + text[found.end() :].lstrip("T")
        return (one, two, three), len(found[1]) == 4, rest  # noqa: PLR2004 — digits of a year
    words = re.findall(r"[^\W\d_]+", text)
    month = next((number for word in words if (number := _months().get(fold(word)))), None)
    numbers = re.search(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th)?(?![\d:.])\b.*?\b(\d{4})\b", text)
    if month is None or not numbers:
        return None, False, text
    return (int(numbers[2]), month, int(numbers[1])), True, text[: numbers.start(1)] + " " + text[numbers.end(2) :]


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found = {}
    for language in LANGUAGES:
        months = Locale(language).months
        for how in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[how][width].items():
                    found[fold(name.strip("."))] = number
    return {name: number for name, number in found.items() if not name[:1].isdecimal()}


def day_first(moments: Iterable[Moment], day: date | None) -> bool:
    """Whether 05/06/2025 is the fifth of June in this file, by all its cells and the *day* of the event.

    Raises UndecidableDate.
    """
    seen = {one.numbers[:2] for one in moments if one.numbers and not one.is_sure}
    if not seen or any(first > 12 for first, _second in seen):  # noqa: PLR2004 — months of a year
        return True
    if any(second > 12 for _first, second in seen):  # noqa: PLR2004 — same
        return False
    if all(first == second for first, second in seen):
        return True
    if day is not None:
        fits = {order: _fits(seen, day, is_day_first=order) for order in (True, False)}
        if fits[True] != fits[False]:
            return fits[True]
    raise UndecidableDate


def _fits(seen: Iterable[tuple[int, int]], day: date, *, is_day_first: bool) -> bool:
    near = {(one.day, one.month) for one in (day + timedelta(days=n) for n in (-1, 0, 1))}
    return any(((first, second) if is_day_first else (second, first)) in near for first, second in seen)


def in_utc(found: Moment, *, is_day_first: bool, day: date | None, zone: ZoneInfo) -> datetime | None:
    """The moment in UTC; None when there is no such day. A time alone is of *day*. Raises UndecidableDate."""
    if found.numbers is None:
        if day is None:
            raise UndecidableDate
        whole = day
    else:
        one, two, three = found.numbers
        year, month, of_month = (
            (one, two, three) if found.is_sure else (three, two, one) if is_day_first else (three, one, two)
        )
        try:
            whole = date(year + 2000 if year < 100 else year, month, of_month)  # noqa: PLR2004 — 25 is 2025
        except ValueError:
            return None
    local = datetime.combine(whole, found.at)
    aware = local.replace(tzinfo=zone) if found.offset is None else local.replace(tzinfo=offset_of(found.offset))
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return None


def day_of(found: Moment) -> date | None:
    """The day that a cell names for sure."""
    try:
        return date(*found.numbers) if found.numbers and found.is_sure else None
    except ValueError:
        return None


def minutes(cell: str) -> float | None:
    """A duration in minutes: ``62``, ``1 hr 2 min``, ``19m 26s``, ``01:02:03``, ``204 mins``."""
    text = plain(cell)
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, mins = (clock[1], clock[2]) if clock[3] else ("0", clock[1])
        return int(hours) * 60 + int(mins) + int(clock[3] or clock[2]) / 60
    if re.fullmatch(r"\d+([.,]\d+)?", text):
        return float(text.replace(",", "."))
    parts = _UNITS.findall(text)
    if not parts:
        return None
    return sum(float(number.replace(",", ".")) * _weight(unit) for number, unit in parts)


def _weight(unit: str) -> float:
    if _HOURS.match(unit):
        return 60
    return 1 / 60 if _SECONDS.match(unit) else 1


def name(cell: str) -> str:
    """A name as shown in a call, without what the platform or the company put around it."""
    shown = _COMPANY.sub("", _REMARK.sub("", plain_name(cell))).strip()
    two = _TWO_NAMES.match(shown)
    if two:
        outer, inner = two["shown"].strip(), two["other"].strip()
        is_inner = bool(_MACHINE.search(outer)) or (" " in inner and " " not in outer)
        shown = inner if is_inner and not _MACHINE.search(inner) else outer
    last, comma, first = shown.partition(",")
    if comma and "," not in first and last.strip() and first.strip():
        shown = last.strip() if _AFTER_COMMA.match(first.strip()) else f"{first.strip()} {last.strip()}"
    return shown


def plain_name(cell: str) -> str:
    """The cell's text; a name keeps its own digits."""
    return re.sub(r'^="(.*)"$', r"\1", cell.strip())


def email(cell: str) -> str:
    """An address in lower case; nothing where there is none."""
    text = plain_name(cell).removeprefix("mailto:").strip().lower()
    return text if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else ""
