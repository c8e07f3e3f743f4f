"""schedule.json, version 1 (VOC, pretalx, frab) and version 2 (hub), taken apart."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from inser_events.agenda.importing.raw import Fields, RawColumn, RawDay, RawSchedule
from inser_events.agenda.importing.report import Report, UnreadableSchedule
from inser_events.agenda.importing.values import line_of, text_of

_CODE = re.compile(r"[A-Z0-9]+")


class Pairs(dict[str, Any]):
    """A JSON object that keeps repeated names: two rooms of one name stand under one key."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def take_apart(text: str, report: Report) -> RawSchedule:
    """The parts of a schedule.json. Raises UnreadableSchedule."""
    try:
        document = json.loads(text, object_pairs_hook=Pairs)
    except ValueError as error:
        raise UnreadableSchedule(_("%(name)s: not readable as JSON: %(why)s.", name=report.name, why=error)) from error
    except RecursionError as error:
        raise UnreadableSchedule(_("%(name)s: this is no schedule.json.", name=report.name)) from error
    schedule = _object(_object(document).get("schedule")) or _object(document)
    conference = _object(schedule.get("conference"))
    if not conference and not schedule.get("days") and not schedule.get("events"):
        raise UnreadableSchedule(_("%(name)s: there is no schedule in this file.", name=report.name))
    _check_frame(schedule, conference, report)
    raw = RawSchedule(
        source="schedule.json",
        generator=line_of(_object(_object(document).get("generator")).get("name")),
        version=line_of(schedule.get("version")),
        base_url=line_of(schedule.get("base_url")),
        conference=dict(conference),
        rooms=[dict(room) for place in (conference, schedule) for room in _objects(place.get("rooms"))],
        persons={
            line_of(person.get("guid")): dict(person)
            for person in [*_objects(schedule.get("persons")), *_objects(schedule.get("speakers"))]
        },
    )
    _number_talks(raw, conference, schedule, report)
    return raw


def _check_frame(schedule: Mapping[str, Any], conference: Mapping[str, Any], report: Report) -> None:
    """What the format forbids outright: a file whose frame is wrong was not written by a working program."""
    if schedule.get("rooms"):
        report.broken(
            "rooms-misplaced",
            "schedule.rooms",
            _("The list of rooms stands outside the conference, where the format forbids it."),
        )
    days = conference.get("days")
    if not isinstance(days, list) and not isinstance(schedule.get("events"), list):
        report.broken("days-missing", "conference.days", _("There is no list of days."))
    count = conference.get("daysCount")
    if isinstance(count, int) and isinstance(days, list) and count != len(days):
        report.mended(
            "days-count",
            "conference.daysCount",
            _("The file says it has %(said)s days; %(found)s were found.", said=count, found=len(days)),
        )


def _number_talks(raw: RawSchedule, conference: Mapping[str, Any], schedule: Mapping[str, Any], report: Report) -> None:
    number = 0
    for day in _objects(conference.get("days") or schedule.get("days")):
        kept = RawDay(
            line_of(day.get("date")),
            line_of(day.get("day_start") or day.get("start")),
            line_of(day.get("day_end") or day.get("end")),
        )
        raw.days.append(kept)
        for name, talks in _columns(day.get("rooms")):
            column = RawColumn(name)
            kept.columns.append(column)
            for talk in _talks(talks, name, report):
                number += 1
                column.talks.append(_taken(talk, number))
                _check_ids(talk, number, report)
    loose = RawColumn("")
    for talk in _talks(schedule.get("events") or conference.get("events") or [], "events", report):
        number += 1
        loose.talks.append(_taken(talk, number))
    if loose.talks:
        raw.days.append(RawDay(columns=[loose]))


def _columns(rooms: Any) -> Iterator[tuple[str, Any]]:
    """Rooms of a day: an object by name (also with one name twice), or a list of rooms with their events."""
    if isinstance(rooms, Pairs):
        yield from rooms.pairs
    for room in _objects(rooms):
        yield line_of(room.get("name")), room.get("events") or room.get("talks") or []


def _talks(talks: Any, where: str, report: Report) -> Iterator[Mapping[str, Any]]:
    if not isinstance(talks, list):
        report.error("talks-unreadable", where, _("Here a list of talks should stand."))
        return
    for talk in talks:
        if isinstance(talk, Mapping):
            yield talk
        else:
            report.error("talk-unreadable", where, _("“%(text)s” is no talk.", text=text_of(talk)[:60]))


def _taken(talk: Mapping[str, Any], number: int) -> Fields:
    """A talk with its place in the file, its people and its attached names in one form."""
    people: Any = next((talk[name] for name in ("persons", "participants", "speakers") if talk.get(name)), [])
    return {
        **talk,
        "where": f"talk {number}",
        "persons": [person if isinstance(person, Mapping) else {"name": line_of(person)} for person in people]
        if isinstance(people, list)
        else [],
    }


def _check_ids(talk: Mapping[str, Any], number: int, report: Report) -> None:
    """Ids of a form that the format does not have; they are compared as they are."""
    where = f"talk {number}: {line_of(talk.get('title'))}"
    if isinstance(talk.get("id"), str):
        report.info("id-is-text", where, _("Its id “%(id)s” is text, not a number.", id=line_of(talk["id"])))
    for person in _objects(talk.get("persons")):
        code, number_of = line_of(person.get("code")), person.get("id")
        if (code and not _CODE.fullmatch(code)) or isinstance(number_of, str):
            report.info(
                "person-id-unusual",
                where,
                _("A person has an unusual id: “%(id)s”.", id=code or line_of(number_of)),
            )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
