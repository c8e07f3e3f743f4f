"""From the parts of a schedule.xml or schedule.json to the tree: what their fields mean, whatever state they are in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.agenda.importing.columns import Columns
from inser_events.agenda.importing.own_lines import best_words, read_course
from inser_events.agenda.importing.raw import Fields, RawColumn, RawDay, RawSchedule
from inser_events.agenda.importing.report import Report
from inser_events.agenda.importing.tree import MAIN, ReadEvent, ReadPerson, ReadSession, ReadVenue, Tree
from inser_events.agenda.importing.values import (
    Start,
    clock_of,
    day_of,
    is_called_off,
    is_taken,
    kind_of,
    language_of,
    line_of,
    localized_of,
    minutes_of,
    moment_of,
    paragraphs,
    text_of,
)
from inser_events.agenda.importing.zones import choose_zone
from inser_events.documents.richtext import cleaned
from inser_events.events.operations import slug_from
from inser_events.languages import Localized

NIGHT_ENDS = 6
"""A talk before this hour may belong to the programme day before, though it carries that day's date."""
_STATES = ("state", "status", "talk_state", "schedule_state")
_HIDDEN = ("public", "is_public", "published", "visible")
_NO = frozenset({"0", "false", "no", "draft"})


@dataclass(frozen=True)
class _Talk:
    """A talk with the day and the column it was found in."""

    fields: Fields
    day: RawDay
    column: RawColumn

    @property
    def where(self) -> str:
        title = line_of(self.fields.get("title"))
        return f"{self.fields['where']}: {title}" if title else str(self.fields["where"])


def build(raw: RawSchedule, report: Report, zone: str | None) -> Tree:
    """The tree of a file. *zone*: that of the event it is for, or one that a person chose; None: what the file says."""
    talks = [_Talk(fields, day, column) for day in raw.days for column in day.columns for fields in column.talks]
    starts = _starts(talks, report)
    moments = [start.instant for start in starts if start and start.instant]
    floating = any(start is not None and start.instant is None for start in starts)
    if zone is not None:
        chosen, known = zone, True
    else:
        chosen, known = choose_zone(line_of(raw.conference.get("time_zone_name")), moments, report, floating=floating)
    columns = Columns(raw, report)
    desk = _Desk(ZoneInfo(chosen), columns, _People(raw, report), report)
    sessions: list[ReadSession] = []
    courses: list[str] = []
    gone: set[str] = set()
    for talk, start in zip(talks, starts, strict=True):
        if why := _why_not(talk.fields):
            report.left_out("not-confirmed", talk.where, why)
            gone |= {line_of(talk.fields.get("guid")), line_of(talk.fields.get("id"))} - {""}
        elif session := _session(talk, start, desk):
            sessions.append(session)
            courses.append(text_of(talk.fields.get("description")) if raw.is_ours else "")
    if raw.is_ours:
        sessions = _with_courses(sessions, courses, ZoneInfo(chosen))
    return Tree(
        source=raw.source,
        is_ours=raw.is_ours,
        event=replace(
            _event(raw, chosen, known=known),
            venue=ReadVenue(name=columns.venue_name()),
            modes=("online",) if columns.are_online else ("in_person", "online"),
        ),
        rooms=tuple(columns.rooms()),
        sessions=tuple(sessions),
        gone=frozenset(gone),
    )


def _with_courses(sessions: Sequence[ReadSession], texts: Sequence[str], clock: ZoneInfo) -> list[ReadSession]:
    """Our own exports tell leads and slots in the description."""
    lines = [line for text in texts for line in text.split("\n")]
    wanted = Counter(language for session in sessions for language in session.languages or ())
    words = best_words(lines, [language for language, _count in wanted.most_common()])
    detailed = []
    for session, text in zip(sessions, texts, strict=True):
        course = read_course(text, session.starts_at, clock, words, session.people)
        if course is None:
            abstract = {**(session.abstract or {}), MAIN: (session.abstract or {}).get(MAIN, "") + paragraphs(text)}
            detailed.append(replace(session, abstract=abstract))
        else:
            detailed.append(replace(session, people=(), leads=course.leads, slots=course.slots))
    return detailed


def _event(raw: RawSchedule, zone: str, *, known: bool) -> ReadEvent:
    facts = raw.conference
    acronym = line_of(facts.get("acronym"))
    title = line_of(facts.get("title")) or acronym
    description = text_of(facts.get("description"))
    dates = [day for day in (day_of(raw_day.date) for raw_day in raw.days) if day]
    starts_on, ends_on = day_of(facts.get("start")), day_of(facts.get("end"))
    languages = facts.get("languages")
    return ReadEvent(
        title=title,
        slug=_slug(raw, acronym or title),
        zone=zone,
        zone_known=known,
        starts_on=starts_on or min(dates, default=None),
        ends_on=ends_on or max(dates, default=None),
        languages=tuple(filter(None, (language_of(line_of(each)) for each in languages)))
        if isinstance(languages, list)
        else (),
        # Ours is plain text, in which a less-than sign is just that; elsewhere it may be HTML.
        description=paragraphs(description) if raw.is_ours else cleaned(description),
    )


def _slug(raw: RawSchedule, name: str) -> str:
    """Of our own files the address the event had; else what can be made of the acronym."""
    path = urlsplit(raw.base_url or line_of(raw.conference.get("base_url"))).path.strip("/").split("/")
    if raw.is_ours and len(path) > 1 and path[-2] == "events":
        return path[-1]
    return slug_from(name)


def _why_not(fields: Fields) -> str:
    """Why a talk is not part of the programme; empty when it is."""
    for name in _STATES:
        state = line_of(fields.get(name))
        if not is_taken(state):
            return str(_("Its state is “%(state)s”; only confirmed talks are taken.", state=state))
    for name in _HIDDEN:
        value = fields.get(name)
        if value is False or line_of(value).casefold() in _NO:
            return str(_("It is marked as not public."))
    if fields.get("draft") is True or line_of(fields.get("draft")).casefold() in {"1", "true", "yes"}:
        return str(_("It is a draft."))
    if is_called_off(line_of(fields.get("title"))):
        return str(_("Its title says that it is cancelled."))
    return ""


def _starts(talks: Iterable[_Talk], report: Report) -> list[Start | None]:
    """When the talks begin. In a file with bare clock times a night talk that stands after the evening's is later."""
    latest: dict[int, datetime] = {}
    starts = []
    for talk in talks:
        start = _start_as_written(talk)
        before = latest.get(id(talk.column))
        if start and start.local and before and start.local < before and start.local.hour < NIGHT_ENDS:
            start = Start(local=start.local + timedelta(days=1))
            report.mended("after-midnight", talk.where, _after_midnight_words(start.local))
        elif start and start.local:
            latest[id(talk.column)] = max(before or start.local, start.local)
        starts.append(start)
    return starts


def _after_midnight_words(local: datetime | None) -> str:
    day = local.date().isoformat() if local else ""
    return str(_("It is after midnight, so it takes place on %(day)s.", day=day))


def _start_as_written(talk: _Talk) -> Start | None:
    """When a talk begins, from whichever field says it: ``date`` with a time, ``start`` in full, day and clock."""
    fields = talk.fields
    for name in ("start", "date", "start_time"):
        if found := moment_of(fields.get(name)):
            return found
    on = day_of(fields.get("date")) or day_of(talk.day.date)
    at = clock_of(fields.get("start"))
    return Start(local=datetime.combine(on, at)) if on and at else None


@dataclass(frozen=True)
class _Desk:
    """What is at hand while talks are read."""

    clock: ZoneInfo
    columns: Columns
    people: "_People"
    report: Report


def _session(talk: _Talk, start: Start | None, desk: _Desk) -> ReadSession | None:
    fields, where = talk.fields, talk.where
    clock, columns, report = desk.clock, desk.columns, desk.report
    if start is None:
        report.error("start-missing", where, _("It is not said when this begins."))
        return None
    starts_at = _instant(start, clock)
    starts_at = _after_midnight(talk, starts_at, clock, report)
    written = clock_of(fields.get("start"))
    local = starts_at.astimezone(clock).time()
    if written and written != local and moment_of(fields.get("date")):
        report.info(
            "start-differs",
            where,
            _(
                "Its start is given as %(start)s and as %(date)s; the date counts.",
                start=f"{written:%H:%M}",
                date=f"{local:%H:%M}",
            ),
        )
    title = line_of(fields.get("title"))
    kind = kind_of(fields["type"]) if line_of(fields.get("type")) else None
    if not title:
        title = (line_of(fields.get("slug")) or line_of(fields.get("type")) or "–").replace("-", " ")
        report.mended("title-missing", where, _("It has no title; “%(title)s” was taken.", title=title))
    language = line_of(fields.get("language"))
    code = language_of(language)
    if language and not code:
        report.info("language-unknown", where, _("“%(language)s” is not a language we know.", language=language))
    return ReadSession(
        where=where,
        title=title,
        starts_at=starts_at,
        minutes=_minutes(fields, starts_at, clock, where, report),
        guid=line_of(fields.get("guid")),
        number=line_of(fields.get("id")) or line_of(fields.get("code")),
        room=columns.of(fields.get("room"), talk.column, where),
        kind=kind,
        track=_track(fields.get("track"), columns.tracks),
        languages=(code,) if code else None,
        abstract=_abstract(fields, ours=columns.is_ours),
        people=tuple(desk.people.of(fields, where)),
    )


def _instant(start: Start, clock: ZoneInfo) -> datetime:
    if start.instant is not None:
        return start.instant.astimezone(UTC)
    local = start.local or datetime.min  # noqa: DTZ901 — one of the two is there
    return local.replace(tzinfo=clock).astimezone(UTC)


def _after_midnight(talk: _Talk, starts_at: datetime, clock: ZoneInfo, report: Report) -> datetime:
    """A night talk that carries the date of the programme day it belongs to takes place on the next date.

    Only where the day's bounds say so.
    """
    local = starts_at.astimezone(clock)
    on = day_of(talk.day.date)
    if on is None or local.date() != on or local.hour >= NIGHT_ENDS:
        return starts_at
    begins, ends = _bound(talk.day.start, clock), _bound(talk.day.end, clock)
    later = (local + timedelta(days=1)).astimezone(UTC)
    if begins is None or starts_at >= begins or (ends is not None and later > ends):
        return starts_at
    report.mended("after-midnight", talk.where, _after_midnight_words(local + timedelta(days=1)))
    return later


def _bound(text: str, clock: ZoneInfo) -> datetime | None:
    found = moment_of(text)
    return _instant(found, clock) if found else None


def _minutes(fields: Fields, starts_at: datetime, clock: ZoneInfo, where: str, report: Report) -> int:
    """How long a talk lasts: by its duration, else by its end; 0 when neither says."""
    ends = moment_of(fields.get("end"))
    until = int((_instant(ends, clock) - starts_at).total_seconds()) // 60 if ends else 0
    said = line_of(fields.get("duration"))
    length = minutes_of(fields.get("duration"))
    if said and length is None:
        report.mended("duration-unreadable", where, _("“%(text)s” is no length of time.", text=said))
    return length or max(0, until)


def _track(value: Any, tracks: Mapping[str, str]) -> str | None:
    """The name of a track, which version 2 gives by its slug."""
    if isinstance(value, Mapping):
        slug = line_of(value.get("slug"))
        return line_of(value.get("name")) or tracks.get(slug, slug)
    return line_of(value) if value is not None else None


def _abstract(fields: Fields, *, ours: bool) -> Localized | None:
    """Subtitle, abstract and description as one text, cleaned. Of our own files the description is read apart."""
    names = ("abstract",) if ours else ("abstract", "description")
    if not any(name in fields for name in names):
        return None
    texts = [localized_of(fields.get(name)) for name in names]
    # Our own abstracts are plain text, in which a less-than sign is just that.
    as_html = paragraphs if ours else cleaned
    subtitle = line_of(fields.get("subtitle"))
    languages = dict.fromkeys(language for text in texts for language in text) or {MAIN: None}
    whole = {}
    for language in languages:
        parts = [paragraphs(subtitle)] if subtitle else []
        parts += [part for part in dict.fromkeys(as_html(text.get(language, "")) for text in texts) if part]
        if parts:
            whole[language] = "\n".join(parts)
    return whole


class _People:
    """The persons of a file: each under the id it has, their details in one place."""

    def __init__(self, raw: RawSchedule, report: Report) -> None:
        self._details = raw.persons
        self._report = report
        self._names: dict[str, str] = {}

    def of(self, fields: Fields, where: str) -> Iterator[ReadPerson]:
        """Those who appear in a talk, each once."""
        seen: set[tuple[str, str]] = set()
        for person in self._with_names(fields.get("persons") or [], where):
            if (person.key, person.name) not in seen:
                seen.add((person.key, person.name))
                yield person

    def _with_names(self, persons: Iterable[Mapping[str, Any]], where: str) -> Iterator[ReadPerson]:
        for entry in persons:
            details = self._details.get(line_of(entry.get("guid")), {})
            name = next(
                (
                    line
                    for source in (entry, details)
                    for field in ("public_name", "name", "full_public_name")
                    if (line := line_of(source.get(field)))
                ),
                "",
            )
            if not name:
                self._report.left_out("person-nameless", where, _("One of its people has no name."))
                continue
            yield ReadPerson(
                name=name,
                key=self._key(entry, name, where),
                organisation=line_of(entry.get("organization") or entry.get("organisation") or entry.get("company")),
                biography=text_of(entry.get("biography") or details.get("biography")),
                role=_role(line_of(entry.get("role"))),
            )

    def _key(self, entry: Mapping[str, Any], name: str, where: str) -> str:
        """The first id that can be relied on: one that two names share cannot."""
        for field in ("guid", "code", "id"):
            key = line_of(entry.get(field))
            if not key:
                continue
            if self._names.setdefault(f"{field}:{key}", name) == name:
                return f"{field}:{key}"
            self._report.mended(
                "person-id-repeated",
                where,
                _("%(name)s has the id of somebody else; they were kept apart.", name=name),
            )
        return ""


def _role(text: str) -> str:
    folded = text.casefold()
    if folded in {"chair", "moderator", "panellist", "rapporteur"}:
        return folded
    return {"host": "moderator", "panelist": "panellist"}.get(folded, "speaker")


def first_day(tree: Tree) -> date:
    """The date of the first session on the tree's clock. There must be one."""
    clock = ZoneInfo(tree.event.zone)
    return min(session.starts_at for session in tree.sessions).astimezone(clock).date()
