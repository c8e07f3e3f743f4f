"""``inser-events event import``."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from inser_events.agenda.importing.importing import AnotherEvent, UnknownZone
from inser_events.agenda.importing.report import UnreadableSchedule
from inser_events.agenda.models import Release, Session
from inser_events.database import commit, db
from inser_events.events.errors import UnusableEvent
from inser_events.events.models import Event
from inser_events.events.queries import find_event
from inser_events.networks.errors import NoSuchNetwork
from inser_events.networks.operations import NetworkData, add_network
from tests.agenda.importing.files import DAY, ics, schedule, talk
from tests.factories import make_event, make_session, make_user

Run = Callable[..., str]
GUID = "8079583e-8321-4506-95af-fd2903a5f075"


@pytest.fixture
def run(app: Flask) -> Run:
    """Run the command as on a terminal, let its error through, and return what it printed."""
    make_user("admin@example.org", administrator=True)
    commit()

    def run(*arguments: object) -> str:
        words = ["event", "import", *map(str, arguments)]
        try:
            return app.test_cli_runner().invoke(args=words, catch_exceptions=False, standalone_mode=False).output
        finally:
            db.session.rollback()  # as the end of a process does

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    """A file with some content."""

    def write(content: bytes) -> Path:
        path = tmp_path / "schedule.json"
        path.write_bytes(content)
        return path

    return write


def counted() -> tuple[int, int, int]:
    numbers = (db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Event, Session, Release))
    events, sessions, releases = numbers
    return events, sessions, releases


def test_a_new_event_is_a_draft_of_its_first_administrator(run: Run, file: Callable[[bytes], Path]) -> None:
    output = run(file(schedule(talk(duration="50:00"))))
    assert output.splitlines() == [
        "schedule.json: schedule.json, 1 session in 1 room, Africa/Casablanca",
        "  Mended    talk 1: Opening: It lasts 3000 minutes; 24 hours were taken. [too-long]",
        "  1 mended",
        "conf: kept as a draft; publish it to make it public.",
    ]
    assert counted() == (1, 1, 0)


def test_it_can_be_published_at_once(run: Run, file: Callable[[bytes], Path]) -> None:
    add_network(NetworkData(slug="inser", acronym="INSER", name={"en": "Soil erosion"}))
    commit()
    output = run(file(schedule(talk())), "--slug", "soil", "--network", "inser", "--publish")
    assert output.splitlines()[-1] == "soil: published as release 1."
    event = find_event("soil")
    assert (event.network.slug if event.network else "", counted()) == ("inser", (1, 1, 1))


def test_the_same_again_publishes_nothing(run: Run, file: Callable[[bytes], Path]) -> None:
    run(file(schedule(talk(id=1))), "--publish")
    output = run(file(schedule(talk(id=1))), "--publish")
    assert output.splitlines()[-2:] == [
        "0 added, 0 moved, 0 changed, 0 removed, 1 unchanged, 0 only here.",
        "conf: nothing differs from release 1.",
    ]
    assert counted() == (1, 1, 1)


def test_changes_of_an_existing_event_are_told_in_words(run: Run, file: Callable[[bytes], Path]) -> None:
    run(file(schedule(talk(id=1))))
    output = run(file(schedule(talk(id=1, date=f"{DAY}T10:00:00+01:00"), talk("Two", id=2))))
    assert output.splitlines()[1:5] == [
        "Added: Two (Mon 15 Sept, 09:00)",
        "Moved: Opening (Mon 15 Sept, 10:00)",
        "  Now 10:00–10:30, was 09:00–09:30.",
        "1 added, 1 moved, 0 changed, 0 removed, 0 unchanged, 0 only here.",
    ]


def test_publishing_is_refused_when_something_could_not_be_read(run: Run, file: Callable[[bytes], Path]) -> None:
    content = schedule(talk(), {"title": "When?", "date": "soon"})
    with pytest.raises(UnreadableSchedule, match="not published, because 1 things could not be read"):
        run(file(content), "--publish")
    assert counted() == (0, 0, 0)
    assert "conf: kept as a draft" in run(file(content))


def test_a_broken_file_changes_nothing(run: Run, file: Callable[[bytes], Path]) -> None:
    content = schedule(talk()).replace(b'"version"', b'"rooms": [{"name": "x"}], "version"')
    with pytest.raises(UnreadableSchedule, match="cannot be used"):
        run(file(content))
    assert counted() == (0, 0, 0)


def test_a_file_without_sessions_changes_nothing(run: Run, file: Callable[[bytes], Path]) -> None:
    with pytest.raises(UnreadableSchedule, match="no session could be read"):
        run(file(schedule()))


def test_a_missing_file_is_one_line(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSchedule, match="No such file or directory"):
        run(tmp_path / "nothing.json")


def test_an_event_that_has_nothing_to_do_with_the_file_is_left_alone(run: Run, file: Callable[[bytes], Path]) -> None:
    make_session(make_event(slug="conf"))
    commit()
    with pytest.raises(AnotherEvent, match="shares nothing with this file"):
        run(file(schedule(talk("Else"))))
    assert "1 added, 0 moved, 0 changed, 0 removed, 0 unchanged, 1 only here." in run(
        file(schedule(talk("Else"))), "--slug", "conf"
    )


def test_an_empty_event_is_filled(run: Run, file: Callable[[bytes], Path]) -> None:
    make_event(slug="empty")
    commit()
    run(file(schedule(talk(guid=GUID))), "--slug", "empty", "--publish")
    assert db.session.scalars(select(Session.uid)).all() == [GUID]


def test_a_zone_can_be_named(run: Run, file: Callable[[bytes], Path]) -> None:
    content = ics("DTSTART:20250915T090000", "DURATION:PT1H", "SUMMARY:x", head="X-WR-CALNAME:Launch")
    with pytest.raises(UnknownZone, match="Nowhere"):
        run(file(content), "--zone", "Nowhere")
    run(file(content), "--zone", "Morocco Standard Time", "--publish")
    assert find_event("launch").time_zone == "Africa/Casablanca"


def test_an_unusable_address_changes_nothing(run: Run, file: Callable[[bytes], Path]) -> None:
    with pytest.raises(UnusableEvent):
        run(file(schedule(talk())), "--slug", "Not An Address")
    assert counted() == (0, 0, 0)


def test_an_unknown_network_changes_nothing(run: Run, file: Callable[[bytes], Path]) -> None:
    with pytest.raises(NoSuchNetwork):
        run(file(schedule(talk())), "--network", "nowhere")


def test_without_accounts_nobody_can_own_the_event(app: Flask, file: Callable[[bytes], Path]) -> None:
    result = app.test_cli_runner().invoke(args=["event", "import", str(file(schedule(talk())))])
    said = "Error: There is no account to own the event. First: inser-events user create EMAIL --admin\n"
    assert (result.exit_code, result.stderr) == (2, said)


def test_an_answer_to_an_invitation_is_for_another_command(run: Run, file: Callable[[bytes], Path]) -> None:
    path = file(ics("DTSTART:20250915T090000Z", "SUMMARY:x", head="METHOD:REPLY"))
    with pytest.raises(UnreadableSchedule, match=rf" Take it in with: inser-events calendar reply {path}$"):
        run(path)
    assert counted() == (0, 0, 0)
