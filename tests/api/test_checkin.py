"""The check-in API as it is described: who may use it, what it answers, what it says of errors."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from inser_events.checkin import pairing
from inser_events.checkin.devices import hash_of
from inser_events.checkin.models import Device
from inser_events.checkin.snapshots import COLUMNS
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.registration.models import Ticket
from inser_events.tokens import new_ticket_number
from tests.checkin.factories import NINE, Door, at, code_of, make_door, make_registration
from tests.factories import make_event, make_user

SCANS = "/api/v1/checkin/scans"
SNAPSHOT = "/api/v1/checkin/snapshot"
PROBLEM = "application/problem+json"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event()


@pytest.fixture
def door(client: FlaskClient, event: Event) -> Door:
    return make_door(client, event)


def schema(client: FlaskClient, name: str) -> Draft202012Validator:
    document = client.get("/api/v1/openapi.json").get_json()
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer wrong", "Basic YTpi", "Bearer \xff", "wrong"])
@pytest.mark.parametrize(("method", "path"), [("POST", SCANS), ("GET", SNAPSHOT)])
def test_without_a_device_token_nothing_is_told(
    client: FlaskClient, door: Door, method: str, path: str, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = client.open(path, method=method, headers=headers, data="{" if method == "POST" else None)
    assert (answer.status_code, answer.content_type) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.get_json()["reason"] == "unknown"


def test_a_signed_in_owner_is_no_device(app: Flask, sign_in: Any) -> None:
    owner = make_user()
    make_event(owner=owner)
    browser = sign_in(owner)
    assert [browser.get(SNAPSHOT).status_code, browser.post(SCANS, json={"scans": []}).status_code] == [401, 401]


def test_a_revoked_device_is_told_so_and_stores_nothing(event: Event, door: Door) -> None:
    scan = door.scan(code_of(make_registration(event)))
    pairing.revoke_device(door.device)
    for answer in (door.post(scan), door.snapshot()):
        assert (answer.status_code, answer.get_json()["reason"]) == (401, "revoked")
        assert "Amina" not in answer.get_data(as_text=True)


def test_an_expired_device_is_told_so(event: Event, door: Door) -> None:
    door.device.expires_at = now() - timedelta(seconds=1)
    assert door.snapshot().get_json()["reason"] == "expired"


def test_a_pairing_ends_a_day_after_the_event_and_within_thirty_days(event: Event) -> None:
    morning = NINE
    assert pairing.expiry(event, morning).isoformat() == "2025-09-16T23:00:00+00:00"
    assert pairing.expiry(event, morning - timedelta(days=60)) == morning - timedelta(days=30)
    assert pairing.expiry(event, morning + timedelta(days=400)) == morning + timedelta(days=401)


def test_only_a_hash_of_the_token_is_kept(door: Door) -> None:
    kept = db.session.get(Device, door.device.id)
    assert kept is not None
    assert kept.token_hash == hash_of(door.token)
    assert door.token not in str(vars(kept))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("null", 422),
        ("[]", 422),
        ("{}", 422),
        ('{"scans": {}}', 422),
        ('{"scans": "all"}', 422),
        ("[" * 100_000, 400),
        ('{"scans": [' + "0," * 5_000 + "0]}", 413),
        (b"\xff\xfe", 400),
        ('{"scans": [' + "9" * 5_000 + "]}", 400),
    ],
)
def test_what_is_no_upload_is_a_problem_document(door: Door, body: str | bytes, status: int) -> None:
    answer = door.client.post(SCANS, data=body, headers=door.headers)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert answer.get_json()["status"] == status


def test_more_than_four_megabytes_are_refused(door: Door) -> None:
    answer = door.client.post(SCANS, data=b" " * (4 * 1024 * 1024 + 1), headers=door.headers)
    assert (answer.status_code, answer.content_type) == (413, PROBLEM)


def test_another_method_is_a_problem_document(client: FlaskClient) -> None:
    assert (client.put(SCANS).status_code, client.put(SCANS).content_type) == (405, PROBLEM)


def test_answers_are_as_described(client: FlaskClient, event: Event, door: Door) -> None:
    guest = make_registration(event)
    answer = door.post(door.scan(code_of(guest)), door.scan(code_of(guest), scanned_at=at(1)), door.scan("x"), {})
    schema(client, "Results").validate(answer.get_json())
    schema(client, "Snapshot").validate(door.snapshot().get_json())
    schema(client, "Problem").validate(client.get(SNAPSHOT).get_json())


def test_the_description_names_both_operations_and_their_errors(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.")
    described = {
        (path, method): sorted(operation["responses"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in {"get", "post"}
    }
    assert described == {
        (SCANS, "post"): ["200", "400", "401", "413", "422"],
        (SNAPSHOT, "get"): ["200", "304", "401"],
        ("/api/v1/checkin/photos/{name}", "get"): ["200", "401", "404"],
    }


def rows(answer: Any) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for bucket in answer.get_json()["buckets"].values() for row in bucket]


def test_the_snapshot_has_everything_to_decide_alone(event: Event, door: Door) -> None:
    guest = make_registration(event, given_name="三", family_name="李", name_latin="Li San")
    guest.tickets[0].revoked_at = NINE
    guest.tickets.append(Ticket(number=new_ticket_number(), issued_at=NINE))
    db.session.flush()
    door.results(door.scan(code_of(guest)))
    snapshot = door.snapshot().get_json()
    (row,) = rows(door.snapshot())
    assert row == {
        "id": guest.uid,
        "name": "李三",
        "name_latin": "Li San",
        "organisation": "INRA Maroc",
        "category": "participant",
        "mode": "in_person",
        "state": "confirmed",
        "tickets": [code_of(guest, 1)[:10]],
        "revoked": [code_of(guest, 0)[:10]],
        "passages": {"venue": [1757923200000, 1757923200000, "in", 1757923200000, door.checkpoint]},
        "sessions": [],
        "photo": "",
    }
    assert snapshot["people"] == 1
    assert snapshot["event"]["offsets"][0] == [0, 60]  # Rabat
    assert [checkpoint["name"]["en"] for checkpoint in snapshot["checkpoints"]] == ["Entrance"]


def test_the_snapshot_holds_no_address_and_no_other_event(event: Event, door: Door) -> None:
    make_registration(event)
    make_registration(make_event(), family_name="Elsewhere")
    text = door.snapshot().get_data(as_text=True)
    assert ("@" in text, "Elsewhere" in text, len(rows(door.snapshot()))) == (False, False, 1)


def test_an_unchanged_snapshot_is_not_sent_again(event: Event, door: Door) -> None:
    make_registration(event)
    first = door.snapshot()
    marker, etag = first.get_json()["marker"], first.headers["ETag"]
    assert door.snapshot(marker, **{"If-None-Match": etag}).status_code == 304
    assert door.snapshot(marker).get_json()["buckets"] == {}
    assert first.headers["Cache-Control"] == "no-store"


def test_a_delta_carries_what_changed_and_what_is_gone(event: Event, door: Door) -> None:
    people = [make_registration(event) for _ in range(4)]
    before = door.snapshot()
    marker = before.get_json()["marker"]
    people[0].state = "cancelled"
    db.session.delete(people[1])
    newcomer = make_registration(event)
    door.results(door.scan(code_of(people[2])))
    after = door.snapshot(marker, **{"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    changed = {row["id"]: (row["state"], bool(row["passages"])) for row in rows(after)}
    assert changed == {
        people[0].uid: ("cancelled", False),
        newcomer.uid: ("confirmed", False),
        people[2].uid: ("confirmed", True),
    }
    assert sum(bucket == [] for bucket in after.get_json()["buckets"].values()) == 1


@pytest.mark.parametrize("marker", ["", "x", "9" * 520, "%00", "é" * 65])
def test_an_unknown_marker_gets_everything(event: Event, door: Door, marker: str) -> None:
    make_registration(event)
    assert len(rows(door.snapshot(marker))) == 1


def test_a_large_snapshot_is_compressed(event: Event, door: Door) -> None:
    for _ in range(60):
        make_registration(event)
    commit()
    answer = door.snapshot(**{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.get_data()))["people"] == 60
