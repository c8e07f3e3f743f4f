"""Registration as a speaker, by one tap on the speaker's own page: the organisers know the person already."""

from flask import Blueprint, Flask, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField
from wtforms.validators import InputRequired, Length, Optional

from inser_events.agenda.models import SpeakerState
from inser_events.agenda.queries import latest_release
from inser_events.agenda.speaker_invitations import find_by_link
from inser_events.agenda.speaker_models import SpeakerLink
from inser_events.agenda.speaker_parts import parts_by_person
from inser_events.audit import Actor, act_as
from inser_events.clock import now
from inser_events.events.models import Category, Event
from inser_events.languages import INTERFACE
from inser_events.people.models import Person
from inser_events.registration import operations, queries
from inser_events.registration.errors import AlreadyRegistered, RegistrationClosed, SpeakerAddressMissing
from inser_events.registration.forms import tidy, usable_email
from inser_events.registration.models import Registration
from inser_events.registration.operations import RegistrationData
from inser_events.registration.privacy_texts import agreed_version
from inser_events.web.access import by_link
from inser_events.web.forms import PublicForm
from inser_events.web.limits import limiter

blueprint = Blueprint("speaker_registration", __name__)


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


class SpeakerRegistrationForm(PublicForm):
    """How the speaker takes part; the address is asked for only where the organisers have none."""

    mode = HiddenField(validators=[InputRequired()])
    email = EmailField(_l("E-mail"), [Optional(), Length(max=254), usable_email], filters=[tidy])


@blueprint.post("/slots/<token>/register")
@by_link
@limiter.limit("30/minute")
def register(token: str) -> ResponseReturnValue:
    """Register the speaker; whoever is registered already gets their link by mail and learns nothing else."""
    link = find_by_link(token)
    act_as(Actor("speaker"))
    form = SpeakerRegistrationForm()
    valid = form.validate_on_submit()
    email = link.person.email or form.email.data or ""
    if not email or not valid:
        raise SpeakerAddressMissing
    try:
        registration = register_speaker(link, form.mode.data, email)
    except AlreadyRegistered:
        operations.resend_links(email, at=now(), event_id=link.event_id)
        return redirect(f"/slots/{token}?done=registered", 303)
    return redirect(f"/tickets/{queries.link_of(registration)}", 303)


def register_speaker(link: SpeakerLink, mode: str, email: str) -> Registration:
    """Register as speaker, outside the opening times too: the organisers have asked this person to come.

    The seats of the room still count. Raises RegistrationClosed, ModeNotOffered, AlreadyRegistered.
    """
    event = link.event
    states = {part.speaker.state for part in parts_by_person(event).get(link.person_id, [])}
    if not states - {SpeakerState.DECLINED}:
        raise RegistrationClosed(_("You have no part in this programme at present. Ask the organisers."))
    if latest_release(event) is None:
        raise RegistrationClosed(_("Registration has not opened yet. Come back when the programme is published."))
    return operations.register(event, _data(event, link.person, mode, email), at=now(), by_staff=True)


def _data(event: Event, person: Person, mode: str, email: str) -> RegistrationData:
    language = event.languages[0]
    return RegistrationData(
        mode=mode,
        email=email,
        family_name=person.family_name,
        given_name=person.given_name,
        name_latin=person.name_latin,
        honorific=person.honorific,
        organisation=person.organisation,
        job_title=person.job_title,
        country=person.country,
        language=language if language in INTERFACE else "en",
        category=Category.SPEAKER,
        privacy_version=agreed_version(event),
    )
