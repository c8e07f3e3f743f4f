"""Settling what two devices did while they could not talk to each other."""

from inser_events.audit import Actor, record
from inser_events.checkin.errors import NoSuchConflict
from inser_events.checkin.models import ConflictDecision
from inser_events.checkin.queries import conflicts
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event

DECISIONS = frozenset({"resolved", "ignored"})


def settle(event: Event, first_id: str, second_id: str, decision: str, by: Actor) -> None:
    """Note an organiser's decision about a conflict; the scans stay as they are. Raises NoSuchConflict."""
    pairs = {(conflict.first.id, conflict.second.id): conflict for conflict in conflicts(event)}
    conflict = pairs.get((first_id, second_id))
    if conflict is None or decision not in DECISIONS:
        raise NoSuchConflict
    if conflict.decision is not None:
        conflict.decision.decision, conflict.decision.decided_at, conflict.decision.decided_by = (
            decision,
            now(),
            by.label,
        )
    else:
        db.session.add(
            ConflictDecision(
                event_id=event.id,
                first_id=first_id,
                second_id=second_id,
                decision=decision,
                decided_at=now(),
                decided_by=by.label,
            )
        )
    record("settle conflict", event, event_id=event.id, after={"scans": [first_id, second_id], "decision": decision})
