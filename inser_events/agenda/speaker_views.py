"""The speaker's own page: answer, correct, photo, slides. No account, no cookie; the link is the key."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda import speaker_files, speaker_news
from inser_events.agenda.editing import hold
from inser_events.agenda.errors import NotInAgenda, Unusable
from inser_events.agenda.forms import differing
from inser_events.agenda.models import DocumentFile, SpeakerState
from inser_events.agenda.pictures import photo_bytes, photos_of, remove_photo, set_photo
from inser_events.agenda.received import MEGABYTE
from inser_events.agenda.speaker_forms import (
    ActForm,
    AnswerForm,
    DetailsForm,
    FileForm,
    PhotoForm,
    details_form,
    details_seen,
)
from inser_events.agenda.speaker_invitations import find_by_link
from inser_events.agenda.speaker_models import SpeakerFile, SpeakerLink
from inser_events.agenda.speaker_parts import parts_by_person
from inser_events.agenda.speaking import answer_for
from inser_events.audit import Actor, act_as
from inser_events.clock import now
from inser_events.database import db
from inser_events.errors import Refused
from inser_events.events.models import Event
from inser_events.events.queries import registration_state
from inser_events.people.errors import NameMissing, UnknownCountry
from inser_events.people.operations import change_person, data_of
from inser_events.web.access import by_link
from inser_events.web.languages import read_in
from inser_events.web.limits import limiter

blueprint = Blueprint("speaker", __name__, url_prefix="/slots/<token>")
FIELD_OF = {NameMissing: "family_name", UnknownCountry: "country"}
LARGEST_REQUEST = 50 * MEGABYTE
CHANGED, UNUSABLE = 409, 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def holder(token: str) -> SpeakerLink:
    """The link that an address names; from here on the log says that the speaker acts. Raises NoSuchSpeakerPage."""
    link = find_by_link(token)
    act_as(Actor("speaker"))
    read_in(link.event.languages[0])  # as the mail that brought them here
    return link


def _private(answer: Response) -> Response:
    """For one person: kept by no shared cache, found by no search engine."""
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _back(token: str, done: str, anchor: str) -> ResponseReturnValue:
    return redirect(f"/slots/{token}?done={done}#{anchor}", 303)


@blueprint.get("")
@by_link
def page(token: str) -> ResponseReturnValue:
    """Everything about one's part in the event."""
    return _page(holder(token), token)


def _page(
    link: SpeakerLink,
    token: str,
    details: DetailsForm | None = None,
    photo: PhotoForm | None = None,
    file: FileForm | None = None,
    **more: Any,
) -> Response:
    event, person = link.event, link.person
    if details is None:
        details = details_form(event.languages, formdata=None)
        details.show(person)
    forms = (details, photo or PhotoForm(formdata=None), file or FileForm(formdata=None))
    wrong = next((form for form in forms if form.errors or form.form_errors), None)
    done = request.args.get("done", "")
    body = render_template(
        "agenda/speaker_page.html",
        event=event,
        person=person,
        parts=parts_by_person(event).get(person.id, []),
        home=f"/slots/{token}",
        details=forms[0],
        photo_form=forms[1],
        file_form=forms[2],
        wrong=wrong,
        photo=photos_of([person.id]).get(person.id, ""),
        files=speaker_files.files_of(event, person),
        most_files=speaker_files.MOST_FILES,
        said=_said().get(done, ""),
        may_register=_may_register(event),
        outdated=more.get("outdated"),
    )
    answer = _private(Response(body, content_type="text/html; charset=utf-8"))
    answer.status_code = CHANGED if more.get("outdated") is not None else UNUSABLE if wrong else 200
    return answer


def _said() -> dict[str, str]:
    return {
        "confirmed": _("Thank you. You are confirmed."),
        "declined": _("Thank you for telling us. You can still change your answer."),
        "details": _("Saved. The programme shows it when the organisers publish next."),
        "photo": _("Your photo is saved. The speakers’ page shows it when the organisers publish next."),
        "no-photo": _("Your photo is removed. The speakers’ page shows this when the organisers publish next."),
        "file": _("Your file has reached the organisers."),
        "no-file": _("The file is removed."),
        "registered": _("You are registered already. Your ticket is on its way to you by mail."),
    }


def _may_register(event: Event) -> bool:
    return event.published_at is not None and registration_state(event, now()) not in {"cancelled", "past"}


@blueprint.post("/answer")
@by_link
@limiter.limit("60/minute")
def answer(token: str) -> ResponseReturnValue:
    """Yes or no to one part."""
    link = holder(token)
    form = AnswerForm()
    if not form.validate_on_submit():
        raise NotInAgenda
    mine = [part.speaker for part in parts_by_person(link.event).get(link.person_id, [])]
    speaker = next((one for one in mine if one.uid == form.speaker.data), None)
    if speaker is None:
        raise NotInAgenda
    hold(speaker)
    before = speaker.state
    answer_for(speaker, SpeakerState(form.answer.data))
    speaker_news.tell_answer(link, speaker, before, at=now())
    return _back(token, form.answer.data, f"part-{speaker.uid}")


@blueprint.post("/details")
@by_link
@limiter.limit("60/minute")
def details(token: str) -> ResponseReturnValue:
    """Correct how one is named. When an organiser did meanwhile, both versions are shown."""
    link = holder(token)
    person = link.person
    form = details_form(link.event.languages)
    if not form.validate_on_submit():
        return _page(link, token, details=form)
    db.session.refresh(person, with_for_update=True)
    if form.seen.data != details_seen(person):
        saved = details_form(link.event.languages, formdata=None)
        saved.show(person)
        outdated, form.seen.data = differing(form, saved), saved.seen.data
        return _page(link, token, details=form, outdated=outdated)
    before = data_of(person)
    try:
        change_person(person, form.details(person), event_id=link.event_id)
    except Refused as error:
        field = form[FIELD_OF.get(type(error), "family_name")]
        field.errors = [*field.errors, error.message]
        return _page(link, token, details=form)
    speaker_news.tell_details(link, before, data_of(person), at=now())
    return _back(token, "details", "details")


@blueprint.post("/photo")
@by_link
@limiter.limit("30/minute")
def send_photo(token: str) -> ResponseReturnValue:
    """Send a photo in place of an earlier one."""
    link = holder(token)
    request.max_content_length = LARGEST_REQUEST
    form = PhotoForm()
    form.validate_on_submit()
    try:
        with closing(_sent(form, "photo")) as sent:
            set_photo(link.person, sent.stream, event_id=link.event_id)
    except Unusable as error:
        form.photo.errors = [error.message]
        return _page(link, token, photo=form)
    speaker_news.tell_sent(link, "photo", at=now())
    return _back(token, "photo", "photo")


def _sent(form: PhotoForm | FileForm, name: str) -> Any:
    file = request.files.get(name)
    if file is None:
        words = _("Choose a picture first.") if isinstance(form, PhotoForm) else _("Choose a file first.")
        raise Unusable(name, words)
    return file


@blueprint.post("/photo/remove")
@by_link
@limiter.limit("60/minute")
def drop_photo(token: str) -> ResponseReturnValue:
    """Take the photo out of the draft."""
    link = holder(token)
    if ActForm().validate_on_submit():
        remove_photo(link.person, event_id=link.event_id)
    return _back(token, "no-photo", "photo")


@blueprint.get("/photo.jpg")
@by_link
def photo(token: str) -> ResponseReturnValue:
    """The photo of the draft, for the speaker alone."""
    link = holder(token)
    content = photo_bytes(photos_of([link.person_id]).get(link.person_id, ""))
    if content is None:
        raise NotInAgenda
    return _private(Response(content, content_type="image/jpeg"))


@blueprint.post("/files")
@by_link
@limiter.limit("30/minute")
def send_slides(token: str) -> ResponseReturnValue:
    """Send slides or a paper."""
    link = holder(token)
    request.max_content_length = LARGEST_REQUEST
    form = FileForm()
    form.validate_on_submit()
    try:
        with closing(_sent(form, "file")) as sent:
            speaker_files.add_file(link.event, link.person, sent.stream, sent.filename or "")
    except Unusable as error:
        form.file.errors = [error.message]
        return _page(link, token, file=form)
    speaker_news.tell_sent(link, "file", at=now())
    return _back(token, "file", "files")


@blueprint.get("/files/<uid>")
@by_link
def slides(token: str, uid: str) -> ResponseReturnValue:
    """One's own file again."""
    link = holder(token)
    return _private(download(speaker_files.find_file(link.event, uid, link.person)))


def download(file: SpeakerFile | DocumentFile, path_of: Callable[[Any], Path] = speaker_files.path_of) -> Response:
    """A file as a download, never shown inside our own pages."""
    answer = send_file(path_of(file), mimetype=file.media_type, as_attachment=True, download_name=file.filename)
    answer.headers["Content-Security-Policy"] = "sandbox"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.post("/files/<uid>/remove")
@by_link
@limiter.limit("60/minute")
def drop_slides(token: str, uid: str) -> ResponseReturnValue:
    """Remove one's own file."""
    link = holder(token)
    if ActForm().validate_on_submit():
        speaker_files.remove_file(speaker_files.find_file(link.event, uid, link.person))
    return _back(token, "no-file", "files")
