"""The hot path's statements: built once, cached by SQLAlchemy, plain rows in and out.

Four of them make a scan. They go past the ORM, which would spend more time on a scan than the database does.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from inser_events.checkin.models import Checkpoint, Device, Presence, Scan, ScanRepeat
from inser_events.events.models import Event
from inser_events.registration.capacity_models import SessionSeats, SignUp
from inser_events.registration.models import Registration, State, Ticket

Rows = Sequence[Any]
"""Plain rows; the names of their columns stand beside each statement."""


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


_device, _event, _checkpoint = _table(Device).c, _table(Event).c, _table(Checkpoint).c
_ticket, _person, _scan = _table(Ticket).c, _table(Registration).c, _table(Scan).c
_presence = _table(Presence).c
_sign_up, _seats = _table(SignUp).c, _table(SessionSeats).c

_DEVICE = (
    select(
        _device.token_hash, _device.id, _device.name, _device.event_id, _device.revoked_at, _device.expires_at,
        _device.last_seen_at, _device.clock_offset, _device.waiting, _event.ticket_key, _event.time_zone,
        _checkpoint.id, _checkpoint.uid, _checkpoint.name, _checkpoint.kind, _checkpoint.room_id,
        _checkpoint.session_uid, _checkpoint.direction, _checkpoint.rules,
    )
    .select_from(_table(Device).join(_table(Event), _event.id == _device.event_id))
    .outerjoin(_table(Checkpoint), _checkpoint.event_id == _device.event_id)
    .order_by(_checkpoint.position, _checkpoint.id)
)  # fmt: skip
_DEVICES_BY_HASH = _DEVICE.where(_device.token_hash.in_(bindparam("hashes", expanding=True)))
_DEVICE_BY_ID = _DEVICE.where(_device.id == bindparam("device_id"))

_HOLDERS = (
    select(
        _ticket.number, _ticket.revoked_at, _person.id, _person.event_id, _person.state, _person.mode,
        _person.category, _person.given_name, _person.family_name, _person.organisation, _event.ticket_key,
    )
    .select_from(_table(Ticket).join(_table(Registration), _person.id == _ticket.registration_id))
    .join(_table(Event), _event.id == _person.event_id)
    .where(_ticket.number.in_(bindparam("numbers", expanding=True)))
    # One order for all, against deadlocks. Foreign keys to the registration pass (key_share), so that only scans of
    # one person wait for each other.
    .order_by(_person.id)
    .with_for_update(of=_table(Registration), key_share=True)
)  # fmt: skip

_SIGN_UPS = (
    select(_sign_up.registration_id, _seats.session_uid)
    .select_from(_table(SignUp).join(_table(SessionSeats), _seats.id == _sign_up.seats_id))
    .where(_sign_up.registration_id.in_(bindparam("registrations", expanding=True)), _sign_up.state == State.CONFIRMED)
)

_FACTS = select(
    _scan.id, _scan.registration_id, _scan.checkpoint_id, _scan.device_id, _scan.area, _scan.direction, _scan.offline,
    _scan.shown, _scan.undoes, _scan.scanned_at, _scan.outcome,
).where(_scan.registration_id.in_(bindparam("registrations", expanding=True)))  # fmt: skip

_ANSWERED = select(_scan.event_id, _scan.id, _scan.result, _scan.fingerprint, _scan.undoes).where(
    _scan.event_id.in_(bindparam("events", expanding=True))
)
# Two searches in two indexes: with OR, SQLite reads all scans of the event instead.
_STORED = union_all(
    _ANSWERED.where(_scan.id.in_(bindparam("ids", expanding=True))),
    _ANSWERED.where(_scan.undoes.in_(bindparam("ids", expanding=True))),
)
_STANDINGS = select(
    _presence.registration_id, _presence.area, _presence.direction, _presence.day, _presence.last_at,
    _presence.last_id, _presence.device_id, _presence.entered_at, _presence.entry_device_id,
    _presence.entry_checkpoint_id, _presence.first_at,
).where(_presence.registration_id.in_(bindparam("registrations", expanding=True)))  # fmt: skip
_NO_LONGER = delete(_table(Presence)).where(
    _presence.registration_id == bindparam("of_person"), _presence.area == bindparam("of_area")
)


def _keep(insert_into: Any) -> Any:
    """Write a standing over the one that was there."""
    statement = insert_into(_table(Presence))
    keys = {"registration_id", "area"}
    values = {column.name: statement.excluded[column.name] for column in _table(Presence).c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=sorted(keys), set_=values)


_KEEP = {"sqlite": _keep(sqlite.insert), "postgresql": _keep(postgresql.insert)}
_APPEND = insert(_table(Scan))
_APPEND_NEW = postgresql.insert(_table(Scan)).on_conflict_do_nothing().returning(_scan.id)


def device_rows(connection: Connection, hashes: Iterable[str]) -> Rows:
    """Devices by the hash of their token, with their event: each once per checkpoint (at least once)."""
    return connection.execute(_DEVICES_BY_HASH, {"hashes": list(hashes)}).all()


def device_row(connection: Connection, device_id: int) -> Rows:
    """The same of one device by its id."""
    return connection.execute(_DEVICE_BY_ID, {"device_id": device_id}).all()


def holder_rows(connection: Connection, numbers: Iterable[int]) -> Rows:
    """Tickets with their registrations, which stay locked until the end of the transaction."""
    return connection.execute(_HOLDERS, {"numbers": list(numbers)}).all()


def signup_rows(connection: Connection, registrations: Iterable[int]) -> Rows:
    """Registration and session of each seat that some people have in a session."""
    return connection.execute(_SIGN_UPS, {"registrations": list(registrations)}).all()


def fact_rows(connection: Connection, registrations: Iterable[int]) -> Rows:
    """All scans of some people, as `projection.Fact` wants them."""
    return connection.execute(_FACTS, {"registrations": list(registrations)}).all()


def stored_rows(connection: Connection, events: Iterable[int], ids: Iterable[str]) -> Rows:
    """Event, id, result, fingerprint, what it undoes: of the scans with these ids and of those that undo them."""
    return connection.execute(_STORED, {"events": list(events), "ids": list(ids)}).all()


def standing_rows(connection: Connection, registrations: Iterable[int]) -> Rows:
    """Where some people stand: registration, area, then the fields of `standing.Standing`."""
    return connection.execute(_STANDINGS, {"registrations": list(registrations)}).all()


def keep_standings(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write where people stand now."""
    connection.execute(_KEEP[connection.dialect.name], rows)


def drop_standing(connection: Connection, registration_id: int, area: str) -> None:
    """Forget where somebody stood who never was there."""
    connection.execute(_NO_LONGER, {"of_person": registration_id, "of_area": area})


def append(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Append scans; return the ids that another transaction has stored meanwhile."""
    if connection.dialect.name == "sqlite":  # the only writer: nothing can have come between
        connection.execute(_APPEND, rows)
        return []
    kept = set(connection.execute(_APPEND_NEW, rows).scalars())
    return [row["id"] for row in rows if row["id"] not in kept]


def append_repeats(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep ids that came again with other content."""
    connection.execute(insert(_table(ScanRepeat)), list(rows))
