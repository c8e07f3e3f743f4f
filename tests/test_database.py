"""The transaction of a request: committed below 400, undone otherwise; what waits for the commit leaves after it."""

from datetime import UTC, datetime

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from sqlalchemy.exc import StatementError

from inser_events import database, jobs
from inser_events.accounts.models import Role
from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.mail import sweep_outbox
from inser_events.web.access import public
from tests.factories import make_event, make_user

done: list[str] = []


@pytest.fixture
def writing(app: Flask) -> FlaskClient:
    """Routes that write a role and then answer as their address says."""
    done.clear()

    @app.post("/write/<int:status>")
    @public
    def write(status: int) -> str:
        db.session.add(Role(name="new"))
        database.after_commit(lambda: done.append("left"))
        if status == 500:
            message = "broken"
            raise RuntimeError(message)
        if status != 200:
            abort(status)
        return "ok"

    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def roles() -> int:
    return db.session.scalar(select(func.count(Role.id))) or 0


def test_a_good_answer_commits_and_lets_go_what_waited(writing: FlaskClient) -> None:
    assert (writing.post("/write/200").status_code, roles(), done) == (200, 1, ["left"])


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_a_refusal_undoes_everything(writing: FlaskClient, status: int) -> None:
    assert (writing.post(f"/write/{status}").status_code, roles(), done) == (status, 0, [])


def test_a_job_runs_only_after_the_commit(app: Flask) -> None:
    jobs.enqueue(sweep_outbox)
    assert jobs.run_waiting(app) == 0
    database.commit()
    assert jobs.run_waiting(app) == 1


def test_a_job_of_a_transaction_that_was_undone_never_runs(app: Flask) -> None:
    jobs.enqueue(sweep_outbox)
    database.rollback()
    database.commit()
    assert jobs.run_waiting(app) == 0


def test_datetimes_come_back_aware_in_utc(app: Flask) -> None:
    event = make_event(created_at=datetime(2025, 9, 15, 8, tzinfo=UTC))
    database.commit()
    db.session.expire_all()
    assert event.created_at == datetime(2025, 9, 15, 8, tzinfo=UTC)


def test_naive_datetimes_are_refused(app: Flask) -> None:
    with pytest.raises(StatementError):
        make_event(created_at=datetime(2025, 9, 15, 8))  # noqa: DTZ001 — the point of the test


def test_localized_text_keeps_only_languages_with_text(app: Flask) -> None:
    event = make_event(name={"en": " Launch ", "fr": " ", "ar": ""})
    database.commit()
    db.session.expire_all()
    assert event.name == {"en": "Launch"}


def test_creating_leaves_an_audit_entry(app: Flask) -> None:
    user = make_user("amina@example.org")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.actor) == ("create user", f"user:{user.id}", "system")


def test_a_connection_may_write_in_one_transaction_after_the_other(app: Flask) -> None:
    database.expect_writing()
    db.session.remove()
    with db.engine.connect() as connection:
        for name in ("first", "second"):
            with connection.begin():
                connection.execute(insert(Role).values(name=name))
    with db.engine.begin() as another:
        assert another.scalars(select(Role.name).order_by(Role.id)).all() == ["first", "second"]
