"""A real CalDAV server (Radicale) takes our entries as they are and gives them back unchanged in meaning."""

import re
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import icalendar
import pytest

from inser_events.agenda.calendars import event_ics, session_ics
from inser_events.agenda.snapshot import Snapshot
from tests.agenda.sample import BASE_URL, HOSTILE, JOIN_URL, launch, named, plenary, ramadan, uid, with_event

READER: dict[str, Any] = {
    "base_url": BASE_URL,
    "languages": ["en"],
    "placed": "online",
    "join_url": JOIN_URL,
}
COLLECTION = "/organiser/agenda"
HEADERS = {
    "Content-Type": "text/calendar; charset=utf-8",
    "Authorization": f"Basic {b64encode(b'organiser:any').decode()}",
}
ATTEMPTS = 200


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until_listening(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(ATTEMPTS):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            try:
                server.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    pytest.fail("Radicale did not start")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HTTPConnection]:
    """A connection to a Radicale of our own, with an empty calendar."""
    port = free_port()
    folder: Path = tmp_path_factory.mktemp("radicale")
    options = {"server-hosts": f"127.0.0.1:{port}", "auth-type": "none", "storage-filesystem-folder": str(folder)}
    command = [sys.executable, "-m", "radicale", "--config", ""]
    process = subprocess.Popen(
        command + [f"--{name}={value}" for name, value in options.items()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_listening(process, port)
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        assert ask(connection, "MKCALENDAR", f"{COLLECTION}/")[0] == 201
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait(timeout=10)


def ask(connection: HTTPConnection, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection.request(method, path, body, HEADERS)
    answer = connection.getresponse()
    return answer.status, answer.read()


def meaning(written: bytes) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every property of the entry: name, value and parameters, whatever their order; and its instants."""
    [event] = icalendar.Calendar.from_ical(written).events
    found: list[tuple[str, Any]] = event.property_items(recursive=False)
    properties = [
        (name, str(value.to_ical()), sorted((key, str(given)) for key, given in value.params.items()))
        for name, value in found
        if hasattr(value, "params")
    ]
    return sorted(properties)


def zone(written: bytes) -> list[str]:
    """The lines of the time zone, whatever their order."""
    return sorted(re.findall(r"^(?:TZ|DTSTART:|BEGIN|END).*$", written.decode().split("BEGIN:VEVENT")[0], re.MULTILINE))


def assert_kept(server: HTTPConnection, name: str, written: bytes) -> None:
    path = f"{COLLECTION}/{name}.ics"
    assert ask(server, "PUT", path, written)[0] == 201
    status, kept = ask(server, "GET", path)
    assert status == 200
    assert meaning(kept) == meaning(written)
    assert zone(kept) == zone(written)


@pytest.mark.parametrize("snapshot", [launch(), ramadan(), plenary(), named(HOSTILE)])
def test_sessions_are_kept(server: HTTPConnection, snapshot: Snapshot) -> None:
    for session in snapshot.sessions:
        name = f"{snapshot.event.slug}-{snapshot.event.kind}-{len(snapshot.people)}-{session.uid}"
        assert_kept(server, name, session_ics(snapshot, session.uid, **READER))


def test_whole_event_is_kept(server: HTTPConnection) -> None:
    assert_kept(server, "event", event_ics(launch(), **READER))


def test_event_of_whole_days_is_kept(server: HTTPConnection) -> None:
    assert_kept(server, "days", event_ics(with_event(launch(sessions=[]), uid=uid("days")), **READER))
