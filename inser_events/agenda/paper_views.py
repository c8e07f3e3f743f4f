"""Organisers' pages of a plenary's numbered items and its register of documents."""

from collections.abc import Callable
from typing import Any, NamedTuple

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


class Sort(NamedTuple):
    """What the pages of items and those of documents do differently."""

    form: Callable[..., Any]
    """Makes the form of an event; ``empty=True`` without what was sent."""
    show: Callable[[Any, Any], None]
    data: Callable[[Any, Event, Any], Any]
    find: Callable[[Event, str], Any]
    add: Callable[[Event, Any], Any]
    change: Callable[..., Any]
    remove: Callable[[Event, Any], None]
    added: Callable[[Any], str]
    """Says that it is there now."""
    home: str
    """Below the address of the event's agenda: where all of them are."""


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


@blueprint.route("/<any(items, documents):sort>/new", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def new(event: Event, sort: str) -> ResponseReturnValue:
    """Add an item, or enter a document."""
    its = SORTS[sort]
    form = its.form(event)
    if form.validate_on_submit():
        try:
            thing = its.add(event, its.data(form, event, None))
        except Unusable as error:
            show_error(form, error)
        else:
            flash(its.added(thing), "success")
            again = f"{sort}/new" if request.form.get("then") == "another" else its.home
            return redirect(f"/manage/{event.slug}/agenda/{again}")
    return _page(event, sort, form, None)


@blueprint.route("/<any(items, documents):sort>/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def edit(event: Event, sort: str, uid: str) -> ResponseReturnValue:
    """Change an item or a document's entry. When someone else did meanwhile, both versions are shown."""
    its = SORTS[sort]
    thing, form = its.find(event, uid), its.form(event)
    outdated = None
    if request.method == "GET":
        its.show(form, thing)
    elif form.validate_on_submit():
        try:
            its.change(event, thing, its.data(form, event, thing), seen=form.seen.data or "")
        except Unusable as error:
            show_error(form, error)
        except Outdated:
            saved = its.form(event, empty=True)
            its.show(saved, thing)
            outdated, form.seen.data = differing(form, saved), saved.seen.data
        else:
            return redirect(f"/manage/{event.slug}/agenda/{its.home}")
    return _page(event, sort, form, thing, outdated)


@blueprint.post("/<any(items, documents):sort>/<uid>/remove")
@allowed(find_event, may_edit, may_see)
@one_step
def remove(event: Event, sort: str, uid: str) -> ResponseReturnValue:
    """Delete an item, or take a document out of the register."""
    its = SORTS[sort]
    its.remove(event, its.find(event, uid))
    flash(_("Removed."), "success")
    return redirect(f"/manage/{event.slug}/agenda/{its.home}")


def _page(
    event: Event, sort: str, form: Any, thing: Item | Document | None, outdated: list[Any] | None = None
) -> ResponseReturnValue:
    page = render_managed(
        "agenda/manage_paper.html", event, "agenda", sort=sort, form=form, thing=thing, outdated=outdated
    )
    return page, CONFLICT if outdated is not None else UNUSABLE if form.errors or form.form_errors else 200


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


def _item_data(form: ItemForm, event: Event, before: Item | None) -> ItemData:
    chosen = set(form.documents.data or [])
    return ItemData(
        number=form.number.data,
        title=texts_of(form, "title", before.title if before else None),
        purpose=form.purpose.data,
        documents=[document for document in documents_of(event) if document.uid in chosen],
    )


def _document_data(form: DocumentForm, _event: Event, before: Document | None) -> DocumentData:
    return DocumentData(
        symbol=form.symbol.data,
        title=texts_of(form, "title", before.title if before else None),
        languages=form.languages.data or [],
        status=form.status.data,
    )


SORTS = {
    "items": Sort(
        form=_item_form,
        show=_show_item,
        data=_item_data,
        find=find_item,
        add=papers.add_item,
        change=papers.change_item,
        remove=papers.remove_item,
        added=lambda item: _("Added item %(number)s.", number=item.number),
        home="items",
    ),
    "documents": Sort(
        form=_document_form,
        show=_show_document,
        data=_document_data,
        find=find_document,
        add=papers.add_document,
        change=papers.change_document,
        remove=papers.remove_document,
        added=lambda document: _("Added %(symbol)s.", symbol=document.symbol),
        home="items#documents",
    ),
}
