"""Certificates of everyone who attended, made in the background.

A run goes part by part, each in a job and a transaction of its own: progress shows, a crash loses one part at most,
and memory holds a hundred certificates, not ten thousand.
"""

from datetime import timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import select

from inser_events.agenda.queries import latest_snapshot
from inser_events.attendance import issuing
from inser_events.attendance.models import LetterRun, RunState
from inser_events.attendance.operations import issue_letters
from inser_events.attendance.presence import attended
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.booklet import joined
from inser_events.jobs import enqueue, every, job
from inser_events.registration.models import Registration

PART = 100
STUCK_AFTER = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)


@job
def make_part(run_id: int, part: int) -> None:
    """Make part number *part*, then ask for the next; after the last put all together.

    Asked twice for one part (a sweep, a repeated message), it does nothing the second time.
    """
    run = db.session.get(LetterRun, run_id)
    if run is None or run.state in {RunState.DONE, RunState.FAILED} or run.parts != part:
        return
    run.state, run.touched_at = RunState.RUNNING, now()
    people = _next(run)
    if people:
        _make(run, people)
        run.parts += 1
        run.done += len(people)
        run.last_registration_id = people[-1].id
    if len(people) < PART:
        _finish(run)
    else:
        enqueue(make_part, run_id=run.id, part=run.parts)


def begin(run: LetterRun) -> None:
    """Let a run start after the commit."""
    enqueue(make_part, run_id=run.id, part=0)


@every(10)
def continue_runs() -> None:
    """Take up runs that stopped with the machine, and delete the files of old ones."""
    for run in db.session.scalars(select(LetterRun).where(LetterRun.state.in_([RunState.WAITING, RunState.RUNNING]))):
        if run.touched_at < now() - STUCK_AFTER:
            run.touched_at = now()
            enqueue(make_part, run_id=run.id, part=run.parts)
    old = select(LetterRun).where(LetterRun.finished_at < now() - KEPT_FOR)
    for run in db.session.scalars(old):
        path_of(run).unlink(missing_ok=True)


def path_of(run: LetterRun) -> Path:
    """The finished file."""
    return issuing.folder_of_runs() / f"{run.uid}.pdf"


def _next(run: LetterRun) -> list[Registration]:
    after = attended(run.event).where(Registration.id > run.last_registration_id).limit(PART)
    return list(db.session.scalars(after))


def _make(run: LetterRun, people: list[Registration]) -> None:
    snapshot = latest_snapshot(run.event)
    if snapshot is None:
        run.state = RunState.FAILED
        return
    letters = issue_letters(run.event, people, run.kind, at=now())
    by_language = sorted(letters, key=lambda letter: (issuing.language_of(letter.language), letter.number))
    groups = groupby(by_language, key=lambda letter: issuing.language_of(letter.language))
    for number, (_language, group) in enumerate(groups):
        path = _part(run, run.parts, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(issuing.paper_of(run.event, snapshot, list(group), run.kind))


def _part(run: LetterRun, part: int, number: int) -> Path:
    return issuing.folder_of_runs() / f"{run.uid}.part-{part:04}-{number:02}.pdf"


def _finish(run: LetterRun) -> None:
    """Put the parts together and take them away."""
    parts = sorted(issuing.folder_of_runs().glob(f"{run.uid}.part-*.pdf"))
    if parts and run.state != RunState.FAILED:
        joined(parts, path_of(run))
        run.state = RunState.DONE
    else:
        run.state = RunState.FAILED
    for part in parts:
        part.unlink(missing_ok=True)
    run.finished_at = run.touched_at = now()
