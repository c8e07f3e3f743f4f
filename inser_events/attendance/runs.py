"""Certificates of everyone who attended, made in the background.

A run goes part by part, each in jobs and transactions of its own: progress shows, a crash loses one part at most, and
memory holds a hundred certificates, not ten thousand. Letters are issued in one job and printed in the next, so that
nobody who writes to the database waits for the layout.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import select, update

from inser_events.agenda.queries import latest_snapshot
from inser_events.attendance import issuing
from inser_events.attendance.models import Letter, LetterRun, RunState
from inser_events.attendance.operations import issue_letters
from inser_events.attendance.presence import attended
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.booklet import joined
from inser_events.jobs import apart, enqueue, every, job
from inser_events.registration.models import Registration

PART = 100
STUCK_AFTER = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)


@job
def make_part(run_id: int, part: int) -> None:
    """Issue the letters of part number *part*, and have them printed.

    Asked twice for one part (a sweep, a repeated message), it issues nothing the second time.
    """
    run = db.session.get(LetterRun, run_id)
    if run is None or not _is_waiting_for(run, part):
        return
    run.state, run.touched_at = RunState.RUNNING, now()
    people = _next(run)
    letters = issue_letters(run.event, people, run.kind, at=now()) if people else []
    last = people[-1].id if people else run.last_registration_id
    enqueue(print_part, run_id=run.id, part=part, letters=[letter.id for letter in letters], last=last)


@job
def print_part(run_id: int, part: int, letters: Sequence[int], last: int) -> None:
    """Print the issued letters of a part, then ask for the next; after the last put all together.

    Laying out takes seconds, in which others may write; of two that print the same part the first one counts.
    """
    is_last = len(letters) < PART
    with apart():
        run = db.session.get(LetterRun, run_id)
        if run is None or not _is_waiting_for(run, part):
            return
        is_printed = _printed(run, letters)
        is_done = is_printed and (not is_last or _put_together(run))
    moment = now()
    values: dict[str, object] = {"parts": part + 1, "done": LetterRun.done + len(letters), "touched_at": moment}
    values["last_registration_id"] = last
    if is_last or not is_done:
        values |= {"state": RunState.DONE if is_done else RunState.FAILED, "finished_at": moment}
    mine = update(LetterRun).where(LetterRun.id == run_id, LetterRun.parts == part).values(**values)
    if db.session.execute(mine.returning(LetterRun.id)).scalar() and "state" not in values:
        enqueue(make_part, run_id=run_id, part=part + 1)


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


def _is_waiting_for(run: LetterRun, part: int) -> bool:
    return run.state in {RunState.WAITING, RunState.RUNNING} and run.parts == part


def _printed(run: LetterRun, ids: Sequence[int]) -> bool:
    """Write the files of a part, one for each language; False when nothing is published any more."""
    snapshot = latest_snapshot(run.event)
    if snapshot is None:
        return False
    letters = db.session.scalars(select(Letter).where(Letter.id.in_(ids)))
    by_language = sorted(letters, key=lambda letter: (issuing.language_of(letter.language), letter.number))
    groups = groupby(by_language, key=lambda letter: issuing.language_of(letter.language))
    for number, (_language, group) in enumerate(groups):
        path = _part(run, run.parts, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(issuing.paper_of(run.event, snapshot, list(group), run.kind))
    return True


def _part(run: LetterRun, part: int, number: int) -> Path:
    return issuing.folder_of_runs() / f"{run.uid}.part-{part:04}-{number:02}.pdf"


def _put_together(run: LetterRun) -> bool:
    """Make one file of the parts and take them away; False when there are none."""
    parts = sorted(issuing.folder_of_runs().glob(f"{run.uid}.part-*.pdf"))
    if parts:
        joined(parts, path_of(run), when=run.touched_at)
    for part in parts:
        part.unlink(missing_ok=True)
    return path_of(run).is_file()
