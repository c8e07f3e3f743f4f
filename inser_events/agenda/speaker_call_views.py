"""On the speaker's own page: whether one joins by the call, and from which time zone."""

from flask import Blueprint, Flask, redirect
from flask.typing import ResponseReturnValue

from inser_events.agenda.editing import hold
from inser_events.agenda.errors import NotInAgenda
from inser_events.agenda.speaker_forms import CallForm
from inser_events.agenda.speaker_parts import parts_by_person
from inser_events.agenda.speaker_views import holder
from inser_events.agenda.speaking import say_from_where
from inser_events.web.access import by_link
from inser_events.web.limits import limiter

blueprint = Blueprint("speaker_call", __name__, url_prefix="/slots/<token>")


def init_app(app: Flask) -> None:
    """Register the act, and let the page make its forms."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["call_form"] = call_form


def call_form(speaker: str, time_zone: str, *, online: bool) -> CallForm:
    """The form of one part, as things stand."""
    form = CallForm(formdata=None, prefix=f"{speaker}-")
    form.offer()
    form.online.data, form.time_zone.data = online, time_zone
    return form


@blueprint.post("/call/<uid>")
@by_link
@limiter.limit("60/minute")
def call(token: str, uid: str) -> ResponseReturnValue:
    """Say for one part whether one joins by the call, and from where."""
    link = holder(token)
    mine = [part.speaker for part in parts_by_person(link.event).get(link.person_id, [])]
    speaker = next((one for one in mine if one.uid == uid), None)
    form = CallForm(prefix=f"{uid}-")
    form.offer()
    if speaker is None or not form.validate_on_submit():
        raise NotInAgenda
    hold(speaker)
    say_from_where(speaker, online=bool(form.online.data), time_zone=form.time_zone.data or "")
    return redirect(f"/slots/{token}?done=details#part-{uid}", 303)
