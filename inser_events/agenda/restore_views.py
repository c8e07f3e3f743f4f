"""Going back to an earlier release: what that would change, and the act."""

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda.differences import in_words
from inser_events.agenda.manage_views import CONFLICT
from inser_events.agenda.restoring import find_release, restore_preview, use_release
from inser_events.agenda.step_views import one_step
from inser_events.clock import now
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed

blueprint = Blueprint("restore", __name__, url_prefix="/manage/<slug>/publish/releases/<int:number>")


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.route("", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def restore(event: Event, number: int) -> ResponseReturnValue:
    """Show what the release would change in the draft, then use it."""
    release = find_release(event, number)
    outdated = False
    if request.method == "POST":
        try:
            use_release(event, release, at=now(), seen=request.form.get("seen", ""))
        except Outdated:
            outdated = True
        else:
            words = _("Release %(number)s is the draft now. It becomes public when you publish.", number=number)
            flash(words, "success")
            return redirect(f"/manage/{event.slug}/publish")
    changes, seen = restore_preview(event, release)
    page = render_managed(
        "agenda/manage_restore.html",
        event,
        "publish",
        release=release,
        changes=changes,
        seen=seen,
        outdated=outdated,
        in_words=in_words,
    )
    return page, CONFLICT if outdated else 200
