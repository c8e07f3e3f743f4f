"""What /api/v1/openapi.json promises, tried with requests made from it: right ones, wrong ones, and any bytes."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth

from inser_events.database import commit
from inser_events.events.models import Event
from tests.accounts.signing_in import another_instance
from tests.checkin.factories import Door, code_of, make_door, make_registration
from tests.factories import make_event

EXAMPLES = 25
calm = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.generate],
    derandomize=True,
)


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event()


@pytest.fixture
def door(client: FlaskClient, event: Event) -> Door:
    made = make_door(client, event)
    make_registration(event)
    commit()
    return made


@pytest.mark.parametrize("token", ["paired", "none"])
def test_every_operation_answers_as_it_is_described(app: Flask, door: Door, token: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    headers = door.headers if token == "paired" else {}
    tried = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @calm
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            answer = case.call(headers=headers)
            # It cannot know that the token we gave is a good one; without one, 401 is asked for below.
            case.validate_response(answer, excluded_checks=[ignored_auth])
            assert answer.status_code < 500
            assert (answer.status_code == 401) == (token == "none")

        check()
        tried.append(operation.label)
    assert sorted(tried) == [
        "GET /api/v1/checkin/photos/{name}", "GET /api/v1/checkin/snapshot", "POST /api/v1/checkin/scans",
    ]  # fmt: skip


def test_each_installation_describes_itself_under_its_own_address(app: Flask, tmp_path: Path) -> None:
    with another_instance(app, tmp_path, base_url="https://elsewhere.example") as other:
        described = [one.test_client().get("/api/v1/openapi.json").get_json() for one in (other, app, other)]
    addresses = [one["servers"][0]["url"] for one in described]
    assert addresses == ["https://elsewhere.example", "https://events.example.org", "https://elsewhere.example"]
    assert described[0]["paths"] == described[1]["paths"]


@calm
@given(body=st.binary(max_size=400))
def test_any_bytes_as_a_body_are_a_problem_of_the_sender(door: Door, body: bytes) -> None:
    answer = door.client.post("/api/v1/checkin/scans", data=body, headers=door.headers)
    assert answer.status_code in {400, 422}
    assert answer.content_type == "application/problem+json"


@calm
@given(ticket=st.text(st.characters(exclude_categories=[]), max_size=700) | st.from_regex(r"[CBDEFGHIJKLNRTUV]{30}"))
def test_any_text_as_a_ticket_is_an_unknown_one_and_is_kept(door: Door, ticket: str) -> None:
    assert door.outcomes(door.scan(ticket)) == ["unknown_ticket"]


@calm
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_code_is_read_out_of_whatever_stands_around_it(event: Event, door: Door, before: str, after: str) -> None:
    code = code_of(make_registration(event))
    letters = "CBDEFGHIJKLNRTUVcbdefghijklnrtuv"
    (outcome,) = door.outcomes(door.scan(f"{before}/{code}/{after}"))
    if not any(letter in letters for letter in before + after) and len(before + after) < 30:
        assert outcome == "admitted"
