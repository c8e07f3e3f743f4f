"""Print runs: chosen on the page, made here or in the background, kept as files for some days."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Snapshot
from inser_events.audit import Actor, acting, record
from inser_events.badges.errors import NoSuchRun, NothingToPrint, ReasonMissing
from inser_events.badges.exports import Printing, badges_pdf
from inser_events.badges.faces import faces_of
from inser_events.badges.layouts import Layout
from inser_events.badges.log import Printed, as_printed, note, standing_of
from inser_events.badges.models import BadgeRun, RunState
from inser_events.badges.selection import Selection, Which, count, ordered_ids
from inser_events.badges.stock import find_layout, folder, pictures_of, settings_of, shift_of
from inser_events.clock import now
from inser_events.database import db
from inser_events.delegations.queries import delegates_by_registration
from inser_events.documents.engine import PdfUnavailable
from inser_events.documents.text import one_line
from inser_events.errors import Refused
from inser_events.events.errors import NoSuchEvent
from inser_events.events.models import Event
from inser_events.events.navigation import event_name
from inser_events.events.queries import of_event
from inser_events.jobs import enqueue, every, in_two_steps, job
from inser_events.progress import Progress
from inser_events.registration.models import Registration

AT_ONCE = 20
"""Up to so many badges are made while one waits; more are a job."""
PART = 2000
"""Badges in one file: what a printer takes in one go and a server keeps in memory."""
KEPT_FOR = timedelta(days=7)
STUCK_AFTER = timedelta(minutes=30)
LONGEST_REASON = 200


def start(
    event: Event,
    layout: Layout,
    selection: Selection,
    actor: Actor,
    *,
    place: int = 0,
    counts: bool = True,
    reason: str = "",
) -> BadgeRun:
    """Begin to print; *place* labels of the first sheet are used up. Raises NothingToPrint."""
    total = count(event, selection)
    if not total:
        raise NothingToPrint
    options = {"selection": msgspec.to_builtins(selection), "place": place, "counts": counts}
    run = BadgeRun(
        event=event, layout=layout.name, layout_name=layout.description, options=options, total=total,
        actor=actor.label, user_id=actor.user_id, created_at=now(), reason=one_line(reason)[:LONGEST_REASON],
    )  # fmt: skip
    db.session.add(run)
    remembered = settings_of(event.id)
    remembered.layout = layout.name
    db.session.add(remembered)
    db.session.flush()  # the job and the files are named after it
    if total > AT_ONCE:
        enqueue(make_badges, run_id=run.id)
    else:
        _finish(run, _written(run))
    return run


def print_again(event: Event, registration: Registration, layout: Layout, actor: Actor, reason: str) -> BadgeRun:
    """Print one person's badge. Raises ReasonMissing when it was printed before, NothingToPrint."""
    if standing_of(registration) is not None and not one_line(reason):
        raise ReasonMissing
    selection = Selection(which=Which.CHOSEN, uids=(registration.uid,))
    return start(event, layout, selection, actor, reason=reason)


@job
def make_badges(run_id: int) -> None:
    """Make the files of a run; when it fails, say so and count nothing as printed."""

    def draw() -> list[Printed] | None:
        run = db.session.get(BadgeRun, run_id)
        return None if run is None or run.state != RunState.WAITING else _written(run)

    def finish(printed: list[Printed]) -> None:
        run = db.session.get_one(BadgeRun, run_id)
        with acting(Actor(run.actor, run.user_id)):
            _finish(run, printed)

    def fail(error: Exception) -> None:
        _fail(db.session.get_one(BadgeRun, run_id), _why(error))

    in_two_steps(f"badges {run_id}", draw, finish, fail)


def _why(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.message
    if isinstance(error, PdfUnavailable):
        return str(error)
    return str(_("Something went wrong here. Nothing is counted as printed: try again, or tell your administrator."))


def _written(run: BadgeRun) -> list[Printed]:
    """Write the files, and return what is on them."""
    event = run.event
    snapshot = latest_snapshot(event)
    if snapshot is None:
        raise NoSuchEvent
    layout = find_layout(event, run.layout)
    language = layout.language or snapshot.event.languages[0]
    selection = msgspec.convert(run.options["selection"], Selection)
    ids = ordered_ids(event, selection, language)
    printed: list[Printed] = []
    shift, pictures = shift_of(event.id, layout.name), pictures_of(layout)
    folder().mkdir(parents=True, exist_ok=True)
    for number, begin in enumerate(range(0, len(ids), PART)):
        body = badges_pdf(
            faces_of(registrations(ids[begin : begin + PART], printed), snapshot, language),
            layout,
            title=f"{event_name(event)}: badges",
            when=run.created_at,
            language=language,
            progress=_progress(run.uid).after(begin),
            printing=Printing(0 if number else run.options["place"], shift, pictures),
        )
        path_of(run.uid, number).write_bytes(body)
    return printed


def registrations(ids: list[int], printed: list[Printed]) -> Iterator[Registration]:
    """The registrations in this order, some at a time; what is handed out is noted as printed."""
    some = 200
    for begin in range(0, len(ids), some):
        wanted = ids[begin : begin + some]
        rows = select(Registration).where(Registration.id.in_(wanted)).options(selectinload(Registration.tickets))
        found = {row.id: row for row in db.session.scalars(rows)}
        # Read in one query; while they are held, `face_of` finds them without another.
        delegates = delegates_by_registration([row.id for row in found.values() if row.group_key])
        for identity in wanted:
            if identity in found:
                printed.append(as_printed(found[identity]))
                yield found[identity]
        # What was printed is no longer needed; ten thousand people would fill the memory.
        for row in [*found.values(), *delegates.values()]:
            db.session.expunge(row)


def _finish(run: BadgeRun, printed: list[Printed]) -> None:
    run.state, run.finished_at, run.total = RunState.DONE, now(), len(printed)
    run.files = max(1, -(-len(printed) // PART))
    if run.counts:
        note(
            run.event_id, printed, at=now(), actor=run.actor, layout_name=run.layout_name, run_id=run.id,
            reason=run.reason,
        )  # fmt: skip
    record("print badges", run, event_id=run.event_id, after={"number": len(printed), "layout": run.layout_name})
    _progress(run.uid).forget()


def _fail(run: BadgeRun, why: str) -> None:
    run.state, run.finished_at, run.error = RunState.FAILED, now(), why
    _delete_files(run.uid)


def path_of(uid: str, number: int) -> Path:
    """One of the finished files, counted from 0."""
    return folder() / f"{uid}-{number}.pdf"


def _progress(uid: str) -> Progress:
    return Progress(folder() / f"{uid}.progress")


def progress_of(run: BadgeRun) -> int:
    """How many badges are done."""
    return _progress(run.uid).done()


def _delete_files(uid: str) -> None:
    for path in folder().glob(f"{uid}*"):
        path.unlink(missing_ok=True)


def find_run(event: Event, uid: str) -> BadgeRun:
    """One of the event's runs. Raises NoSuchRun."""
    return of_event(BadgeRun, event, uid, NoSuchRun)


def runs_of(event: Event) -> list[BadgeRun]:
    """The last runs, the newest first."""
    mine = select(BadgeRun).where(BadgeRun.event_id == event.id)
    return list(db.session.scalars(mine.order_by(BadgeRun.id.desc()).limit(10)))


@every(30)
def forget_runs() -> None:
    """Delete old files; name runs that a crash cut short."""
    for run in db.session.scalars(select(BadgeRun).where(BadgeRun.files > 0, BadgeRun.finished_at < now() - KEPT_FOR)):
        _delete_files(run.uid)
        run.files = 0
    stuck = select(BadgeRun).where(BadgeRun.state == RunState.WAITING, BadgeRun.created_at < now() - STUCK_AFTER)
    for run in db.session.scalars(stuck):
        _fail(run, _("The server stopped while it made these badges. Nothing is counted as printed: start again."))


def published(event: Event) -> Snapshot:
    """What the event has published. Raises NoSuchEvent while there is nothing."""
    snapshot = latest_snapshot(event)
    if snapshot is None:
        raise NoSuchEvent
    return snapshot
