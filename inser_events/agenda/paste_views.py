"""Organisers paste an agenda as text: a preview first, then the draft."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from inser_events.agenda.bulk import enter_pasted
from inser_events.agenda.errors import Unusable
from inser_events.agenda.forms import PasteForm, days_between
from inser_events.agenda.manage_views import UNUSABLE, room_of
from inser_events.agenda.models import Session
from inser_events.agenda.pasting import Pasted, on_days, read_agenda
from inser_events.agenda.step_views import one_step
from inser_events.database import db
from inser_events.events.access import may_edit, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed

blueprint = Blueprint("manage_paste", __name__, url_prefix="/manage/<slug>/agenda")


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.route("/paste", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def paste(event: Event) -> ResponseReturnValue:
    """Read an agenda from text: first a preview, then, when confirmed, the draft."""
    form = PasteForm()
    form.offer(event)
    if request.method == "GET":
        form.room.data = event.rooms[0].uid if event.rooms else ""
        form.day.data = event.starts_on.isoformat()
    pasted = on_days(read_agenda(form.text.data), days_between(event)) if form.validate_on_submit() else None
    if pasted is not None and not pasted.entries:
        form.text.errors = [*form.text.errors, _("No line begins with a time such as 09:00 or 9h30.")]
    elif pasted is not None and request.form.get("then") == "add" and (added := _enter(event, form, pasted)):
        flash(
            ngettext("One session added to the draft.", "%(num)s sessions added to the draft.", len(added)), "success"
        )
        return redirect(f"/manage/{event.slug}/agenda")
    page = render_managed("agenda/manage_paste.html", event, "agenda", form=form, pasted=pasted)
    return page, UNUSABLE if form.errors or form.form_errors else 200


def _enter(event: Event, form: PasteForm, pasted: Pasted) -> Sequence[Session]:
    """Add all of it or nothing; what is refused is shown above the form."""
    try:
        with db.session.begin_nested():
            room = room_of(event, form.room.data)
            day = date.fromisoformat(form.day.data)
            return enter_pasted(event, pasted, day=day, room=room, as_slots=form.within.data == "slots")
    except Unusable as error:
        form.form_errors.append(error.message)
        return []
