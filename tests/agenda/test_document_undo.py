"""A document that was deleted and comes back by an undo brings its files; they are kept as long as it can."""

import os
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from inser_events.agenda import steps
from inser_events.agenda.document_files import KEPT_SECONDS, folder, sweep_document_files, withdraw_file
from inser_events.agenda.models import Document, DocumentFile
from inser_events.agenda.papers import remove_document
from inser_events.agenda.queries import documents_of, find_document
from inser_events.agenda.step_models import DraftStep
from inser_events.clock import fixed_at, now
from inser_events.database import db
from inser_events.events.models import Event
from tests.agenda.test_document_files import document, event, owner, publish, put, status  # noqa: F401 — fixtures
from tests.agenda.test_steps import redo, undo

pytestmark = pytest.mark.usefixtures("owner")


def files_of(event: Event) -> dict[str, list[str]]:  # noqa: F811 — the fixture
    """The names of the files of each document of the draft."""
    db.session.flush()
    db.session.expire_all()
    return {one.symbol: [file.filename for file in one.files] for one in documents_of(event)}


def delete_as_a_step(event: Event, document: Document) -> None:  # noqa: F811 — the fixture
    before = steps.begin(event)
    remove_document(event, document)
    steps.keep(event, before)


def sweep() -> None:
    """As it is done a day later, when every file has lain for long enough."""
    for path in folder().glob("*"):
        os.utime(path, (now().timestamp() - 60, now().timestamp() - 60))
    with fixed_at(now() + timedelta(seconds=KEPT_SECONDS + 60)):
        sweep_document_files()


@pytest.mark.parametrize("how_it_stands", ["available", "in preparation"])
def test_an_undo_brings_the_files_back(event: Event, document: Document, how_it_stands: str) -> None:  # noqa: F811 — fixtures
    put(document)
    put(document, "fr", name="plan-fr.pdf")
    document.status = how_it_stands
    there = files_of(event)
    delete_as_a_step(event, document)
    gone = files_of(event)
    sweep()
    undo(event)
    assert (gone, files_of(event)) == ({}, there)
    redo(event)
    again = files_of(event)
    undo(event)
    assert (again, files_of(event)) == ({}, there)


def test_what_came_back_is_public_again(client: FlaskClient, event: Event, document: Document) -> None:  # noqa: F811 — fixtures
    file = put(document)
    publish(event)
    delete_as_a_step(event, document)
    publish(event)
    without = status(client, file)
    undo(event)
    publish(event)
    assert (without, status(client, file)) == (404, 200)


def test_files_go_when_no_step_names_them_any_more(event: Event, document: Document) -> None:  # noqa: F811 — fixtures
    put(document)
    delete_as_a_step(event, document)
    sweep()
    kept = db.session.query(DocumentFile).count(), len(list(folder().glob("*")))
    db.session.execute(delete(DraftStep))
    sweep()
    assert (kept, db.session.query(DocumentFile).count(), len(list(folder().glob("*")))) == ((1, 1), 0, 0)


def test_a_withdrawn_file_does_not_come_back(event: Event, document: Document) -> None:  # noqa: F811 — fixtures
    file = put(document)
    delete_as_a_step(event, document)
    withdraw_file(file)
    sweep()
    undo(event)
    assert (files_of(event), db.session.query(DocumentFile).count()) == ({"GSPPA XIII/2025/3": []}, 0)


def test_a_file_sent_after_the_document_came_back_stays(event: Event, document: Document) -> None:  # noqa: F811 — fixtures
    put(document)
    delete_as_a_step(event, document)
    undo(event)
    put(find_document(event, document.uid), name="better.pdf")
    assert files_of(event) == {"GSPPA XIII/2025/3": ["better.pdf"]}
