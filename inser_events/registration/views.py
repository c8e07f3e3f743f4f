"""Pages for those who register: the form, the ticket, cancelling. No accounts, no cookies; a link is the key."""

import secrets
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from inser_events.agenda.exports import agenda_ics
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Snapshot
from inser_events.audit import Actor, act_as
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import rollback
from inser_events.documents import calendar, qr
from inser_events.events.errors import NoSuchEvent
from inser_events.events.models import Event, Seats
from inser_events.events.queries import find_event, read_seats, registration_state, seats_of
from inser_events.registration import operations, queries
from inser_events.registration.corrections import corrected, correction_form, lacks_answers
from inser_events.registration.errors import NoSuchTicket, OfferOver, PartyTooLarge
from inser_events.registration.favourites import own_agenda
from inser_events.registration.forms import ConfirmForm, LinkAgainForm, key_of, registration_data
from inser_events.registration.further_links import for_holder
from inser_events.registration.joining import is_on, note_joining
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry, register_party
from inser_events.registration.party_forms import ColleagueForm, all_valid, colleague_forms, party_entries
from inser_events.registration.privacy_texts import notice_for
from inser_events.registration.question_forms import AskingForm, asked
from inser_events.registration.questions import plan_of
from inser_events.registration.signups import may_sign_up, session_seats
from inser_events.tokens import qr_text
from inser_events.web.access import by_link, public
from inser_events.web.languages import page_language, read_in
from inser_events.web.limits import limiter

blueprint = Blueprint("registration", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def published(slug: str) -> tuple[Event, Snapshot]:
    """The event and its last release. Raises NoSuchEvent while there is none."""
    event = find_event(slug)
    snapshot = latest_snapshot(event)
    if snapshot is None:
        raise NoSuchEvent
    return event, snapshot


@blueprint.route("/events/<slug>/register", methods=["GET", "POST"])
@public
@limiter.limit("1200/minute", methods=["POST"])
def register(slug: str) -> ResponseReturnValue:
    """The registration form."""
    event, snapshot = published(slug)
    read_seats(event)
    seats = event.offered_seats
    plan = plan_of(event)
    wanted = request.args.get("category", "")
    form = asked(
        AskingForm,
        event,
        plan,
        language=page_language(),
        form_key=secrets.token_urlsafe(16),
        mode=_first_choice(seats),
        category=wanted if wanted in plan.categories else plan.categories[0],
    )
    form.offer(seats, plan.categories)
    state = registration_state(event, now())
    colleagues = colleague_forms(plan.party_size)
    late = state != "open" and form.is_submitted()
    if late and (earlier := _registered_before(event, form)):
        return _to_ticket(event, earlier)
    # Both are judged, so that all faults show at once.
    if state == "open" and form.is_submitted() and all((form.validate_on_submit(), all_valid(colleagues, form))):
        try:
            return _registered(event, form, colleagues)
        except PartyTooLarge as refusal:
            rollback()  # nobody is registered
            form.form_errors = [refusal.message]
    notice = notice_for(event, [page_language()])
    if notice.consent:
        form.accept_privacy.label.text = notice.consent
    return render_template(
        "registration/register.html",
        event=snapshot.event,
        snapshot=snapshot,
        form=form,
        colleagues=colleagues,
        places=seats,
        registration_state=state,
        late=late,
        opens_at=event.registration_opens_at,
        closes_at=event.registration_closes_at,
    ), 409 if late else 422 if form.errors or any(one.errors for one in colleagues) else 200


def _first_choice(seats: Sequence[Seats]) -> str | None:
    wanted = request.args.get("mode")
    offered = [s.mode for s in seats]
    if wanted in offered:
        return wanted
    return offered[0] if len(offered) == 1 else None


def _registered(event: Event, form: AskingForm, colleagues: Sequence[ColleagueForm]) -> ResponseReturnValue:
    """Register; whoever is registered already gets the link by mail and learns nothing else."""
    act_as(Actor("attendee"))
    entry = Entry(registration_data(form, event), form.values() if form.plan.questions else {})
    registration = register_party(event, party_entries(entry, colleagues), at=now(), approval=form.plan.approval)
    if registration is None:
        return redirect(f"/events/{event.slug}/registered", 303)
    return _to_ticket(event, registration)


def _registered_before(event: Event, form: AskingForm) -> Registration | None:
    """What this very form made while registration was open: the second tap of somebody came a moment too late."""
    key = key_of(form, event)
    return queries.made_by_form(event.id, key) if key else None


def _to_ticket(event: Event, registration: Registration) -> ResponseReturnValue:
    return redirect(f"/events/{event.slug}/registered?ticket={queries.link_of(registration)}", 303)


@blueprint.get("/events/<slug>/registered")
@public
def registered(slug: str) -> ResponseReturnValue:
    """What happens next, right after registering."""
    event, snapshot = published(slug)
    token = request.args.get("ticket", "")
    registration = queries.find_by_link(token) if token else None
    if registration and registration.event_id != event.id:
        raise NoSuchTicket
    if registration:
        read_in(registration.language)
    return private(
        render_template(
            "registration/registered.html",
            event=snapshot.event,
            registration=registration,
            ticket_url=f"/tickets/{token}" if registration else None,
        )
    )


def private(body: str | bytes, content_type: str = "text/html; charset=utf-8") -> Response:
    """An answer for one person: kept by no shared cache, found by no search engine."""
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def holder(token: str) -> tuple[Registration, Snapshot]:
    """The registration a link opens, and what its event has published. Raises NoSuchTicket."""
    registration = queries.find_by_link(token)
    snapshot = latest_snapshot(registration.event)
    if snapshot is None:
        raise NoSuchTicket
    act_as(Actor("attendee"))
    read_in(registration.language)
    return registration, snapshot


def can_change(registration: Registration) -> bool:
    """Whether there is anything left to decide: the person still comes, and the event takes place."""
    return registration.active and registration.event.cancelled_at is None


def _is_coming(registration: Registration) -> bool:
    return can_change(registration) and registration_state(registration.event, now()) != "past"


@blueprint.get("/tickets/<token>")
@by_link
def ticket(token: str) -> ResponseReturnValue:
    """The ticket: code, badge, calendar, join link, cancel."""
    registration, snapshot = holder(token)
    code, done = queries.badge_code(registration), request.args.get("done", "")
    return private(
        render_template(
            "registration/ticket.html",
            registration=registration,
            waiting_position=queries.waiting_position(registration),
            waiting_together=len(queries.waiting_together(registration)) if registration.party else 1,
            offered=queries.offered_together(registration) if registration.offered else [],
            snapshot=snapshot,
            badge_code=code,
            qr_svg=Markup(_qr_svg(code)),  # noqa: S704 — our own drawing
            links=_links(registration, token),
            further=for_holder(registration, f"/tickets/{token}"),
            modes=registration.event.modes,
            lacking=_is_coming(registration) and lacks_answers(registration),
            said=_said().get(done),
            said_tone="warn" if done == "over" else "good",
        )
    )


def _said() -> dict[str, str]:
    return {
        "details": _("Saved."),
        "mode": _("Changed. We have sent you a mail about it."),
        "over": OfferOver().message,
    }


def _links(registration: Registration, token: str) -> dict[str, str]:
    base = f"/tickets/{token}"
    return {
        "badge_pdf": f"{base}/badge.pdf",
        "agenda": f"{base}/agenda",
        "calendar": f"{base}/calendar.ics",
        "qr_svg": f"{base}/qr.svg",
        "qr_png": f"{base}/qr.png",
        "show": f"{base}/show",
        "sheet": f"{base}/ticket.pdf",
        "edit": f"{base}/edit",
        "mode": f"{base}/mode",
        "cancel": f"{base}/cancel",
        "data": f"{base}/data",
        "offer": f"{base}/offer",
        "sessions": f"{base}/sessions" if may_sign_up(registration) and session_seats(registration.event_id) else "",
        "join": f"{base}/join" if registration.can_join else "",
    }


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _qr_svg(code: str) -> str:
    return qr.svg(qr_text(_settings().base_url, code), title=f"QR code {code}")


@blueprint.get("/tickets/<token>/qr.svg")
@by_link
def ticket_qr(token: str) -> ResponseReturnValue:
    """The badge's code as a picture."""
    registration, _snapshot = holder(token)
    return private(_qr_svg(queries.badge_code(registration)), "image/svg+xml; charset=utf-8")


@blueprint.get("/tickets/<token>/calendar.ics")
@by_link
def ticket_calendar(token: str) -> ResponseReturnValue:
    """This person's calendar: every session, or with ``?mine=1`` their own, with the room or their own join link."""
    registration, snapshot = holder(token)
    mine = request.args.get("mine") == "1"
    base = _settings().base_url
    own = f"{base}/tickets/{token}"
    online = registration.has_online_access
    body = agenda_ics(
        own_agenda(registration, snapshot) if mine else snapshot,
        base_url=base,
        languages=[registration.language, *snapshot.event.languages],
        placed="online" if online else "in_person",
        join_url=f"{own}/join" if registration.can_join else None,
        source=f"{own}/calendar.ics{'?mine=1' if mine else ''}",
    )
    response = private(body, calendar.MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{snapshot.event.slug}.ics"'
    return response


@blueprint.route("/tickets/<token>/join", methods=["GET", "POST"])
@by_link
@limiter.limit("1200/minute", methods=["POST"])  # many may sit behind one address when a session begins
def join(token: str) -> ResponseReturnValue:
    """On to the call, for those who may; others learn why not, and what they can do.

    While the event is on, a button stands in between: see `joining`. Its answer leads on by itself, because a form
    may not be answered with the address of another host.
    """
    registration, snapshot = holder(token)
    if not registration.active:
        return redirect(f"/tickets/{token}")
    if not registration.can_join:
        page = render_template(
            "registration/no_call.html", registration=registration, snapshot=snapshot, ticket_url=f"/tickets/{token}"
        )
        return private(page)
    address, form, at = registration.event.online_link, ConfirmForm(), now()
    going = bool(form.validate_on_submit())
    if going and is_on(registration, at):
        note_joining(registration, at)
    if not (going or is_on(registration, at)):
        onward = redirect(address, 302)
        onward.headers["Cache-Control"] = "no-store"
        return onward
    facts = {"registration": registration, "snapshot": snapshot, "ticket_url": f"/tickets/{token}"}
    response = private(render_template("registration/join.html", **facts, form=form, address=address if going else ""))
    if going:
        response.headers["Refresh"] = f"0; url={address}"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/tickets/<token>/cancel", methods=["GET", "POST"])
@by_link
@limiter.limit("60/minute", methods=["POST"])
def cancel(token: str) -> ResponseReturnValue:
    """Ask, then cancel."""
    registration, snapshot = holder(token)
    form = ConfirmForm()
    if not can_change(registration):
        return redirect(f"/tickets/{token}", 303)
    if form.validate_on_submit():
        operations.cancel_registration(registration, at=now())
        return redirect(f"/tickets/{token}", 303)
    return private(
        render_template(
            "registration/cancel.html",
            registration=registration,
            snapshot=snapshot,
            form=form,
            ticket_url=f"/tickets/{token}",
        )
    )


@blueprint.route("/tickets/<token>/mode", methods=["GET", "POST"])
@by_link
@limiter.limit("60/minute", methods=["POST"])
def mode(token: str) -> ResponseReturnValue:
    """Ask, then switch to the other way of taking part."""
    registration, snapshot = holder(token)
    others = [s for s in seats_of(registration.event_id) if s.mode != registration.mode]
    form = ConfirmForm()
    if not others or not can_change(registration):
        return redirect(f"/tickets/{token}", 303)
    if form.validate_on_submit():
        operations.switch_mode(registration, others[0].mode, at=now())
        return redirect(f"/tickets/{token}?done=mode", 303)
    return private(
        render_template(
            "registration/mode.html",
            registration=registration,
            snapshot=snapshot,
            place=others[0],
            form=form,
            ticket_url=f"/tickets/{token}",
        )
    )


@blueprint.route("/tickets/<token>/edit", methods=["GET", "POST"])
@by_link
@limiter.limit("30/minute", methods=["POST"])  # whether an address is taken could be asked here
def edit(token: str) -> ResponseReturnValue:
    """Correct one's own details."""
    registration, snapshot = holder(token)
    if not can_change(registration):
        return redirect(f"/tickets/{token}", 303)
    form = correction_form(registration, own=True)
    if form.validate_on_submit() and corrected(registration, form):
        return redirect(f"/tickets/{token}?done=details", 303)
    page = render_template(
        "registration/edit.html",
        registration=registration,
        snapshot=snapshot,
        form=form,
        ticket_url=f"/tickets/{token}",
    )
    response = private(page)
    response.status_code = 422 if form.errors else 200
    return response


@blueprint.route("/tickets/lost", methods=["GET", "POST"])
@public
@limiter.limit("30/minute", methods=["POST"])
def lost() -> ResponseReturnValue:
    """Send the links of an address again. The answer is the same for every address."""
    form = LinkAgainForm()
    sent = bool(form.validate_on_submit())
    if sent:
        operations.resend_links(form.email.data, at=now())
    return render_template("registration/lost.html", form=form, sent=sent), 422 if form.errors else 200
