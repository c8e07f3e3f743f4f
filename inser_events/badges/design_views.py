"""The layout designer: the gallery, one layout with its live preview, its fields, its paper."""

import math
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Flask, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.badges import designing
from inser_events.badges.checks import field_problems, problems
from inser_events.badges.design_forms import (
    FieldForm,
    NewForm,
    PaperForm,
    band_inputs,
    field_data,
    kind_words,
    paper_data,
)
from inser_events.badges.designs import Field, Kind
from inser_events.badges.errors import LayoutChanged, NoSuchLayout, UnusableLayout
from inser_events.badges.layouts import LAYOUTS, Layout
from inser_events.badges.models import BadgeLayout
from inser_events.badges.samples import modules, sample_face, sample_words
from inser_events.badges.stock import find_own, in_words, layout_from, layout_names, own_layouts
from inser_events.documents.pictures import LARGEST, UnusablePicture
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import INTERFACE
from inser_events.web.access import allowed
from inser_events.web.filters import endonym
from inser_events.web.forms import choices

UNUSABLE = 422
CONFLICT = 409
blueprint = Blueprint("badge_design", __name__, url_prefix="/manage")
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.route("/<slug>/badges", methods=["GET", "POST"])
@for_registrars
def gallery(event: Event) -> ResponseReturnValue:
    """Every layout at a glance; a new one begins as a copy of another."""
    form = NewForm(start=request.args.get("start", "a6"))
    form.start.choices = choices(layout_names(event))
    own = own_layouts(event)
    if form.validate_on_submit():
        try:
            row = designing.create(event, form.name.data, _begun(event, form.start.data), len(own))
        except UnusableLayout as refusal:
            form.name.errors = [refusal.message]
        else:
            return redirect(url_for("badge_design.design", slug=event.slug, uid=row.uid), 303)
    page = render_managed(
        "badges/layouts.html",
        event,
        "badges",
        form=form,
        own=own,
        ready=[(layout, in_words(layout)) for layout in LAYOUTS.values()],
    )
    return page, UNUSABLE if form.errors else 200


def _begun(event: Event, name: str) -> Layout:
    from_own = {f"own-{row.uid}": row for row in own_layouts(event)}
    return layout_from(from_own[name]) if name in from_own else LAYOUTS[name]


@blueprint.post("/<slug>/badges/import")
@for_registrars
def take(event: Event) -> ResponseReturnValue:
    """A layout from a file that another event gave out."""
    sent = request.files.get("file")
    content = sent.stream.read(designing.LARGEST_FILE + 1) if sent else b""
    try:
        layout = designing.imported(content)
        name = layout.description or _("Imported layout")
        row = designing.create(event, name, layout, len(own_layouts(event)))
    except UnusableLayout as refusal:
        flash(refusal.message, "bad")
        return redirect(url_for("badge_design.gallery", slug=event.slug), 303)
    return redirect(url_for("badge_design.design", slug=event.slug, uid=row.uid), 303)


@blueprint.get("/<slug>/badges/<uid>")
@for_registrars
def design(event: Event, uid: str) -> ResponseReturnValue:
    """One layout: preview, fields, and the form of the chosen field or of the paper."""
    row = find_own(event, uid)
    layout = layout_from(row)
    if request.args.get("panel") == "paper":
        return _page(event, row, paper=_paper_form(event, layout, row))
    chosen = _find(layout, _side(), request.args.get("field", ""))
    return _page(event, row, form=_field_form(chosen, row) if chosen else None, chosen=chosen)


def _side() -> str:
    return "back" if request.values.get("side") == "back" else "front"


def _find(layout: Layout, side: str, key: str) -> Field | None:
    return next((field for field in designing.fields_of(layout, side) if field.key == key), None)


def _field_form(field: Field, row: BadgeLayout) -> FieldForm:
    form = FieldForm(data=field_data(field) | {"version": row.version})
    form.offer(field)
    return form


def _paper_form(event: Event, layout: Layout, row: BadgeLayout) -> PaperForm:
    form = PaperForm(data=paper_data(layout, row.name) | {"version": row.version})
    form.offer(_languages(event))
    return form


def _languages(event: Event) -> list[str]:
    return list(dict.fromkeys([*event.languages, *INTERFACE]))


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _address(event: Event, row: BadgeLayout, **more: str) -> str:
    who = request.values.get("person", "")
    query = {"side": _side() if _side() == "back" else "", "person": who if who in sample_words() else "", **more}
    kept = urlencode({name: value for name, value in query.items() if value})
    return url_for("badge_design.design", slug=event.slug, uid=row.uid) + (f"?{kept}" if kept else "")


def _page(  # noqa: PLR0913 — what the page may show
    event: Event,
    row: BadgeLayout,
    *,
    form: FieldForm | None = None,
    chosen: Field | None = None,
    paper: PaperForm | None = None,
    words: dict[str, str] | None = None,
    bands: dict[str, str] | None = None,
    status: int = 0,
) -> ResponseReturnValue:
    layout, side = layout_from(row), _side()
    who = request.values.get("person", "usual")
    who = who if who in sample_words() else "usual"
    failed = form or paper
    page = render_managed(
        "badges/design.html",
        event,
        "badges",
        row=row,
        layout=layout,
        side=side,
        fields=designing.fields_of(layout, side),
        form=form,
        chosen=chosen,
        paper=paper,
        kinds=kind_words(),
        people=sample_words(),
        who=who,
        is_turned=layout.is_mirrored and layout.is_landscape and sample_face(event, who).language == "ar",
        problems=problems(layout, modules()),
        languages=[(each, endonym(each)) for each in event.languages],
        words=words if words is not None else (chosen.words if chosen else {}),
        bands=band_inputs(layout, bands),
        address=lambda **more: _address(event, row, **more),
    )
    return page, status or (UNUSABLE if failed and failed.errors else 200)


@blueprint.post("/<slug>/badges/<uid>/fields/<key>")
@for_registrars
def save_field(event: Event, uid: str, key: str) -> ResponseReturnValue:
    """Change one field. What would go wrong on paper is refused, and nothing typed is lost."""
    row = find_own(event, uid)
    layout, side = layout_from(row), _side()
    field = _find(layout, side, key)
    if field is None:
        raise NoSuchLayout
    form = FieldForm()
    form.offer(field)
    form.kind = field.kind
    words = {language: request.form.get(f"words_{language}", "") for language in event.languages}
    changed = form.changed(field, words) if form.validate_on_submit() else field
    if not form.errors:
        form.blame(field_problems(changed, layout, modules()))
    if form.errors:
        return _page(event, row, form=form, chosen=field, words=words)
    try:
        designing.change(row, _version(), lambda now: designing.with_field(now, side, changed))
    except LayoutChanged as refusal:
        form.form_errors.append(refusal.message)
        form.version.data = form.version.raw_data = None
        return _page(event, row, form=_again(form, row), chosen=field, words=words, status=CONFLICT)
    return redirect(_address(event, row, field=key), 303)


def _again(form: FieldForm, row: BadgeLayout) -> FieldForm:
    """The form as it was typed, for the layout as it is now."""
    form.version.data = str(row.version)
    return form


@blueprint.post("/<slug>/badges/<uid>/place")
@for_registrars
def place(event: Event, uid: str) -> ResponseReturnValue:
    """Put a field elsewhere, as it was dragged; it is kept on the badge."""
    row = find_own(event, uid)
    layout, side = layout_from(row), _side()
    field = _find(layout, side, request.form.get("key", ""))
    if field is None:
        raise NoSuchLayout
    moved = _within(field, layout)
    found = [problem for problem in field_problems(moved, layout, modules()) if problem.part in {"width", "height"}]
    if found:
        flash(found[0].message, "bad")
    else:
        _try(row, lambda now: designing.with_field(now, side, moved))
    return redirect(_address(event, row, field=field.key), 303)


def _within(field: Field, layout: Layout) -> Field:
    """The field at the place that was sent, pushed back where it would leave the badge."""
    wanted = {
        name: request.form.get(name, getattr(field, name), type=float) for name in ("left", "top", "width", "height")
    }
    sound = {name: value if math.isfinite(value) else getattr(field, name) for name, value in wanted.items()}
    width = round(min(max(sound["width"], 1), layout.badge[0]), 1)
    height = round(min(max(sound["height"], 1), layout.badge[1]), 1)
    left = round(min(max(sound["left"], 0), layout.badge[0] - width), 1)
    top = round(min(max(sound["top"], 0), layout.badge[1] - height), 1)
    return msgspec.structs.replace(field, left=left, top=top, width=width, height=height)


def _try(row: BadgeLayout, how: designing.Change) -> None:
    """Change the layout, or say why not."""
    try:
        designing.change(row, _version(), how)
    except (LayoutChanged, UnusableLayout) as refusal:
        flash(refusal.message, "bad")


@blueprint.post("/<slug>/badges/<uid>/fields")
@for_registrars
def add_field(event: Event, uid: str) -> ResponseReturnValue:
    """A new field in the middle of the badge."""
    row = find_own(event, uid)
    kind = request.form.get("kind", "")
    picture = ""
    try:
        if kind not in set(Kind):
            raise UnusableLayout(_("Choose what the field shows."))  # noqa: TRY301 — one way to show a problem
        if kind == Kind.PICTURE:
            sent = request.files.get("picture")
            picture = designing.keep_picture(sent.stream.read(LARGEST + 1) if sent else b"")
        layout, field = designing.added(layout_from(row), _side(), Kind(kind), picture=picture)
        designing.change(row, _version(), lambda _now: layout)
    except (LayoutChanged, UnusableLayout, UnusablePicture) as refusal:
        flash(str(refusal), "bad")
        return redirect(_address(event, row), 303)
    return redirect(_address(event, row, field=field.key), 303)


@blueprint.post("/<slug>/badges/<uid>/fields/<key>/remove")
@for_registrars
def remove_field(event: Event, uid: str, key: str) -> ResponseReturnValue:
    """Take a field away."""
    row, side = find_own(event, uid), _side()
    _try(row, lambda now: designing.without_field(now, side, key))
    return redirect(_address(event, row), 303)


@blueprint.post("/<slug>/badges/<uid>/paper")
@for_registrars
def save_paper(event: Event, uid: str) -> ResponseReturnValue:
    """Change the paper and what holds for the whole layout."""
    row = find_own(event, uid)
    form = PaperForm()
    form.offer(_languages(event))
    bands = {str(each): request.form.get(f"band_{each}", "") for each in Category}
    if form.validate_on_submit():
        _save_paper(row, form, bands)
    if form.errors:
        return _page(event, row, paper=form, bands=bands)
    flash(_("Saved."), "good")
    return redirect(_address(event, row, panel="paper"), 303)


def _save_paper(row: BadgeLayout, form: PaperForm, bands: dict[str, str]) -> None:
    try:
        changed = form.changed(layout_from(row), bands)
    except msgspec.ValidationError:
        form.form_errors.append(_("Paper and badges are from 10 to 1000 mm wide and high, gaps from 0."))
        return
    for problem in problems(changed, modules()):
        if problem.part in form and not problem.key:
            form[problem.part].errors = [*form[problem.part].errors, problem.message]
        elif problem.part.startswith("band_"):
            form.form_errors.append(problem.message)
    if form.errors:
        return
    try:
        designing.change(row, _version(), lambda _now: changed)
        designing.rename(row, form.name.data)
    except (LayoutChanged, UnusableLayout) as refusal:
        form.form_errors.append(refusal.message)


@blueprint.post("/<slug>/badges/<uid>/step")
@for_registrars
def step(event: Event, uid: str) -> ResponseReturnValue:
    """Take the last change back, or make it again."""
    row = find_own(event, uid)
    try:
        (designing.redo if request.form.get("way") == "redo" else designing.undo)(row, _version())
    except LayoutChanged as refusal:
        flash(refusal.message, "bad")
    return redirect(_address(event, row), 303)


@blueprint.post("/<slug>/badges/<uid>/remove")
@for_registrars
def remove(event: Event, uid: str) -> ResponseReturnValue:
    """Remove a layout."""
    designing.remove(find_own(event, uid))
    flash(_("The layout is removed."), "good")
    return redirect(url_for("badge_design.gallery", slug=event.slug), 303)


@blueprint.get("/<slug>/badges/<uid>/layout.json")
@for_registrars
def export(event: Event, uid: str) -> ResponseReturnValue:
    """The layout as a file for another event."""
    response = Response(designing.exported(find_own(event, uid)), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="badge-layout.json"'
    return response
