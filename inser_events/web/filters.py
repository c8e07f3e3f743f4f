"""How values read on a page: dates, zones, names, labels, in the language of the page.

Registered as Jinja filters by `register`. Datetimes are aware; dates, names of places and names of
languages come from the CLDR by way of Babel, so no list of ours can go stale. A stored value without
words of its own (an organiser's own category, a newer role) is shown readably rather than hidden.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.core import UnknownLocaleError
from babel.lists import format_list
from flask import Flask
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from inser_events.country_names import country_name
from inser_events.documents.text import with_commas
from inser_events.languages import ENDONYMS, Localized, Text, comma_in, direction, semicolon_in, text_in
from inser_events.web.file_words import file_kind, file_size
from inser_events.web.positions import position
from inser_events.web.state_words import answer_label, document_status_label, state_label, worded

MINUTES_PER_HOUR = 60


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


class Named(Protocol):
    """Anybody with a name on the programme."""

    @property
    def honorific(self) -> str: ...  # noqa: D102 — a field

    @property
    def name(self) -> str: ...  # noqa: D102 — a field


def page_locale() -> Locale:
    """The locale the page is written in; English dates are written the British way, day before month."""
    locale = get_locale() or Locale("en")
    return Locale("en", "GB") if str(locale) == "en" else locale


def page_language() -> str:
    """The language tag of the page."""
    return page_locale().language


def best_text(localized: Localized, *languages: str) -> Text:
    """The text in the page's language, else in one of *languages*, else English, else any."""
    return text_in(localized, [page_language(), *languages, "en"])


def plain(localized: Localized) -> str:
    """The text in the page's language, else English, else any."""
    return best_text(localized).value


def marked(value: str, language: str) -> Markup:
    """Wrap *value* in a span that says its language, unless that is the page's language."""
    marks = language_marks(Text(value, language))
    return Markup("<span{}>{}</span>").format(marks, value) if marks else escape(value)


def language_marks(text: Localized | Text | str) -> Markup:
    """The attributes that say a text's language, for an element that holds no others; empty in the page's language."""
    found = text if isinstance(text, Text) else best_text(text) if isinstance(text, dict) else None
    if found is None or not found.value or found.language == page_language():
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(found.language, found.direction)


def localized(text: Localized) -> Markup:
    """The text in the page's language; in another language it is marked with ``lang`` and ``dir``."""
    return marked(*best_text(text))


def rich(text: Localized) -> Markup:
    """HTML that was cleaned when it was saved, in a block that says its language when it is not the page's."""
    found = best_text(text)
    cleaned = Markup(found.value)  # noqa: S704 — sanitised with nh3 before it was stored
    return Markup("<div{}>{}</div>").format(marks, cleaned) if (marks := language_marks(found)) else cleaned


def zoned(at: datetime, zone: str) -> datetime:
    """The same instant on the clock of an IANA zone."""
    return at.astimezone(ZoneInfo(zone))


def clock_time(at: datetime, zone: str) -> str:
    """Hours and minutes in a zone, 24-hour in every language: ``09:00``."""
    return zoned(at, zone).strftime("%H:%M")


def time_range(starts: datetime, ends: datetime, zone: str) -> str:
    """``09:00–10:30``, the earlier time at the left also where lines run to the left (UAX 9: marks beside the dash)."""
    dash = "–" if direction(page_language()) == "ltr" else "\N{LEFT-TO-RIGHT MARK}–\N{LEFT-TO-RIGHT MARK}"
    return f"{clock_time(starts, zone)}{dash}{clock_time(ends, zone)}"


def _full_pattern() -> str:
    return "EEEE d MMMM y" if page_language() == "en" else "full"


def day(on: date) -> str:
    """A day with its name: ``Monday 15 September 2025``."""
    return dates.format_date(on, _full_pattern(), locale=page_locale())


def short_day(on: date) -> str:
    """A day for a narrow place: ``Mon 15 Sept``."""
    if page_language() == "en":
        return dates.format_date(on, "EEE d MMM", locale=page_locale())
    return dates.format_skeleton("MMMEd", on, locale=page_locale())


def day_of_year(on: date) -> str:
    """A day for a very narrow place: ``15 Sept``."""
    if page_language() == "en":
        return dates.format_date(on, "d MMM", locale=page_locale())
    return dates.format_skeleton("MMMd", on, locale=page_locale())


def month(on: date) -> str:
    """The month's short name, for the block beside an event: ``Sept``."""
    return dates.format_date(on, "LLL", locale=page_locale())


def date_range(starts_on: date, ends_on: date) -> str:
    """The days of an event without repeating what they share: ``3–5 June 2025``."""
    locale = page_locale()
    if starts_on == ends_on:
        return dates.format_date(starts_on, "long", locale=locale)
    patterns = locale.interval_formats.get("yMMMMd") or locale.interval_formats["yMMMd"]
    differing = "y" if starts_on.year != ends_on.year else "M" if starts_on.month != ends_on.month else "d"
    # CLDR gives the short month for some languages; the sentence has room for the whole word.
    first, last = (part if "MMMM" in part else part.replace("MMM", "MMMM") for part in patterns[differing])
    return dates.format_date(starts_on, first, locale=locale) + dates.format_date(ends_on, last, locale=locale)


def utc_offset(at: datetime, zone: str) -> str:
    """The zone's distance from UTC at that instant: ``UTC+01:00``; ``UTC`` when there is none."""
    offset = zoned(at, zone).utcoffset() or timedelta()
    minutes_ahead = int(offset.total_seconds() // 60)
    if not minutes_ahead:
        return "UTC"
    sign = "+" if minutes_ahead > 0 else "\N{MINUS SIGN}"
    hours, rest = divmod(abs(minutes_ahead), MINUTES_PER_HOUR)
    return f"UTC{sign}{hours:02}:{rest:02}"


def zone_name(zone: str, at: datetime) -> str:
    """The zone as people say it, with its offset at that instant: ``Casablanca time, UTC+01:00``."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    city = zone_city(zone)
    return _("%(city)s time, %(offset)s", city=city, offset=utc_offset(at, zone))


def zone_city(zone: str) -> str:
    """The place a zone is named after, in the page's language: ``Casablanca``."""
    return str(dates.get_timezone_location(zone, locale=page_locale(), return_city=True))


def moment(at: datetime, zone: str) -> str:
    """A full date and time on the event's clock: ``15 September 2025, 09:00``."""
    local = zoned(at, zone)
    return f"{dates.format_date(local.date(), 'long', locale=page_locale())}{comma()}{clock_time(at, zone)}"


def comma() -> str:
    """What stands between two parts of a line of the page."""
    return comma_in(page_language())


def semicolon() -> str:
    """The same between parts that hold commas."""
    return semicolon_in(page_language())


def minutes(count: int) -> str:
    """A length of time: ``45 min``, ``2 h``, ``1 h 30 min``."""
    hours, rest = divmod(count, MINUTES_PER_HOUR)
    if not hours:
        return _("%(count)s min", count=rest)
    if not rest:
        return _("%(count)s h", count=hours)
    return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def duration(starts_at: datetime, ends_at: datetime) -> str:
    """The time between two instants, as `minutes` writes it."""
    return minutes(int((ends_at - starts_at).total_seconds() // 60))


def country(code: str) -> str:
    """The official name of an ISO 3166-1 country in the page's language; an unknown code is shown as it is."""
    return country_name(code, page_language()) if code else ""


def language_name(code: str) -> str:
    """The name of a language in the page's language, starting with a capital where that script has them."""
    name = str(page_locale().languages.get(code.split("-", maxsplit=1)[0], code))
    return name[:1].upper() + name[1:]


def language_names(codes: Sequence[str]) -> str:
    """Several languages as a list in words: ``English, French and Arabic``."""
    return format_list([language_name(code) for code in codes], locale=page_locale()) if codes else ""


def endonym(code: str) -> str:
    """A language's own name for itself."""
    if code in ENDONYMS:
        return ENDONYMS[code]
    try:
        return str(Locale.parse(code, sep="-").display_name or code)
    except (UnknownLocaleError, ValueError):
        return code


def person_name(person: Named) -> Markup:
    """Honorific and name, isolated so that a name in another script cannot disturb the line around it."""
    full = f"{person.honorific} {person.name}".strip()
    return Markup("<bdi>{}</bdi>").format(full)


_MODES = {"in_person": _l("In person"), "online": _l("Online")}


def mode_label(mode: str) -> str:
    """How somebody takes part."""
    return worded(_MODES, mode)


_ROLES = {
    "chair": _l("Chair"),
    "moderator": _l("Moderator"),
    "speaker": _l("Speaker"),
    "panellist": _l("Panellist"),
    "rapporteur": _l("Rapporteur"),
}


def role_label(role: str) -> str:
    """What a person does in a session."""
    return worded(_ROLES, role)


CATEGORIES: Mapping[str, Any] = {
    "participant": _l("Participant"),
    "speaker": _l("Speaker"),
    "delegate": _l("Delegate"),
    "observer": _l("Observer"),
    "press": _l("Press"),
    "organiser": _l("Organiser"),
    "staff": _l("Staff"),
}


def category_label(category: str) -> str:
    """Who somebody is at the event."""
    return worded(CATEGORIES, category)


_KINDS = {
    "launch": _l("Launch"),
    "plenary": _l("Plenary assembly"),
    "workshop": _l("Workshop"),
    "webinar": _l("Webinar"),
    "opening": _l("Opening"),
    "panel": _l("Panel"),
    "discussion": _l("Discussion"),
    "break": _l("Break"),
    "social": _l("Social"),
    "closing": _l("Closing"),
    "remarks": _l("Remarks"),
    "talk": _l("Talk"),
    "item": _l("Agenda item"),
}


def kind_label(kind: str) -> str:
    """What sort of event, session or slot it is."""
    return worded(_KINDS, kind)


_PURPOSES = {
    "decision": _l("For decision"),
    "information": _l("For information"),
    "information_and_decision": _l("For information and decision"),
}


def purpose_label(purpose: str) -> str:
    """Why a plenary takes an item."""
    return worded(_PURPOSES, purpose)


FILTERS: dict[str, Callable[..., object]] = {
    "plain": plain,
    "localized": localized,
    "rich": rich,
    "language_marks": language_marks,
    "zoned": zoned,
    "time": clock_time,
    "time_range": time_range,
    "day": day,
    "short_day": short_day,
    "month": month,
    "date_range": date_range,
    "utc_offset": utc_offset,
    "zone_name": zone_name,
    "moment": moment,
    "minutes": minutes,
    "commas": with_commas,
    "duration": duration,
    "country": country,
    "language_name": language_name,
    "language_names": language_names,
    "endonym": endonym,
    "person_name": person_name,
    "position": position,
    "mode_label": mode_label,
    "role_label": role_label,
    "category_label": category_label,
    "state_label": state_label,
    "answer_label": answer_label,
    "document_status_label": document_status_label,
    "kind_label": kind_label,
    "purpose_label": purpose_label,
    "file_size": file_size,
    "file_kind": file_kind,
}


def register(app: Flask) -> None:
    """Make every filter of this module available to templates."""
    for name, words in FILTERS.items():
        add_filter(app, name, words)
    app.jinja_env.globals.update(comma=comma, semicolon=semicolon)


def add_filter(app: Flask, name: str, words: Callable[..., object]) -> None:
    """Make a function available to templates as a filter, asked again for every page.

    Jinja works out a filter over a fixed value once, while it compiles the template, so that whoever opens a page
    first would settle its language and zone for everybody after. A filter that takes the context is never folded.
    """

    @pass_context
    def at_the_time(_context: Context, *values: Any, **options: Any) -> object:
        return words(*values, **options)

    app.jinja_env.filters[name] = at_the_time
