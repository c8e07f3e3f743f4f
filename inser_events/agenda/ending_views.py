"""Cancelling an event, or taking it back: what happens and who is told, then the one act that does both."""

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.agenda.errors import ReleasedMeanwhile
from inser_events.agenda.forms import CallOffForm
from inser_events.agenda.freezing import called_off
from inser_events.agenda.manage_views import CONFLICT, UNUSABLE
from inser_events.agenda.publishing import call_off, told_by
from inser_events.agenda.queries import latest_snapshot
from inser_events.clock import now
from inser_events.events.access import may_own, may_see
from inser_events.events.errors import AlreadyCancelled
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed

blueprint = Blueprint("manage_ending", __name__, url_prefix="/manage/<slug>")
for_owners = allowed(find_event, may_own, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.route("/cancel", methods=["GET", "POST"])
@for_owners
def cancel(event: Event) -> ResponseReturnValue:
    """Call the event off."""
    return _decide(event, off=True)


@blueprint.route("/restore", methods=["GET", "POST"])
@for_owners
def restore(event: Event) -> ResponseReturnValue:
    """Take back the cancelling."""
    return _decide(event, off=False)


def _decide(event: Event, *, off: bool) -> ResponseReturnValue:
    form = CallOffForm()
    done = redirect(f"/manage/{event.slug}/end", 303)
    if (event.cancelled_at is not None) == off:  # somebody else was quicker, or the button was pressed twice
        return done
    if request.method == "POST" and form.validate_on_submit():
        by = current_user.name or current_user.email
        try:
            release = call_off(event, off=off, note=form.note.data or "", at=now(), by=by, after=form.after.data or 0)
        except ReleasedMeanwhile as error:
            form.form_errors.append(error.message)
            return _page(event, form, off=off), CONFLICT
        except AlreadyCancelled:
            return done
        flash(_said(off=off, public=release is not None), "success")
        return done
    return (_page(event, form, off=off), UNUSABLE) if form.errors else _page(event, form, off=off)


def _said(*, off: bool, public: bool) -> str:
    if not public:
        return str(_("The event is cancelled.") if off else _("The event takes place again."))
    if off:
        return str(_("The event is cancelled. The public pages say so, and the mails are on their way."))
    return str(_("The event takes place again. The public pages say so, and the mails are on their way."))


def _page(event: Event, form: CallOffForm, *, off: bool) -> str:
    previous, at = latest_snapshot(event), now()
    form.after.data = previous.number if previous else 0
    return render_managed(
        "agenda/manage_call_off.html",
        event,
        "settings",
        form=form,
        off=off,
        previous=previous,
        mails=told_by(event, previous, called_off(previous, off=off, at=at)) if previous else [],
    )
