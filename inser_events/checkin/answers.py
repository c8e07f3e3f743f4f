"""What a device is told about one scan, as the JSON that is stored and sent word for word."""

import json
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.checkin.models import Outcome
from inser_events.checkin.uploads import BadScan


class Earlier(NamedTuple):
    """The passage that made this one a second one: when, and where."""

    at: datetime
    checkpoint: str
    """Public id, empty when the checkpoint is gone."""
    checkpoint_name: str


def stamp(moment: datetime) -> str:
    """A moment as the API writes it: UTC, whole seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment.year > 999 else moment.isoformat()  # noqa: PLR2004 — %Y pads no year


def answer(
    sent_id: str,
    outcome: Outcome,
    person: dict[str, str] | None,
    first_admitted_at: datetime | None,
    message: str,
    earlier: Earlier | None = None,
) -> str:
    """The result of one scan."""
    result: dict[str, Any] = {
        "id": sent_id,
        "outcome": outcome,
        "registration": person,
        "first_admitted_at": stamp(first_admitted_at) if first_admitted_at else None,
        "message": message,
    }
    if earlier is not None:
        result["previous"] = {
            "at": stamp(earlier.at),
            "checkpoint": earlier.checkpoint,
            "checkpoint_name": earlier.checkpoint_name,
        }
    return json.dumps(result, separators=(",", ":"))


def bad_scan(bad: BadScan) -> str:
    """The result of an entry that is no scan: a small problem document in its place."""
    sent_id = bad.id if isinstance(bad.id, str | int) else None
    problem = {"type": "about:blank", "title": "Not a scan", "status": 422, "detail": bad.detail}
    return json.dumps({"id": sent_id, "error": problem, "message": bad.detail}, separators=(",", ":"))


def message(outcome: Outcome, earlier: Earlier | None, zone: ZoneInfo, *, undo: bool = False, other_event: bool = False) -> str:
    """What the door says, in a sentence."""
    if undo:
        return _undo_message(outcome)
    if other_event:
        return _("This badge is for another event.")
    if earlier is not None:
        time = f"{earlier.at.astimezone(zone):%H:%M}"
        return _passed_before(outcome, time, earlier.checkpoint_name)
    texts = {
        Outcome.ADMITTED: _("Welcome."),
        Outcome.LEFT: _("Goodbye."),
        Outcome.ALREADY_IN: _("Already inside."),
        Outcome.CONFLICT: _("Let in twice, by two devices."),
        Outcome.NOT_CONFIRMED: _("This registration is not confirmed. Ask the registration desk."),
        Outcome.CANCELLED: _("This registration was cancelled."),
        Outcome.REVOKED: _("This badge was replaced by a newer one."),
        Outcome.WRONG_MODE: _("Registered to take part online."),
        Outcome.WRONG_CHECKPOINT: _("Not at this door."),
        Outcome.WRONG_TIME: _("Not at this time."),
        Outcome.UNKNOWN_TICKET: _("This is not a badge of this event."),
    }
    return texts[outcome]


def _passed_before(outcome: Outcome, time: str, place: str) -> str:
    if outcome == Outcome.CONFLICT:
        return _("Let in twice: another device did so at %(time)s, %(place)s.", time=time, place=place)
    return _("Already inside since %(time)s, %(place)s.", time=time, place=place)


def _undo_message(outcome: Outcome) -> str:
    if outcome in {Outcome.LEFT, Outcome.ADMITTED}:
        return _("Taken back.")
    if outcome == Outcome.WRONG_TIME:
        return _("Too late to take back. Scan the badge again on the way out.")
    return _("There is no such scan to take back.")
