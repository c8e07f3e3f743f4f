"""What an organiser should look at: badges let in twice, people let in against the rules, ids sent twice.

The scans stay as they are; what was decided about them is noted beside them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inser_events.audit import Actor, record
from inser_events.checkin import queries
from inser_events.checkin.errors import NoSuchConflict
from inser_events.checkin.models import ConflictDecision, Scan, ScanRepeat
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.events.models import Event

RESOLVED, IGNORED, REOPENED = "resolved", "ignored", "open"
DECISIONS = frozenset({RESOLVED, IGNORED, REOPENED})
LONGEST_NOTE = 300
REPEAT = "repeat "


class Kind(StrEnum):
    """What happened."""

    TWICE = "twice"
    """Two devices let one badge in."""
    AGAINST_RULES = "against_rules"
    """A device without a network let somebody in whom the server would have refused."""
    REPEAT = "repeat"
    """A scan's id came again with other content."""


@dataclass(frozen=True)
class Matter:
    """One thing to look at."""

    kind: Kind
    first: Scan
    second: Scan | None
    repeat: ScanRepeat | None
    decision: ConflictDecision | None

    @property
    def key(self) -> tuple[str, str]:
        """How a decision names it."""
        if self.second is not None:
            return self.first.id, self.second.id
        return self.first.id, f"{REPEAT}{self.repeat.id}" if self.repeat else ""

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.repeat.received_at if self.repeat else (self.second or self.first).scanned_at

    @property
    def minutes_apart(self) -> int:
        """Whole minutes between the two scans."""
        if self.second is None:
            return 0
        return int((self.second.scanned_at - self.first.scanned_at).total_seconds() // 60)


@dataclass(frozen=True)
class Sighting:
    """That there is something to look at, as little as sorting and counting need. ``key`` as in `Matter`."""

    kind: Kind
    key: tuple[str, str]
    at: datetime
    decided: bool


def sightings(event: Event) -> list[Sighting]:
    """Everything there is to look at, what is still open first, newest first."""
    decided = queries.decisions_of(event).keys()
    found = [
        *((Kind.TWICE, (one.first.id, one.second.id), one.second.scanned_at) for one in queries.conflicts(event)),
        *((Kind.AGAINST_RULES, (scan, ""), at) for scan, at in queries.let_in_by_mistake(event)),
        *((Kind.REPEAT, (scan, f"{REPEAT}{number}"), at) for number, scan, at in queries.repeats_of(event)),
    ]
    seen = [Sighting(kind, key, at, decided=key in decided) for kind, key, at in found]
    seen.sort(key=lambda one: (one.at, one.key), reverse=True)
    return sorted(seen, key=lambda one: one.decided)


def matters(event: Event, some: Sequence[Sighting]) -> list[Matter]:
    """What some of them are about, in their order."""
    decisions = queries.decisions_of(event)
    numbers = {one.key: int(one.key[1].removeprefix(REPEAT)) for one in some if one.kind == Kind.REPEAT}
    others = {one.key[1] for one in some if one.kind == Kind.TWICE}
    scans = queries.scans_by_id(event, {one.key[0] for one in some} | others)
    repeats = queries.repeats_by_id(event, set(numbers.values()))
    return [
        Matter(
            one.kind,
            scans[one.key[0]],
            scans[one.key[1]] if one.kind == Kind.TWICE else None,
            repeats[numbers[one.key]] if one.kind == Kind.REPEAT else None,
            decisions.get(one.key),
        )
        for one in some
    ]


def chosen(seen: Iterable[Sighting], *, state: str = "", kind: str = "") -> list[Sighting]:
    """Those of a state (``open``, ``settled``, else all) and a kind."""
    return [
        one
        for one in seen
        if (state not in {"open", "settled"} or one.decided == (state == "settled"))
        and (kind not in set(Kind) or one.kind == kind)
    ]


def counts(seen: Sequence[Sighting]) -> dict[str, int]:
    """How many are open, settled, and there in all."""
    settled = sum(one.decided for one in seen)
    return {"open": len(seen) - settled, "settled": settled, "all": len(seen)}


def settle(event: Event, key: tuple[str, str], decision: str, by: Actor, *, note: str = "") -> None:
    """Note an organiser's decision, or take it back; the scans stay as they are. Raises NoSuchConflict."""
    if decision not in DECISIONS or not any(one.key == key for one in sightings(event)):
        raise NoSuchConflict
    known = db.session.get(ConflictDecision, (event.id, *key))
    note = one_line(note)[:LONGEST_NOTE]
    before = {"decision": known.decision} if known else None
    if decision == REOPENED:
        if known is None:
            return
        db.session.delete(known)
    else:
        kept = known or ConflictDecision(event_id=event.id, first_id=key[0], second_id=key[1])
        kept.decision, kept.decided_at, kept.decided_by, kept.note = decision, now(), by.label, note
        db.session.add(kept)
    after = {"scans": [part for part in key if part], "decision": decision, "note": note}
    record("settle conflict", event, event_id=event.id, before=before, after=after)
