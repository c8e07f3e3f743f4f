"""Pages of the outbox: each mail's state, trying again, addresses left out, how fast mails leave."""

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from inser_events import mail
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.tables import MOST_BYTES, UnreadableTable
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.mail import MailState, OutboxMail
from inser_events.people.search import like
from inser_events.registration import messages
from inser_events.registration.bounces import addresses_in_file, addresses_in_text
from inser_events.registration.message_views import mail_tabs
from inser_events.registration.suppressions import PAGE, TooManyAddresses, release, suppress, suppressions_of
from inser_events.web.access import administrators, allowed

MAILS = 50
AT_ONCE = 500
FASTEST = 100_000
blueprint = Blueprint("outbox", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def _wanted() -> tuple[str, str, int]:
    state = request.args.get("state", "")
    page = max(1, request.args.get("page", 1, type=int))
    return request.args.get("q", "")[:100].strip(), state if state in set(MailState) else "", page


@blueprint.get("/manage/<slug>/outbox")
@for_registrars
def outbox(event: Event) -> ResponseReturnValue:
    """Every mail the event caused: what was sent, what waits, what failed and why."""
    query, state, page = _wanted()
    number = func.count()
    by_state = select(OutboxMail.state, number).where(OutboxMail.event_id == event.id).group_by(OutboxMail.state)
    counts = {row[0]: row[1] for row in db.session.execute(by_state)}
    # The mails' own bytes are not read: a page of attachments would be megabytes.
    columns = [
        getattr(OutboxMail, name) for name in ("id", "recipient", "subject", "state", "error", "attempts", "created_at")
    ]
    mine = select(*columns, OutboxMail.sent_at, OutboxMail.next_try_at).where(OutboxMail.event_id == event.id)
    if state:
        mine = mine.where(OutboxMail.state == state)
    if query:
        mine = mine.where(func.lower(OutboxMail.recipient).like(like(query.lower()), escape="\\"))
    rows = db.session.execute(mine.order_by(OutboxMail.id.desc()).limit(MAILS + 1).offset((page - 1) * MAILS)).all()
    return render_managed(
        "registration/manage_message_outbox.html",
        event,
        "mail",
        tabs=mail_tabs(event, "outbox"),
        mails=rows[:MAILS],
        more=len(rows) > MAILS,
        page=page,
        state=state,
        query=query,
        counts=counts,
        mail_leaves=mail.reaches_people() or event.is_sample,
    )


@blueprint.post("/manage/<slug>/outbox/retry")
@for_registrars
def retry(event: Event) -> ResponseReturnValue:
    """Try one mail again, or all that failed."""
    failed = select(OutboxMail).where(OutboxMail.event_id == event.id)
    if "all" in request.form:
        failed = failed.where(OutboxMail.state == MailState.FAILED)
    else:
        failed = failed.where(OutboxMail.id == request.form.get("mail", 0, type=int))
    mails = db.session.scalars(failed.order_by(OutboxMail.id).limit(AT_ONCE)).all()
    if not mails:
        abort(404)
    again = sum(messages.retry(mail) for mail in mails)
    flash(ngettext("One mail is tried again.", "%(num)s mails are tried again.", again), "good")
    return redirect(url_for("outbox.outbox", slug=event.slug, state=request.form.get("state") or None), 303)


@blueprint.route("/manage/<slug>/suppressed", methods=["GET", "POST"])
@for_registrars
def suppressed(event: Event) -> ResponseReturnValue:
    """Addresses messages leave out; adding a list."""
    problem = ""
    if request.method == "POST":
        try:
            addresses = _sent_addresses()
            if not addresses:
                raise UnreadableTable(_("There is no e-mail address in it."))  # noqa: TRY301 — one way to show a problem
            added, unusable = suppress(event, addresses, at=now())
        except (UnreadableTable, TooManyAddresses) as error:
            problem = error.message
        else:
            flash(ngettext("One address is left out now.", "%(num)s addresses are left out now.", added), "good")
            if unusable:
                flash(ngettext("One line was no address.", "%(num)s lines were no addresses.", unusable), "warn")
            return redirect(url_for("outbox.suppressed", slug=event.slug), 303)
    query, _state, page = _wanted()
    rows, total = suppressions_of(event, query, page)
    body = render_managed(
        "registration/manage_message_suppressed.html",
        event,
        "mail",
        tabs=mail_tabs(event, "suppressed"),
        rows=rows,
        total=total,
        query=query,
        problem=problem,
        page=page,
        pages=max(1, -(-total // PAGE)),
        page_address=lambda number: url_for("outbox.suppressed", slug=event.slug, q=query or None, page=number),
    )
    return body, 422 if problem else 200


def _sent_addresses() -> dict[str, str]:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return addresses_in_file(sent.stream.read(MOST_BYTES + 1), sent.filename[:100])
    return addresses_in_text(request.form.get("addresses", ""))


@blueprint.post("/manage/<slug>/suppressed/release")
@for_registrars
def write_again(event: Event) -> ResponseReturnValue:
    """Take one address off the list."""
    if not release(event, request.form.get("address", "")):
        abort(404)
    flash(_("Messages go to this address again."), "good")
    return redirect(url_for("outbox.suppressed", slug=event.slug), 303)


@blueprint.post("/manage/sending-rate")
@administrators
def rate() -> ResponseReturnValue:
    """How many mails of messages leave in a minute, for the whole installation."""
    typed = request.form.get("per_minute", "").strip()
    if typed and not (typed.isdecimal() and 1 <= int(typed) <= FASTEST):
        flash(_("Enter a whole number, or nothing for no limit."), "bad")
    else:
        messages.set_rate(int(typed) if typed else None)
        flash(_("Saved. It holds for every event of this installation."), "good")
    event = request.form.get("event", "")
    return redirect(url_for("messages.listing", slug=event) if event else "/manage", 303)
