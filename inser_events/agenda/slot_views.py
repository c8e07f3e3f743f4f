"""Organisers' pages of slots and of the people in them."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from inser_events.addresses import UnusableEmail
from inser_events.agenda import operations, speaking
from inser_events.agenda.errors import Unusable
from inser_events.agenda.forms import (
    NewSlotForm,
    SlotForm,
    SpeakerForm,
    differing,
    in_languages,
    show_error,
    show_texts,
    texts_of,
)
from inser_events.agenda.manage_views import CONFLICT, UNUSABLE, session_page, to_session
from inser_events.agenda.models import Session, Slot, Speaker, SpeakerState
from inser_events.agenda.operations import SlotData
from inser_events.agenda.queries import find_person, find_session, find_slot, find_speaker, items_of, people_of
from inser_events.agenda.speaking import Appearing
from inser_events.agenda.step_views import one_step
from inser_events.documents import richtext
from inser_events.errors import Refused
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.people.errors import NameMissing, UnknownCountry
from inser_events.people.names import by_name, name_parts
from inser_events.people.operations import PersonData, data_of
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

blueprint = Blueprint("manage_slots", __name__, url_prefix="/manage/<slug>/agenda")
PERSON = ("honorific", "given_name", "family_name", "name_latin", "job_title", "organisation", "country", "email")
FIELD_OF = {NameMissing: "family_name", UnknownCountry: "country", UnusableEmail: "email"}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.post("/sessions/<uid>/slots")
@allowed(find_event, may_edit, may_see)
@one_step
def add_slot(event: Event, uid: str) -> ResponseReturnValue:
    """Add a slot, with who speaks in it when named."""
    found = find_session(event, uid)
    form = in_languages(NewSlotForm, event.languages)()
    form.offer(items_of(event))
    if not form.validate_on_submit():
        return session_page(event, found, form)
    try:
        slot = operations.add_slot(found, _slot_data(form, event))
        if (form.speaker.data or "").strip():
            speaking.add_speaker(slot, _typed_person(form), Appearing(state=_state(confirmed=form.confirmed.data)))
    except Unusable as error:
        show_error(form, error)
        return session_page(event, found, form)
    return to_session(event, found, "add-slot")


def _typed_person(form: NewSlotForm) -> PersonData:
    honorific, given_name, family_name = name_parts(form.speaker.data)
    return PersonData(
        honorific=honorific,
        given_name=given_name,
        family_name=family_name,
        job_title=form.job_title.data or "",
        organisation=form.organisation.data or "",
    )


def _state(*, confirmed: bool) -> SpeakerState:
    return SpeakerState.CONFIRMED if confirmed else SpeakerState.INVITED


@blueprint.route("/slots/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def edit_slot(event: Event, uid: str) -> ResponseReturnValue:
    """Change a slot. When someone else did meanwhile, both versions are shown."""
    slot = find_slot(event, uid)
    form = in_languages(SlotForm, event.languages, text=True)()
    form.offer(items_of(event))
    outdated = None
    if request.method == "GET":
        _show_slot(form, slot)
    elif form.validate_on_submit():
        try:
            operations.change_slot(slot, _slot_data(form, event, slot), seen=form.seen.data or "")
        except Unusable as error:
            show_error(form, error)
        except Outdated:
            saved = in_languages(SlotForm, event.languages, text=True)(formdata=None)
            saved.offer(items_of(event))
            _show_slot(saved, slot)
            outdated, form.seen.data = differing(form, saved), saved.seen.data
        else:
            return to_session(event, slot.session, f"slot-{slot.uid}")
    page = render_managed("agenda/manage_slot.html", event, "agenda", form=form, slot=slot, outdated=outdated)
    return page, _status(form, outdated)


def _status(form: SlotForm | SpeakerForm, outdated: list[tuple[Field, str, str]] | None) -> int:
    return CONFLICT if outdated is not None else UNUSABLE if form.errors or form.form_errors else 200


def _show_slot(form: SlotForm, slot: Slot) -> None:
    show_texts(form, "title", slot.title)
    show_texts(form, "abstract", {code: richtext.editable(text) for code, text in slot.abstract.items()})
    form.minutes.data, form.kind.data = slot.minutes, slot.kind
    form["items"].data = [item.uid for item in slot.items]
    form.seen.data = operations.slot_seen(slot)


def _slot_data(form: SlotForm, event: Event, before: Slot | None = None) -> SlotData:
    chosen = set(form["items"].data or [])
    return SlotData(
        title=texts_of(form, "title", before.title if before else None),
        abstract=texts_of(form, "abstract", before.abstract if before else None),
        minutes=form.minutes.data,
        kind=form.kind.data,
        items=[item for item in items_of(event) if item.uid in chosen],
    )


@blueprint.post("/slots/<uid>/move")
@allowed(find_event, may_edit, may_see)
@one_step
def move_slot(event: Event, uid: str) -> ResponseReturnValue:
    """Move a slot one place up or down, or to the place where it was dropped."""
    slot = find_slot(event, uid)
    place = request.form.get("place", "")
    if place.isdecimal():
        by = int(place) - slot.session.slots.index(slot)
    else:
        by = -1 if request.form.get("to") == "up" else 1
    operations.move_slot(slot, by)
    return to_session(event, slot.session, f"slot-{slot.uid}")


@blueprint.post("/slots/<uid>/remove")
@allowed(find_event, may_edit, may_see)
@one_step
def remove_slot(event: Event, uid: str) -> ResponseReturnValue:
    """Delete a slot; those after it begin earlier."""
    slot = find_slot(event, uid)
    session = slot.session
    operations.remove_slot(slot)
    flash(_("Removed. The slots after it begin earlier."), "success")
    return to_session(event, session)


@blueprint.route("/<any(sessions, slots):place>/<uid>/speakers", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def add_speaker(event: Event, place: str, uid: str) -> ResponseReturnValue:
    """Put somebody into a slot, or over a whole session."""
    found: Session | Slot = find_session(event, uid) if place == "sessions" else find_slot(event, uid)
    session = found if isinstance(found, Session) else found.session
    known = request.args.get("person", "")
    person = find_person(event, known) if known else None
    form = SpeakerForm()
    form.offer()
    if request.method == "GET":
        form.role.data = "chair" if place == "sessions" else "speaker"
        if person:
            _show_person(form, data_of(person))
    elif form.validate_on_submit():
        try:
            speaking.add_speaker(found, person or _person_data(form, PersonData(family_name="")), _appearing(form))
        except Refused as error:
            _show_refusal(form, error)
        else:
            return to_session(event, session, f"{place[:-1]}-{uid}")
    page = render_managed(
        "agenda/manage_speaker.html",
        event,
        "agenda",
        form=form,
        session=session,
        speaker=None,
        place=found,
        person=person,
        people=by_name(people_of(event), page_language()),
        outdated=None,
    )
    return page, _status(form, None)


@blueprint.route("/speakers/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def edit_speaker(event: Event, uid: str) -> ResponseReturnValue:
    """Change a role and the details of the person."""
    speaker = find_speaker(event, uid)
    form = SpeakerForm()
    form.offer()
    outdated = None
    if request.method == "GET":
        _show_speaker(form, speaker)
    elif form.validate_on_submit():
        data = _person_data(form, data_of(speaker.person))
        try:
            speaking.change_speaker(speaker, data, _appearing(form), seen=form.seen.data or "")
        except Outdated:
            saved = SpeakerForm(formdata=None)
            saved.offer()
            _show_speaker(saved, speaker)
            outdated, form.seen.data = differing(form, saved), saved.seen.data
        except Refused as error:
            _show_refusal(form, error)
        else:
            return to_session(event, speaker.session, _anchor(speaker))
    page = render_managed(
        "agenda/manage_speaker.html",
        event,
        "agenda",
        form=form,
        session=speaker.session,
        speaker=speaker,
        place=None,
        person=speaker.person,
        elsewhere=speaking.appearances_of(speaker.person) - 1,
        outdated=outdated,
    )
    return page, _status(form, outdated)


def _anchor(speaker: Speaker) -> str:
    slot = next((slot for slot in speaker.session.slots if slot.id == speaker.slot_id), None)
    return f"slot-{slot.uid}" if slot else ""


def _show_person(form: SpeakerForm, data: PersonData) -> None:
    for name in PERSON:
        form[name].data = getattr(data, name)


def _show_speaker(form: SpeakerForm, speaker: Speaker) -> None:
    _show_person(form, data_of(speaker.person))
    form.role.data, form.state.data = speaker.role, speaker.state
    form.online.data, form.time_zone.data = speaker.online, speaker.time_zone
    form.seen.data = speaking.speaker_seen(speaker)


def _person_data(form: SpeakerForm, before: PersonData) -> PersonData:
    typed: dict[str, Any] = {name: form[name].data or "" for name in PERSON}
    return replace(before, **typed)


def _appearing(form: SpeakerForm) -> Appearing:
    return Appearing(
        role=form.role.data,
        state=form.state.data,
        online=bool(form.online.data),
        time_zone=form.time_zone.data or "",
    )


def _show_refusal(form: SpeakerForm, error: Refused) -> None:
    name = error.field if isinstance(error, Unusable) else FIELD_OF.get(type(error), "")
    if name in form:
        form[name].errors = [*form[name].errors, error.message]
    else:
        form.form_errors.append(error.message)


@blueprint.post("/speakers/<uid>/answer")
@allowed(find_event, may_edit, may_see)
@one_step
def answer(event: Event, uid: str) -> ResponseReturnValue:
    """Note that somebody agreed, by one tap."""
    speaker = find_speaker(event, uid)
    speaking.answer_for(speaker, SpeakerState.CONFIRMED)
    return to_session(event, speaker.session, _anchor(speaker))


@blueprint.post("/speakers/<uid>/remove")
@allowed(find_event, may_edit, may_see)
@one_step
def remove_speaker(event: Event, uid: str) -> ResponseReturnValue:
    """Take somebody out of a slot or session."""
    speaker = find_speaker(event, uid)
    session, anchor = speaker.session, _anchor(speaker)
    speaking.remove_speaker(speaker)
    return to_session(event, session, anchor)
