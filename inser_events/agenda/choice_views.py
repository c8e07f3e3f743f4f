"""A reader's own choice of sessions as a calendar. No account: the address names the sessions."""

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue

from inser_events.agenda import exports
from inser_events.agenda.choosing import Choice, narrowed, uids_in
from inser_events.agenda.queries import find_published, snapshot_of
from inser_events.config import Settings
from inser_events.documents.calendar import MEDIA_TYPE
from inser_events.web.access import public
from inser_events.web.languages import asked_language

blueprint = Blueprint("choices", __name__)


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/events/<slug>/my.ics")
@public
def my_ics(slug: str) -> ResponseReturnValue:
    """The sessions named by ``?sessions=uid,uid`` of the last release, to open once or to subscribe to."""
    snapshot = snapshot_of(find_published(slug).release_id)
    mine = narrowed(snapshot, Choice(mine=uids_in(request.args.get("sessions", ""))))
    asked = asked_language()
    body = exports.agenda_ics(
        mine, base_url=_base_url(), languages=[*([asked] if asked else []), *snapshot.event.languages]
    )
    answer = Response(body, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Content-Disposition"] = f'inline; filename="{slug}-my-agenda.ics"'
    answer.add_etag()
    return answer.make_conditional(request)


def _base_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url
