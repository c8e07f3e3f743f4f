"""Official documents as files: the organisers' page of each, the public list, and every download of the agenda."""

from contextlib import closing

import msgspec
from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda import document_files, speaker_files
from inser_events.agenda.document_forms import DocumentFileForm
from inser_events.agenda.errors import NotInAgenda, Unusable
from inser_events.agenda.manage_views import UNUSABLE
from inser_events.agenda.models import Document
from inser_events.agenda.queries import find_document, find_published, snapshot_of
from inser_events.agenda.received import MEGABYTE
from inser_events.agenda.snapshot import File
from inser_events.agenda.speaker_views import download
from inser_events.agenda.views import HTML
from inser_events.events.access import may_edit, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed, public
from inser_events.web.caching import rendered, respond
from inser_events.web.languages import variant

LARGEST_REQUEST = 50 * MEGABYTE
blueprint = Blueprint("documents", __name__)
for_editors = allowed(find_event, may_edit, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/events/<slug>/documents")
@public
def documents(slug: str) -> ResponseReturnValue:
    """The documents of the last release, to download."""
    published = find_published(slug)
    key = (published.event_id, published.release_id, variant(), "documents")

    def make() -> bytes:
        return render_template("agenda/documents.html", snapshot=snapshot_of(published.release_id)).encode()

    return respond(rendered(key, HTML, make))


@blueprint.get("/events/<slug>/files/<uid>")
@public
def public_file(slug: str, uid: str) -> ResponseReturnValue:
    """A document, slides or a paper that the last release offers, always as a download. Withdrawn ones are gone."""
    published = find_published(slug)

    def make() -> bytes:
        return msgspec.json.encode(snapshot_of(published.release_id).files)

    known = rendered((published.event_id, published.release_id, "files"), "application/json", make)
    offered = msgspec.json.decode(known.body, type=dict[str, File]).get(uid)
    if offered is None:
        raise NotInAgenda
    document = document_files.public_file(published.event_id, uid)
    slides = speaker_files.public_file(published.event_id, uid) if document is None else None
    if document is not None:
        path = document_files.path_of(document)
    elif slides is not None:
        path = speaker_files.path_of(slides)
    else:
        raise NotInAgenda
    answer = send_file(path, mimetype=offered.media_type, as_attachment=True, download_name=offered.name)
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer


@blueprint.route("/manage/<slug>/agenda/documents/<uid>/files", methods=["GET", "POST"])
@for_editors
def files(event: Event, uid: str) -> ResponseReturnValue:
    """The files of a document; sending one for a language that has one replaces it."""
    if request.method == "POST":
        request.max_content_length = LARGEST_REQUEST
    document = find_document(event, uid)
    form = DocumentFileForm(language=request.args.get("language"))
    form.offer(event, document)
    if request.method == "POST" and form.validate_on_submit():
        try:
            _receive(document, form.language.data)
        except Unusable as error:
            form[error.field].errors = [error.message]
        else:
            flash(_("Saved. The public pages change when you publish."), "success")
            return redirect(f"/manage/{event.slug}/agenda/documents/{uid}/files", 303)
    page = render_managed(
        "agenda/manage_document_files.html",
        event,
        "agenda",
        document=document,
        files={file.language: file for file in document.files},
        missing=document_files.missing_languages(document),
        form=form,
    )
    return page, UNUSABLE if form.errors else 200


def _receive(document: Document, language: str) -> None:
    sent = request.files.get("file")
    if sent is None:
        raise Unusable("file", _("Choose a file first."))
    with closing(sent):
        document_files.put_file(document, language, sent.stream, sent.filename or "")


@blueprint.get("/manage/<slug>/agenda/documents/files/<uid>")
@allowed(find_event, may_see)
def draft_file(event: Event, uid: str) -> Response:
    """A file of the draft, for the team."""
    return download(document_files.find_file(event, uid), document_files.path_of)


@blueprint.post("/manage/<slug>/agenda/documents/files/<uid>/withdraw")
@for_editors
def withdraw(event: Event, uid: str) -> ResponseReturnValue:
    """Stop the download of a file."""
    file = document_files.find_file(event, uid)
    document_files.withdraw_file(file)
    flash(_("Withdrawn. Nobody can download the file any more."), "success")
    back = f"documents/{file.document.uid}/files" if file.document else "items#documents"
    return redirect(f"/manage/{event.slug}/agenda/{back}", 303)
