"""Downloading registrations with the columns one wants, which are remembered for the next time."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Blueprint, Flask, Response, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import Model, db
from inser_events.documents.sheets import Cell, Sheet, csv, xlsx
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import text_in
from inser_events.registration import answers, queries
from inser_events.registration.column_words import column_words
from inser_events.registration.exports import COLUMNS, cell
from inser_events.registration.form_models import Question
from inser_events.registration.groups import group_names
from inser_events.registration.models import Registration, State
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

UNUSABLE = 422
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
blueprint = Blueprint("exports", __name__)
for_registrars = allowed(find_event, may_register, may_see)


class ExportColumns(Model):
    """Which columns a user chose the last time, for one event."""

    __tablename__ = "export_columns"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    columns: Mapped[list[str]]
    """Keys of columns in the order of the file: of `exports.COLUMNS`, or a question's field name."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def column_labels(questions: Sequence[Question], languages: Sequence[str]) -> dict[str, str]:
    """Every column there can be: its key and what it is called on the page."""
    words = column_words()
    own = {question.field: text_in(question.wording.label, languages).value for question in questions}
    return {column: words.get(column, column) for column in COLUMNS} | own


def chosen_rows(
    event: Event, columns: Sequence[str], questions: Sequence[Question], registrations: Iterable[Registration]
) -> Iterator[list[Cell]]:
    """A row a registration with the chosen cells, in the order of *columns*."""
    wanted = [question for question in questions if question.field in columns]
    names = group_names(event, event.languages[0])
    for registration, cells in answers.cells(event, wanted, registrations):
        own = dict(zip((question.field for question in wanted), cells, strict=True))
        yield [own[column] if column in own else cell(registration, column, names) for column in columns]


@blueprint.route("/manage/<slug>/export", methods=["GET", "POST"])
@for_registrars
def export(event: Event) -> ResponseReturnValue:
    """Choose columns and people; download. ``?uid=``, once or more: only these people."""
    questions = answers.columns(event)
    labels = column_labels(questions, event.languages)
    kept = db.session.get(ExportColumns, (event.id, current_user.id))
    if request.method == "POST":
        columns = [column for column in labels if column in request.form.getlist("column")]
        if columns:
            _remember(event, kept, columns)
            return _file(event, columns, questions, labels)
        flash(_("Choose at least one column."), "warn")
    wanted = queries.wanted_from(request.form if request.method == "POST" else request.args)
    page = render_managed(
        "registration/manage_export.html",
        event,
        "registrations",
        labels=labels,
        chosen=set() if request.method == "POST" else set(kept.columns if kept else labels),
        wanted=wanted,
        groups=group_names(event, page_language()),
        states=list(State),
        modes=list(Mode),
        categories=list(Category),
    )
    return page, UNUSABLE if request.method == "POST" else 200


def _remember(event: Event, kept: ExportColumns | None, columns: list[str]) -> None:
    if kept is None:
        db.session.add(ExportColumns(event_id=event.id, user_id=current_user.id, columns=columns))
    else:
        kept.columns = columns


def _file(
    event: Event, columns: Sequence[str], questions: Sequence[Question], labels: dict[str, str]
) -> ResponseReturnValue:
    """The file; who took which columns of personal data stays in the history."""
    # A question of one's own is headed by its words, ours by the names an import understands.
    header = [column if column in COLUMNS else labels[column] for column in columns]
    db.session.flush()  # what was chosen is written before thousands of rows are read
    chosen = queries.filtered(event, queries.wanted_from(request.form))
    people = db.session.scalars(chosen.execution_options(yield_per=500))
    rows = chosen_rows(event, columns, questions, people)
    as_book = request.form.get("format") == "xlsx"
    if as_book:
        body = xlsx([Sheet(name="Registrations", header=header, rows=rows)], created=now())
    else:
        body = csv([header, *rows])
    record("export registrations", event, event_id=event.id, after={"columns": list(columns)})
    response = Response(body, mimetype=XLSX_TYPE if as_book else "text/csv")
    ending = "xlsx" if as_book else "csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}-registrations.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response
