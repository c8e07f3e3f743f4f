"""Forgetting in time: when an event's retention date is over, personal data is erased and numbers are kept."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db
from inser_events.errors import Refused
from inser_events.events.models import Event
from inser_events.events.queries import today_in
from inser_events.jobs import enqueue, every, job
from inser_events.mail import MailState, OutboxMail
from inser_events.registration.import_files import drop_table
from inser_events.registration.import_models import ImportBatch
from inser_events.registration.message_models import Suppression
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import AT_ONCE, erase, still_known
from inser_events.registration.privacy_models import PrivacySettings
from inser_events.registration.privacy_texts import settings_of

log = logging.getLogger(__name__)


class TooEarly(Refused):
    """The retention date must leave time for the event itself."""

    status = 422
    title = "Too early"


def change_settings(event: Event, *, list_public: bool, retain_until: date | None) -> None:
    """Decide about the public list and the last day data is kept. Raises TooEarly."""
    if retain_until is not None and retain_until < event.ends_on:
        raise TooEarly(_("Choose a day after the event: it ends on %(day)s.", day=format_date(event.ends_on, "long")))
    settings = settings_of(event)
    before = {"list_public": settings.list_public, "retain_until": _iso(settings.retain_until)}
    settings.list_public, settings.retain_until = list_public, retain_until
    db.session.add(settings)
    after = {"list_public": list_public, "retain_until": _iso(retain_until)}
    record("change privacy settings", event, event_id=event.id, before=before, after=after)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def is_over(event: Event, settings: PrivacySettings, at: datetime) -> bool:
    """Whether the last day of keeping is past, where the event is."""
    return settings.retain_until is not None and settings.retain_until < today_in(event, at)


@every(minutes=60)
def forget_in_time() -> None:
    """Start erasing wherever the retention date is over and something is left."""
    moment = now()
    due = select(Event, PrivacySettings).join(PrivacySettings, PrivacySettings.event_id == Event.id)
    for event, settings in db.session.execute(due.where(PrivacySettings.retain_until.is_not(None))).all():
        if is_over(event, settings, moment) and _something_left(event):
            enqueue(erase_slice, event_id=event.id)


Asker = Callable[[Event], bool]
Forgetter = Callable[[Event], dict[str, int]]
_others: list[tuple[Asker, Forgetter]] = []


def also_forget(is_left: Asker, forgetter: Forgetter) -> None:
    """Add what another domain knows of an event beside its registrations: whether anything, and how to erase it."""
    if (is_left, forgetter) not in _others:
        _others.append((is_left, forgetter))


def _something_left(event: Event) -> bool:
    if any(is_left(event) for is_left, _forgetter in _others):
        return True
    if db.session.scalar(still_known(event.id).with_only_columns(Registration.id).limit(1)) is not None:
        return True
    mails = select(OutboxMail.id).where(OutboxMail.event_id == event.id, OutboxMail.recipient != "")
    return db.session.scalar(mails.limit(1)) is not None


@job
def erase_slice(event_id: int) -> None:
    """Erase some people of an event whose date is over, then the rest; run again, it finds nothing to do."""
    event, settings = db.session.get(Event, event_id), db.session.get(PrivacySettings, event_id)
    moment = now()
    if event is None or settings is None or not is_over(event, settings, moment):
        return
    people = db.session.scalars(still_known(event_id).order_by(Registration.id).limit(AT_ONCE)).all()
    numbers = erase(people, at=moment)
    if len(people) == AT_ONCE:
        enqueue(erase_slice, event_id=event_id)
    else:
        numbers["mails"] += _forget_the_rest(event)
        for _is_left, forgetter in _others:
            numbers = _added(numbers, forgetter(event))
    settings.report = _added(settings.report, numbers)
    settings.erased_at = moment
    record("erase after retention", event, event_id=event_id, after=numbers)
    log.info("erased after retention", extra={"event": event.slug, **numbers})


def _forget_the_rest(event: Event) -> int:
    """Mails to addresses no registration has any more, addresses left out, tables never imported."""
    waiting = update(OutboxMail).where(
        OutboxMail.event_id == event.id, OutboxMail.state.in_([MailState.QUEUED, MailState.SENDING])
    )
    db.session.execute(waiting.values(state=MailState.FAILED))
    emptied = {"recipient": "", "subject": "", "message": b"", "error": ""}
    mails = update(OutboxMail).where(OutboxMail.event_id == event.id, OutboxMail.recipient != "").values(**emptied)
    number = int(getattr(db.session.execute(mails), "rowcount", 0))
    db.session.execute(delete(Suppression).where(Suppression.event_id == event.id))
    app_settings: Settings = current_app.extensions["settings"]
    for batch in db.session.scalars(select(ImportBatch).where(ImportBatch.event_id == event.id)):
        drop_table(app_settings, batch.uid)
        batch.filename = f"#{batch.id}"
    return number


def _added(report: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    return {name: int(report.get(name, 0)) + numbers.get(name, 0) for name in dict.fromkeys([*report, *numbers])}


def kept_numbers(event: Event) -> list[tuple[str, str, int]]:
    """What is left: how many registrations per state and mode."""
    rows = db.session.execute(
        select(Registration.state, Registration.mode, func.count())
        .where(Registration.event_id == event.id)
        .group_by(Registration.state, Registration.mode)
        .order_by(Registration.state, Registration.mode)
    )
    return [(state, mode, number) for state, mode, number in rows]
