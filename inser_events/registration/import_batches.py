"""An import from the upload to the last row: kept, read, corrected, carried out here or as a job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from inser_events.audit import Actor, acting
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db
from inser_events.documents.tables import Table
from inser_events.documents.text import one_line
from inser_events.errors import NotFound, Refused
from inser_events.events.models import Event
from inser_events.events.queries import of_event
from inser_events.jobs import enqueue, every, in_two_steps, job
from inser_events.registration import import_plans, imports, notices
from inser_events.registration.import_answers import NEW, add_questions, askable, headings_of
from inser_events.registration.import_files import (
    drop_old,
    drop_table,
    keep_faulty,
    keep_table,
    kept_table,
    progress_of,
    with_reasons,
)
from inser_events.registration.import_headings import FIELDS, guess, key
from inser_events.registration.import_models import ImportBatch, ImportMemory, ImportState
from inser_events.registration.import_reading import LOOKS, Defaults, Row, read_answer, read_rows
from inser_events.registration.models import Registration

AT_ONCE = 200
"""Up to so many rows are imported while one waits; more are a job."""
TICKETS_AT_ONCE = 50
STUCK_AFTER = timedelta(minutes=20)


class NotReady(Refused):
    """The import was started, done or dropped before."""

    title = "Already imported"

    def __init__(self) -> None:
        super().__init__(_("This import was started before. Upload the file again to import more."))


class NoSuchImport(NotFound):
    """There is no such upload."""

    def __init__(self) -> None:
        super().__init__(_("There is no such import."))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def find_batch(event: Event, uid: str) -> ImportBatch:
    """One of the event's imports. Raises NoSuchImport."""
    return of_event(ImportBatch, event, uid, NoSuchImport)


def batches_of(event: Event) -> Sequence[ImportBatch]:
    """The event's last imports, the newest first."""
    mine = select(ImportBatch).where(ImportBatch.event_id == event.id)
    return db.session.scalars(mine.order_by(ImportBatch.id.desc()).limit(20)).all()


def open_batch(event: Event, table: Table, filename: str, actor: Actor) -> ImportBatch:
    """Keep a table for the preview, its columns read as the last time or as guessed."""
    memory = db.session.get(ImportMemory, event.id)
    columns = guess(table, LOOKS, memory.headings if memory else None, headings_of(askable(event)))
    batch = ImportBatch(
        event=event,
        filename=one_line(filename)[:200],
        columns={str(place): name for place, name in columns.items()},
        defaults=asdict(usual_defaults(event)) | _offered(event, memory.defaults if memory else {}),
        rows=len(table.rows),
        actor=actor.label,
        user_id=actor.user_id,
        created_at=now(),
    )
    db.session.add(batch)
    db.session.flush()  # the file is named after the uid
    keep_table(_settings(), batch.uid, table)
    return batch


def usual_defaults(event: Event) -> Defaults:
    """What holds for rows that do not say, until somebody chooses otherwise."""
    modes = event.modes
    return Defaults(mode=str(modes[0]) if modes else "", language=event.languages[0] if event.languages else "en")


def _offered(event: Event, defaults: Mapping[str, str]) -> dict[str, str]:
    """Remembered defaults, unless the event no longer offers that mode."""
    return {**defaults} if defaults.get("mode") in {str(mode) for mode in event.modes} else {}


def columns_of(batch: ImportBatch) -> dict[int, str]:
    """Which field each column holds."""
    return {int(place): name for place, name in batch.columns.items()}


def rows_of(batch: ImportBatch) -> list[Row]:
    """The rows as they are understood. Raises UnreadableTable when the file is gone."""
    return read(batch, kept_table(_settings(), batch.uid))


def read(batch: ImportBatch, table: Table) -> list[Row]:
    """The rows of its table as they are understood."""
    questions = {question.field: question for question in askable(batch.event)}
    return list(read_rows(table, columns_of(batch), questions))


def correct_columns(batch: ImportBatch, header: Sequence[str], columns: Mapping[int, str], defaults: Defaults) -> None:
    """Read the columns differently, and remember it for this event. Raises NotReady."""
    if batch.state != ImportState.READY:
        raise NotReady
    fields = {*FIELDS, NEW, *(question.field for question in askable(batch.event))}
    chosen = {place: name for place, name in columns.items() if name in fields and place < len(header)}
    _use(batch, header, chosen)
    batch.defaults = asdict(defaults)
    db.session.get_one(ImportMemory, batch.event_id).defaults = batch.defaults


def _use(batch: ImportBatch, header: Sequence[str], columns: Mapping[int, str]) -> None:
    """Read the columns like this, now and the next time. What shall become a question is asked for each time."""
    batch.columns = {str(place): name for place, name in columns.items()}
    memory = db.session.get(ImportMemory, batch.event_id) or ImportMemory(event_id=batch.event_id, headings={})
    told: dict[str, str] = {}
    for place, heading in enumerate(header):
        told[key(heading)] = told.get(key(heading)) or columns.get(place, "")
    memory.headings = {**memory.headings, **{heading: name for heading, name in told.items() if name != NEW}}
    db.session.add(memory)
    db.session.flush()  # whoever looks for it by its key finds it


def start(batch: ImportBatch, chosen: Sequence[int] | None, *, send_tickets: bool, count: int) -> None:
    """Import *count* rows now, or as a job when they are many. Raises NotReady, AtTheSameMoment."""
    started = db.session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch.id, ImportBatch.state == ImportState.READY)
        .values(state=ImportState.RUNNING, started_at=now())
        .returning(ImportBatch.id)
    )
    if started.scalar() is None:
        raise NotReady
    db.session.refresh(batch)
    batch.chosen = None if chosen is None else list(chosen)
    batch.send_tickets = send_tickets
    if count > AT_ONCE:
        enqueue(run_import, batch_id=batch.id)
    else:
        _import(batch, rows_of(batch), lambda _done: None)


@job
def run_import(batch_id: int) -> None:
    """Carry out a started import; when it fails, say so and change nothing."""

    def open_file() -> list[Row] | None:
        batch = db.session.get(ImportBatch, batch_id)
        return None if batch is None or batch.state != ImportState.RUNNING else rows_of(batch)

    def enter(rows: list[Row]) -> None:
        batch = db.session.get_one(ImportBatch, batch_id)
        with acting(Actor(batch.actor, batch.user_id)):
            _import(batch, rows, progress_of(_settings(), batch.uid).note)

    def fail(error: Exception) -> None:
        _end(db.session.get_one(ImportBatch, batch_id), ImportState.FAILED, _why(error))

    in_two_steps(f"import {batch_id}", open_file, enter, fail)


def _why(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.message
    return str(_("Something went wrong here. Nothing was imported: try again, or tell your administrator."))


def _import(batch: ImportBatch, rows: Sequence[Row], progress: Callable[[int], None]) -> None:
    event, defaults, moment = batch.event, Defaults(**batch.defaults), now()
    imports.hold(event)
    _ask_new_questions(batch, rows, moment)
    plan = import_plans.planned(event, rows, defaults)
    imports.carry_out(event, import_plans.chosen_of(plan, batch.chosen), defaults, at=moment, progress=progress)
    done = import_plans.counted(import_plans.chosen_of(plan, batch.chosen))
    batch.counts = import_plans.counted(plan) | {"new": done["new"], "changed": done["changed"]}
    batch.started_at = moment
    faulty = {one.row.number: " ".join(one.problems) for one in plan if one.outcome == import_plans.Outcome.FAULTY}
    if faulty:
        keep_faulty(_settings(), batch.uid, faulty)
    _end(batch, ImportState.DONE)
    if batch.send_tickets and done["new"]:
        enqueue(mail_tickets, batch_id=batch.id, after=0)


def _ask_new_questions(batch: ImportBatch, rows: Sequence[Row], at: datetime) -> None:
    """Make questions of the columns chosen for it, and read their cells as answers."""
    columns = columns_of(batch)
    places = [place for place, name in columns.items() if name == NEW]
    if not places:
        return
    header = kept_table(_settings(), batch.uid).header
    added = add_questions(batch.event, header, [row.unasked for row in rows], places, at=at)
    for row in rows:
        for place, question in added.items():
            read_answer(row, question, row.unasked.get(place, ""))
    _use(batch, header, columns | {place: question.field for place, question in added.items()})


def faulty_rows(batch: ImportBatch) -> tuple[Sequence[str], list[list[str]]]:
    """Headings and rows that cannot be used, as they came, and last what is wrong with each.

    Before the import as it would be now; afterwards as it was, for a day. Raises UnreadableTable when it is gone.
    """
    table = kept_table(_settings(), batch.uid, faulty=batch.state == ImportState.DONE)
    if batch.state == ImportState.DONE:
        return table.header, [list(row) for row in table.rows]
    plan = import_plans.planned(batch.event, read(batch, table), Defaults(**batch.defaults))
    told = {one.row.number: " ".join(one.problems) for one in plan if one.outcome == import_plans.Outcome.FAULTY}
    return with_reasons(table, told)


def _end(batch: ImportBatch, state: ImportState, error: str = "") -> None:
    batch.state, batch.error, batch.finished_at, batch.chosen = state, error, now(), None
    drop_table(_settings(), batch.uid)


@job
def mail_tickets(batch_id: int, after: int) -> None:
    """Mail the new people of an import their tickets, some at a time; each once, whatever is repeated."""
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or batch.started_at is None:
        return
    # Everybody an import enters carries the moment of the import.
    mine = Registration.event_id == batch.event_id, Registration.created_at == batch.started_at
    some = db.session.scalars(
        select(Registration).where(*mine, Registration.id > after).order_by(Registration.id).limit(TICKETS_AT_ONCE)
    ).all()
    for registration in some:
        if registration.active:
            notices.registered(registration)
    if some:
        enqueue(mail_tickets, batch_id=batch_id, after=some[-1].id)


def drop_batch(batch: ImportBatch) -> None:
    """Forget an upload. Raises NotReady while it is being imported."""
    if batch.state == ImportState.RUNNING:
        raise NotReady
    drop_table(_settings(), batch.uid)
    db.session.delete(batch)


@every(minutes=30)
def forget_uploads() -> None:
    """Delete tables nobody came back for; name imports that a crash cut short."""
    drop_old(_settings())
    stuck = select(ImportBatch).where(
        ImportBatch.state == ImportState.RUNNING, ImportBatch.started_at < now() - STUCK_AFTER
    )
    for batch in db.session.scalars(stuck):
        _end(batch, ImportState.FAILED, _("The server stopped during this import. Nothing was imported: try again."))
