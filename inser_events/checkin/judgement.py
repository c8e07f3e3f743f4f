"""Judging one scan among all others: from what was read and is known to what is stored and answered. No queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inser_events.checkin.answers import Earlier, Phrases, answer
from inser_events.checkin.devices import Gate, Paired
from inser_events.checkin.history import History, Walk
from inser_events.checkin.models import COUNTED, UNDO_TIME, Direction, Outcome
from inser_events.checkin.projection import let_in
from inser_events.checkin.rules import KNOWN, REVOKED, UNKNOWN, Case, Passage, Undone, decide, decide_undo
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


Place = tuple[int, str]
"""A registration and an area."""


@dataclass(slots=True)
class Batch:
    """What is known while the scans of one upload are judged one after the other."""

    device: Paired
    at: datetime
    offset: timedelta
    holders: dict[str, Holder]
    """By what was read; absent for what is no ticket."""
    standings: dict[Place, Standing]
    history: History
    """Of those whose scans do not simply come after all that is known."""
    late: set[int]
    """The registrations in ``history``."""
    stored: dict[str, tuple[str, str]]
    """Result and fingerprint by scan id."""
    phrases: Phrases
    entries: list[Entry] = field(default_factory=list)
    repeats: list[dict[str, Any]] = field(default_factory=list)
    changed: set[Place] = field(default_factory=set)

    def moment(self, scan: Reported) -> datetime:
        """When a scan was made, by the server's clock."""
        return corrected(scan.device_time, self.offset, self.at)

    def day(self, moment: datetime) -> date:
        """The day of a moment where the event is."""
        return moment.astimezone(self.device.zone).date()


def latecomers(batch: Batch, scans: Iterable[Reported], undone: set[str]) -> set[int]:
    """Registrations of which all scans are needed: something arrives out of order, is taken back, or may conflict.

    *undone*: ids of scans that were taken back before they arrived.
    """
    found: set[int] = set()
    newest: dict[Place, tuple[datetime, str]] = {}
    for scan in scans:
        holder, gate = batch.holders.get(scan.ticket), batch.device.gates.get(scan.checkpoint)
        if holder is None or gate is None or not holder.of_this_event or holder.registration_id in found:
            continue
        place = (holder.registration_id, gate.area)
        key = (batch.moment(scan), scan.id)
        standing = batch.standings.get(place)
        if standing is not None and place not in newest:
            newest[place] = (standing.last_at, standing.last_id)
        in_order = place not in newest or newest[place] < key
        stranger = scan.offline and standing is not None and batch.device.id not in _last_devices(standing)
        if scan.undoes or scan.id in undone or not in_order or stranger:
            found.add(holder.registration_id)
        newest[place] = key
    return found


def _last_devices(standing: Standing) -> tuple[int | None, int | None]:
    return standing.device_id, standing.entry_device_id


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
    _take_in(batch, entry)
    batch.stored[scan.id] = (entry.result, entry.fingerprint)
    return entry.result


def _take_in(batch: Batch, entry: Entry) -> None:
    """Let the scans that follow know of this one."""
    if entry.registration_id is None:
        return
    place = (entry.registration_id, entry.area)
    if entry.registration_id in batch.late:
        batch.history.add(entry)
        target = batch.history.by_id.get(entry.undoes or "")
        batch.changed.update({place} | ({(entry.registration_id, target.area)} if target else set()))
    elif entry.outcome in COUNTED:
        batch.standings[place] = advanced(batch.standings.get(place), entry, batch.day(entry.scanned_at))
        batch.changed.add(place)


def new_standings(batch: Batch) -> dict[Place, Standing | None]:
    """Where everybody of this batch stands now; None: nowhere, since the only passage was taken back."""
    return {
        place: walked(batch.history.walk(*place).facts, batch.device.zone)
        if place[0] in batch.late
        else batch.standings[place]
        for place in batch.changed
    }


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
    moment = batch.moment(scan)
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
        result=answer(
            scan.sent_id,
            verdict.outcome,
            person=person,
            first_admitted_at=verdict.first,
            message=verdict.message,
            earlier=verdict.earlier,
        ),
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
    around = _around(batch, scan, holder, gate, moment)
    outcome = decide(
        Case(
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
            before=around.before,
            after=around.after,
        )
    )
    first, earlier = around.first, None
    if outcome in {Outcome.ADMITTED, Outcome.CONFLICT}:
        first = min(first or moment, moment)
    if outcome in {Outcome.ALREADY_IN, Outcome.CONFLICT} and around.cause_at is not None:
        earlier = _place(batch.device, around.cause_at, around.cause_checkpoint)
    return _Verdict(outcome, first, batch.phrases.said(outcome, earlier), earlier)


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
    if holder.registration_id in batch.late:
        return _in_history(batch, scan, batch.history.walk(holder.registration_id, gate.area), moment)
    standing = batch.standings.get((holder.registration_id, gate.area))
    if standing is None:
        return _Around()
    if standing.day != batch.day(moment):
        return _Around(first=standing.first_at)
    before = Passage(standing.direction, batch.device.id in _last_devices(standing))
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
