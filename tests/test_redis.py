"""On a real Redis: the queue between processes, and limits that several servers share."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest

from tests.command_line import run, wait_until_listening
from tests.servers import free_port, redis, redis_program


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of our own."""
    program = redis_program()
    if program is None:
        pytest.skip("no redis-server on this machine")
    with redis(program, tmp_path / "redis") as url:
        yield url


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance with an empty database."""
    assert run(tmp_path / "instance", "db", "upgrade").returncode == 0
    return tmp_path / "instance"


def started(instance: Path, redis_url: str, *words: str) -> subprocess.Popen[bytes]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("INSER_")}
    environment = {**own, "INSER_INSTANCE": str(instance), "INSER_REDIS_URL": redis_url}
    command = [sys.executable, "-m", "inser_events", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def wait_for_mail(instance: Path, worker: subprocess.Popen[bytes]) -> list[Path]:
    pause = Event()
    for _ in range(1200):
        assert worker.poll() is None
        if found := list((instance / "mail").glob("*.eml")):
            return found
        pause.wait(0.05)
    return []


def answer(port: int, path: str) -> int:
    form = Request(f"http://127.0.0.1:{port}{path}", data=b"email=amina%40example.org", method="POST")
    try:
        with urlopen(form, timeout=30) as page:
            status: int = page.status
    except HTTPError as refused:
        status = refused.code
        refused.close()
    return status


def ask_for_a_password(port: int) -> int:
    browser, page = build_opener(HTTPCookieProcessor()), f"http://127.0.0.1:{port}/reset"
    with browser.open(page, timeout=30) as form:
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', form.read().decode())
    assert token is not None
    sent = urlencode({"email": "amina@example.org", "csrf_token": token[1]}).encode()
    with browser.open(page, data=sent, timeout=30) as reply:
        status: int = reply.status
    return status


def test_a_mail_caused_in_the_server_is_sent_by_the_worker(instance: Path, redis_url: str) -> None:
    assert run(instance, "user", "create", "amina@example.org").returncode == 0
    port = free_port()
    server = started(instance, redis_url, "serve", "--port", str(port))
    try:
        wait_until_listening(server, port)
        asked = ask_for_a_password(port), list((instance / "mail").glob("*.eml"))
        worker = started(instance, redis_url, "worker")
        mails = wait_for_mail(instance, worker)
        ended(worker)
    finally:
        ended(server)
    assert (asked, [b"amina@example.org" in mail.read_bytes() for mail in mails]) == ((200, []), [True])


def test_two_servers_count_one_visitor_together(instance: Path, redis_url: str) -> None:
    ports = [free_port(), free_port()]
    servers = [started(instance, redis_url, "serve", "--port", str(port)) for port in ports]
    try:
        for server, port in zip(servers, ports, strict=True):
            wait_until_listening(server, port)
        answers = [answer(ports[number % 2], "/tickets/lost") for number in range(31)]
    finally:
        for server in servers:
            ended(server)
    assert (answers[:30], answers[30]) == ([200] * 30, 429)


def test_while_redis_is_away_people_are_served_and_limited_all_the_same(instance: Path) -> None:
    assert run(instance, "user", "create", "amina@example.org").returncode == 0
    port = free_port()
    server = started(instance, f"redis://127.0.0.1:{free_port()}", "serve", "--port", str(port))
    try:
        wait_until_listening(server, port)
        asked = ask_for_a_password(port)
        answers = [answer(port, "/tickets/lost") for _ in range(31)]
    finally:
        ended(server)
    assert (asked, answers[:30], answers[30]) == (200, [200] * 30, 429)


def test_a_worker_without_its_queue_says_so(instance: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    refused = run(instance, "worker", INSER_REDIS_URL=url)
    said = "inser-events: The queue does not answer: Error 111 connecting to "
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert refused.stderr.startswith(said)
