"""Registering someone who stands at the desk: a name, what must be asked; then their badge, then the next.

The whole of it goes by keyboard: the name has the focus, Enter registers, the badge has the focus, Enter prints it.
"""

import secrets
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.clock import now
from inser_events.database import db
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event, seats_of
from inser_events.registration import queries
from inser_events.registration.errors import AlreadyRegistered, SameName
from inser_events.registration.form_models import Question, QuestionKind
from inser_events.registration.forms import key_of, person_values
from inser_events.registration.models import Registration
from inser_events.registration.operations import RegistrationData
from inser_events.registration.parties import Entry
from inser_events.registration.question_forms import AskingWalkInForm, asking
from inser_events.registration.questions import Plan, plan_of
from inser_events.registration.walk_ins import register_at_desk
from inser_events.web.access import allowed

blueprint = Blueprint("walk_in", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.route("/manage/<slug>/registrations/new", methods=["GET", "POST"])
@for_registrars
def walk_in(event: Event) -> ResponseReturnValue:
    """Register someone at the desk; ``?done=`` names the one before, whose badge is one key away."""
    seats = seats_of(event.id)
    form = asking(AskingWalkInForm, event, desk_plan(event))(
        mode=_before("mode", [seat.mode for seat in seats], Mode.IN_PERSON),
        category=_before("category", list(Category), Category.PARTICIPANT),
        language=event.languages[0],
        form_key=secrets.token_urlsafe(16),
    )
    form.offer(seats)
    known: list[Registration] = []
    if form.validate_on_submit():
        try:
            registration = _registered(event, form)
        except AlreadyRegistered as refusal:
            known = [db.session.get_one(Registration, refusal.registration_id)]
            form.email.errors = [_("This address is already registered.")]
        except SameName as refusal:
            known = [db.session.get_one(Registration, number) for number in refusal.registration_ids]
        else:
            same = {"mode": registration.mode, "category": registration.category}
            return redirect(f"{request.path}?{urlencode({'done': registration.uid} | same)}", 303)
    done = request.args.get("done", "") if request.method == "GET" else ""
    page = render_managed(
        "registration/manage_walk_in.html",
        event,
        "registrations",
        form=form,
        known=known,
        last=queries.find_registration(event, done) if done else None,
    )
    return page, 422 if form.errors or known else 200


def desk_plan(event: Event) -> Plan:
    """What is asked at the desk: questions that must be answered, and those on which they depend; no files."""
    plan = plan_of(event)
    needed: dict[str, Question] = {}
    for question in reversed(plan.questions):
        if question.kind != QuestionKind.FILE and (question.required or question.uid in needed):
            needed[question.uid] = question
            if question.depends_on in plan.by_uid:
                needed[question.depends_on] = plan.by_uid[question.depends_on]
    asked = [question for question in plan.questions if question.uid in needed]
    return replace(plan, questions=asked, categories=[str(category) for category in Category])


def _before(name: str, offered: list[str], otherwise: str) -> str:
    """What the one before was registered with: people come in groups."""
    wanted = request.args.get(name, "")
    return wanted if wanted in offered else otherwise


def _registered(event: Event, form: AskingWalkInForm) -> Registration:
    """Raises AlreadyRegistered, SameName."""
    data = RegistrationData(
        mode=form.mode.data,
        category=form.category.data,
        form_key=key_of(form, event),
        **person_values(form),
    )
    entry = Entry(data, form.values() if form.plan.questions else {})
    another = bool(request.form.get("another"))
    return register_at_desk(event, entry, at=now(), reason=form.reason.data or "", another=another)
