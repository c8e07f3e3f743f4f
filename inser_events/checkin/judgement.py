"""Judging one scan among all others: from what was read and is known to what is stored and answered. No queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inser_events.checkin.answers import Earlier, Phrases, answer
from inser_events.checkin.devices import Gate, Paired
from inser_events.checkin.history import History, Walk
from inser_events.checkin.models import COUNTED, UNDO_TIME, Direction, Outcome
from inser_events.checkin.projection import let_in
from inser_events.checkin.rules import KNOWN, REVOKED, UNKNOWN, Case, Passage, Undone, Verdict, decide, decide_undo
from inser_events.checkin.standing import Standing, advanced, walked
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
    received_at: datetime
    outcome: str
    result: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose ticket was read."""

    registration_id: int
    event_id: int
    state: str
    mode: str
    category: str
    name: str
    organisation: str
    revoked: bool


Place = tuple[int, str]
"""A registration and an area."""


@dataclass(slots=True)
class Ledger:
    """What is known while scans are judged one after the other; several uploads share it."""

    holders: dict[str, Holder] = field(default_factory=dict)
    """By what was read; absent for what is no ticket."""
    sessions: dict[int, list[str]] = field(default_factory=dict)
    """Where people have seats, by registration; looked up only where a door asks for it."""
    standings: dict[Place, Standing] = field(default_factory=dict)
    history: History = field(default_factory=lambda: History(()))
    """Of those whose scans do not simply come after all that is known."""
    late: set[int] = field(default_factory=set)
    """The registrations in ``history``."""
    stored: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    """Result and fingerprint by event and scan id."""
    entries: list[Entry] = field(default_factory=list)
    repeats: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[Place, Paired] = field(default_factory=dict)
    """Whose standing is another now; a device of that event knows its zone."""


@dataclass(slots=True)
class Batch:
    """One device's upload."""

    device: Paired
    at: datetime
    offset: timedelta
    ledger: Ledger
    phrases: Phrases
    flagged: set[str] = field(default_factory=set)

    def moment(self, scan: Reported) -> datetime:
        """When a scan was made, by the server's clock."""
        return corrected(scan.device_time, self.offset, self.at)

    def day(self, moment: datetime) -> date:
        """The day of a moment where the event is."""
        return moment.astimezone(self.device.zone).date()

    def holder(self, scan: Reported) -> Holder | None:
        """Whose ticket it is, if it is one of this event."""
        found = self.ledger.holders.get(scan.ticket)
        return found if found is not None and found.event_id == self.device.event_id else None


Newest = dict[Place, tuple[datetime, str]]


def latecomers(batch: Batch, scans: Iterable[Reported], undone: set[str | None], newest: Newest) -> set[int]:
    """Registrations of which all scans are needed: something arrives out of order, is taken back, or may conflict.

    *undone*: ids of scans that were taken back before they arrived. *newest*: the last scan of each place among the
    uploads that come before this one.
    """
    found: set[int] = set()
    for scan in scans:
        holder, gate = batch.holder(scan), batch.device.gates.get(scan.checkpoint)
        if holder is None or holder.registration_id in found:
            continue
        if (
            scan.undoes
            or scan.id in undone
            or (gate is not None and _is_late(batch, scan, (holder.registration_id, gate.area), newest))
        ):
            found.add(holder.registration_id)
    return found


def _is_late(batch: Batch, scan: Reported, place: Place, newest: Newest) -> bool:
    key = (batch.moment(scan), scan.id)
    standing = batch.ledger.standings.get(place)
    last = newest.get(place)
    if last is None and standing is not None:
        last = (standing.last_at, standing.last_id)
    # A device that was alone may have let in somebody whom another one had let in before.
    alone = scan.offline and (place in newest or standing is not None) and not _is_known(batch.device, standing)
    newest[place] = max(key, last) if last is not None else key
    return alone or (last is not None and key <= last)


def _is_known(device: Paired, standing: Standing | None) -> bool:
    """Whether this device is the one that saw the person last."""
    return standing is not None and device.id in {standing.device_id, standing.entry_device_id}


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
    """The answer to one scan, which is taken into the ledger: a known id gets its stored answer."""
    ledger, key = batch.ledger, (batch.device.event_id, scan.id)
    known = ledger.stored.get(key)
    if known is not None:
        result, fingerprint = known
        if fingerprint != scan.fingerprint:
            batch.flagged.add(scan.id)
            ledger.repeats.append(_repeat(batch, scan))
        return result
    entry = _judged(batch, scan)
    ledger.entries.append(entry)
    _take_in(batch, entry)
    ledger.stored[key] = (entry.result, entry.fingerprint)
    return entry.result


def _take_in(batch: Batch, entry: Entry) -> None:
    """Let the scans that follow know of this one."""
    if entry.registration_id is None:
        return
    ledger, place = batch.ledger, (entry.registration_id, entry.area)
    if entry.registration_id in ledger.late:
        ledger.history.add(entry)
        ledger.changed[place] = batch.device
        target = ledger.history.by_id.get(entry.undoes or "")
        if target is not None:
            ledger.changed[entry.registration_id, target.area] = batch.device
    elif entry.outcome in COUNTED:
        ledger.standings[place] = advanced(ledger.standings.get(place), entry, batch.day(entry.scanned_at))
        ledger.changed[place] = batch.device


def new_standings(ledger: Ledger) -> Iterator[tuple[Place, int, Standing | None]]:
    """Where everybody stands now, with the event; None: nowhere, since the only passage was taken back."""
    for place, device in ledger.changed.items():
        late = place[0] in ledger.late
        yield (
            place,
            device.event_id,
            walked(ledger.history.walk(*place).facts, device.zone) if late else ledger.standings[place],
        )


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
class _Answer:
    outcome: Outcome
    first: datetime | None
    message: str
    earlier: Earlier | None = None
    detail: str = ""


def _judged(batch: Batch, scan: Reported) -> Entry:
    device, holder, gate = batch.device, batch.holder(scan), batch.device.gates.get(scan.checkpoint)
    moment = batch.moment(scan)
    if holder is None and scan.ticket in batch.ledger.holders:
        said = batch.phrases.of(Verdict(Outcome.UNKNOWN_TICKET, "another_event"))
        verdict = _Answer(Outcome.UNKNOWN_TICKET, None, said, detail="another_event")
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
        received_at=batch.at,
        outcome=verdict.outcome,
        result=answer(
            scan.sent_id,
            verdict.outcome,
            person=person,
            first_admitted_at=verdict.first,
            message=verdict.message,
            earlier=verdict.earlier,
            detail=verdict.detail,
        ),
        fingerprint=scan.fingerprint,
    )


def _later(moment: datetime) -> datetime:
    try:
        return moment + UNDO_TIME
    except OverflowError:
        return moment


def _undone(batch: Batch, scan: Reported, holder: Holder | None, moment: datetime) -> _Answer:
    """Judge a scan that takes another one back."""
    if holder is None:
        outcome = Outcome.UNKNOWN_TICKET
    else:
        target = batch.ledger.history.by_id.get(scan.undoes or "")
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
    return _Answer(outcome, None, batch.phrases.taken_back(outcome))


def _passed(batch: Batch, scan: Reported, holder: Holder | None, gate: Gate | None, moment: datetime) -> _Answer:
    """Judge a passage."""
    around = _around(batch, scan, holder, gate, moment)
    verdict = decide(
        Case(
            ticket=UNKNOWN if holder is None else REVOKED if holder.revoked else KNOWN,
            direction=scan.direction,
            at=moment,
            door=gate.door if gate else None,
            state=holder.state if holder else "",
            mode=holder.mode if holder else "",
            category=holder.category if holder else "",
            sessions=batch.ledger.sessions.get(holder.registration_id, ()) if holder else (),
            offline=scan.offline,
            shown=scan.shown,
            reason=scan.reason,
            before=around.before,
            after=around.after,
        )
    )
    outcome, first, earlier = verdict.outcome, around.first, None
    if outcome in {Outcome.ADMITTED, Outcome.CONFLICT}:
        first = min(first or moment, moment)
    if outcome in {Outcome.ALREADY_IN, Outcome.CONFLICT} and around.cause_at is not None:
        earlier = _place(batch.device, around.cause_at, around.cause_checkpoint)
    said = batch.phrases.of(verdict) if earlier is None else batch.phrases.collision(outcome, earlier)
    return _Answer(outcome, first, said, earlier, verdict.detail)


class _Around(NamedTuple):
    """A scan's surroundings: what `rules.Case` asks for, and what a refusal names."""

    before: Passage | None = None
    after: Passage | None = None
    first: datetime | None = None
    cause_at: datetime | None = None
    cause_checkpoint: int | None = None


def _around(batch: Batch, scan: Reported, holder: Holder | None, gate: Gate | None, moment: datetime) -> _Around:
    if holder is None or gate is None:
        return _Around()
    if holder.registration_id in batch.ledger.late:
        return _in_history(batch, scan, batch.ledger.history.walk(holder.registration_id, gate.area), moment)
    standing = batch.ledger.standings.get((holder.registration_id, gate.area))
    if standing is None:
        return _Around()
    if standing.day != batch.day(moment):
        return _Around(first=standing.first_at)
    before = Passage(standing.direction, _is_known(batch.device, standing))
    return _Around(before, None, standing.first_at, standing.entered_at, standing.entry_checkpoint_id)


def _in_history(batch: Batch, scan: Reported, walk: Walk, moment: datetime) -> _Around:
    """The same among all scans of a person, for one that does not come last."""
    device, zone, day = batch.device, batch.device.zone, batch.day(moment)
    place = walk.place(moment, scan.id) if scan.offline else walk.end(day, zone)
    last = walk.before(place, day, zone)
    before = after = cause = None
    if last is not None:
        stay = walk.stay_before(place, day, zone) if last.direction == Direction.IN else [last]
        before = Passage(last.direction, any(fact.device_id == device.id for fact in stay))
        cause = stay[0] if last.direction == Direction.IN else None
    following = walk.after(place, day, zone) if scan.offline else None
    if following is not None and let_in(following):
        after = Passage(following.direction, following.device_id == device.id)
        cause = cause or following
    first = walk.first_in()
    return _Around(before, after, first, cause.scanned_at if cause else None, cause.checkpoint_id if cause else None)


def _place(device: Paired, at: datetime, checkpoint_id: int | None) -> Earlier:
    for gate in device.gates.values():
        if gate.id == checkpoint_id:
            return Earlier(at, gate.uid, text_in(gate.name, ["en"]).value)
    return Earlier(at, "", "")
