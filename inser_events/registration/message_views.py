"""Pages of messages: write, look at one person's letter, count, send or schedule, follow."""

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from sqlalchemy import select

from inser_events.agenda.queries import latest_snapshot
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import ENDONYMS, INTERFACE
from inser_events.people.search_index import holding
from inser_events.registration import audiences, messages, queries
from inser_events.registration.audiences import audience_from
from inser_events.registration.groups import group_names
from inser_events.registration.message_forms import MessageForm, audience_in, data_of, form_from, form_of
from inser_events.registration.message_letters import attachment_kinds, letter
from inser_events.registration.message_models import Message, MessageState
from inser_events.registration.message_starters import STARTERS, starter, starter_labels
from inser_events.registration.messages import UnusableMessage, find_message
from inser_events.registration.models import Registration, State
from inser_events.registration.placeholders import descriptions
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

UNUSABLE = 422
FOUND = 8
blueprint = Blueprint("messages", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def mail_tabs(event: Event, here: str) -> list[tuple[str, str, bool]]:
    """The pages about mail, to go from one to another."""
    base = f"/manage/{event.slug}"
    pages = (
        ("messages", _("Messages"), f"{base}/messages"),
        ("outbox", _("Outbox"), f"{base}/outbox"),
        ("suppressed", _("Addresses left out"), f"{base}/suppressed"),
    )
    return [(label, address, key == here) for key, label, address in pages]


def address_of(message: Message) -> str:
    """A message's own page."""
    return url_for("messages.one", slug=message.event.slug, uid=message.uid)


def to(message: Message) -> ResponseReturnValue:
    """Back to the message."""
    return redirect(address_of(message), 303)


@blueprint.get("/manage/<slug>/messages")
@for_registrars
def listing(event: Event) -> ResponseReturnValue:
    """Every message of the event, and letters to begin with."""
    return render_managed(
        "registration/manage_messages.html",
        event,
        "mail",
        tabs=mail_tabs(event, "messages"),
        messages=messages.messages_of(event),
        due_at=messages.due_at,
        heading=messages.heading,
        starters=starter_labels(),
        rate=messages.rate(),
    )


@blueprint.route("/manage/<slug>/messages/new", methods=["GET", "POST"])
@for_registrars
def write(event: Event) -> ResponseReturnValue:
    """Write a message, from nothing or from a letter to begin with."""
    if request.method == "POST":
        form = form_from(request.form, event)
        data = data_of(form, event)
        try:
            if data is not None:
                return to(messages.write_message(event, data, author=current_user.email, at=now()))
        except UnusableMessage as error:
            form.problems |= error.problems
        return form_page(event, form, None), UNUSABLE
    begun = request.args.get("from", "")
    data = starter(begun if begun in STARTERS else "blank", event.languages[0])
    form = MessageForm(audience=data.audience, attachments=list(data.attachments))
    form.texts = {f"subject-{code}": text for code, text in data.subject.items()}
    form.texts |= {f"body-{code}": text for code, text in data.body.items()}
    form.texts["when"] = "hand" if data.days_before is None else "before"
    form.texts["days_before"] = "" if data.days_before is None else str(data.days_before)
    if {"people", "groups"} & set(request.args):
        form.audience = audience_in(request.args, event)
    return form_page(event, form, None)


def form_page(event: Event, form: MessageForm, message: Message | None) -> str:
    """The form of a message, as it stands."""
    return render_managed(
        "registration/manage_message_form.html",
        event,
        "mail",
        form=form,
        message=message,
        languages=[(code, ENDONYMS.get(code, code)) for code in event.languages],
        reading=[(code, ENDONYMS[code]) for code in INTERFACE],
        states=list(State),
        modes=list(Mode),
        categories=list(Category),
        countries=queries.countries(event),
        groups=group_names(event, page_language()),
        kinds=attachment_kinds(),
        placeholders=descriptions(),
    )


@blueprint.route("/manage/<slug>/messages/<uid>/edit", methods=["GET", "POST"])
@for_registrars
def edit(event: Event, uid: str) -> ResponseReturnValue:
    """Change a message that was not sent."""
    message = find_message(event, uid)
    if request.method == "GET":
        return form_page(event, form_of(message), message)
    form = form_from(request.form, event)
    data = data_of(form, event)
    try:
        if data is not None:
            messages.change_message(message, data)
            return to(message)
    except UnusableMessage as error:
        form.problems |= error.problems
    return form_page(event, form, message), UNUSABLE


@blueprint.get("/manage/<slug>/messages/<uid>")
@for_registrars
def one(event: Event, uid: str) -> ResponseReturnValue:
    """The letter as a chosen person gets it, how many get it, and what can be done."""
    message = find_message(event, uid)
    audience = audience_from(message.audience)
    people, left_out = audiences.count(event, audience)
    query = request.args.get("q", "")[:100]
    found = _people(event, message, query)
    wanted = request.args.get("person", "")
    person = next((one for one in found if one.uid == wanted), None)
    if person is None:
        person = queries.find_registration(event, wanted) if wanted else next(iter(found), None)
    about = messages.told_together(message, person) if person else []
    return render_managed(
        "registration/manage_message.html",
        event,
        "mail",
        message=message,
        name=messages.heading(message),
        audience=audience,
        groups=group_names(event, page_language()) if audience.groups else {},
        people=people,
        left_out=left_out,
        unreached=audiences.without_address(event.id, audience),
        found=found,
        query=query,
        person=person,
        letter=letter(message, about[0], latest_snapshot(event), also=about[1:]) if about else None,
        due_at=messages.due_at(message),
        now=now(),
        rate=messages.rate(),
        states=MessageState,
        languages=[ENDONYMS.get(code, code) for code in message.body],
    )


def _people(event: Event, message: Message, query: str) -> list[Registration]:
    """The first of the audience, or those a search finds there."""
    wanted = audiences.chosen(event.id, audience_from(message.audience))
    wanted = wanted.where(*holding(Registration, query))
    return list(db.session.scalars(wanted.order_by(Registration.id).limit(FOUND)).all())


@blueprint.post("/manage/<slug>/messages/<uid>/note")
@for_registrars
def note(event: Event, uid: str) -> ResponseReturnValue:
    """Attach a PDF, or take it off."""
    message = find_message(event, uid)
    sent = request.files.get("note")
    if "remove" in request.form:
        messages.drop_note(message)
    elif sent is None or not sent.filename:
        flash(_("Choose a PDF file first."), "warn")
    else:
        name = one_line(sent.filename)[-100:]
        try:
            messages.attach_note(message, name, sent.stream.read(messages.LARGEST_NOTE + 1))
        except UnusableMessage as error:
            flash(error.message, "bad")
    return to(message)


@blueprint.post("/manage/<slug>/messages/<uid>/<any(send,schedule,stop,trial,copy,delete):act>")
@for_registrars
def act(event: Event, uid: str, act: str) -> ResponseReturnValue:
    """Do one thing with the message; what does not go is said, and nothing is changed."""
    message = find_message(event, uid)
    try:
        return _ACTS[act](message)
    except UnusableMessage as error:
        flash(error.message, "bad")
        return to(message)


def _send(message: Message) -> ResponseReturnValue:
    people, _left_out = audiences.count(message.event, audience_from(message.audience))
    if request.form.get("people", type=int) != people:
        flash(
            ngettext(
                "It is for one person now. Look once more, then send.",
                "It is for %(num)s people now. Look once more, then send.",
                people,
            ),
            "warn",
        )
        return to(message)
    messages.send_now(message)
    flash(ngettext("One mail is on its way.", "%(num)s mails are on their way.", people), "good")
    return to(message)


def _schedule(message: Message) -> ResponseReturnValue:
    messages.schedule(message)
    flash(_("It will be sent by itself."), "good")
    return to(message)


def _stop(message: Message) -> ResponseReturnValue:
    messages.stop(message)
    flash(_("Stopped. Mails already written still leave."), "warn")
    return to(message)


def _trial(message: Message) -> ResponseReturnValue:
    person = db.session.scalar(
        select(Registration).where(
            Registration.event_id == message.event_id, Registration.uid == request.form.get("person", "")
        )
    )
    if person is None:
        abort(404)
    messages.send_trial(message, person, current_user.email, at=now())
    flash(_("A trial is on its way to %(address)s.", address=current_user.email), "good")
    return to(message)


def _copy(message: Message) -> ResponseReturnValue:
    return to(messages.copy_message(message, author=current_user.email, at=now()))


def _delete(message: Message) -> ResponseReturnValue:
    slug = message.event.slug
    messages.delete_message(message)
    flash(_("The message is deleted."), "good")
    return redirect(url_for("messages.listing", slug=slug), 303)


_ACTS = {"send": _send, "schedule": _schedule, "stop": _stop, "trial": _trial, "copy": _copy, "delete": _delete}
