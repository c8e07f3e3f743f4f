"""One person's data: to download and to erase, by themselves behind their link and by the registrar."""

import json

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.audit import Actor, act_as, record
from inser_events.clock import now
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.registration import queries
from inser_events.registration.forms import ConfirmForm
from inser_events.registration.models import Registration
from inser_events.registration.person_papers import person_pdf
from inser_events.registration.personal_data import NOBODY, data_of, erase_person
from inser_events.registration.privacy_texts import notice_for
from inser_events.registration.views import holder, private
from inser_events.web.access import allowed, by_link
from inser_events.web.languages import page_language
from inser_events.web.limits import limiter

blueprint = Blueprint("data", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.route("/tickets/<token>/data", methods=["GET", "POST"])
@by_link
@limiter.limit("60/minute", methods=["POST"])
def own(token: str) -> ResponseReturnValue:
    """What is kept about oneself; as a file when the form is sent."""
    registration, snapshot = holder(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        return _download(registration)
    notice = notice_for(registration.event, [page_language(), registration.language], registration.privacy_version)
    return private(
        render_template(
            "registration/my_data.html",
            registration=registration,
            snapshot=snapshot,
            form=form,
            notice=notice,
            ticket_url=f"/tickets/{token}",
        )
    )


@blueprint.route("/tickets/<token>/erase", methods=["GET", "POST"])
@by_link
@limiter.limit("60/minute", methods=["POST"])
def own_erasure(token: str) -> ResponseReturnValue:
    """Ask, then erase oneself; the link opens nothing afterwards."""
    registration, snapshot = holder(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        act_as(Actor("attendee"))
        erase_person(registration, at=now())
        return private(render_template("registration/my_data_erased.html", event=snapshot.event))
    return private(
        render_template(
            "registration/my_data_erase.html",
            registration=registration,
            snapshot=snapshot,
            form=form,
            ticket_url=f"/tickets/{token}",
        )
    )


def _download(registration: Registration) -> Response:
    """The data as a file; that it was taken is part of the history from then on."""
    moment = now()
    data = data_of(registration, at=moment)
    name = f"{registration.event.slug}-my-data"
    if request.form.get("format") == "pdf":
        language = page_language()
        body = person_pdf(data, language=language, identifier=f"{registration.uid}/data", when=moment)
        response = private(body, "application/pdf")
        name += ".pdf"
    else:
        text = json.dumps(data, ensure_ascii=False, indent=2)
        response = private(text, "application/json; charset=utf-8")
        name += ".json"
    record("export personal data", registration, event_id=registration.event_id)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/manage/<slug>/registrations/<uid>/data", methods=["GET", "POST"])
@for_registrars
def of_one(event: Event, uid: str) -> ResponseReturnValue:
    """What is kept about somebody, for whoever answers their request."""
    registration = queries.find_registration(event, uid)
    if request.method == "POST":
        return _download(registration)
    return render_managed(
        "registration/manage_privacy_person.html",
        event,
        "registrations",
        registration=registration,
        erased=registration.family_name == NOBODY and not registration.email,
        notice=notice_for(event, [page_language()], registration.privacy_version),
    )


@blueprint.post("/manage/<slug>/registrations/<uid>/erase")
@for_registrars
def erasure_of_one(event: Event, uid: str) -> ResponseReturnValue:
    """Erase somebody at their wish."""
    registration = queries.find_registration(event, uid)
    erase_person(registration, at=now())
    flash(_("This person is erased. Only numbers are kept."), "good")
    return redirect(url_for("data.of_one", slug=event.slug, uid=uid), 303)
