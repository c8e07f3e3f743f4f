"""What an attendee decides about their place: answer an offered seat, choose sessions."""

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from inser_events.clock import now
from inser_events.database import rollback
from inser_events.registration import offers, signups
from inser_events.registration.errors import OfferOver
from inser_events.registration.forms import ConfirmForm
from inser_events.registration.views import can_change, holder, private
from inser_events.web.access import by_link
from inser_events.web.limits import limiter

blueprint = Blueprint("places", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.post("/tickets/<token>/offer")
@by_link
@limiter.limit("60/minute")
def answer_offer(token: str) -> ResponseReturnValue:
    """Accept the seat that is kept, or give it up; with ``for=me`` only this person's of those kept together."""
    registration, _snapshot = holder(token)
    if ConfirmForm().validate_on_submit():
        values, alone = request.form, request.form.get("for") == "me"
        try:
            offers.answer_offer(
                registration, values.get("answer", ""), values.get("mode", ""), at=now(), together=not alone
            )
        except OfferOver:
            rollback()  # the ticket shows how things stand
            return redirect(f"/tickets/{token}?done=over", 303)
    return redirect(f"/tickets/{token}", 303)


@blueprint.route("/tickets/<token>/sessions", methods=["GET", "POST"])
@by_link
@limiter.limit("60/minute", methods=["POST"])
def sessions(token: str) -> ResponseReturnValue:
    """The sessions that need sign-up: take a seat, wait for one, give one back."""
    registration, snapshot = holder(token)
    form = ConfirmForm()
    if not can_change(registration):
        return redirect(f"/tickets/{token}", 303)
    if form.validate_on_submit():
        session_uid = request.form.get("session", "")
        act = signups.sign_up if request.form.get("act") == "take" else signups.give_up
        act(registration, session_uid, at=now())
        return redirect(f"/tickets/{token}/sessions#session-{session_uid}", 303)
    seats = {one.session_uid: one for one in signups.session_seats(registration.event_id)}
    return private(
        render_template(
            "registration/sessions.html",
            registration=registration,
            snapshot=snapshot,
            sessions=[one for one in snapshot.live_sessions if one.uid in seats],
            seats=seats,
            mine=signups.signups_of(registration),
            may=signups.may_sign_up(registration),
            form=form,
            ticket_url=f"/tickets/{token}",
        )
    )
