"""Organisers' pages of the agenda: the outline, sessions, pasting."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response
from wtforms import Field

from inser_events.agenda import operations
from inser_events.agenda.bulk import copy_day
from inser_events.agenda.conflicts import conflicts_of
from inser_events.agenda.errors import TimeTwice, Unusable
from inser_events.agenda.forms import (
    CopyForm,
    NewSlotForm,
    SessionForm,
    differing,
    in_languages,
    show_error,
    show_start,
    show_texts,
    texts_of,
)
from inser_events.agenda.grid import days_of, grid_of, typed_start
from inser_events.agenda.models import Session, SessionKind, Slot
from inser_events.agenda.operations import SessionData
from inser_events.agenda.queries import (
    draft_sessions,
    find_session,
    items_of,
    last_session,
    latest_release,
    people_of,
)
from inser_events.agenda.step_views import one_step
from inser_events.agenda.timing import Span, retimed, utc_of
from inser_events.clock import now
from inser_events.documents import richtext
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import Outdated
from inser_events.events.models import Event, Room
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.people.names import by_name
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

blueprint = Blueprint("manage_agenda", __name__, url_prefix="/manage/<slug>/agenda")
UNUSABLE = 422
CONFLICT = 409
FIRST_HOUR = 9
USUAL_MINUTES = 60


class Timed(NamedTuple):
    """A slot and its times."""

    slot: Slot
    span: Span


class Row(NamedTuple):
    """A session of the outline."""

    session: Session
    slots: list[Timed]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def timed(session: Session) -> Row:
    """A session with the times of its slots."""
    spans = retimed(session.starts_at, (slot.minutes for slot in session.slots))
    return Row(session, [Timed(slot, span) for slot, span in zip(session.slots, spans, strict=True)])


def by_day(event: Event, sessions: Sequence[Session]) -> list[tuple[date, list[Row]]]:
    """The draft by local date."""
    clock = ZoneInfo(event.time_zone)
    days: dict[date, list[Row]] = {}
    for session in sessions:
        days.setdefault(session.starts_at.astimezone(clock).date(), []).append(timed(session))
    return sorted(days.items())


def room_of(event: Event, uid: str) -> Room | None:
    """The event's room of this uid, or None."""
    return next((room for room in event.rooms if room.uid == uid), None)


def to_session(event: Event, session: Session, anchor: str = "") -> Response:
    """Send the browser to the session's page."""
    return redirect(f"/manage/{event.slug}/agenda/sessions/{session.uid}{'#' + anchor if anchor else ''}")


@blueprint.get("")
@allowed(find_event, may_see)
def outline(event: Event) -> ResponseReturnValue:
    """The draft by day, with what does not fit."""
    sessions = draft_sessions(event)
    conflicts = conflicts_of(event, sessions)
    as_grid = request.args.get("view") == "grid"
    return render_managed(
        "agenda/manage_agenda.html",
        event,
        "agenda",
        view="grid" if as_grid else "outline",
        days=by_day(event, sessions) if not as_grid else [],
        grid=grid_of(event, sessions, conflicts) if as_grid else None,
        grid_days=days_of(event, sessions, request.args.get("day", "")) if as_grid else [],
        some_moment=sessions[0].starts_at if sessions else None,
        may_edit=may_edit(current_user, event),
        conflicts=conflicts,
        release=latest_release(event),
        has_items=bool(items_of(event)),
    )


@blueprint.route("/sessions/new", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def new_session(event: Event) -> ResponseReturnValue:
    """Add a session; the form starts where the last one ends."""
    form = in_languages(SessionForm, event.languages, text=True)()
    last = last_session(event)
    form.offer(event, day=_local(event, last.ends_at).date() if last else None)
    if request.method == "GET":
        _suggest(form, event, last)
        _drawn(form, event)
    elif form.validate_on_submit():
        try:
            session = operations.add_session(event, session_data(form, event))
        except Unusable as error:
            show_error(form, error)
            return _session_form(event, form, None, ask=isinstance(error, TimeTwice))
        if request.form.get("then") == "another":
            flash(_("Added “%(title)s”. Now the next one.", title=form[f"title_{event.languages[0]}"].data), "success")
            return redirect(f"/manage/{event.slug}/agenda/sessions/new")
        return to_session(event, session, "add-slot")
    return _session_form(event, form, None)


@blueprint.get("/sessions/<uid>")
@allowed(find_event, may_see)
def session(event: Event, uid: str) -> ResponseReturnValue:
    """One session and its slots."""
    form = in_languages(NewSlotForm, event.languages)(formdata=None)
    return session_page(event, find_session(event, uid), form)


def session_page(event: Event, found: Session, form: NewSlotForm) -> ResponseReturnValue:
    """The session's page with the form for its next slot, as typed."""
    items = items_of(event)
    form.offer(items)
    used = sum(slot.minutes for slot in found.slots)
    page = render_managed(
        "agenda/manage_session.html",
        event,
        "agenda",
        row=timed(found),
        left=found.minutes - used,
        form=form,
        people=by_name(people_of(event), page_language()),
        published=operations.was_published(found),
        conflicts=[one for one in conflicts_of(event, draft_sessions(event)) if found in one.sessions],
    )
    return page, UNUSABLE if form.errors else 200


@blueprint.route("/sessions/<uid>/edit", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def edit_session(event: Event, uid: str) -> ResponseReturnValue:
    """Change a session. When someone else did meanwhile, both versions are shown."""
    found = find_session(event, uid)
    form = in_languages(SessionForm, event.languages, text=True)()
    form.offer(event, day=_local(event, found.starts_at).date())
    if request.method == "GET":
        _show(form, event, found)
    elif form.validate_on_submit():
        version = int(form.version.data) if (form.version.data or "").isdecimal() else 0
        try:
            operations.change_session(found, session_data(form, event, found), version=version)
        except Unusable as error:
            show_error(form, error)
            return _session_form(event, form, found, ask=isinstance(error, TimeTwice))
        except Outdated:
            return _compared(event, form, found)
        flash(_("Saved. It becomes public when you publish."), "success")
        return to_session(event, found)
    return _session_form(event, form, found)


def _compared(event: Event, form: SessionForm, found: Session) -> ResponseReturnValue:
    saved = in_languages(SessionForm, event.languages, text=True)(formdata=None)
    saved.offer(event, day=_local(event, found.starts_at).date())
    _show(saved, event, found)
    outdated = differing(form, saved)
    form.version.data = str(found.version)
    return _session_form(event, form, found, outdated=outdated)


def _session_form(
    event: Event,
    form: SessionForm,
    found: Session | None,
    *,
    ask: bool = False,
    outdated: list[tuple[Field, str, str]] | None = None,
) -> ResponseReturnValue:
    page = render_managed(
        "agenda/manage_session_form.html",
        event,
        "agenda",
        form=form,
        session=found,
        ask_which=ask or bool(form.second.data not in {None, "", "None"}),
        outdated=outdated,
    )
    return page, CONFLICT if outdated is not None else UNUSABLE if form.errors or form.form_errors else 200


def session_data(form: SessionForm, event: Event, before: Session | None = None) -> SessionData:
    """What a valid form says. Raises NoSuchTime, TimeTwice."""
    day, at, second = form.local_start()
    return SessionData(
        title=texts_of(form, "title", before.title if before else None),
        abstract=texts_of(form, "abstract", before.abstract if before else None),
        kind=form.kind.data,
        starts_at=utc_of(day, at, event.time_zone, second=second),
        minutes=form.minutes.data,
        room=room_of(event, form.room.data),
        languages=form.languages.data or [],
        interpretation=form.interpretation.data or [],
        online=bool(form.online.data) if "online" in form else True,
        track=form.track.data or "",
    )


def _show(form: SessionForm, event: Event, found: Session) -> None:
    show_texts(form, "title", found.title)
    show_texts(form, "abstract", {code: richtext.editable(text) for code, text in found.abstract.items()})
    show_start(form, found.starts_at, event.time_zone)
    for name in ("kind", "minutes", "track", "languages", "interpretation"):
        form[name].data = getattr(found, name)
    form.room.data = found.room.uid if found.room else ""
    form.version.data = str(found.version)
    if "online" in form:
        form.online.data = found.online


def _suggest(form: SessionForm, event: Event, last: Session | None) -> None:
    """The next session: after the last, in its room, in its languages."""
    if last is None:
        form.kind.data, form.minutes.data = SessionKind.OPENING, USUAL_MINUTES
        form.day.data, form.at.data = event.starts_on.isoformat(), time(FIRST_HOUR)
        form.room.data = event.rooms[0].uid if event.rooms else ""
        form.languages.data = [event.languages[0]]
        return
    form.kind.data, form.minutes.data = SessionKind.PLENARY, USUAL_MINUTES
    show_start(form, last.ends_at, event.time_zone)
    form.second.data = None
    form.room.data = last.room.uid if last.room else (event.rooms[0].uid if event.rooms else "")
    form.languages.data, form.interpretation.data = last.languages or [event.languages[0]], last.interpretation


def _drawn(form: SessionForm, event: Event) -> None:
    """What was drawn in the grid: start, length and room stand in the address of the form."""
    start = typed_start(request.args.get("start"))
    if start is not None and start[0].isoformat() in {key for key, *_more in form.day.choices}:
        form.day.data, form.at.data = start[0].isoformat(), start[1]
    if request.args.get("minutes", "").isdecimal():
        form.minutes.data = int(request.args["minutes"])
    if request.args.get("room") is not None:
        room = room_of(event, request.args["room"])
        form.room.data = room.uid if room else ""


def _local(event: Event, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(event.time_zone))


@blueprint.post("/sessions/<uid>/copy")
@allowed(find_event, may_edit, may_see)
@one_step
def copy_session(event: Event, uid: str) -> ResponseReturnValue:
    """Add the same again, right after it."""
    found = find_session(event, uid)
    copy = operations.copy_session(found, starts_at=found.starts_at + timedelta(minutes=found.minutes))
    flash(_("Copied, to begin when the first one ends. Change what differs."), "success")
    return redirect(f"/manage/{event.slug}/agenda/sessions/{copy.uid}/edit")
    return to_session(event, found)


@blueprint.post("/sessions/<uid>/withdraw")
@allowed(find_event, may_edit, may_see)
@one_step
def withdraw_session(event: Event, uid: str) -> ResponseReturnValue:
    """Withdraw a published session; the next release tells calendars."""
    operations.withdraw_session(find_session(event, uid), at=now())
    flash(_("Withdrawn. People’s calendars are told when you publish."), "success")
    return redirect(f"/manage/{event.slug}/agenda")


@blueprint.post("/sessions/<uid>/restore")
@allowed(find_event, may_edit, may_see)
@one_step
def restore_session(event: Event, uid: str) -> ResponseReturnValue:
    """Take a withdrawn session back."""
    found = find_session(event, uid)
    operations.restore_session(found)
    flash(_("Back in the agenda. It becomes public when you publish."), "success")
    return to_session(event, found)


@blueprint.post("/sessions/<uid>/remove")
@allowed(find_event, may_edit, may_see)
@one_step
def remove_session(event: Event, uid: str) -> ResponseReturnValue:
    """Delete a session that was never public."""
    operations.remove_session(find_session(event, uid))
    flash(_("Removed."), "success")
    return redirect(f"/manage/{event.slug}/agenda")


@blueprint.post("/days/<day>/copy")
@allowed(find_event, may_edit, may_see)
@one_step
def copy_whole_day(event: Event, day: str) -> ResponseReturnValue:
    """Add the sessions of one day to another."""
    form = CopyForm()
    if form.validate_on_submit() and form.day.data and _is_date(day):
        copies = copy_day(event, date.fromisoformat(day), form.day.data)
        flash(ngettext("One session copied.", "%(num)s sessions copied.", len(copies)), "success")
    return redirect(f"/manage/{event.slug}/agenda")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
