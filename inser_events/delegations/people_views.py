"""The focal point's pages of one person: correct, give a role, replace, withdraw, answer those who ask to come."""

from collections.abc import Callable

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.clock import now
from inser_events.database import rollback
from inser_events.delegations import people
from inser_events.delegations.errors import RowsRefused
from inser_events.delegations.forms import NomineeForm, person_form
from inser_events.delegations.models import Delegate, Delegation
from inser_events.delegations.views import back, confirmed, find_person, show
from inser_events.registration import offers, operations
from inser_events.registration.answers import values_of
from inser_events.registration.errors import AlreadyRegistered, NotPending
from inser_events.registration.form_models import Rule
from inser_events.registration.forms import PERSON_FIELDS, person_values
from inser_events.web.access import by_link
from inser_events.web.limits import limiter

blueprint = Blueprint("delegates", __name__, url_prefix="/delegations/<token>/people/<uid>")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
@by_link
def one(token: str, uid: str) -> ResponseReturnValue:
    """Everything about one person, and what can be done."""
    delegation, delegate = find_person(token, uid)
    return _show("delegations/person.html", token, delegate, _filled(delegation, delegate))


def _filled(delegation: Delegation, delegate: Delegate) -> NomineeForm:
    registration = delegate.registration
    return person_form(delegation, registration, values_of(registration))


def _show(template: str, token: str, delegate: Delegate, form: NomineeForm) -> Response:
    delegation = delegate.delegation
    return show(
        template,
        delegation,
        token,
        faulty=bool(form.errors),
        delegate=delegate,
        registration=delegate.registration,
        form=form,
        may_name=people.may_name(delegation, now()),
    )


@blueprint.post("")
@by_link
@limiter.limit("60/minute")
def correct(token: str, uid: str) -> ResponseReturnValue:
    """Correct somebody's details."""
    delegation, delegate = find_person(token, uid)
    registration = delegate.registration
    form = _filled(delegation, delegate)
    form.mode.data = registration.mode
    if not form.validate_on_submit():
        return _show("delegations/person.html", token, delegate, form)
    names = [name for name in PERSON_FIELDS if form.plan.rule(name, delegation.category) != Rule.OFF]
    values = person_values(form, names)
    values["email"] = values["email"] or registration.email
    try:
        operations.correct_details(registration, values, answers=form.values(), at=now(), by_staff=True)
    except AlreadyRegistered:
        rollback()  # the page shows how things stand
        message = _("Somebody is registered with this address already. Write to the organisers.")
        form.email.errors = [message]
        return _show("delegations/person.html", token, delegate, form)
    return back(token, "corrected")


def _done(
    token: str, uid: str, act: Callable[[Delegate], object], said: str, anchor: str = "people"
) -> ResponseReturnValue:
    """Do one thing with a person, for which our own page was asked; the page then says so."""
    _delegation, delegate = find_person(token, uid)
    confirmed()
    act(delegate)
    return back(token, said, anchor)


@blueprint.post("/role")
@by_link
@limiter.limit("60/minute")
def role(token: str, uid: str) -> ResponseReturnValue:
    """Say what somebody is in the delegation."""
    return _done(token, uid, lambda one: people.change_role(one, request.form.get("role", "")), "corrected")


@blueprint.post("/move")
@by_link
@limiter.limit("120/minute")
def move(token: str, uid: str) -> ResponseReturnValue:
    """One place up or down in the list."""
    by = -1 if request.form.get("way") == "up" else 1
    return _done(token, uid, lambda one: people.move(one, by), "corrected")


@blueprint.post("/withdraw")
@by_link
@limiter.limit("60/minute")
def withdraw(token: str, uid: str) -> ResponseReturnValue:
    """Somebody does not come after all."""
    return _done(token, uid, lambda one: people.withdraw(one, at=now()), "withdrawn")


@blueprint.route("/replace", methods=["GET", "POST"])
@by_link
@limiter.limit("60/minute", methods=["POST"])
def replace(token: str, uid: str) -> ResponseReturnValue:
    """Somebody else comes instead: with the same role, and the same seat."""
    delegation, delegate = find_person(token, uid)
    form = person_form(delegation)
    form.mode.data, form.role.data = delegate.registration.mode, delegate.role
    if form.validate_on_submit():
        try:
            people.replace_delegate(delegate, form.nominee(), at=now())
        except RowsRefused as refusal:
            rollback()  # the page shows who is there
            form.form_errors = [*form.form_errors, *refusal.problems[0]]
        else:
            return back(token, "replaced")
    return _show("delegations/replace.html", token, delegate, form)


@blueprint.post("/offer")
@by_link
@limiter.limit("60/minute")
def answer_offer(token: str, uid: str) -> ResponseReturnValue:
    """Accept the seats that are kept for somebody and those who wait with them, or give them up."""
    said, mode = request.form.get("answer", ""), request.form.get("mode", "")
    return _done(token, uid, lambda one: offers.answer_offer(one.registration, said, mode, at=now()), "corrected")


@blueprint.post("/answer")
@by_link
@limiter.limit("60/minute")
def answer(token: str, uid: str) -> ResponseReturnValue:
    """Yes or no to somebody who registered alone."""
    said, reason = request.form.get("answer"), request.form.get("reason", "")

    def decide(one: Delegate) -> None:
        if said not in {"yes", "no"}:
            raise NotPending
        people.answer(one, yes=said == "yes", reason=reason, at=now())

    return _done(token, uid, decide, "answered", "asking")
