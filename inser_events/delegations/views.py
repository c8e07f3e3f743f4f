"""The focal point's page: who comes, entering several people at once, the nomination letter. The link is the key."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from inser_events.audit import Actor, act_as
from inser_events.clock import now
from inser_events.database import db, rollback
from inser_events.delegations import people, queries
from inser_events.delegations.errors import RowsRefused
from inser_events.delegations.forms import MOST_ROWS, ROWS, LetterForm, NomineeForm, row_forms, show_problems
from inser_events.delegations.invitations import note_opened
from inser_events.delegations.letters import content_of, send_letter
from inser_events.delegations.models import Delegate, Delegation
from inser_events.delegations.names import letter_words, name_of, role_words
from inser_events.jobs import enqueue, job
from inser_events.registration.errors import UnusableFile
from inser_events.registration.forms import ConfirmForm
from inser_events.registration.models import Registration
from inser_events.registration.queries import link_of, waiting_position
from inser_events.registration.views import private
from inser_events.web.access import by_link
from inser_events.web.languages import page_language
from inser_events.web.limits import limiter

blueprint = Blueprint("delegation", __name__, url_prefix="/delegations/<token>")
FOCAL_POINT = Actor("focal point")
UNUSABLE = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def holder(token: str) -> Delegation:
    """The delegation a link opens; from here on the log says that its focal point acts. Raises NoSuchDelegationPage."""
    delegation = queries.find_by_link(token)
    act_as(FOCAL_POINT)
    return delegation


def confirmed() -> None:
    """Refuse a form that another site made the browser send. Raises NotAllowed."""
    ConfirmForm().validate_on_submit()


def back(token: str, done: str, anchor: str = "people", count: int = 1) -> ResponseReturnValue:
    """To the page, which then says what was done."""
    return redirect(f"/delegations/{token}?done={done}&count={count}#{anchor}", 303)


def show(template: str, delegation: Delegation, token: str, *, faulty: bool = False, **context: Any) -> Response:
    """One of the focal point's pages."""
    body = render_template(
        template,
        delegation=delegation,
        delegation_name=name_of(delegation, page_language()),
        event=delegation.event,
        home=f"/delegations/{token}",
        roles=role_words(),
        **context,
    )
    answer = private(body)
    answer.status_code = UNUSABLE if faulty else 200
    return answer


@blueprint.get("")
@by_link
def page(token: str) -> ResponseReturnValue:
    """What is asked, until when; who comes; more people; the letter."""
    delegation = holder(token)
    if delegation.opened_at is None:
        # A page that is only read does not hold the database for writing.
        enqueue(remember_opening, delegation_id=delegation.id)
    return _page(delegation, token)


@job
def remember_opening(delegation_id: int) -> None:
    """Note that the focal point has opened the page."""
    delegation = db.session.get(Delegation, delegation_id)
    if delegation is not None:
        note_opened(delegation, at=now())


def _page(
    delegation: Delegation,
    token: str,
    forms: Sequence[NomineeForm] = (),
    letter_form: LetterForm | None = None,
    problem: str = "",
) -> Response:
    at = now()
    there = queries.people_of(delegation)
    number = min(max(1, request.args.get("rows", ROWS, type=int)), MOST_ROWS)
    said = _said(request.args.get("count", 1, type=int)).get(request.args.get("done", ""), "")
    letter_form = letter_form or LetterForm(formdata=None)
    named = [one for one in there if not one.asked]
    return show(
        "delegations/page.html",
        delegation,
        token,
        faulty=bool(problem or letter_form.errors or any(form.errors for form in forms)),
        people=named,
        asking=[one for one in there if one.asked],
        former=queries.former_of(delegation),
        offered=_offered(named),
        positions={one.registration_id: waiting_position(one.registration) for one in named[:MOST_ROWS]},
        # Only of people reached through the focal point: the ticket of the others is theirs alone.
        tickets={
            one.registration_id: link_of(one.registration) for one in named if one.registration.through_focal_point
        },
        forms=forms or row_forms(delegation, number),
        letter_form=letter_form,
        letters=queries.letters_of(delegation),
        letter_words=letter_words(),
        places_left=people.places_left(delegation),
        may_name=people.may_name(delegation, at),
        most_rows=MOST_ROWS,
        problem=problem,
        said="" if problem else said,
    )


def _offered(named: Sequence[Delegate]) -> list[list[Registration]]:
    """The people for whom seats are kept: those who are answered for together, together."""
    found: dict[tuple[str, str, datetime | None], list[Registration]] = {}
    for registration in (one.registration for one in named if one.registration.offered):
        key = registration.party or registration.uid, registration.mode, registration.offer_expires_at
        found.setdefault(key, []).append(registration)
    return list(found.values())


def _said(count: int) -> Mapping[str, str]:
    return {
        "named": ngettext(
            "%(num)s person is entered. Whoever has an address of their own gets their ticket by mail.",
            "%(num)s people are entered. Whoever has an address of their own gets their ticket by mail.",
            count,
        ),
        "withdrawn": _("The person is withdrawn, and has been told."),
        "replaced": _("The new person has the place. The old ticket no longer opens the door."),
        "corrected": _("Saved."),
        "answered": _("Thank you. The person has been told."),
        "letter": _("Your letter has reached the organisers."),
    }


@blueprint.post("/people")
@by_link
@limiter.limit("60/minute")
def enter(token: str) -> ResponseReturnValue:
    """Enter the people of the table; rows left empty are left out."""
    delegation = holder(token)
    confirmed()
    number = min(max(1, request.form.get("rows", ROWS, type=int)), MOST_ROWS)
    forms = row_forms(delegation, number, request.form)
    filled = [form for form in forms if not form.is_blank]
    if not filled:
        return _page(delegation, token, forms, problem=_("Fill in at least one row first."))
    if sum(not form.validate() for form in filled):
        return _page(delegation, token, forms, problem=_("Nobody was entered yet. Some rows need a correction."))
    try:
        entered = people.enter_people(delegation, [form.nominee() for form in filled], at=now())
    except RowsRefused as refusal:
        rollback()  # the page shows who is there
        show_problems(filled, refusal.problems)
        return _page(delegation, token, forms, problem=refusal.message)
    return back(token, "named", count=len(entered))


@blueprint.post("/letter")
@by_link
@limiter.limit("30/minute")
def letter(token: str) -> ResponseReturnValue:
    """Send the nomination letter."""
    delegation = holder(token)
    form = LetterForm()
    form.validate_on_submit()
    sent = request.files.get("letter")
    try:
        if sent is None or not sent.filename:
            raise UnusableFile(_("Choose a file first."))  # noqa: TRY301 — one way to show a problem
        send_letter(delegation, sent.stream, sent.filename, at=now())
    except UnusableFile as refusal:
        form.letter.errors = [refusal.message]
        return _page(delegation, token, letter_form=form, problem=refusal.message)
    return back(token, "letter", "letter")


@blueprint.get("/letter/<uid>")
@by_link
def own_letter(token: str, uid: str) -> ResponseReturnValue:
    """A letter that was sent, to look at it again."""
    found = queries.find_letter(holder(token), uid)
    return download(content_of(found), found.media_type, found.filename)


def download(content: bytes, media_type: str, filename: str) -> Response:
    """A file, never opened inside our pages."""
    answer = private(content, media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def find_person(token: str, uid: str) -> tuple[Delegation, Delegate]:
    """A delegation and one of its people. Raises NoSuchDelegationPage, NoSuchDelegate."""
    delegation = holder(token)
    return delegation, queries.find_delegate(delegation, uid)
