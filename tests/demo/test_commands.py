import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.command_line import run, wait_until_listening
from tests.servers import free_port


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A demo instance."""
    result = run(tmp_path, "demo", "--no-serve", "--port", "8177")
    assert result.returncode == 0, result.stderr
    return tmp_path


def number(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "inser.db") as connection:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return found


def execute(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "inser.db") as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.slow
def test_the_demo_loads_once_and_keeps_its_sign_in(demo: Path) -> None:
    again = run(demo, "demo", "--no-serve", "--port", "8178")
    password = re.search(r"organiser@example\.org  password: (\S+)", again.stdout)
    assert password is not None
    path = demo / "demo-sign-in"
    assert path.read_text().splitlines()[0] == f"organiser@example.org {password[1]}"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert (number(demo, "event"), number(demo, "registration")) == (3, 320 + 34)
    assert "http://127.0.0.1:8178/events/inser-launch\n" in again.stdout


@pytest.mark.slow
def test_fresh_starts_over(demo: Path) -> None:
    before = (demo / "demo-sign-in").read_text()
    execute(demo, "DELETE FROM registration")
    assert run(demo, "demo", "--fresh", "--no-serve").returncode == 0
    assert number(demo, "registration") == 354
    assert (demo / "demo-sign-in").read_text() != before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE event SET is_sample = 0 WHERE id = 1", "1 events that are not sample data"),
        ("UPDATE user SET is_sample = 0 WHERE id = 2", "1 accounts that are not sample data"),
    ],
)
def test_fresh_keeps_an_instance_with_anything_else_in_it(demo: Path, change: str, what: str) -> None:
    execute(demo, change)
    result = run(demo, "demo", "--fresh", "--no-serve")
    said = f"inser-events: This instance holds {what}, so it is kept. Use another one: INSER_INSTANCE=some/folder\n"
    assert (result.returncode, result.stderr, number(demo, "registration")) == (2, said, 354)


@pytest.mark.slow
def test_an_instance_with_events_of_its_own_gets_no_sample_data(demo: Path) -> None:
    execute(demo, "DELETE FROM event WHERE slug = 'inser-launch'")
    result = run(demo, "demo", "--no-serve")
    assert result.returncode == 0
    assert "the sample data was not loaded" in result.stdout
    assert number(demo, "event") == 2


@pytest.mark.slow
def test_the_base_url_that_is_set_is_shown(demo: Path) -> None:
    result = run(demo, "demo", "--no-serve", INSER_BASE_URL="https://demo.example.org")
    assert "https://demo.example.org/manage\n" in result.stdout


@contextmanager
def served(folder: Path, *options: str) -> Iterator[str]:
    """Serve the demo in *folder*; yield its address."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("INSER_")}
    command = [sys.executable, "-m", "inser_events", "demo", "--port", str(port), *options]
    process = subprocess.Popen(command, env={**own, "INSER_INSTANCE": str(folder)}, stdout=subprocess.DEVNULL)
    try:
        wait_until_listening(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_the_served_demo_takes_what_is_sent_and_shows_the_launch_day(demo: Path) -> None:
    with served(demo, "--live") as address:
        page = urlopen(address, timeout=30).read().decode()
        # A write: what the command read before must not hold the lock.
        sent = urlopen(Request(f"{address}/tickets/lost", data=b"email=x%40example.org"), timeout=20)
    assert (sent.status, page.index("inser-launch") < page.index("past-title")) == (200, True)
