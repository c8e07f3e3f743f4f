"""The server is killed, three times, while four devices upload 2,000 scans: what it said it had, it has, once."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events import create_app, migrating
from inser_events.checkin.models import Presence, Scan
from inser_events.checkin.projection import stays
from inser_events.clock import now
from inser_events.database import commit, db
from tests.checkin.factories import Door, code_of, make_door, make_registration
from tests.command_line import wait_until_listening
from tests.databases import database_of_kind
from tests.factories import make_event
from tests.servers import free_port
from tests.settings import settings_for

pytestmark = pytest.mark.slow
SCANS, PEOPLE, DEVICES = 2_000, 40, 4
KILLED_AFTER = (300, 900, 1_500)
PATIENCE = 15
PAUSE = 0.05


class Killable:
    """The product's own server in processes of their own, killed without a word and started again."""

    def __init__(self, folder: Path, database_url: str) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("INSER_")}
        self.environment = {**own, "INSER_INSTANCE": str(folder), "INSER_DATABASE_URL": database_url}
        self.log = folder / "served.log"
        self.port = free_port()
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "inser_events", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            # A group of its own: the workers die with the master.
            process = subprocess.Popen(words, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        wait_until_listening(process, self.port)
        return process

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Uploads:
    """Scans that devices send again and again until each is answered."""

    def __init__(self, doors: list[Door], codes: list[str]) -> None:
        moment = now().isoformat()
        self.waiting = deque(
            (doors[n % DEVICES], doors[n % DEVICES].scan(codes[n % PEOPLE], scanned_at=moment)) for n in range(SCANS)
        )
        self.answers: dict[str, str] = {}
        self.failures = 0
        self.pause = threading.Event()

    def send_all(self, port: int) -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection, suppress(IndexError):
            while True:
                door, scan = self.waiting.popleft()
                while not self.sent(connection, door, scan):
                    self.failures += 1
                    connection.close()
                    self.pause.wait(PAUSE)

    def sent(self, connection: HTTPConnection, door: Door, scan: dict[str, Any]) -> bool:
        try:
            connection.request("POST", "/api/v1/checkin/scans", json.dumps({"scans": [scan]}), door.headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            return False
        if answer.status != 200:
            return False
        self.answers[scan["id"]] = json.dumps(json.loads(content)["results"][0], sort_keys=True)
        return True


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    url = database_of_kind(request.param, request, tmp_path)
    app = create_app(settings_for(tmp_path, database_url=url))
    with app.app_context():
        migrating.tool().stamp(directory=str(migrating.MIGRATIONS))
        commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def reached(uploads: Uploads, count: int) -> bool:
    for _ in range(600):
        if len(uploads.answers) >= count:
            return True
        uploads.pause.wait(PAUSE)
    return False


def seed(app: Flask) -> tuple[list[Door], list[str]]:
    event = make_event()
    codes = [code_of(make_registration(event)) for _ in range(PEOPLE)]
    doors = [make_door(app.test_client(), event, f"Door {n}") for n in range(DEVICES)]
    commit()
    db.session.remove()
    return doors, codes


def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(app: Flask, tmp_path: Path) -> None:
    uploads = Uploads(*seed(app))
    server = Killable(tmp_path, app.extensions["settings"].database_url)
    try:
        with ThreadPoolExecutor(DEVICES) as threads:
            running = [threads.submit(uploads.send_all, server.port) for _ in range(DEVICES)]
            for count in KILLED_AFTER:
                assert reached(uploads, count)
                server.kill()
                server.process = server.start()
            for one in running:
                one.result(timeout=120)
    finally:
        server.kill()
    assert uploads.failures > 0
    stored = list(db.session.scalars(select(Scan)))
    assert {scan.id: json.dumps(json.loads(scan.result), sort_keys=True) for scan in stored} == uploads.answers
    assert len(stored) == SCANS
    assert Counter(scan.outcome for scan in stored) == {"admitted": PEOPLE, "already_in": SCANS - PEOPLE}
    inside = {row.registration_id: row.entered_at for row in db.session.scalars(select(Presence))}
    made_anew = stays(stored, ZoneInfo("Africa/Casablanca"))
    assert inside == {key[0]: stay.entry.scanned_at for key, stay in made_anew.items() if stay.entry}
