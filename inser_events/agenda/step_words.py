"""What a step of the draft did, in words: ``moved “Opening” to 10:00``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from inser_events.agenda import models
from inser_events.agenda.snapshot import Session
from inser_events.events.models import Event
from inser_events.web.filters import comma, plain, short_day

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where the lengths of a kept session are told from, see `agenda.steps`."""


def facts_of(
    event: Event, before: Mapping[str, Session], after: Mapping[str, Session], *, papers: bool
) -> dict[str, Any]:
    """What `step_in_words` needs of a step; *before* and *after* hold the sessions that differ, lengths from EPOCH.

    *papers*: items or documents differ too. Sessions that only name them are not worth a word then.
    """
    pairs = [(before.get(uid), after.get(uid)) for uid in {**before, **after}]
    sorts = {_sort(was, became) for was, became in pairs}
    if papers and sorts <= {"changed"}:
        return {"what": "papers", "count": 0}
    what = sorts.pop() if len(sorts) == 1 else "changed"
    if len(pairs) != 1:
        return {"what": what, "count": len(pairs)}
    was, became = pairs[0]
    there = became or was
    if there is None:  # a pair has one of them
        return {"what": what, "count": 0}
    facts: dict[str, Any] = {"what": what, "count": 1, "title": there.title}
    if what == "moved" and was is not None and became is not None:
        facts |= _place(event, was, became)
    return facts


def _sort(was: Session | None, became: Session | None) -> str:
    if was is None or became is None:
        return "added" if was is None else "removed"
    if was.status != became.status:
        return "withdrawn" if became.status == "cancelled" else "taken back"
    places = [(session.starts_at, session.ends_at, session.room) for session in (was, became)]
    return "moved" if places[0] != places[1] else "changed"


def _place(event: Event, was: Session, became: Session) -> dict[str, Any]:
    """Where something went: its times on the event's clock, its day and room when those are new."""
    clock = ZoneInfo(event.time_zone)
    old, new = was.starts_at.astimezone(clock), became.starts_at.astimezone(clock)
    length = became.ends_at - EPOCH
    times = f"{new:%H:%M}"
    if was.ends_at != became.ends_at:
        times += f"\N{EN DASH}{(became.starts_at + length).astimezone(clock):%H:%M}"
    room = next((room.name for room in event.rooms if room.uid == became.room), None)
    return {
        "time": times if (was.starts_at, was.ends_at) != (became.starts_at, became.ends_at) else "",
        "day": new.date().isoformat() if old.date() != new.date() else "",
        "room": room if was.room != became.room else None,
        "nowhere": was.room != became.room and room is None,
    }


def place_in_words(event: Event, session: models.Session) -> str:
    """When and where a session of the draft is: ``Mon 15 Sept, 09:00–10:00, Main hall``."""
    clock = ZoneInfo(event.time_zone)
    start, end = (at.astimezone(clock) for at in (session.starts_at, session.ends_at))
    day = short_day(start.date()) if event.starts_on != event.ends_on else ""
    room = plain(session.room.name) if session.room else ""
    return comma().join(filter(None, [day, f"{start:%H:%M}\N{EN DASH}{end:%H:%M}", room]))


def step_in_words(told: Mapping[str, Any]) -> str:
    """The step as the rest of a sentence that starts with who made it."""
    if told["what"] == "papers":
        return str(_("changed the items and documents"))
    if told["count"] != 1:
        return _of_many(told)
    title = plain(told["title"])
    place = _place_in_words(told)
    words = {
        "added": _("added “%(title)s”", title=title),
        "removed": _("removed “%(title)s”", title=title),
        "withdrawn": _("withdrew “%(title)s”", title=title),
        "taken back": _("took back “%(title)s”", title=title),
        "moved": _("moved “%(title)s” to %(place)s", title=title, place=place),
    }
    return str(words.get(told["what"]) or _("changed “%(title)s”", title=title))


def _of_many(told: Mapping[str, Any]) -> str:
    count = told["count"]
    words = {
        "added": ngettext("added %(num)s session", "added %(num)s sessions", count),
        "removed": ngettext("removed %(num)s session", "removed %(num)s sessions", count),
        "moved": ngettext("moved %(num)s session", "moved %(num)s sessions", count),
    }
    return str(words.get(told["what"]) or ngettext("changed %(num)s session", "changed %(num)s sessions", count))


def _place_in_words(told: Mapping[str, Any]) -> str:
    day = short_day(datetime.fromisoformat(told["day"]).date()) if told.get("day") else ""
    room = str(_("no room")) if told.get("nowhere") else plain(told["room"]) if told.get("room") else ""
    return comma().join(filter(None, [day, told.get("time", ""), room]))
