"""Judging one scan among all others: from what was read and what is known to what is stored and answered. No queries."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inser_events.checkin.answers import Earlier, Phrases, answer
from inser_events.checkin.devices import Gate, Paired
from inser_events.checkin.history import History, Walk
from inser_events.checkin.models import UNDO_TIME, Direction, Outcome
from inser_events.checkin.projection import Fact, let_in
from inser_events.checkin.rules import KNOWN, REVOKED, UNKNOWN, Case, Passage, Undone, decide, decide_undo
from inser_events.checkin.uploads import Reported, storable
from inser_events.languages import text_in

LONGEST_TICKET = 500
GOOD_CLOCK = timedelta(seconds=5)
"""Smaller differences are the network's, not the clock's."""


class Entry(NamedTuple):
    """A scan as it will be stored. Has what `projection.Fact` asks for."""

    event_id: int
    id: str
    checkpoint_id: int | None
    area: str
    device_id: int
    registration_id: int | None
    ticket_text: str
    direction: str
    offline: bool
    shown: str
    reason: str
    undoes: str | None
    scanned_at: datetime
    undo_until: datetime
    received_at: datetime
    outcome: str
    result: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose ticket was read."""

    registration_id: int
    of_this_event: bool
    state: str
    mode: str
    category: str
    name: str
    organisation: str
    revoked: bool


@dataclass(slots=True)
class Batch:
    """What is known while the scans of one upload are judged one after the other."""

    device: Paired
    at: datetime
    offset: timedelta
    holders: dict[str, Holder]
    """By what was read; absent for what is no ticket."""
    history: History
    stored: dict[str, tuple[str, str]]
    """Result and fingerprint by scan id."""
    phrases: Phrases
    entries: list[Entry] = field(default_factory=list)
    repeats: list[dict[str, Any]] = field(default_factory=list)


def clock_offset(sent_at: datetime | None, at: datetime) -> timedelta:
    """How far the device's clock is behind the server's; nothing when it is as good as the network lets us measure."""
    if sent_at is None or abs(at - sent_at) <= GOOD_CLOCK:
        return timedelta()
    return at - sent_at


def corrected(device_time: datetime, offset: timedelta, at: datetime) -> datetime:
    """The moment of a scan by the server's clock. Nobody scans in the future: a clock ahead is brought back."""
    try:
        return min(device_time + offset, at)
    except OverflowError:
        return at


def judge(batch: Batch, scan: Reported) -> str:
    """The answer to one scan, which is taken into *batch*: a known id gets its stored answer."""
    known = batch.stored.get(scan.id)
    if known is not None:
        result, fingerprint = known
        if fingerprint != scan.fingerprint:
            batch.repeats.append(_repeat(batch, scan))
        return result
    entry = _judged(batch, scan)
    batch.entries.append(entry)
    batch.history.add(entry)
    batch.stored[scan.id] = (entry.result, entry.fingerprint)
    return entry.result


def _repeat(batch: Batch, scan: Reported) -> dict[str, Any]:
    content = f"{scan.direction} {scan.device_time.isoformat()} {scan.checkpoint} {scan.ticket}"
    return {
        "event_id": batch.device.event_id,
        "scan_id": scan.id,
        "device_id": batch.device.id,
        "received_at": batch.at,
        "content": storable(content, LONGEST_TICKET),
    }


@dataclass(slots=True)
class _Verdict:
    outcome: Outcome
    first: datetime | None
    message: str
    earlier: Earlier | None = None


def _judged(batch: Batch, scan: Reported) -> Entry:
    device, found, gate = batch.device, batch.holders.get(scan.ticket), batch.device.gates.get(scan.checkpoint)
    holder = found if found is not None and found.of_this_event else None
    moment = corrected(scan.device_time, batch.offset, batch.at)
    if found is not None and holder is None:
        verdict = _Verdict(Outcome.UNKNOWN_TICKET, None, batch.phrases.for_another_event())
    else:
        verdict = _undone(batch, scan, holder, moment) if scan.undoes else _passed(batch, scan, holder, gate, moment)
    person = None
    if holder is not None:
        person = {
            "name": holder.name, "organisation": holder.organisation, "category": holder.category, "mode": holder.mode,
        }  # fmt: skip
    return Entry(
        event_id=device.event_id,
        id=scan.id,
        checkpoint_id=gate.id if gate else None,
        area=gate.area if gate else "",
        device_id=device.id,
        registration_id=holder.registration_id if holder else None,
        ticket_text=storable(scan.ticket, LONGEST_TICKET),
        direction=scan.direction,
        offline=scan.offline,
        shown=scan.shown,
        reason=storable(scan.reason, LONGEST_TICKET),
        undoes=scan.undoes,
        scanned_at=moment,
        undo_until=_later(moment),
        received_at=batch.at,
        outcome=verdict.outcome,
        result=answer(scan.sent_id, verdict.outcome, person, verdict.first, verdict.message, verdict.earlier),
        fingerprint=scan.fingerprint,
    )


def _later(moment: datetime) -> datetime:
    try:
        return moment + UNDO_TIME
    except OverflowError:
        return moment


def _undone(batch: Batch, scan: Reported, holder: Holder | None, moment: datetime) -> _Verdict:
    """Judge a scan that takes another one back."""
    if holder is None:
        outcome = Outcome.UNKNOWN_TICKET
    else:
        target = batch.history.by_id.get(scan.undoes or "")
        outcome = decide_undo(
            None
            if target is None
            else Undone(
                target.direction,
                target.scanned_at,
                _later(target.scanned_at),
                same_ticket=target.registration_id == holder.registration_id,
            ),
            moment,
        )
    return _Verdict(outcome, None, batch.phrases.taken_back(outcome))


def _passed(batch: Batch, scan: Reported, holder: Holder | None, gate: Gate | None, moment: datetime) -> _Verdict:
    """Judge a passage."""
    device = batch.device
    known = holder is not None and gate is not None
    walk = batch.history.walk(holder.registration_id, gate.area) if holder and gate else Walk()
    before, after = _neighbours(device, scan, walk, moment) if known else (None, None)
    case = Case(
        ticket=UNKNOWN if holder is None else REVOKED if holder.revoked else KNOWN,
        direction=scan.direction,
        at=moment,
        door=gate.door if gate else None,
        state=holder.state if holder else "",
        mode=holder.mode if holder else "",
        category=holder.category if holder else "",
        offline=scan.offline,
        shown=scan.shown,
        reason=scan.reason,
        before=before.passage if before else None,
        after=after.passage if after else None,
    )
    outcome = decide(case)
    first = walk.first_in()
    if outcome in {Outcome.ADMITTED, Outcome.CONFLICT}:
        first = min(first or moment, moment)
    cause = (before if before and before.passage.direction == Direction.IN else after) if before or after else None
    earlier = None
    if cause is not None and outcome in {Outcome.ALREADY_IN, Outcome.CONFLICT}:
        earlier = _place(device, cause.fact)
    return _Verdict(outcome, first, batch.phrases.said(outcome, earlier), earlier)


class _Neighbour(NamedTuple):
    passage: Passage
    fact: Fact


def _neighbours(
    device: Paired, scan: Reported, walk: Walk, moment: datetime
) -> tuple[_Neighbour | None, _Neighbour | None]:
    """What `rules.Case` calls before and after."""
    day = moment.astimezone(device.zone).date()
    place = walk.place(moment, scan.id) if scan.offline else walk.end(day, device.zone)
    last = walk.before(place, day, device.zone)
    before = after = None
    if last is not None:
        stay = walk.stay_before(place, day, device.zone) if last.direction == Direction.IN else [last]
        before = _Neighbour(Passage(last.direction, any(f.device_id == device.id for f in stay)), stay[0])
    following = walk.after(place, day, device.zone) if scan.offline else None
    if following is not None and let_in(following):
        after = _Neighbour(Passage(following.direction, following.device_id == device.id), following)
    return before, after


def _place(device: Paired, fact: Fact) -> Earlier:
    for gate in device.gates.values():
        if gate.id == fact.checkpoint_id:
            return Earlier(fact.scanned_at, gate.uid, text_in(gate.name, ["en"]).value)
    return Earlier(fact.scanned_at, "", "")
