"""Work beside the requests: what is known before it goes on, whom it holds up, how it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select

from inser_events import jobs
from inser_events.accounts.models import Role
from inser_events.database import db
from inser_events.progress import Progress


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.Job], None]:
    """Runs a function as a worker runs a job."""

    def as_a_job(function: jobs.Job) -> None:
        monkeypatch.setitem(jobs._jobs, "of this test", function)
        jobs.run(app, "of this test", {})

    return as_a_job


def add(name: str) -> None:
    db.session.execute(insert(Role).values(name=name))


def added() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(select(Role.name).order_by(Role.id)))


def test_what_is_settled_stays_when_the_worker_dies_afterwards(run: Callable[[jobs.Job], None]) -> None:
    def claim_and_die() -> None:
        add("settled")
        jobs.settle()
        add("not settled")
        raise SystemExit

    with pytest.raises(SystemExit):
        run(claim_and_die)
    assert added() == ["settled"]


def test_others_may_write_while_a_job_reads(run: Callable[[jobs.Job], None]) -> None:
    def read_for_long() -> None:
        with jobs.apart():
            db.session.scalars(select(Role)).all()
            with db.engine.connect() as another:
                another.execute(insert(Role).values(name="meanwhile"))
                another.commit()
        add("afterwards")

    run(read_for_long)
    assert added() == ["meanwhile", "afterwards"]


def test_work_in_two_steps_writes_what_it_has_read(run: Callable[[jobs.Job], None]) -> None:
    run(lambda: jobs.in_two_steps("test", lambda: "read", add, lambda _error: add("failed")))
    assert added() == ["read"]


def test_work_that_has_nothing_to_do_writes_nothing(run: Callable[[jobs.Job], None]) -> None:
    run(lambda: jobs.in_two_steps("test", lambda: None, add, lambda _error: add("failed")))
    assert added() == []


def broken(_got: str = "") -> str:
    add("half")
    raise ValueError


@pytest.mark.parametrize(("read", "write"), [(broken, add), (lambda: "read", broken)], ids=["reading", "writing"])
def test_work_that_fails_keeps_only_the_word_of_its_failure(
    run: Callable[[jobs.Job], None], read: Callable[[], str], write: Callable[[str], None]
) -> None:
    run(lambda: jobs.in_two_steps("test", read, write, lambda error: add(type(error).__name__)))
    assert added() == ["ValueError"]


def test_progress_counts_on_from_part_to_part_until_it_is_forgotten(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "work.progress")
    told = [progress.done()]
    progress.note(200)
    told.append(progress.done())
    progress.after(2000)(150)
    told.append(progress.done())
    progress.forget()
    assert [*told, progress.done()] == [0, 200, 2150, 0]
