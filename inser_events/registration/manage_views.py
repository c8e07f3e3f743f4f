"""The registrar's desk: the list, one registration, export, mails."""

from itertools import chain
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.agenda.queries import latest_snapshot
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.sheets import Sheet, csv_chunks, xlsx
from inser_events.errors import NotFound
from inser_events.events.access import may_register, may_see
from inser_events.events.history import told
from inser_events.events.models import Category, Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event, seats_of
from inser_events.languages import text_in
from inser_events.registration import answers, operations, queries
from inser_events.registration.capacities import why_waiting
from inser_events.registration.corrections import corrected, correction_form
from inser_events.registration.errors import NoSuchFile, NotActive
from inser_events.registration.exports import header, table
from inser_events.registration.further_links import for_registrar
from inser_events.registration.groups import group_names
from inser_events.registration.models import Registration, State
from inser_events.registration.parties import party_of
from inser_events.registration.signups import signups_of
from inser_events.registration.uploads import path_of
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

MAILS = 100
ENTRIES = 100
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
blueprint = Blueprint("desk", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/registrations")
@for_registrars
def listing(event: Event) -> ResponseReturnValue:
    """Everyone registered, filtered and searched."""
    wanted = queries.wanted_from(request.args)

    def address(**changed: str | int) -> str:
        query = urlencode({name: value for name, value in (wanted.filters | changed).items() if value})
        return url_for("desk.listing", slug=event.slug) + (f"?{query}" if query else "")

    return render_managed(
        "registration/manage_list.html",
        event,
        "registrations",
        wanted=wanted,
        page=queries.listing(event, wanted),
        seats=seats_of(event.id),
        groups=group_names(event, page_language()),
        states=list(State),
        modes=list(Mode),
        categories=list(Category),
        address=address,
        page_address=lambda number: address(page=number),
    )


@blueprint.get("/manage/<slug>/registrations.<extension>")
@for_registrars
def export(event: Event, extension: str) -> ResponseReturnValue:
    """The filtered list as CSV or XLSX."""
    questions = answers.columns(event)
    titles = header([text_in(question.wording.label, event.languages).value for question in questions])
    wanted = queries.filtered(event, queries.wanted_from(request.args))
    chosen = db.session.scalars(wanted.execution_options(yield_per=500))
    lines = table(answers.cells(event, questions, chosen), group_names(event, event.languages[0]))
    if extension == "csv":
        response = Response(b"".join(csv_chunks(chain([titles], lines))), mimetype="text/csv")
    elif extension == "xlsx":
        response = Response(
            xlsx([Sheet(name="Registrations", header=titles, rows=lines)], created=now()), mimetype=XLSX_TYPE
        )
    else:
        message = _("Registrations can be downloaded as .csv or .xlsx.")
        raise NotFound(message)
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}-registrations.{extension}"'
    return response


@blueprint.get("/manage/<slug>/registrations/<uid>")
@for_registrars
def one(event: Event, uid: str) -> ResponseReturnValue:
    """One registration: details, ticket, history."""
    registration = queries.find_registration(event, uid)
    snapshot = latest_snapshot(event)
    history = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == f"registration:{registration.id}")
        .order_by(AuditEntry.id.desc())
        .limit(ENTRIES)
    ).all()
    return render_managed(
        "registration/manage_one.html",
        event,
        "registrations",
        registration=registration,
        history=[told(entry) for entry in history],
        party=party_of(registration),
        groups=group_names(event, page_language()) if registration.group_key else {},
        answers=answers.shown_answers(registration),
        why_waiting=why_waiting(registration),
        signups=signups_of(registration),
        sessions={one.uid: one for one in snapshot.sessions} if snapshot else {},
        categories=list(Category),
        link=queries.link_of(registration),
        further=for_registrar(registration, f"/manage/{event.slug}"),
        badge_code=queries.badge_code(registration),
        waiting_position=queries.waiting_position(registration),
    )


@blueprint.get("/manage/<slug>/registrations/<uid>/files/<file>")
@for_registrars
def sent_file(event: Event, uid: str, file: str) -> ResponseReturnValue:
    """A file that somebody sent, always as a download: nothing of a stranger's opens inside our pages."""
    upload = answers.find_file(queries.find_registration(event, uid), file)
    path = path_of(upload)
    if not path.is_file():
        raise NoSuchFile
    response = Response(path.read_bytes(), mimetype=upload.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=upload.filename)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.route("/manage/<slug>/registrations/<uid>/edit", methods=["GET", "POST"])
@for_registrars
def edit(event: Event, uid: str) -> ResponseReturnValue:
    """Correct somebody's details, or add the address they did not have."""
    registration = queries.find_registration(event, uid)
    if not registration.active:
        raise NotActive
    form = correction_form(registration)
    if form.validate_on_submit() and corrected(registration, form, by_staff=True):
        flash(_("Saved."), "good")
        return redirect(url_for("desk.one", slug=event.slug, uid=uid), 303)
    page = render_managed("registration/manage_edit.html", event, "registrations", registration=registration, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/manage/<slug>/registrations/<uid>/cancel")
@for_registrars
def cancel(event: Event, uid: str) -> ResponseReturnValue:
    """Cancel for someone; they get a mail."""
    registration = queries.find_registration(event, uid)
    operations.cancel_registration(registration, at=now())
    flash(_("The registration is cancelled.") + _told(registration), "good")
    return redirect(url_for("desk.one", slug=event.slug, uid=uid), 303)


@blueprint.post("/manage/<slug>/registrations/<uid>/reissue")
@for_registrars
def reissue(event: Event, uid: str) -> ResponseReturnValue:
    """A new ticket for a lost or photographed one."""
    registration = queries.find_registration(event, uid)
    operations.reissue_ticket(registration, at=now())
    if registration.email:
        flash(_("A new ticket is on its way. The old badge no longer opens the door."), "good")
    else:
        flash(_("The old badge no longer opens the door. Print the new one here."), "good")
    return redirect(url_for("desk.one", slug=event.slug, uid=uid), 303)


@blueprint.post("/manage/<slug>/registrations/<uid>/mode")
@for_registrars
def switch(event: Event, uid: str) -> ResponseReturnValue:
    """Move someone to the other mode, as capacity allows."""
    registration = queries.find_registration(event, uid)
    operations.switch_mode(registration, request.form.get("mode", ""), at=now())
    flash(_("Saved.") + _told(registration), "good")
    return redirect(url_for("desk.one", slug=event.slug, uid=uid), 303)


def _told(registration: Registration) -> str:
    """Who hears of it, to follow what happened."""
    if not registration.email:
        return f" {_('%(name)s has no e-mail address: please tell them.', name=registration.name)}"
    return f" {_('%(name)s has been told by mail.', name=registration.name)}"


@blueprint.get("/manage/<slug>/mail")
@for_registrars
def mails(event: Event) -> ResponseReturnValue:
    """Where the outbox used to be."""
    return redirect(f"/manage/{event.slug}/outbox")
