"""Uploads of scans: every outcome, stored once, answered word for word."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inser_events.checkin import pairing
from inser_events.checkin.models import Device, Scan, ScanRepeat
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.models import Ticket
from inser_events.registration.queries import link_of
from inser_events.tokens import new_ticket_number, qr_text, ticket_token
from tests.checkin.factories import NINE, Door, at, code_of, make_door, make_registration
from tests.factories import make_event
from tests.queries import count_queries


@pytest.fixture
def event(app: object) -> Event:
    return make_event()


@pytest.fixture
def door(client: FlaskClient, event: Event) -> Door:
    return make_door(client, event)


def stored() -> list[Scan]:
    return list(db.session.scalars(select(Scan).order_by(Scan.received_at, Scan.scanned_at)))


def test_a_confirmed_person_is_admitted(event: Event, door: Door) -> None:
    guest = make_registration(event, given_name="Lamiae", family_name="Ghaouti", organisation="INRA")
    scan = door.scan(code_of(guest))
    answer = door.post(scan)
    assert answer.status_code == 200
    assert answer.get_json()["results"] == [
        {
            "id": scan["id"],
            "outcome": "admitted",
            "registration": {
                "name": "Lamiae Ghaouti", "organisation": "INRA", "category": "participant", "mode": "in_person",
            },
            "first_admitted_at": "2025-09-15T08:00:00Z",
            "message": "Welcome.",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"state": "pending"}, "not_confirmed"),
        ({"state": "waitlisted"}, "not_confirmed"),
        ({"state": "declined"}, "not_confirmed"),
        ({"state": "cancelled"}, "cancelled"),
        ({"mode": "online"}, "wrong_mode"),
    ],
)
def test_who_may_not_pass_is_told_why_and_named(event: Event, door: Door, values: dict[str, str], outcome: str) -> None:
    guest = make_registration(event, family_name="Li", **values)
    (result,) = door.results(door.scan(code_of(guest)))
    assert (result["outcome"], result["registration"]["name"]) == (outcome, "Amina Li")
    assert [scan.outcome for scan in stored()] == [outcome]


def test_the_second_time_says_when_and_where(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    door.results(door.scan(code))
    (result,) = door.results(door.scan(code, scanned_at=at(30)))
    assert result["outcome"] == "already_in"
    assert result["first_admitted_at"] == "2025-09-15T08:00:00Z"
    assert result["message"] == "Already inside since 09:00, Entrance."
    assert result["previous"] == {
        "at": "2025-09-15T08:00:00Z", "checkpoint": door.checkpoint, "checkpoint_name": "Entrance",
    }  # fmt: skip


def test_out_and_in_again(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    scans = [door.scan(code, direction=way, scanned_at=at(n)) for n, way in enumerate(("in", "out", "in", "out"))]
    assert door.outcomes(*scans) == ["admitted", "left", "admitted", "left"]


def test_a_new_day_begins_outside(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    assert door.outcomes(door.scan(code), door.scan(code, scanned_at="2025-09-16T08:00:00Z")) == ["admitted"] * 2


def test_a_reissued_ticket_revokes_the_old_one(event: Event, door: Door) -> None:
    guest = make_registration(event)
    guest.tickets[0].revoked_at = NINE
    guest.tickets.append(Ticket(number=new_ticket_number(), issued_at=NINE))
    db.session.flush()
    assert door.outcomes(door.scan(code_of(guest, 0)), door.scan(code_of(guest, 1))) == ["revoked", "admitted"]


def test_the_whole_address_of_the_code_is_read(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    assert door.outcomes(door.scan(qr_text("https://events.example.org", code))) == ["admitted"]


def test_the_private_link_of_the_ticket_page_is_read(event: Event, door: Door) -> None:
    guest = make_registration(event)
    assert door.outcomes(door.scan(f"https://events.example.org/tickets/{link_of(guest)}")) == ["admitted"]


def test_a_forged_ticket_with_a_known_number_is_unknown(event: Event, door: Door) -> None:
    guest = make_registration(event)
    forged = ticket_token(guest.tickets[0].number, b"another key of thirty-two bytes..")
    (result,) = door.results(door.scan(forged))
    assert (result["outcome"], result["registration"]) == ("unknown_ticket", None)


def test_another_events_ticket_is_unknown_and_names_nobody(event: Event, door: Door) -> None:
    stranger = make_registration(make_event())
    (result,) = door.results(door.scan(code_of(stranger)))
    assert (result["outcome"], result["registration"]) == ("unknown_ticket", None)
    assert result["message"] == "This badge is for another event."
    assert [scan.registration_id for scan in stored()] == [None]


def test_a_door_keeps_its_rules(event: Event, door: Door) -> None:
    rules = {"categories": ["speaker"], "opens_at": "2025-09-15T08:00:00Z"}
    hall = pairing.add_checkpoint(event, {"en": "Hall A"}, direction="in", rules=rules).uid
    participant, speaker = code_of(make_registration(event)), code_of(make_registration(event, category="speaker"))
    assert door.outcomes(
        door.scan(participant, checkpoint=hall),
        door.scan(speaker, checkpoint=hall, scanned_at=at(-1)),
        door.scan(speaker, checkpoint=hall),
        door.scan(speaker, checkpoint=hall, direction="out"),
        door.scan(speaker, checkpoint=str(uuid4())),
    ) == ["wrong_checkpoint", "wrong_time", "admitted", "wrong_checkpoint", "wrong_checkpoint"]


def test_each_area_has_its_own_presence(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    hall = pairing.add_checkpoint(event, {"en": "Hall A"}).uid
    side = pairing.add_checkpoint(event, {"en": "Side door"}, kind="entrance").uid
    scans = [door.scan(code), door.scan(code, checkpoint=hall), door.scan(code, checkpoint=side)]
    assert door.outcomes(*scans) == ["admitted", "admitted", "already_in"]


def test_staff_may_let_somebody_in_where_that_is_allowed(event: Event, door: Door) -> None:
    desk = pairing.add_checkpoint(event, {"en": "Desk"}, rules={"override": True}).uid
    code = code_of(make_registration(event, mode="online"))
    scans = [door.scan(code, checkpoint=place, reason="spoke to the chair") for place in (desk, door.checkpoint)]
    assert door.outcomes(*scans) == ["admitted", "wrong_mode"]
    assert [scan.reason for scan in stored()] == ["spoke to the chair"] * 2


def test_a_repeated_scan_gets_its_first_answer_word_for_word(event: Event, door: Door) -> None:
    scan = door.scan(code_of(make_registration(event)))
    first = door.post(scan).get_json()["results"]
    again = door.post({**scan, "offline": True, "shown": "admitted"}).get_json()
    assert (again["results"], again["flagged"]) == (first, [])
    assert len(stored()) == 1


def test_one_id_with_other_content_is_answered_and_flagged(event: Event, door: Door) -> None:
    scan = door.scan(code_of(make_registration(event)))
    first = door.post(scan).get_json()["results"]
    again = door.post({**scan, "ticket": "something else"}).get_json()
    assert (again["results"], again["flagged"]) == (first, [scan["id"]])
    assert len(stored()) == 1
    assert db.session.scalar(select(func.count()).select_from(ScanRepeat)) == 1


def test_one_id_twice_in_a_batch_counts_once(event: Event, door: Door) -> None:
    scan = door.scan(code_of(make_registration(event)))
    first, second = door.results(scan, {**scan, "id": scan["id"].upper()})
    assert first == second
    assert len(stored()) == 1


def test_another_events_ids_are_neither_found_nor_in_the_way(client: FlaskClient, event: Event, door: Door) -> None:
    scan = door.scan(code_of(make_registration(event)))
    door.results(scan)
    elsewhere = make_door(client)
    (result,) = elsewhere.results({**scan, "checkpoint": elsewhere.checkpoint})
    assert (result["outcome"], result["registration"]) == ("unknown_ticket", None)


def test_one_bad_scan_does_not_spoil_the_others(event: Event, door: Door) -> None:
    good = door.scan(code_of(make_registration(event)))
    bad: list[Any] = [
        None, 7, "scan", [], {}, {**good, "id": "no uuid"}, {**good, "id": 4}, {**good, "ticket": None},
        {**good, "checkpoint": 3}, {**good, "direction": "up"}, {**good, "direction": ["in"]}, {**good, "offline": 1},
        {**good, "scanned_at": "yesterday"}, {**good, "scanned_at": None}, {**good, "scanned_at": "2025-13-01"},
        {**good, "undoes": "x"},
    ]  # fmt: skip
    *errors, last = door.results(*bad, good)
    assert {error["error"]["status"] for error in errors} == {422}
    assert last["outcome"] == "admitted"
    assert len(stored()) == 1


HOSTILE = [
    "", " ", "\x00", "a\x00b", "\ud800", "😀\udfff", "\u202e", "'; DROP TABLE scan; --",
    "../../etc/passwd", "C" * 300_000,
    "HTTPS://HOST/B/", "C" * 29, "{{7*7}}", "﷽" * 100, "<script>alert(1)</script>", "\r\n\r\n", "ＣＢＤ", "%s%n", "NaN",
]  # fmt: skip


def test_any_text_can_be_a_ticket(event: Event, door: Door) -> None:
    scans = [door.scan(text) for text in HOSTILE]
    assert door.outcomes(*scans) == ["unknown_ticket"] * len(HOSTILE)
    assert len(stored()) == len(HOSTILE)
    assert max(len(scan.ticket_text) for scan in stored()) <= 520


def test_bytes_that_are_no_utf8_cost_only_their_own_scan(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    body = json.dumps({"scans": [door.scan("BAD"), door.scan(code)]}).encode().replace(b"BAD", b"\xff\xfe\xc0")
    answer = door.client.post("/api/v1/checkin/scans", data=body, headers=door.headers)
    assert [result["outcome"] for result in answer.get_json()["results"]] == ["unknown_ticket", "admitted"]


def test_a_batch_of_5000_scans_and_a_megabyte(event: Event, door: Door) -> None:
    codes = [code_of(make_registration(event)) for _ in range(50)]
    scans = [door.scan(codes[n % 50] + " " * 40, scanned_at=at(n / 100)) for n in range(5_000)]
    answer = door.post(*scans)
    assert answer.request.content_length is not None
    assert answer.request.content_length > 1024 * 1024
    outcomes = [result["outcome"] for result in answer.get_json()["results"]]
    assert (outcomes.count("admitted"), outcomes.count("already_in")) == (50, 4_950)
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 5_000


def test_one_ticket_5000_times_in_any_order(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    scans = [door.scan(code, scanned_at=at(-n), offline=True) for n in range(5_000)]
    assert door.post(*scans).status_code == 200


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_a_year_off_is_corrected(event: Event, door: Door, years: int) -> None:
    code = code_of(make_registration(event))
    wrong = now() + timedelta(days=365 * years)
    scan = door.scan(code, scanned_at=(wrong - timedelta(minutes=10)).isoformat(), offline=True)
    door.results(scan, sent_at=wrong.isoformat())
    (kept,) = stored()
    assert abs(now() - timedelta(minutes=10) - kept.scanned_at) < timedelta(seconds=10)
    device = db.session.get(Device, door.device.id)
    assert device is not None
    assert abs(device.clock_offset + 365 * 86_400 * years) < 10


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"])
def test_moments_at_the_ends_of_time_are_no_error(event: Event, door: Door, moment: str) -> None:
    code = code_of(make_registration(event))
    sent = {"sent_at": "9999-12-31T23:59:59Z"}
    assert door.post(door.scan(code, scanned_at=moment), **sent).status_code == 200


def test_an_entry_is_taken_back(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    scan = door.scan(code)
    undo = door.scan(code, direction="out", undoes=scan["id"], scanned_at=at(1))
    again = door.scan(code, scanned_at=at(2))
    results = door.results(scan, undo, again)
    assert [result["outcome"] for result in results] == ["admitted", "left", "admitted"]
    assert results[2]["first_admitted_at"] == "2025-09-15T08:02:00Z"
    assert results[1]["message"] == "Taken back."


def test_after_a_quarter_of_an_hour_it_is_too_late_to_take_back(event: Event, door: Door) -> None:
    code = code_of(make_registration(event))
    scan = door.scan(code)
    undo = door.scan(code, direction="out", undoes=scan["id"], scanned_at=at(15.1))
    assert door.outcomes(scan, undo, door.scan(code, scanned_at=at(16))) == ["admitted", "wrong_time", "already_in"]


def test_an_empty_upload_is_a_sign_of_life(event: Event, door: Door) -> None:
    assert door.results(waiting=12) == []
    device = db.session.get(Device, door.device.id)
    assert device is not None
    assert (device.waiting, device.last_seen_at is not None) == (12, True)


def test_a_single_scan_takes_few_queries(event: Event, door: Door) -> None:
    codes = [code_of(make_registration(event)) for _ in range(30)]
    door.results(door.scan(codes[0]))
    with count_queries() as single:
        door.results(door.scan(codes[1]))
    with count_queries() as many:
        door.results(*(door.scan(code) for code in codes[2:]))
    assert (len(single), len(many)) == (6, 6)
