"""Organisers' pages of a plenary's numbered items and its register of documents."""

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda import papers
from inser_events.agenda.errors import Unusable
from inser_events.agenda.forms import (
    DocumentForm,
    ItemForm,
    differing,
    in_languages,
    show_error,
    show_texts,
    texts_of,
)
from inser_events.agenda.manage_views import CONFLICT, UNUSABLE
from inser_events.agenda.models import Document, Item
from inser_events.agenda.papers import DocumentData, ItemData
from inser_events.agenda.queries import documents_of, find_document, find_item, items_of
from inser_events.agenda.step_views import one_step
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed

blueprint = Blueprint("manage_papers", __name__, url_prefix="/manage/<slug>/agenda")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/items")
@allowed(find_event, may_see)
def items(event: Event) -> ResponseReturnValue:
    """The numbered agenda and the register."""
    return render_managed(
        "agenda/manage_papers.html",
        event,
        "agenda",
        items=items_of(event),
        documents=documents_of(event),
    )


@blueprint.route("/items/new", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def new_item(event: Event) -> ResponseReturnValue:
    """Add an item."""
    form = _item_form(event)
    if form.validate_on_submit():
        try:
            item = papers.add_item(event, _item_data(form, event))
        except Unusable as error:
            show_error(form, error)
        else:
            flash(_("Added item %(number)s.", number=item.number), "success")
            again = "/new" if request.form.get("then") == "another" else ""
            return redirect(f"/manage/{event.slug}/agenda/items{again}")
    return _page(event, form, None)


@blueprint.route("/items/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def edit_item(event: Event, uid: str) -> ResponseReturnValue:
    """Change an item."""
    item = find_item(event, uid)
    form = _item_form(event)
    if request.method == "GET":
        _show_item(form, item)
    elif form.validate_on_submit():
        try:
            papers.change_item(event, item, _item_data(form, event, item), seen=form.seen.data or "")
        except Unusable as error:
            show_error(form, error)
        except Outdated:
            saved = _item_form(event, empty=True)
            _show_item(saved, item)
            return _compared(event, form, saved, item)
        else:
            return redirect(f"/manage/{event.slug}/agenda/items")
    return _page(event, form, item)


@blueprint.post("/items/<uid>/remove")
@allowed(find_event, may_edit, may_see)
@one_step
def remove_item(event: Event, uid: str) -> ResponseReturnValue:
    """Delete an item."""
    papers.remove_item(event, find_item(event, uid))
    flash(_("Removed."), "success")
    return redirect(f"/manage/{event.slug}/agenda/items")


@blueprint.route("/documents/new", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def new_document(event: Event) -> ResponseReturnValue:
    """Enter a document."""
    form = _document_form(event)
    if form.validate_on_submit():
        try:
            document = papers.add_document(event, _document_data(form))
        except Unusable as error:
            show_error(form, error)
        else:
            flash(_("Added %(symbol)s.", symbol=document.symbol), "success")
            again = "/agenda/documents/new" if request.form.get("then") == "another" else "/agenda/items#documents"
            return redirect(f"/manage/{event.slug}{again}")
    return _page(event, form, None)


@blueprint.route("/documents/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def edit_document(event: Event, uid: str) -> ResponseReturnValue:
    """Change a document's entry."""
    document = find_document(event, uid)
    form = _document_form(event)
    if request.method == "GET":
        _show_document(form, document)
    elif form.validate_on_submit():
        try:
            papers.change_document(event, document, _document_data(form, document), seen=form.seen.data or "")
        except Unusable as error:
            show_error(form, error)
        except Outdated:
            saved = _document_form(event, empty=True)
            _show_document(saved, document)
            return _compared(event, form, saved, document)
        else:
            return redirect(f"/manage/{event.slug}/agenda/items#documents")
    return _page(event, form, document)


@blueprint.post("/documents/<uid>/remove")
@allowed(find_event, may_edit, may_see)
@one_step
def remove_document(event: Event, uid: str) -> ResponseReturnValue:
    """Take a document out of the register."""
    papers.remove_document(event, find_document(event, uid))
    flash(_("Removed."), "success")
    return redirect(f"/manage/{event.slug}/agenda/items#documents")


def _item_form(event: Event, *, empty: bool = False) -> ItemForm:
    kind = in_languages(ItemForm, event.languages)
    form = kind(formdata=None) if empty else kind()
    form.offer(documents_of(event))
    return form


def _document_form(event: Event, *, empty: bool = False) -> DocumentForm:
    kind = in_languages(DocumentForm, event.languages)
    form = kind(formdata=None) if empty else kind()
    form.offer(event)
    return form


def _show_item(form: ItemForm, item: Item) -> None:
    show_texts(form, "title", item.title)
    form.number.data, form.purpose.data = item.number, item.purpose
    form.documents.data = [document.uid for document in item.documents]
    form.seen.data = papers.item_seen(item)


def _show_document(form: DocumentForm, document: Document) -> None:
    show_texts(form, "title", document.title)
    form.symbol.data, form.status.data, form.languages.data = document.symbol, document.status, document.languages
    form.seen.data = papers.document_seen(document)


def _item_data(form: ItemForm, event: Event, before: Item | None = None) -> ItemData:
    chosen = set(form.documents.data or [])
    return ItemData(
        number=form.number.data,
        title=texts_of(form, "title", before.title if before else None),
        purpose=form.purpose.data,
        documents=[document for document in documents_of(event) if document.uid in chosen],
    )


def _document_data(form: DocumentForm, before: Document | None = None) -> DocumentData:
    return DocumentData(
        symbol=form.symbol.data,
        title=texts_of(form, "title", before.title if before else None),
        languages=form.languages.data or [],
        status=form.status.data,
    )


def _compared(
    event: Event, form: ItemForm | DocumentForm, saved: ItemForm | DocumentForm, thing: Item | Document
) -> ResponseReturnValue:
    outdated = differing(form, saved)
    form.seen.data = saved.seen.data
    page = render_managed(_template(form), event, "agenda", form=form, thing=thing, outdated=outdated)
    return page, CONFLICT


def _page(event: Event, form: ItemForm | DocumentForm, thing: Item | Document | None) -> ResponseReturnValue:
    page = render_managed(_template(form), event, "agenda", form=form, thing=thing, outdated=None)
    return page, UNUSABLE if form.errors or form.form_errors else 200


def _template(form: ItemForm | DocumentForm) -> str:
    return "agenda/manage_item.html" if isinstance(form, ItemForm) else "agenda/manage_document.html"
