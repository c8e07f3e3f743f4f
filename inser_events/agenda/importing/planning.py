"""What an import would do to a draft, before anything is done: each session added, moved, changed, removed or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from inser_events.agenda.differences import Change, Part
from inser_events.agenda.importing.identities import Identities, People, Rooms, match_sessions
from inser_events.agenda.importing.models import ImportedKind
from inser_events.agenda.importing.sessions import course_of, people_names, state_of, wanted_state
from inser_events.agenda.importing.tree import ReadSession, Tree
from inser_events.agenda.models import Session
from inser_events.agenda.queries import draft_sessions
from inser_events.agenda.reading import programme_days
from inser_events.agenda.snapshot import Session as Shown
from inser_events.clock import now
from inser_events.events.models import Event, Room
from inser_events.events.operations import LONGEST_EVENT_DAYS
from inser_events.people.search import fold


@dataclass(frozen=True)
class Step:
    """One session: what would happen to it. ``key``: what a form names it by."""

    key: str
    change: Change
    read: ReadSession | None = None
    ours: Session | None = None


@dataclass
class Plan:
    """Everything an import would do."""

    tree: Tree
    event: Event | None
    identities: Identities
    rooms: dict[str, Room]
    people: People
    language: str
    starts_on: date
    ends_on: date
    steps: list[Step] = field(default_factory=list)
    unchanged: list[tuple[ReadSession, Session]] = field(default_factory=list)
    kept: list[Session] = field(default_factory=list)
    """Sessions of the event that the file does not know and that stay."""

    @classmethod
    def empty(cls, tree: Tree, event: Event | None) -> "Plan":
        """The plan of a file in which there is nothing to do."""
        identities = Identities(event)
        people = People(identities, [])
        language = event.languages[0] if event is not None else "en"
        return cls(tree, event, identities, {}, people, language, *days_of(tree, event))

    @property
    def is_related(self) -> bool:
        """Whether the file and the event have a session in common, or the event has none yet."""
        return not self.kept or bool(self.unchanged) or any(step.read and step.ours for step in self.steps)

    @property
    def changes(self) -> list[Change]:
        """What is different, by start."""
        return [step.change for step in self.steps]

    def count(self, kind: str) -> int:
        """How many sessions would be added, moved, changed or removed."""
        return sum(step.change.kind == kind for step in self.steps)


def plan_import(tree: Tree, event: Event | None, *, complete: bool = True) -> Plan:
    """Compare a file with an event's draft; everything is added when there is no event yet.

    *complete*: whether the whole file could be read. If not, nothing is removed for being absent from it.
    """
    identities = Identities(event)
    drafts = list(draft_sessions(event)) if event is not None else []
    starts_on, ends_on = days_of(tree, event)
    plan = Plan(
        tree=tree,
        event=event,
        identities=identities,
        rooms=Rooms(identities, event.rooms if event is not None else []).match(tree.rooms),
        people=People.of(identities, event),
        language=event.languages[0] if event is not None else main_language(tree),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    names = {each.id: frozenset(map(fold, people_names(each))) for each in drafts}
    matched = match_sessions(identities, tree.sessions, drafts, names)
    for read in tree.sessions:
        _compare(plan, read, matched.get(read.key))
    _plan_removals(plan, drafts, set(matched.values()), complete=complete)
    plan.steps.sort(key=lambda step: (step.change.starts_at or datetime.max, step.key))  # noqa: DTZ901 — every step has a start
    return plan


def main_language(tree: Tree) -> str:
    """The file's own, else the one of most sessions, else English."""
    if tree.event.languages:
        return tree.event.languages[0]
    spoken = [session.languages[0] for session in tree.sessions if session.languages]
    return max(dict.fromkeys(spoken), key=spoken.count, default="en")


def _compare(plan: Plan, read: ReadSession, ours: Session | None) -> None:
    title = {plan.language: read.title}
    if ours is None:
        plan.steps.append(Step(read.key, Change("added", read.key, title, read.starts_at), read))
        return
    parts = list(_parts(plan, read, ours))
    if ours.withdrawn_at is not None:
        # Taken back into the agenda; what else is different comes with it.
        plan.steps.append(Step(read.key, Change("added", ours.uid, title, read.starts_at, parts=parts), read, ours))
    elif parts:
        moved = any(part.name in {"time", "room"} for part in parts)
        change = Change("moved" if moved else "changed", ours.uid, title, read.starts_at, parts=parts)
        plan.steps.append(Step(read.key, change, read, ours))
    else:
        plan.unchanged.append((read, ours))


def _parts(plan: Plan, read: ReadSession, ours: Session) -> Iterator[Part]:
    """What a file says otherwise. What it does not say is not compared."""
    was, wanted = state_of(ours, plan.language), wanted_state(read, ours, plan.tree, plan.language)
    if (was.starts_at, was.ends_at) != (wanted.starts_at, wanted.ends_at):
        yield Part("time", (was.starts_at, was.ends_at), (wanted.starts_at, wanted.ends_at))
    yield from _room_part(plan, read, ours)
    if was.title != wanted.title:
        yield Part("title", {plan.language: was.title}, {plan.language: wanted.title})
    for name in ("kind", "track", "languages", "interpretation", "online", "abstract"):
        if getattr(was, name) != getattr(wanted, name):
            yield Part(name, getattr(was, name), getattr(wanted, name))
    if read.slots is None and not read.people and plan.tree.source == "calendar":
        return  # calendars do not say who speaks
    before, after = course_of(ours, plan.language), wanted.course
    if before.people != after.people:
        yield Part("speakers", before.appearing, after.appearing)
    if read.slots is not None and before.slots != after.slots:
        yield Part("slots")
    elif read.slots is not None and before != after and before.people == after.people:
        yield Part("roles")


def _room_part(plan: Plan, read: ReadSession, ours: Session) -> Iterator[Part]:
    room = plan.tree.room(read.room)
    wanted = plan.rooms.get(read.room)
    if room is None or room.place != "room":
        if ours.room is not None:
            yield Part("room", ours.room.name, None)
    elif wanted is None or ours.room is not wanted:
        yield Part("room", ours.room.name if ours.room else None, {plan.language: room.name})


def _plan_removals(plan: Plan, drafts: Sequence[Session], matched: set[Session], *, complete: bool) -> None:
    """Sessions that the file no longer has are removed, if it is about this agenda at all.

    A file of which not one session is known adds to the draft. Withdrawn ones stay as they are.
    """
    left = [each for each in drafts if each not in matched and each.withdrawn_at is None]
    gone = {uid for each in plan.tree.gone if (uid := _known_as(plan.identities, each))}
    for each in left:
        if (matched and complete) or each.uid in gone:
            title = {plan.language: state_of(each, plan.language).title}
            plan.steps.append(Step(f"-{each.uid}", Change("removed", each.uid, title, each.starts_at), ours=each))
        else:
            plan.kept.append(each)


def _known_as(identities: Identities, foreign_id: str) -> str | None:
    return identities.uid_of(ImportedKind.SESSION, foreign_id) or identities.uid_of(ImportedKind.NUMBER, foreign_id)


def days_of(tree: Tree, event: Event | None) -> tuple[date, date]:
    """First and last day of the event with what the file adds; an event lasts two months at most."""
    clock = ZoneInfo(event.time_zone if event is not None else tree.event.zone)
    held = list(programme_days([_shown(session) for session in tree.sessions], clock.key))
    if event is not None:
        known = [event.starts_on, event.ends_on]
    else:
        known = [day for day in (tree.event.starts_on, tree.event.ends_on) if day]
    days = [*held, *known] or [now().astimezone(clock).date()]
    first, last = min(days), max(days)
    if event is not None and (last - first).days >= LONGEST_EVENT_DAYS:
        return event.starts_on, event.ends_on
    return first, min(last, first + timedelta(days=LONGEST_EVENT_DAYS - 1))


def _shown(read: ReadSession) -> Shown:
    return Shown(uid=read.key, title={}, kind="", starts_at=read.starts_at, ends_at=read.ends_at)
