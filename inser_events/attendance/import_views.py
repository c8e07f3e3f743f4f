"""Pages of a meeting's report: upload, what it would count, then who its people are."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy import func, select

from inser_events.attendance import matches
from inser_events.attendance.errors import AlreadyImported, MeetingChanged
from inser_events.attendance.forms import MeetingForm
from inser_events.attendance.meeting_files import MOST_BYTES, drop_file, keep_file, kept_report, read
from inser_events.attendance.meeting_imports import (
    Given,
    describe,
    import_report,
    matched_people,
    open_meeting,
    take_back,
)
from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport
from inser_events.attendance.meeting_queries import (
    PAGE,
    Standing,
    attendees,
    day_of,
    find_attendee,
    find_meeting,
    meetings_of,
    same_file,
    same_meeting,
    sessions_of,
    standings,
)
from inser_events.attendance.meetings.errors import DayNeeded, UnknownColumns
from inser_events.clock import now
from inser_events.database import db, rollback
from inser_events.errors import Refused
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import Localized
from inser_events.registration.models import Registration
from inser_events.registration.queries import Wanted, filtered, find_registration
from inser_events.web.access import allowed

HERE = "attendance"
MOST_FOUND = 20
blueprint = Blueprint("attendance_import", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def _address(event: Event, meeting: MeetingImport, **more: Any) -> str:
    return url_for("attendance_import.show", slug=event.slug, uid=meeting.uid, **more)


@blueprint.route("/manage/<slug>/attendance/import", methods=["GET", "POST"])
@for_registrars
def upload(event: Event) -> ResponseReturnValue:
    """Choose a file; the reports that count."""
    form = MeetingForm(zone=event.time_zone)
    form.offer(event, sessions_of(event))
    if form.validate_on_submit():
        meeting = _opened(event, form)
        if meeting is not None:
            return redirect(_address(event, meeting), 303)
    meetings = meetings_of(event)
    page = render_managed(
        "attendance/manage_meetings.html",
        event,
        HERE,
        form=form,
        meetings=meetings,
        counts=standings([one.id for one in meetings]),
        sessions=_session_titles(event),
    )
    return page, 422 if form.errors else 200


def _opened(event: Event, form: MeetingForm) -> MeetingImport | None:
    """The report of the form, looked at; None when it cannot be read, which the form then says."""
    sent = form.file.data
    rollback()  # reading takes seconds: others may write meanwhile
    given = Given(
        filename=sent.filename or "",
        content=sent.stream.read(MOST_BYTES + 1),
        zone=form.zone.data,
        day=form.day.data or day_of(event, form.session_uid.data or ""),
        session_uid=form.session_uid.data or "",
    )
    try:
        try:
            report = read(given.content, zone=given.zone, day=given.day)
        except UnknownColumns:
            report = None
        meeting = open_meeting(event, given, report, by=current_user.email, at=now())
    except Refused as error:
        form.file.errors = [error.message]
        return None
    keep_file(meeting, given.content)
    return meeting


@blueprint.get("/manage/<slug>/attendance/import/<uid>")
@for_registrars
def show(event: Event, uid: str) -> ResponseReturnValue:
    """Before: what the report would count. After: its people, and who they are."""
    meeting = find_meeting(event, uid)
    if meeting.imported_at is not None:
        return _people(event, meeting)
    try:
        report = kept_report(meeting)
    except UnknownColumns as unknown:
        return _columns(event, meeting, unknown)
    except DayNeeded as needed:  # its columns were told, its day was not
        flash(needed.message, "warn")
        return redirect(url_for("attendance_import.upload", slug=event.slug), 303)
    earlier = same_meeting(meeting)
    people = matched_people(event, report, earlier)
    number = _page_number(len(people))
    shown = people[(number - 1) * PAGE : number * PAGE]
    known = {one.registration_id or one.suggested_id for one in shown} - {None}
    found = db.session.scalars(select(Registration).where(Registration.id.in_(known)))
    return render_managed(
        "attendance/manage_meeting_preview.html",
        event,
        HERE,
        meeting=meeting,
        earlier=earlier,
        same=earlier is not None and earlier.digest == meeting.sha256,
        people=shown,
        registrations={one.id: one for one in found},
        matched=sum(one.registration_id is not None for one in people),
        suggested=sum(one.registration_id is None and one.suggested_id is not None for one in people),
        aside=sum(one.aside for one in people),
        all_of_them=len(people),
        session=_session_titles(event).get(meeting.session_uid),
        page=number,
        pages=_pages(len(people)),
        page_address=lambda page: _address(event, meeting, page=page),
    )


def _columns(event: Event, meeting: MeetingImport, unknown: UnknownColumns) -> ResponseReturnValue:
    fields = {
        "name": _("Whole name"), "given_name": _("Given name"), "family_name": _("Family name"), "email": _("E-mail"),
        "joined_at": _("Joined at"), "left_at": _("Left at"), "minutes": _("Minutes"),
    }  # fmt: skip
    return render_managed(
        "attendance/manage_meeting_columns.html",
        event,
        HERE,
        meeting=meeting,
        headings=unknown.headings,
        rows=unknown.rows[:3],
        fields=fields,
    )


@blueprint.post("/manage/<slug>/attendance/import/<uid>/columns")
@for_registrars
def columns(event: Event, uid: str) -> ResponseReturnValue:
    """Say which column holds what of a report whose headings are not known."""
    meeting = _draft(event, uid)
    chosen = zip(request.form.getlist("heading"), request.form.getlist("field"), strict=False)
    meeting.labels = {heading: field for heading, field in chosen if field}
    try:
        describe(meeting, kept_report(meeting))
    except Refused as error:
        flash(error.message, "warn")
    return redirect(_address(event, meeting), 303)


def _draft(event: Event, uid: str) -> MeetingImport:
    meeting = find_meeting(event, uid)
    if meeting.imported_at is not None:
        raise MeetingChanged
    return meeting


@blueprint.post("/manage/<slug>/attendance/import/<uid>/run")
@for_registrars
def run(event: Event, uid: str) -> ResponseReturnValue:
    """Let the report count, in the place of an earlier one where that is asked for."""
    meeting = _draft(event, uid)
    replacing = request.form.get("replace", "")
    earlier = find_meeting(event, replacing) if replacing else None
    if earlier is None and same_file(event, meeting.sha256) is not None:
        raise AlreadyImported
    import_report(meeting, kept_report(meeting), at=now(), replacing=earlier)
    drop_file(meeting)
    flash(_("The report counts now."), "good")
    return redirect(_address(event, meeting), 303)


@blueprint.post("/manage/<slug>/attendance/import/<uid>/remove")
@for_registrars
def remove(event: Event, uid: str) -> ResponseReturnValue:
    """Take an import back, or drop a file that was only looked at."""
    meeting = find_meeting(event, uid)
    counted = meeting.imported_at is not None
    drop_file(meeting)
    take_back(meeting)
    flash(_("The import is taken back.") if counted else _("The file is deleted."), "good")
    return redirect(url_for("attendance_import.upload", slug=event.slug), 303)


def _people(event: Event, meeting: MeetingImport) -> ResponseReturnValue:
    counts = standings([meeting.id])[meeting.id]
    wanted = request.args.get("show", "")
    if wanted not in counts:
        wanted = next((str(kind) for kind in Standing if counts[kind]), str(Standing.MATCHED))
    number = _page_number(counts[wanted])
    last = db.session.scalar(select(func.max(MeetingAttendee.id)).where(MeetingAttendee.import_id == meeting.id)) or 0
    return render_managed(
        "attendance/manage_meeting.html",
        event,
        HERE,
        meeting=meeting,
        counts=counts,
        wanted=wanted,
        people=attendees(meeting, Standing(wanted), number),
        last=last,
        session=_session_titles(event).get(meeting.session_uid),
        page=number,
        pages=_pages(counts[wanted]),
        page_address=lambda page: _address(event, meeting, show=wanted, page=page),
    )


def _page_number(count: int) -> int:
    return min(max(1, request.args.get("page", 1, type=int)), _pages(count))


def _pages(count: int) -> int:
    return max(1, -(-count // PAGE))


def _session_titles(event: Event) -> dict[str, Localized]:
    return {one.uid: one.title for one in sessions_of(event)}


@blueprint.post("/manage/<slug>/attendance/import/<uid>/confirm")
@for_registrars
def confirm_all(event: Event, uid: str) -> ResponseReturnValue:
    """All whom a name suggests are those people."""
    meeting = find_meeting(event, uid)
    number = matches.confirm_all(meeting, up_to=request.form.get("last", 0, type=int))
    flash(ngettext("%(num)s person confirmed.", "%(num)s people confirmed.", number), "good")
    return redirect(_address(event, find_meeting(event, uid)), 303)


@blueprint.get("/manage/<slug>/attendance/import/<uid>/people/<int:number>")
@for_registrars
def find_person(event: Event, uid: str, number: int) -> ResponseReturnValue:
    """Look for the registration of somebody: ``?q=``."""
    meeting = find_meeting(event, uid)
    attendee = find_attendee(meeting, number)
    query = request.args.get("q", attendee.name if attendee.namesakes else "")[:100].strip()
    found = db.session.scalars(filtered(event, Wanted(query=query), few=True).limit(MOST_FOUND)).all() if query else []
    return render_managed(
        "attendance/manage_attendee.html",
        event,
        HERE,
        meeting=meeting,
        attendee=attendee,
        query=query,
        found=found,
        most=MOST_FOUND,
    )


@blueprint.post("/manage/<slug>/attendance/import/<uid>/people/<int:number>")
@for_registrars
def decide(event: Event, uid: str, number: int) -> ResponseReturnValue:
    """Say who somebody is: ``act`` is one of confirm, choose, aside, undo, register."""
    meeting = find_meeting(event, uid)
    attendee = find_attendee(meeting, number)
    act = _acts(event).get(request.form.get("act", ""))
    if act is None:
        raise MeetingChanged
    back = {name: request.form[name] for name in ("show", "page") if request.form.get(name)}
    try:
        act(attendee)
    except Refused as error:
        flash(error.message, "warn")
    return redirect(_address(event, meeting, **back), 303)


def _acts(event: Event) -> dict[str, Callable[[MeetingAttendee], object]]:
    return {
        "confirm": matches.confirm,
        "choose": lambda one: matches.match_by_hand(one, find_registration(event, request.form.get("person", ""))),
        "aside": matches.set_aside,
        "undo": matches.undo,
        "register": lambda one: matches.register_attendee(one, event, at=now()),
    }
