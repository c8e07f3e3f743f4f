"""What changed between two releases, session by session: added, moved, changed, removed; and in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext, pgettext

from inser_events.agenda.reading import appearances
from inser_events.agenda.snapshot import EventFacts, Session, Slot, Snapshot
from inser_events.languages import Localized, text_in
from inser_events.web.filters import comma, date_range, language_name, mode_label, page_language, short_day

Kind = Literal["added", "moved", "changed", "removed"]
EVENT = ("name", "starts_on", "ends_on", "time_zone", "venue", "online_platform", "modes", "languages", "status")
"""What of the event itself is told apart; anything else is its description."""


@dataclass(frozen=True)
class Part:
    """One thing that changed: its name, and what it was before and after."""

    name: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class Change:
    """What happened to one session, or (``about`` is ``event``, ``items``) to the event or its numbered agenda."""

    kind: Kind
    uid: str
    title: Localized
    starts_at: datetime | None = None
    about: Literal["session", "event", "items"] = "session"
    parts: list[Part] = field(default_factory=list)


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def difference(old: Snapshot | None, new: Snapshot) -> list[Change]:
    """What *new* changes, the event first, then sessions by their start. Everything is added when *old* is None."""
    before = {session.uid: session for session in old.live_sessions} if old else {}
    after = {session.uid: session for session in new.live_sessions}
    changes = [
        *(_added(session) for uid, session in after.items() if uid not in before),
        *(_removed(session) for uid, session in before.items() if uid not in after),
    ]
    if old:
        for uid, session in after.items():
            if uid in before and (parts := list(_session_parts(before[uid], session, old, new))):
                moved = any(part.name in {"time", "room"} for part in parts)
                kind: Kind = "moved" if moved else "changed"
                changes.append(Change(kind, uid, session.title, session.starts_at, parts=parts))
        return [*_about_event(old, new), *sorted(changes, key=_by_start)]
    return sorted(changes, key=_by_start)


def _by_start(change: Change) -> tuple[str, str]:
    return (change.starts_at.isoformat() if change.starts_at else "", change.uid)


def _added(session: Session) -> Change:
    return Change("added", session.uid, session.title, session.starts_at)


def _removed(session: Session) -> Change:
    return Change("removed", session.uid, session.title, session.starts_at)


def _about_event(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    if parts := list(_event_parts(old.event, new.event)):
        yield Change("changed", new.event.uid, new.event.name, about="event", parts=parts)
    if old.items != new.items or old.documents != new.documents:
        yield Change("changed", new.event.uid, new.event.name, about="items", parts=list(_item_parts(old, new)))


def _event_parts(old: EventFacts, new: EventFacts) -> Iterator[Part]:
    for name in EVENT:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Part(name, before, after)
    told = {*EVENT, "sequence", "changed_at"}
    if any(getattr(old, name) != getattr(new, name) for name in EventFacts.__struct_fields__ if name not in told):
        yield Part("description")


def _item_parts(old: Snapshot, new: Snapshot) -> Iterator[Part]:
    before, after = {item.number: item for item in old.items}, {item.number: item for item in new.items}
    for number in [*after, *(number for number in before if number not in after)]:
        if before.get(number) != after.get(number):
            yield Part("item", before.get(number), after.get(number))
    were, are = {each.symbol: each for each in old.documents}, {each.symbol: each for each in new.documents}
    for symbol in [*are, *(symbol for symbol in were if symbol not in are)]:
        if were.get(symbol) != are.get(symbol):
            yield Part("document", were.get(symbol), are.get(symbol))


def _session_parts(was: Session, now: Session, old: Snapshot, new: Snapshot) -> Iterator[Part]:
    if (was.starts_at, was.ends_at) != (now.starts_at, now.ends_at):
        yield Part("time", (was.starts_at, was.ends_at), (now.starts_at, now.ends_at))
    rooms = old.room_named(was.room), new.room_named(now.room)
    names = [room.name if room else None for room in rooms]
    if was.room != now.room or names[0] != names[1]:
        yield Part("room", *names)
    for name in ("title", "kind", "track", "languages", "interpretation", "online", "abstract"):
        if getattr(was, name) != getattr(now, name):
            yield Part(name, getattr(was, name), getattr(now, name))
    people = [_names(session, snapshot) for session, snapshot in ((was, old), (now, new))]
    if people[0] != people[1]:
        yield Part("speakers", *people)
    slots = [[_slot(slot, session) for slot in session.slots] for session in (was, now)]
    if slots[0] != slots[1]:
        yield Part("slots", *([slot.title for slot in session.slots] for session in (was, now)))
    elif (was.speakers, was.items) != (now.speakers, now.items):
        yield Part("roles")


def _names(session: Session, snapshot: Snapshot) -> dict[str, Any]:
    """Everybody who appears, by uid, with all that the public sees of them."""
    return {each.person: snapshot.people.get(each.person) for each in appearances(session)}


def _slot(slot: Slot, session: Session) -> tuple[Any, ...]:
    """A slot, its times counted from the session's start: a session that moves takes its slots along."""
    times = slot.starts_at - session.starts_at, slot.ends_at - session.starts_at
    return (slot.uid, slot.title, slot.kind, times, slot.abstract, slot.items, slot.speakers)


def headline(change: Change, zone: str) -> str:
    """What happened to what, on one line: ``Moved: Opening (Mon 15 Sept, 09:00)``."""
    title = _text(change.title)
    if change.about == "event":
        return _("The event itself")
    if change.about == "items":
        return _("The numbered agenda")
    if change.starts_at:
        local = change.starts_at.astimezone(ZoneInfo(zone))
        title = f"{title} ({short_day(local.date())}, {local:%H:%M})"
    words = {
        "added": _("Added: %(title)s", title=title),
        "moved": _("Moved: %(title)s", title=title),
        "changed": _("Changed: %(title)s", title=title),
        "removed": _("Withdrawn: %(title)s", title=title),
    }
    return words[change.kind]


def in_words(change: Change, zone: str) -> list[str]:
    """The change as short sentences in the page's language, times on the clock of *zone*."""
    return [sentence for part in change.parts for sentence in _sentences(part, zone)]


def _sentences(part: Part, zone: str) -> Iterator[str]:
    if part.name in {"time", "room", "title", "status"}:
        yield _main_sentence(part, zone)
    elif part.name == "speakers":
        yield from _people_sentences(part)
    elif part.name in {"item", "document"}:
        yield _paper_sentence(part)
    elif part.name in {"languages", "interpretation", "modes"}:
        yield _list_sentence(part)
    elif part.name == "starts_on":
        yield _("First day: %(day)s.", day=date_range(part.after, part.after))
    elif part.name == "ends_on":
        yield _("Last day: %(day)s.", day=date_range(part.after, part.after))
    elif part.name == "online":
        yield _("Now also online.") if part.after else _("Now in the room only.")
    else:
        yield _plain_sentence(part)


def _main_sentence(part: Part, zone: str) -> str:
    if part.name == "time":
        return _("Now %(after)s, was %(before)s.", **dict(zip(("before", "after"), _times(part, zone), strict=True)))
    if part.name == "room":
        before, after = (_text(name) if name else _("no room") for name in (part.before, part.after))
        return _("Now in %(after)s, was in %(before)s.", before=before, after=after)
    if part.name == "title":
        return _("New title; was “%(before)s”.", before=_text(part.before))
    return _("The event is cancelled.") if part.after == "cancelled" else _("The event takes place after all.")


def _times(part: Part, zone: str) -> tuple[str, str]:
    """Both spans; the day is said only when it changes."""
    clock = ZoneInfo(zone)
    spans = [(start.astimezone(clock), end.astimezone(clock)) for start, end in (part.before, part.after)]
    texts = [f"{start:%H:%M}\N{EN DASH}{end:%H:%M}" for start, end in spans]
    if spans[0][0].date() != spans[1][0].date():
        texts = [f"{short_day(start.date())}, {text}" for (start, _end), text in zip(spans, texts, strict=True)]
    return texts[0], texts[1]


def _people_sentences(part: Part) -> Iterator[str]:
    came = [person.name for uid, person in part.after.items() if uid not in part.before and person]
    left = [person.name for uid, person in part.before.items() if uid not in part.after and person]
    same = [uid for uid in part.after if uid in part.before and part.after[uid] != part.before[uid]]
    if came:
        yield _("New: %(names)s.", names=comma().join(came))
    if left:
        yield _("No longer: %(names)s.", names=comma().join(left))
    if same:
        names = comma().join(part.after[uid].name for uid in same if part.after[uid])
        yield _("Details corrected: %(names)s.", names=names)
    if not (came or left or same):
        yield _("New order of speakers.")


def _paper_sentence(part: Part) -> str:
    there = part.after or part.before
    name = there.number if part.name == "item" else there.symbol
    if part.before is None:
        return _("%(name)s is new.", name=name)
    if part.after is None:
        return _("%(name)s was removed.", name=name)
    return _("%(name)s was changed.", name=name)


def _list_sentence(part: Part) -> str:
    label = mode_label if part.name == "modes" else language_name
    names = comma().join(label(value) for value in part.after) or pgettext("languages or ways to take part", "none")
    words = {
        "languages": _("Languages: %(names)s.", names=names),
        "interpretation": _("Interpretation: %(names)s.", names=names),
        "modes": _("Ways to take part: %(names)s.", names=names),
    }
    return words[part.name]


def _plain_sentence(part: Part) -> str:
    words = {
        "name": _("The event has a new name."),
        "time_zone": _("Times are now in %(zone)s.", zone=part.after),
        "venue": _("The venue or its address changed."),
        "online_platform": _("The online platform changed."),
        "description": _("The description was edited."),
        "abstract": _("The text was edited."),
        "slots": _("The order, times or titles inside it changed."),
        "roles": _("Roles inside it changed."),
        "kind": _("It is now a different kind of session."),
        "track": _("Track: %(track)s.", track=part.after or _("none")),
    }
    return words[part.name]


def _text(localized: Localized) -> str:
    return text_in(localized, [page_language(), "en"]).value
