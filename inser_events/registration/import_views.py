"""Pages of an import: upload, columns, preview row by row, progress, result."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from inser_events.audit import Actor
from inser_events.clock import now
from inser_events.database import rollback
from inser_events.documents.sheets import Sheet, csv, xlsx
from inser_events.documents.tables import MOST_BYTES, UnreadableTable, table_from
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import ENDONYMS, INTERFACE
from inser_events.registration import import_plans
from inser_events.registration.column_words import column_words
from inser_events.registration.export_views import XLSX_TYPE
from inser_events.registration.forms import gender_label
from inser_events.registration.import_answers import NEW, askable, label_of
from inser_events.registration.import_batches import (
    batches_of,
    columns_of,
    correct_columns,
    drop_batch,
    faulty_rows,
    find_batch,
    open_batch,
    read,
    start,
)
from inser_events.registration.import_files import kept_table, progress_of
from inser_events.registration.import_headings import FIELDS, is_heading
from inser_events.registration.import_models import ImportBatch, ImportState
from inser_events.registration.import_reading import Defaults
from inser_events.registration.models import Gender
from inser_events.web.access import allowed

PAGE = 100
EXAMPLES = 3
blueprint = Blueprint("imports", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def field_labels() -> dict[str, str]:
    """What a column can hold, in words."""
    return {field: word for field, word in column_words().items() if field in FIELDS}


@blueprint.route("/manage/<slug>/import", methods=["GET", "POST"])
@for_registrars
def upload(event: Event) -> ResponseReturnValue:
    """Choose a file; the earlier imports."""
    problem = ""
    if request.method == "POST":
        sent = request.files.get("file")
        # Reading a large workbook takes seconds: others may write meanwhile.
        rollback()
        try:
            if sent is None or not sent.filename:
                raise UnreadableTable(_("Choose a file first."))  # noqa: TRY301 — one way to show a problem
            table = table_from(
                sent.stream.read(MOST_BYTES + 1), sent.filename[:100], is_heading=is_heading, keep_breaks=True
            )
            if not table.rows:
                raise UnreadableTable(_("The file has headings but no rows."))  # noqa: TRY301 — one way to show a problem
        except UnreadableTable as error:
            problem = error.message
        else:
            batch = open_batch(event, table, sent.filename, Actor(current_user.email, current_user.id))
            if table.others:
                others = ", ".join(table.others)[:200]
                flash(_("Only the sheet “%(name)s” is read, not %(others)s.", name=table.sheet, others=others), "info")
            return redirect(_address(event, batch), 303)
    page = render_managed(
        "registration/manage_import.html", event, "registrations", problem=problem, batches=batches_of(event)
    )
    return page, 422 if problem else 200


def _address(event: Event, batch: ImportBatch) -> str:
    return url_for("imports.preview", slug=event.slug, uid=batch.uid)


@blueprint.get("/manage/<slug>/import/<uid>")
@for_registrars
def preview(event: Event, uid: str) -> ResponseReturnValue:
    """Before: what each row would do. During: how far it is. After: what was done."""
    batch = find_batch(event, uid)
    if batch.state != ImportState.READY:
        return render_managed(
            "registration/manage_import_result.html",
            event,
            "registrations",
            batch=batch,
            done=progress_of(current_app.extensions["settings"], batch.uid).done(),
        )
    table = kept_table(current_app.extensions["settings"], uid)
    columns = columns_of(batch)
    questions = {question.field: label_of(question, event) for question in askable(event)}
    plan = import_plans.planned(event, read(batch, table), Defaults(**batch.defaults))
    counts = import_plans.counted(plan)
    wanted = request.args.get("show", "")
    if wanted not in counts:
        wanted = next((name for name in ("faulty", "new", "changed", "same") if counts[name]), "new")
    shown = [one for one in plan if one.outcome == wanted]
    number = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-len(shown) // PAGE)))
    return render_managed(
        "registration/manage_import_preview.html",
        event,
        "registrations",
        batch=batch,
        columns=_columns_shown(table.header, table.rows, columns),
        labels=field_labels() | {field: str(label) for field, label in questions.items()},
        standard=field_labels(),
        questions=questions,
        genders={str(gender): gender_label(gender) for gender in Gender},
        new=NEW,
        becoming=[table.header[place] for place, name in columns.items() if name == NEW],
        missing=[field_labels()[name] for name in _missing(columns)],
        counts=counts,
        wanted=wanted,
        rows=shown[(number - 1) * PAGE : number * PAGE],
        page=number,
        pages=max(1, -(-len(shown) // PAGE)),
        page_address=lambda page: f"{_address(event, batch)}?show={wanted}&page={page}",
        doing=counts["new"] + counts["changed"],
        categories=list(Category),
        languages=[(code, ENDONYMS[code]) for code in INTERFACE],
    )


def _columns_shown(
    header: Sequence[str], rows: Sequence[Sequence[str]], columns: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Each column with the first things that stand in it."""
    shown = []
    for place, heading in enumerate(header):
        cells = list(dict.fromkeys(row[place] for row in rows[:50] if row[place]))[:EXAMPLES]
        shown.append({"place": place, "heading": heading, "examples": cells, "field": columns.get(place, "")})
    return shown


def _missing(columns: Mapping[int, str]) -> list[str]:
    fields = set(columns.values())
    missing = [] if "email" in fields else ["email"]
    return missing if fields & {"name", "family_name"} else [*missing, "name"]


@blueprint.post("/manage/<slug>/import/<uid>/columns")
@for_registrars
def columns(event: Event, uid: str) -> ResponseReturnValue:
    """Correct which column holds what, and what holds for rows that do not say."""
    batch = find_batch(event, uid)
    form = request.form
    chosen: dict[int, str] = {}
    header = kept_table(current_app.extensions["settings"], uid).header
    for place in range(len(header)):
        name = form.get(f"column-{place}", "")
        if name == NEW and not header[place]:
            flash(_("A column without a heading cannot become a question."), "warn")
        elif name == NEW or name not in chosen.values():
            chosen[place] = name
    usual = Defaults(**batch.defaults)
    offered = {str(mode) for mode in event.modes}
    defaults = Defaults(
        mode=form["mode"] if form.get("mode") in offered else usual.mode,
        category=form["category"] if form.get("category") in set(Category) else usual.category,
        language=form["language"] if form.get("language") in INTERFACE else usual.language,
    )
    correct_columns(batch, header, chosen, defaults)
    flash(_("The columns are read this way now, and next time."), "good")
    return redirect(_address(event, batch), 303)


@blueprint.get("/manage/<slug>/import/<uid>/faulty.<any(csv,xlsx):ending>")
@for_registrars
def faulty(event: Event, uid: str, ending: str) -> ResponseReturnValue:
    """The rows that cannot be used and why, to be corrected and uploaded again."""
    header, rows = faulty_rows(find_batch(event, uid))
    as_book = ending == "xlsx"
    body = xlsx([Sheet(name="Rows", header=header, rows=rows)], created=now()) if as_book else csv([header, *rows])
    response = Response(body, mimetype=XLSX_TYPE if as_book else "text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}-rows-to-correct.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/manage/<slug>/import/<uid>/run")
@for_registrars
def run(event: Event, uid: str) -> ResponseReturnValue:
    """Import all rows that can be, or the ticked ones."""
    batch = find_batch(event, uid)
    chosen = None
    if request.form.get("which") == "ticked":
        chosen = [int(number) for number in request.form.getlist("row") if number.isdecimal()][:PAGE]
        if not chosen:
            flash(_("Tick the rows to import first."), "warn")
            return redirect(_address(event, batch), 303)
    count = batch.rows if chosen is None else len(chosen)
    start(batch, chosen, send_tickets="send_tickets" in request.form, count=count)
    return redirect(_address(event, batch), 303)


@blueprint.post("/manage/<slug>/import/<uid>/drop")
@for_registrars
def drop(event: Event, uid: str) -> ResponseReturnValue:
    """Forget the upload."""
    batch = find_batch(event, uid)
    drop_batch(batch)
    flash(
        ngettext("The file with %(num)s row is deleted.", "The file with %(num)s rows is deleted.", batch.rows), "good"
    )
    return redirect(url_for("imports.upload", slug=event.slug), 303)
