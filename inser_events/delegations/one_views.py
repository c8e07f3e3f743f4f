"""The organisers' page of one delegation: its focal point and link, its people, its letters."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.clock import now
from inser_events.delegations import invitations, people, queries
from inser_events.delegations.errors import UnusableDelegation, WordsNeeded
from inser_events.delegations.letters import accept_letter, content_of, return_letter
from inser_events.delegations.models import Delegation
from inser_events.delegations.names import kind_words, letter_words, name_of, role_words
from inser_events.delegations.operations import remove_delegation
from inser_events.delegations.views import download
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.registration.groups import caps_of
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

blueprint = Blueprint("delegation_page", __name__)
for_registrars = allowed(find_event, may_register, may_see)
HERE = "delegations"


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def to_page(event: Event, delegation: Delegation) -> ResponseReturnValue:
    """Back to the page."""
    return redirect(url_for("delegation_page.one", slug=event.slug, uid=delegation.uid), 303)


@blueprint.get("/manage/<slug>/delegations/<uid>")
@for_registrars
def one(event: Event, uid: str) -> ResponseReturnValue:
    """One delegation: focal point, people, letters, link."""
    return _shown(event, queries.find_delegation(event, uid))


def _shown(event: Event, delegation: Delegation, **more: Any) -> ResponseReturnValue:
    there = queries.people_of(delegation)
    page = render_managed(
        "delegations/manage_one.html",
        event,
        HERE,
        delegation=delegation,
        name=name_of(delegation, page_language()),
        people=[one for one in there if not one.asked],
        asking=[one for one in there if one.asked],
        former=queries.former_of(delegation),
        letters=queries.letters_of(delegation),
        letter_words=letter_words(),
        kinds=kind_words(),
        roles=role_words(),
        caps=caps_of(event.id, delegation.uid),
        url=queries.page_url(delegation),
        **{"wrong": "", "email": "", **more},
    )
    return page, 422 if more.get("wrong") else 200


@blueprint.post("/manage/<slug>/delegations/<uid>/invite")
@for_registrars
def invite(event: Event, uid: str) -> ResponseReturnValue:
    """Send the invitation, for the first time or again."""
    delegation = queries.find_delegation(event, uid)
    if invitations.invite(delegation, at=now()):
        flash(_("The invitation is on its way to %(address)s.", address=delegation.focal_email), "good")
    elif delegation.focal_email:
        flash(_("An invitation left within this hour already."), "warn")
    else:
        flash(_("There is no address yet. Enter that of the focal point first."), "warn")
    return to_page(event, delegation)


@blueprint.post("/manage/<slug>/delegations/<uid>/link")
@for_registrars
def make_link(event: Event, uid: str) -> ResponseReturnValue:
    """Make the link without a mail, to hand it over in another way."""
    delegation = queries.find_delegation(event, uid)
    invitations.link_for(delegation)
    flash(_("The link of %(name)s is ready to copy.", name=name_of(delegation, page_language())), "good")
    return to_page(event, delegation)


@blueprint.post("/manage/<slug>/delegations/<uid>/revoke")
@for_registrars
def revoke(event: Event, uid: str) -> ResponseReturnValue:
    """Close the focal point's page."""
    delegation = queries.find_delegation(event, uid)
    invitations.revoke_link(delegation)
    flash(_("The old link of %(name)s no longer works.", name=name_of(delegation, page_language())), "good")
    return to_page(event, delegation)


@blueprint.post("/manage/<slug>/delegations/<uid>/people")
@for_registrars
def take_in(event: Event, uid: str) -> ResponseReturnValue:
    """Count somebody for the delegation who is registered already."""
    delegation = queries.find_delegation(event, uid)
    email = request.form.get("email", "")
    try:
        delegate = people.take_in(delegation, email, at=now())
    except UnusableDelegation as refusal:
        return _shown(event, delegation, wrong=refusal.message, email=email)
    flash(_("%(name)s comes with the delegation now.", name=delegate.registration.name), "good")
    return to_page(event, delegation)


@blueprint.post("/manage/<slug>/delegations/<uid>/people/<person>/out")
@for_registrars
def take_out(event: Event, uid: str, person: str) -> ResponseReturnValue:
    """Count somebody for no delegation; their registration stays."""
    delegation = queries.find_delegation(event, uid)
    delegate = queries.find_delegate(delegation, person)
    name = delegate.registration.name
    people.take_out(delegate, at=now())
    flash(_("%(name)s comes with no delegation any more. The registration stays.", name=name), "good")
    return to_page(event, delegation)


@blueprint.post("/manage/<slug>/delegations/<uid>/remove")
@for_registrars
def remove(event: Event, uid: str) -> ResponseReturnValue:
    """Remove a delegation that nobody comes with."""
    delegation = queries.find_delegation(event, uid)
    name = name_of(delegation, page_language())
    remove_delegation(delegation, at=now())
    flash(_("%(name)s is removed.", name=name), "good")
    return redirect(url_for("delegation_desk.overview", slug=event.slug), 303)


@blueprint.get("/manage/<slug>/delegations/<uid>/letters/<letter>")
@for_registrars
def read_letter(event: Event, uid: str, letter: str) -> ResponseReturnValue:
    """A nomination letter."""
    found = queries.find_letter(queries.find_delegation(event, uid), letter)
    return download(content_of(found), found.media_type, found.filename)


@blueprint.post("/manage/<slug>/delegations/<uid>/letters/<letter>")
@for_registrars
def judge_letter(event: Event, uid: str, letter: str) -> ResponseReturnValue:
    """Accept a letter, or return it and say why."""
    delegation = queries.find_delegation(event, uid)
    found = queries.find_letter(delegation, letter)
    if request.form.get("answer") == "accept":
        accept_letter(delegation, found, at=now())
    else:
        try:
            return_letter(delegation, found, request.form.get("words", ""), at=now())
        except WordsNeeded as refusal:
            return _shown(event, delegation, wrong=refusal.message)
    flash(_("The focal point has been told by mail.") if delegation.focal_email else _("Saved."), "good")
    return to_page(event, delegation)
