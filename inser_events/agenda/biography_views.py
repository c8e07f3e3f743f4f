"""Organisers write a speaker's biography, and what the speaker is, in each language of the event."""

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda.forms import differing
from inser_events.agenda.queries import find_person
from inser_events.agenda.speaker_forms import BiographyForm, biography_form, biography_seen
from inser_events.database import db
from inser_events.errors import Refused
from inser_events.events.access import may_edit, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.people.models import Person
from inser_events.people.operations import change_person
from inser_events.web.access import allowed

blueprint = Blueprint("biographies", __name__)
UNUSABLE, CHANGED = 422, 409


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.route("/manage/<slug>/speakers/<uid>/biography", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
def edit(event: Event, uid: str) -> ResponseReturnValue:
    """The biography in each language; what the speaker writes at the same time is shown, not overwritten."""
    person = find_person(event, uid)
    form = biography_form(event.languages)
    outdated = None
    if request.method == "GET":
        form.show(person)
    elif form.validate_on_submit():
        db.session.refresh(person, with_for_update=True)
        if form.seen.data != biography_seen(person):
            saved = biography_form(event.languages, formdata=None)
            saved.show(person)
            outdated, form.seen.data = differing(form, saved), saved.seen.data
        elif _is_saved(form, person, event):
            flash(_("Saved. The programme shows it when the organisers publish next."), "success")
            return redirect(f"/manage/{event.slug}/speakers#person-{person.uid}", 303)
    page = render_managed(
        "agenda/manage_biography.html", event, "speakers", person=person, form=form, outdated=outdated
    )
    return page, CHANGED if outdated is not None else UNUSABLE if form.errors else 200


def _is_saved(form: BiographyForm, person: Person, event: Event) -> bool:
    try:
        change_person(person, form.written(person), event_id=event.id)
    except Refused as error:
        first = next(iter(form.biographies().values()))
        first.errors = [*first.errors, error.message]
        return False
    return True
