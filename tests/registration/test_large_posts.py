"""Posts that are too large, in the wrong encoding or sent twice: a clear answer, and nothing half done."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.delegations.queries import token_of
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.registration import operations, queries
from inser_events.registration.models import Registration
from tests.delegations.factories import make_delegation
from tests.registration.factories import make_open_event, someone
from tests.registration.test_views import FORM

MEGABYTE = 1024 * 1024
FORM_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event(in_person=None)
    commit()
    return event


def count() -> int:
    return db.session.scalar(select(func.count(Registration.id))) or 0


@pytest.mark.parametrize("field", ["family_name", "unknown"])
def test_ten_megabytes_in_a_field_are_refused(client: FlaskClient, event: Event, field: str) -> None:
    answer = client.post(f"/events/{event.slug}/register", data=FORM | {field: "x" * 10 * MEGABYTE})
    assert (answer.status_code, count()) == (413, 0)
    assert "<h1" in answer.get_data(as_text=True)


def test_a_thousand_fields_are_refused_or_ignored(client: FlaskClient, event: Event) -> None:
    answer = client.post(f"/events/{event.slug}/register", data=FORM | {f"f{n}": "x" for n in range(2_000)})
    assert answer.status_code in {303, 413}


@pytest.mark.parametrize("content", [b"family_name=%ff%fe&email=a%40example.org", b"\xff\xfe\x00=%00", b"a" * 5_000])
def test_what_is_no_text_gets_a_page(client: FlaskClient, event: Event, content: bytes) -> None:
    answer = client.post(f"/events/{event.slug}/register", data=content, content_type=FORM_TYPE)
    assert (answer.status_code in {400, 422}, count()) == (True, 0)
    assert "<h1" in answer.get_data(as_text=True)


def test_a_replayed_form_registers_once_and_shows_the_same_ticket(client: FlaskClient, event: Event) -> None:
    answers = [client.post(f"/events/{event.slug}/register", data=FORM | {"form_key": "k"}) for _n in range(3)]
    assert len({answer.location for answer in answers}) == 1
    assert (count(), db.session.scalar(select(func.count(OutboxMail.id)))) == (1, 1)


def test_a_broken_upload_gets_a_page(client: FlaskClient, event: Event) -> None:
    answer = client.post(
        f"/events/{event.slug}/register",
        data=b"--cut\r\nContent-Disposition: form-data; name=",
        content_type="multipart/form-data; boundary=cut",
    )
    assert (answer.status_code in {400, 422}, count()) == (True, 0)


def test_ten_megabytes_are_refused_by_every_other_public_form(client: FlaskClient, event: Event) -> None:
    person = operations.register(event, someone(), at=now(), notify=False)
    delegation = make_delegation(event)
    commit()
    ticket, focal = f"/tickets/{queries.link_of(person)}", f"/delegations/{token_of(delegation)}"
    pages = [f"{ticket}/{page}" for page in ("edit", "mode", "cancel", "offer", "sessions", "data/erase")]
    pages += ["/tickets/lost", f"{focal}/people", f"{focal}/letter"]
    for page in pages:
        answer = client.post(page, data={"family_name": "x" * 10 * MEGABYTE})
        assert (page, answer.status_code) == (page, 413)
    assert (person.state, person.family_name != "") == ("confirmed", True)


def test_what_is_no_text_changes_nobody(client: FlaskClient, event: Event) -> None:
    person = operations.register(event, someone(family_name="Benali"), at=now(), notify=False)
    commit()
    edit = f"/tickets/{queries.link_of(person)}/edit"
    answer = client.post(edit, data=b"\xff\xfe\x00=%00", content_type=FORM_TYPE)
    assert (answer.status_code in {400, 422}, person.family_name) == (True, "Benali")
    assert "<h1" in answer.get_data(as_text=True)
