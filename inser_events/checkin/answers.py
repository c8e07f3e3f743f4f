"""What a device is told about one scan, as the JSON that is stored and sent word for word."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from flask_babel import gettext as _

from inser_events.checkin.models import Outcome
from inser_events.checkin.rules import Verdict
from inser_events.checkin.uploads import BadScan, storable
from inser_events.web.languages import page_language

_encoder = msgspec.json.Encoder()


def _to_json(content: dict[str, Any]) -> str:
    return _encoder.encode(content).decode()


class Earlier(NamedTuple):
    """The passage that made this one a second one: when, and where."""

    at: datetime
    checkpoint: str
    """Public id, empty when the checkpoint is gone."""
    checkpoint_name: str


def stamp(moment: datetime) -> str:
    """A moment as the API writes it: UTC, whole seconds."""
    return f"{moment.isoformat()[:19]}Z"  # strftime takes forty times as long


def answer(
    sent_id: str,
    outcome: Outcome,
    *,
    person: dict[str, str] | None,
    first_admitted_at: datetime | None,
    message: str,
    earlier: Earlier | None = None,
    detail: str = "",
) -> str:
    """The result of one scan."""
    result: dict[str, Any] = {
        "id": sent_id,
        "outcome": outcome,
        "registration": person,
        "first_admitted_at": stamp(first_admitted_at) if first_admitted_at else None,
        "message": message,
    }
    if detail:
        result["detail"] = detail
    if earlier is not None:
        result["previous"] = {
            "at": stamp(earlier.at),
            "checkpoint": earlier.checkpoint,
            "checkpoint_name": earlier.checkpoint_name,
        }
    return _to_json(result)


def bad_scan(bad: BadScan) -> str:
    """The result of an entry that is no scan: a small problem document in its place."""
    sent_id = storable(bad.id, LONGEST_ID) if isinstance(bad.id, str) else None
    problem = {"type": "about:blank", "title": "Not a scan", "status": 422, "detail": bad.detail}
    return _to_json({"id": sent_id, "error": problem, "message": bad.detail})


LONGEST_ID = 100
_said: dict[tuple[str, object], str] = {}
"""Sentences by language: looking one up costs more than deciding a scan."""


class Phrases:
    """What the door says, in the language of the request."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._language = page_language()

    def of(self, verdict: Verdict) -> str:
        """The sentence for a passage."""
        sentence = _DETAILS.get(verdict.detail, _SENTENCES[verdict.outcome])
        return self._of(verdict, sentence)

    def collision(self, outcome: Outcome, earlier: Earlier) -> str:
        """The sentence for a passage that collides with an earlier one."""
        local = earlier.at.astimezone(self._zone)
        time = f"{local.hour:02}:{local.minute:02}"
        return self._of((outcome, "earlier"), _COLLISIONS[outcome]) % {"time": time, "place": earlier.checkpoint_name}

    def taken_back(self, outcome: Outcome) -> str:
        """The sentence for a scan that takes another one back."""
        if outcome in {Outcome.LEFT, Outcome.ADMITTED}:
            return str(_("Taken back."))
        if outcome == Outcome.WRONG_TIME:
            return str(_("Too late to take back. Scan the badge again on the way out."))
        return str(_("There is no such scan to take back."))

    def _of(self, key: object, sentence: Callable[[], str]) -> str:
        known = _said.get((self._language, key))
        if known is None:
            known = _said[self._language, key] = str(sentence())
        return known


_SENTENCES: dict[Outcome, Callable[[], str]] = {
    Outcome.ADMITTED: lambda: _("Welcome."),
    Outcome.LEFT: lambda: _("Goodbye."),
    Outcome.ALREADY_IN: lambda: _("Already inside."),
    Outcome.CONFLICT: lambda: _("Let in twice, by two devices."),
    Outcome.NOT_CONFIRMED: lambda: _("This registration is not confirmed. Ask the registration desk."),
    Outcome.CANCELLED: lambda: _("This registration was cancelled."),
    Outcome.REVOKED: lambda: _("This badge was replaced by a newer one."),
    Outcome.WRONG_MODE: lambda: _("Registered to take part online."),
    Outcome.WRONG_CHECKPOINT: lambda: _("Not at this door."),
    Outcome.WRONG_TIME: lambda: _("Not at this time."),
    Outcome.UNKNOWN_TICKET: lambda: _("This is not a badge of this event."),
}
_DETAILS: dict[str, Callable[[], str]] = {
    "another_event": lambda: _("This badge is for another event."),
    "in_the_room": lambda: _("This door is for people who take part online."),
    "category": lambda: _("This door is for other categories."),
    "not_signed_up": lambda: _("Not signed up for this session."),
    "exit_only": lambda: _("This door is an exit only."),
    "entrance_only": lambda: _("This door is an entrance only."),
    "too_early": lambda: _("Too early for this door."),
    "too_late": lambda: _("This door has closed."),
    "other_day": lambda: _("Not on this day."),
}
"""Where an outcome has several causes, see `rules.Verdict`."""
# Without arguments gettext leaves the placeholders, so that the sentence can be kept.
_COLLISIONS: dict[Outcome, Callable[[], str]] = {
    Outcome.ALREADY_IN: lambda: _("Already inside since %(time)s, %(place)s."),
    Outcome.CONFLICT: lambda: _("Let in twice: another device did so at %(time)s, %(place)s."),
}
