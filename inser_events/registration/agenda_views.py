"""My agenda, behind the ticket: the programme with one's own place in it, stars by plain forms, calendar, paper."""

from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inser_events.agenda.choosing import Choice, choice_of, fields_of, narrowed, uids_in
from inser_events.agenda.own_paper import own_agenda_pdf
from inser_events.agenda.printing import identity_for
from inser_events.agenda.views import days_of
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.events.identity import look_of
from inser_events.registration import favourites, signups
from inser_events.registration.forms import ConfirmForm
from inser_events.registration.views import holder, private
from inser_events.web.access import by_link
from inser_events.web.limits import limiter

KEPT = ("show", "day", "room", "language", "track", "q", "lang")
"""What of an address a tap on a star keeps."""
blueprint = Blueprint("my_agenda", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/tickets/<token>/agenda")
@by_link
def page(token: str) -> ResponseReturnValue:
    """One's own sessions, or with ``?show=all`` the whole programme to choose from."""
    registration, snapshot = holder(token)
    own, chosen = favourites.own_agenda(registration, snapshot), favourites.own_uids(registration)
    everything = request.args.get("show") == "all"
    offered, choice = snapshot if everything else own, _choice()
    online = registration.has_online_access
    return private(
        render_template(
            "registration/my_agenda.html",
            registration=registration,
            snapshot=snapshot,
            offered=offered,
            days=days_of(narrowed(offered, choice)),
            choice=choice,
            fields=fields_of(offered, choice),
            everything=everything,
            starred=favourites.starred(registration),
            signups=signups.signups_of(registration),
            asking={seats.session_uid for seats in signups.session_seats(registration.event_id)},
            may_sign_up=signups.may_sign_up(registration),
            own_count=sum(session.uid in chosen for session in snapshot.sessions),
            placed="online" if online else "in_person",
            can_join=registration.can_join,
            ticket_url=f"/tickets/{token}",
            feed=_feed(token),
            kept=_kept(),
        )
    )


def _choice() -> Choice:
    """What the address asks for, but for sessions by name: those are behind the ticket here."""
    return choice_of({name: value for name, value in request.args.items() if name != "mine"})


def _kept() -> dict[str, Any]:
    return {name: request.args[name][:100] for name in KEPT if request.args.get(name)}


def _feed(token: str) -> str:
    """The address to which calendar programs subscribe."""
    settings: Settings = current_app.extensions["settings"]
    return f"webcal://{settings.base_url.partition('://')[2]}/tickets/{token}/calendar.ics?mine=1"


@blueprint.post("/tickets/<token>/agenda/stars")
@by_link
@limiter.limit("240/minute")
def stars(token: str) -> ResponseReturnValue:
    """Star the sessions named by ``sessions=uid,uid``, or with ``act=remove`` take the stars back."""
    registration, snapshot = holder(token)
    uids = uids_in(request.form.get("sessions", ""))
    if ConfirmForm().validate_on_submit():
        if request.form.get("act") == "remove":
            favourites.unstar(registration, uids)
        else:
            favourites.star(registration, uids, snapshot, at=now())
    anchor = f"s-{uids[0]}" if len(uids) == 1 else None
    return redirect(url_for("my_agenda.page", token=token, _anchor=anchor, **_kept()), 303)


@blueprint.get("/tickets/<token>/agenda.pdf")
@by_link
@limiter.limit("12/minute")
def paper(token: str) -> ResponseReturnValue:
    """One's own sessions on paper; the whole programme while none is chosen. A server without Pango says so."""
    registration, snapshot = holder(token)
    own = favourites.own_agenda(registration, snapshot)
    settings: Settings = current_app.extensions["settings"]
    body = own_agenda_pdf(
        own if own.sessions else snapshot,
        person=registration.name,
        key=registration.uid,
        language=registration.language,
        base_url=settings.base_url,
        identity=identity_for(look_of(registration.event_id), settings.uploads),
    )
    answer = private(body, "application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{snapshot.event.slug}-my-agenda.pdf"'
    return answer
