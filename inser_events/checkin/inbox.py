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
        return self.first.id, f"repeat {self.repeat.id}" if self.repeat else ""

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


def matters(event: Event) -> list[Matter]:
    """Everything there is to look at, what is still open first, newest first."""
    decisions = queries.decisions_of(event)
    found = [
        *(Matter(Kind.TWICE, one.first, one.second, None, one.decision) for one in queries.conflicts(event)),
        *(
            Matter(Kind.AGAINST_RULES, scan, None, None, decisions.get((scan.id, "")))
            for scan in queries.let_in_by_mistake(event)
        ),
        *(
            Matter(Kind.REPEAT, scan, None, repeat, decisions.get((scan.id, f"repeat {repeat.id}")))
            for repeat, scan in queries.repeats_of(event)
        ),
    ]
    found.sort(key=lambda matter: (matter.at, matter.key), reverse=True)
    return sorted(found, key=lambda matter: matter.decision is not None)


def chosen(all_matters: Iterable[Matter], *, state: str = "", kind: str = "") -> list[Matter]:
    """Those of a state (``open``, ``settled``, else all) and a kind."""
    return [
        matter
        for matter in all_matters
        if (state not in {"open", "settled"} or (matter.decision is None) == (state == "open"))
        and (kind not in set(Kind) or matter.kind == kind)
    ]


def counts(all_matters: Sequence[Matter]) -> dict[str, int]:
    """How many are open, settled, and there in all."""
    settled = sum(matter.decision is not None for matter in all_matters)
    return {"open": len(all_matters) - settled, "settled": settled, "all": len(all_matters)}


def settle(event: Event, key: tuple[str, str], decision: str, by: Actor, *, note: str = "") -> None:
    """Note an organiser's decision, or take it back; the scans stay as they are. Raises NoSuchConflict."""
    matter = next((matter for matter in matters(event) if matter.key == key), None)
    if matter is None or decision not in DECISIONS:
        raise NoSuchConflict
    note = one_line(note)[:LONGEST_NOTE]
    before = {"decision": matter.decision.decision} if matter.decision else None
    if decision == REOPENED:
        if matter.decision is None:
            return
        db.session.delete(matter.decision)
    else:
        kept = matter.decision or ConflictDecision(event_id=event.id, first_id=key[0], second_id=key[1])
        kept.decision, kept.decided_at, kept.decided_by, kept.note = decision, now(), by.label, note
        db.session.add(kept)
    after = {"scans": [part for part in key if part], "decision": decision, "note": note}
    record("settle conflict", event, event_id=event.id, before=before, after=after)
