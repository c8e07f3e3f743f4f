"""The grid of days and rooms: what a drag does, and what the page needs to show what came of it."""

from typing import Any

from flask import Blueprint, Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.agenda import operations, steps
from inser_events.agenda.conflicts import conflicts_of
from inser_events.agenda.errors import NotInAgenda, Unusable
from inser_events.agenda.grid import grid_of, typed_start
from inser_events.agenda.models import Session
from inser_events.agenda.queries import draft_sessions, find_session
from inser_events.agenda.step_words import place_in_words
from inser_events.agenda.timing import utc_of
from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from inser_events.events.queries import find_event
from inser_events.web.access import allowed
from inser_events.web.filters import plain

blueprint = Blueprint("agenda_grid", __name__, url_prefix="/manage/<slug>/agenda")
DONE, NOT_THERE, CONFLICT, UNUSABLE = 200, 404, 409, 422


def init_app(app: Flask) -> None:
    """Register the act."""
    app.register_blueprint(blueprint)


@blueprint.post("/sessions/<uid>/move")
@allowed(find_event, may_edit, may_see)
def move(event: Event, uid: str) -> ResponseReturnValue:
    """Put a session at another time or into another room, by a drag; answers in JSON.

    Takes ``start`` on the event's clock, ``minutes``, ``room`` and the ``version`` that was dragged. Whatever comes of
    it, the answer says it in words (``said``) and holds the draft as it is (``grid``, ``live``), so that the page can
    put back what was not moved.
    """
    sent = request.get_json(silent=True)
    before = steps.begin(event)
    try:
        said, status = _moved(event, find_session(event, uid), sent if isinstance(sent, dict) else {})
    except NotInAgenda as error:
        return _told(event, error.message, NOT_THERE)
    return _told(event, said, status, before if status == DONE else None)


def _moved(event: Event, found: Session, sent: dict[str, Any]) -> tuple[str, int]:
    start, minutes, version = typed_start(sent.get("start")), sent.get("minutes"), sent.get("version")
    room = next((room for room in event.rooms if room.uid == sent.get("room")), None)
    known_room = room is not None or sent.get("room") == ""
    if start is None or not known_room or type(minutes) is not int or type(version) is not int:
        return _("That place is not in the grid any more. Here is the agenda as it is now."), UNUSABLE
    title = plain(found.title)
    try:
        starts_at = utc_of(*start, event.time_zone, second=False)
        operations.move_session(found, starts_at=starts_at, minutes=minutes, room=room, version=version)
    except Unusable as error:
        return _("“%(title)s” was not moved. %(why)s", title=title, why=error.message), UNUSABLE
    except Outdated:
        who, place = _last_editor(found), place_in_words(event, found)
        words = _("“%(title)s” was not moved: %(who)s changed it meanwhile. It is now at %(place)s.")
        return words % {"title": plain(found.title), "who": who, "place": place}, CONFLICT
    return _("Moved “%(title)s” to %(place)s.", title=title, place=place_in_words(event, found)), DONE


def _last_editor(session: Session) -> str:
    """Who changed a session last, as far as the log tells."""
    about = AuditEntry.subject == f"session:{session.id}"
    entry = db.session.scalar(select(AuditEntry).where(about).order_by(AuditEntry.id.desc()).limit(1))
    user = db.session.get(User, entry.user_id) if entry and entry.user_id else None
    if user is not None:
        return user.name or user.email
    return str(_("somebody"))


def _told(event: Event, said: str, status: int, before: steps.Draft | None = None) -> ResponseReturnValue:
    """The answer; what is different since *before* is kept first, because the answer names the step."""
    if before is not None:
        steps.keep(event, before)
    sessions = draft_sessions(event)
    conflicts = conflicts_of(event, sessions)
    live = render_template("agenda/_desk_live.html", event=event, conflicts=conflicts, view="grid")
    return jsonify(said=said, grid=grid_of(event, sessions, conflicts), live=live), status
