"""Telling registered people what a release changed in their calendar, and only that.

Everyone who was sent an invitation has one entry for the event, and one for each session they signed up for. A release
that changes nothing in an entry sends no mail; one that moves, renames or cancels the event or the session sends an
iTIP update to those whose entry differs (RFC 5546 sections 3.2.2 and 3.2.5). The mails are written by jobs in slices,
one for each release, entry and person however often they run.
"""

from flask import Flask, current_app
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from inser_events.agenda.exports import Placed, event_entry, session_entry
from inser_events.agenda.listeners import listen
from inser_events.agenda.models import Release
from inser_events.agenda.snapshot import Snapshot, load
from inser_events.config import Settings
from inser_events.database import db
from inser_events.events.models import Event, Mode
from inser_events.jobs import enqueue, job
from inser_events.registration import notices
from inser_events.registration.models import ACTIVE, Registration
from inser_events.registration.session_invitations import holder_count, holders, released, watched
from inser_events.web.filters import mode_label

SLICE = 200


class Updates:
    """What the agenda asks before, and tells after, publishing."""

    def preview(self, event: Event, old: Snapshot | None, new: Snapshot) -> list[str]:
        """How many mails go out, by mode."""
        sentences = []
        for mode in concerned(old, new):
            number = db.session.scalar(select(func.count()).where(*_invited(event.id, [mode]))) or 0
            if number:
                sentences.append(_sentence(mode, number, called_off=new.event.status == "cancelled"))
        return sentences + _session_sentences(event, old, new)

    def tell(self, event: Event, old: Snapshot | None, new: Snapshot) -> None:
        """Leave the mails to a job."""
        if concerned(old, new):
            enqueue(tell_registered, event_id=event.id, number=new.number, after_id=0)
        for session_uid in concerned_sessions(event, old, new):
            enqueue(tell_signed_up, event_id=event.id, number=new.number, session_uid=session_uid, after_id=0)


def init_app(app: Flask) -> None:
    """Listen to releases."""
    listen(app, Updates())


def _sentence(mode: str, number: int, *, called_off: bool) -> str:
    values = {"mode": mode_label(mode)}
    if called_off:
        sentence = ngettext(
            "%(mode)s: %(num)s person is told by mail that the event is cancelled.",
            "%(mode)s: %(num)s people are told by mail that the event is cancelled.",
            number,
            **values,
        )
    else:
        sentence = ngettext(
            "%(mode)s: %(num)s person gets a mail with a new calendar entry.",
            "%(mode)s: %(num)s people get a mail with a new calendar entry.",
            number,
            **values,
        )
    return str(sentence)


def concerned(old: Snapshot | None, new: Snapshot) -> list[str]:
    """The modes whose calendar entry differs between two releases."""
    if old is None:
        return []
    return [mode for mode in Mode if _entry_facts(old, mode) != _entry_facts(new, mode)]


def _entry_facts(snapshot: Snapshot, mode: Mode) -> tuple[object, ...]:
    """What people see of their entry: name, times, place, whether it takes place."""
    settings: Settings = current_app.extensions["settings"]
    placed: Placed = "online" if mode == Mode.ONLINE else "in_person"
    entry = event_entry(snapshot, base_url=settings.base_url, languages=snapshot.event.languages, placed=placed)
    return snapshot.event.name, entry.starts_at, entry.ends_at, entry.zone, entry.location, entry.status


def concerned_sessions(event: Event, old: Snapshot | None, new: Snapshot) -> dict[str, list[str]]:
    """The sessions somebody has in their calendar whose entry differs between two releases, and for which modes."""
    known = {session.uid for session in old.sessions} if old else set()
    found: dict[str, list[str]] = {}
    if old is None:
        return found
    uids = watched(event) & known
    for session in new.sessions:
        if session.uid in uids:
            modes = [mode for mode in Mode if _facts(old, mode, session.uid) != _facts(new, mode, session.uid)]
            if modes:
                found[session.uid] = [str(mode) for mode in modes]
    return found


def _facts(snapshot: Snapshot, mode: Mode, session_uid: str) -> tuple[object, ...]:
    """What people see of a session's entry: title, times, place, whether it takes place."""
    settings: Settings = current_app.extensions["settings"]
    placed: Placed = "online" if mode == Mode.ONLINE else "in_person"
    languages = snapshot.event.languages
    entry = session_entry(snapshot, session_uid, base_url=settings.base_url, languages=languages, placed=placed)
    title = next(session.title for session in snapshot.sessions if session.uid == session_uid)
    return title, entry.starts_at, entry.ends_at, entry.zone, entry.location, entry.status


def _session_sentences(event: Event, old: Snapshot | None, new: Snapshot) -> list[str]:
    numbers = {True: 0, False: 0}
    for session_uid, modes in concerned_sessions(event, old, new).items():
        off = _is_off(new, session_uid)
        numbers[off] += holder_count(event.id, session_uid, modes, off=off)
    changed = ngettext(
        "Sign-ups: %(num)s mail with a new calendar entry for a session.",
        "Sign-ups: %(num)s mails with new calendar entries for sessions.",
        numbers[False],
    )
    withdrawn = ngettext(
        "Sign-ups: %(num)s mail says that a session is cancelled.",
        "Sign-ups: %(num)s mails say that a session is cancelled.",
        numbers[True],
    )
    return [str(words) for words, number in ((changed, numbers[False]), (withdrawn, numbers[True])) if number]


def _is_off(snapshot: Snapshot, session_uid: str) -> bool:
    statuses = {snapshot.event.status, *(one.status for one in snapshot.sessions if one.uid == session_uid)}
    return "cancelled" in statuses


def _invited(event_id: int, modes: list[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.event_id == event_id,
        Registration.mode.in_(modes),
        Registration.state.in_(ACTIVE),
        Registration.invited_sequence.is_not(None),
    )


def _snapshot(event_id: int, number: int) -> Snapshot | None:
    text = db.session.scalar(select(Release.snapshot).where(Release.event_id == event_id, Release.number == number))
    return load(text) if text else None


@job
def tell_registered(event_id: int, number: int, after_id: int) -> None:
    """Write the mails of one release to the next slice of those concerned, then leave the rest to another job."""
    old, new = _snapshot(event_id, number - 1), _snapshot(event_id, number)
    if new is None:
        return
    chosen = select(Registration).where(*_invited(event_id, concerned(old, new)), Registration.id > after_id)
    registrations = db.session.scalars(chosen.order_by(Registration.id).limit(SLICE)).all()
    for registration in registrations:
        notices.released(registration, new)
    if len(registrations) == SLICE:
        enqueue(tell_registered, event_id=event_id, number=number, after_id=registrations[-1].id)


@job
def tell_signed_up(event_id: int, number: int, session_uid: str, after_id: int) -> None:
    """Write the mails about one session of a release to the next slice of those who have it in their calendar."""
    event = db.session.get(Event, event_id)
    old, new = _snapshot(event_id, number - 1), _snapshot(event_id, number)
    if event is None or new is None:
        return
    modes = concerned_sessions(event, old, new).get(session_uid, [])
    session = next((one for one in new.sessions if one.uid == session_uid), None)
    if session is None or not modes:
        return
    chosen = holders(event_id, session_uid, modes, off=_is_off(new, session_uid)).where(Registration.id > after_id)
    registrations = db.session.scalars(chosen.order_by(Registration.id).limit(SLICE)).all()
    for registration in registrations:
        released(registration, session, new)
    if len(registrations) == SLICE:
        told = registrations[-1].id
        enqueue(tell_signed_up, event_id=event_id, number=number, session_uid=session_uid, after_id=told)
