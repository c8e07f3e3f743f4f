"""Many requests at once, against a real server: one badge is admitted once, one id is stored once."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from inser_events.checkin.models import Scan
from inser_events.clock import now
from inser_events.database import commit, db
from tests.checkin.factories import Door, code_of, make_door, make_registration
from tests.factories import make_event
from tests.live import Live

AT_ONCE = 8


def upload(live: Live, door: Door, scans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    connection = HTTPConnection(urlsplit(live.url).netloc, timeout=30)
    connection.request("POST", "/api/v1/checkin/scans", json.dumps({"scans": scans}), door.headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, content
    results: list[dict[str, Any]] = content["results"]
    return results


class Hall:
    """Several devices and people."""

    def __init__(self, live: Live, people: int) -> None:
        with live.app.app_context():
            event = make_event()
            self.codes = [code_of(make_registration(event)) for _ in range(people)]
            self.doors = [make_door(live.app.test_client(), event, f"Door {n}") for n in range(AT_ONCE)]
            commit()
            db.session.remove()


def stored(live: Live) -> int:
    with live.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Scan)) or 0


def test_devices_that_scan_one_badge_at_once_admit_it_once(live: Live) -> None:
    hall = Hall(live, people=12)
    moment = now().isoformat()

    def all_badges(door: Door) -> list[str]:
        return [
            upload(live, door, [door.scan(code, scanned_at=moment)])[0]["outcome"] for code in hall.codes
        ]  # fmt: skip

    with ThreadPoolExecutor(AT_ONCE) as threads:
        outcomes = Counter(outcome for said in threads.map(all_badges, hall.doors) for outcome in said)
    assert outcomes == {"admitted": 12, "already_in": 12 * (AT_ONCE - 1)}
    assert stored(live) == 12 * AT_ONCE


@pytest.mark.parametrize("known", [True, False])
def test_one_upload_sent_eight_times_at_once_is_stored_once(live: Live, *, known: bool) -> None:
    hall = Hall(live, people=20)
    door = hall.doors[0]
    scans = [door.scan(code if known else f"no badge {code[:5]}", scanned_at=now().isoformat()) for code in hall.codes]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda _n: upload(live, door, scans), range(AT_ONCE)))
    assert answers == [answers[0]] * AT_ONCE
    assert stored(live) == len(scans)
