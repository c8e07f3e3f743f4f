"""Undo and redo on the organisers' pages, and what makes an edit one step."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.accounts.models import User
from inser_events.agenda import steps
from inser_events.agenda.errors import ChangedSince, OtherStep
from inser_events.agenda.queries import find_session
from inser_events.agenda.step_models import DraftStep
from inser_events.agenda.step_words import step_in_words
from inser_events.clock import now
from inser_events.database import db
from inser_events.errors import NotFound
from inser_events.events.access import EDIT, may_edit, may_see, strongest_role
from inser_events.events.models import Event
from inser_events.events.queries import find_event
from inser_events.web.access import allowed

blueprint = Blueprint("draft_steps", __name__, url_prefix="/manage/<slug>/agenda")
VIEWS = {"outline": "", "grid": "?view=grid"}
FIRST_REFUSAL = 400
View = Callable[..., ResponseReturnValue]


def init_app(app: Flask) -> None:
    """Register the acts, and let templates tell of steps."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["steps_of"] = steps_of


def one_step(view: View) -> View:
    """What a POST to this view changes in the draft can be taken back as one step. Stands below `@allowed`."""

    @wraps(view)
    def stepping(event: Event, **kwargs: Any) -> ResponseReturnValue:
        if request.method != "POST":
            return view(event, **kwargs)
        before = steps.begin(event)
        answer = current_app.make_response(view(event, **kwargs))
        if answer.status_code < FIRST_REFUSAL:  # anything else is rolled back
            db.session.flush()  # what the view did is read back
            steps.keep(event, before)
        return answer

    stepping.is_a_step = True  # type: ignore[attr-defined] # functions carry attributes; mypy knows none of theirs
    return stepping


def steps_of(event: Event) -> list[tuple[str, str, str]]:
    """What can be undone and redone, for the buttons: the act, its step, and the label. Nothing for who only looks."""
    if strongest_role(current_user, event) not in EDIT:
        return []
    last, next_one = steps.last_steps(event)
    found = []
    if last:
        found.append(("undo", last.uid, undo_label(last)))
    if next_one:
        found.append(("redo", next_one.uid, str(_("Redo: %(what)s", what=step_in_words(next_one.told)))))
    return found


def undo_label(step: DraftStep) -> str:
    """``Undo: moved “Opening” to 10:00``; somebody else's step says whose it is."""
    what = step_in_words(step.told)
    if step.user_id == current_user.id:
        return str(_("Undo: %(what)s", what=what))
    user = db.session.get(User, step.user_id) if step.user_id else None
    return str(_("Undo what %(who)s did: %(what)s", who=(user and user.name) or step.actor, what=what))


@blueprint.post("/<any(undo, redo):way>")
@allowed(find_event, may_edit, may_see)
def step(event: Event, way: str) -> ResponseReturnValue:
    """Take back the last step of the draft, or make it again."""
    uid = request.form.get("step", "")
    try:
        if way == "undo":
            done = steps.undo(event, uid, at=now())
            flash(_("Taken back: %(what)s.", what=step_in_words(done.told)), "success")
        else:
            done = steps.redo(event, uid, at=now())
            flash(_("Made again: %(what)s.", what=step_in_words(done.told)), "success")
    except OtherStep as error:
        flash(error.message, "warn")
    except ChangedSince as error:
        steps.forget(event, uid)
        flash(error.message, "warn")
    return redirect(_back(event))


def _back(event: Event) -> str:
    """Where the button stood: a session that is still there, the grid on its day, or the outline."""
    home = f"/manage/{event.slug}/agenda"
    session, day = request.form.get("session", ""), request.form.get("day", "")
    if session:
        try:
            return f"{home}/sessions/{find_session(event, session).uid}"
        except NotFound:
            return home
    view = VIEWS.get(request.form.get("view", ""), "")
    return f"{home}{view}{'&day=' + day if view and is_day(day) else ''}"


def is_day(text: str) -> bool:
    """Whether *text* names a day of the calendar, or all of them, in the address of the grid."""
    return text == "all" or (len(text) == len("2025-09-15") and text.replace("-", "").isdecimal())
