"""One load serves all tests of this file: they only read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from inser_events import create_app
from inser_events.agenda.conflicts import conflicts_of
from inser_events.agenda.queries import draft_sessions, items_of, latest_snapshot, releases_of
from inser_events.agenda.snapshot import Snapshot
from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at
from inser_events.database import commit, db
from inser_events.demo.loading import load_demo, workshop_days
from inser_events.events.models import Event
from inser_events.events.queries import find_event, registration_state
from inser_events.mail import OutboxMail
from inser_events.networks.queries import find_network, member_count, network_lines
from inser_events.people.models import Person
from inser_events.registration.models import Registration, State
from tests.settings import settings_for

TODAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
AGENDA = Path(__file__).parents[3] / "shared/data/un/gsp_pa10_agenda_documents_2022.txt"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(settings_for(tmp_path_factory.mktemp("demo")))
    with app.app_context():
        db.create_all()
        with fixed_at(TODAY):
            load_demo()
        commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def count(*conditions: object) -> int:
    chosen = select(func.count()).select_from(Registration).join(Event, Registration.event_id == Event.id)
    return db.session.scalar(chosen.where(*conditions)) or 0  # type: ignore[arg-type] # conditions of SQLAlchemy


def frozen(slug: str) -> Snapshot:
    snapshot = latest_snapshot(find_event(slug))
    assert snapshot is not None
    return snapshot


def test_the_launch_has_320_registrations_in_both_modes(loaded: Flask) -> None:
    launch = Event.slug == "inser-launch"
    assert count(launch, Registration.state == State.CONFIRMED) == 320
    assert [count(launch, Registration.mode == mode) for mode in ("in_person", "online")] == [128, 192]


def test_they_come_from_many_countries_and_write_in_many_scripts(loaded: Flask) -> None:
    countries = db.session.scalar(select(func.count(Registration.country.distinct())))
    assert (countries or 0) >= 40
    assert count(Registration.name_latin != "") >= 100


def test_the_network_has_365_members_and_is_the_eighth(loaded: Flask) -> None:
    assert member_count(find_network("inser")) == 365
    assert [(line.position, line.acronym) for line in network_lines()][-1] == (8, "INSER")
    assert [line.name["en"] for line in network_lines()][:7] == [
        f"Technical network {number} (name to be added)" for number in range(1, 8)
    ]


def test_everything_is_marked_as_sample(loaded: Flask) -> None:
    for kind in (Event, Registration, Person):
        assert db.session.scalar(select(func.count()).select_from(kind).where(kind.is_sample.is_(False))) == 0


def test_the_speakers_of_the_launch_are_those_of_the_report(loaded: Flask) -> None:
    people = {(one.honorific, one.name, one.job_title) for one in frozen("inser-launch").people.values()}
    assert people == {
        ("Mr.", "Lifeng Li", "Director, Land and Water Division"),
        ("Ms.", "Ghaouti Lamiae", "Director General"),
        ("Mr.", "Yuxin Tong", "Land and Water Officer"),
        ("Ms.", "Thorunn Wolfram Petursdottir", "Secretary"),
        ("", "Representative of WASWAC", ""),
        ("", "Representative of the JRC", ""),
        ("", "Representative of the IUSS", ""),
    }


def test_the_launch_is_on_one_morning_in_rabat(loaded: Flask) -> None:
    snapshot = frozen("inser-launch")
    times = [(session.starts_at, session.ends_at) for session in snapshot.sessions]
    assert (times[0][0], times[-1][1]) == (
        datetime(2025, 9, 15, 7, 30, tzinfo=UTC),
        datetime(2025, 9, 15, 11, 45, tzinfo=UTC),
    )
    assert [set(session.title) for session in snapshot.sessions] == [{"en", "fr", "ar"}] * len(snapshot.sessions)


@pytest.mark.parametrize("slug", ["inser-launch", "gsp-plenary", "sample-workshop"])
def test_no_agenda_has_anything_that_does_not_fit(loaded: Flask, slug: str) -> None:
    event = find_event(slug)
    assert [one.message for one in conflicts_of(event, draft_sessions(event)) if one.severity != "info"] == []


def test_the_launch_was_published_twice(loaded: Flask) -> None:
    assert [release.number for release in releases_of(find_event("inser-launch").id)] == [2, 1]


@pytest.mark.skipif(not AGENDA.is_file(), reason="the published agenda is not here")
def test_the_plenary_has_the_items_and_symbols_as_published(loaded: Flask) -> None:
    published = AGENDA.read_text()
    words = {
        "": "",
        "decision": ": for decision",
        "information": ": for information",
        "information_and_decision": ": for information and decision",
    }
    items = items_of(find_event("gsp-plenary"))
    ours = [f"{item.number}. {item.title['en']}{words[item.purpose]}" for item in items]
    assert ours == [line for line in published.splitlines() if line[:1].isdigit()]
    symbols = [document.symbol for item in items for document in item.documents]
    assert symbols == [line for line in published.splitlines() if line.startswith("GSPPA")]


def test_every_item_of_the_plenary_is_placed(loaded: Flask) -> None:
    snapshot = frozen("gsp-plenary")
    placed = [number for session in snapshot.sessions for slot in session.slots for number in slot.items]
    assert sorted(placed) == sorted(item.number for item in snapshot.items)
    assert {(session.ends_at - session.starts_at) for session in snapshot.sessions} == {timedelta(hours=3)}
    assert [session.starts_at.hour for session in snapshot.sessions] == [10, 10, 10]


def test_one_place_is_left_in_the_room_of_the_workshop(loaded: Flask) -> None:
    event = find_event("sample-workshop")
    left = {seats.mode: seats.left for seats in event.seats}
    assert (left["in_person"], registration_state(event, TODAY)) == (1, "open")


@pytest.mark.parametrize("day", range(1, 8))
def test_the_workshop_is_on_tuesday_and_wednesday_five_weeks_ahead(day: int) -> None:
    first, last = workshop_days(date(2026, 3, day))
    assert (first.weekday(), last - first) == (1, timedelta(days=1))
    assert timedelta(weeks=5) <= first - date(2026, 3, day) < timedelta(weeks=6)


def test_the_history_looks_as_if_it_had_happened(loaded: Flask) -> None:
    launch = find_event("inser-launch")
    moments = db.session.execute(
        select(func.min(AuditEntry.at), func.max(AuditEntry.at)).where(AuditEntry.event_id == launch.id)
    ).one()
    assert moments[0] == datetime(2025, 7, 1, 8, 0, tzinfo=UTC)
    assert moments[1] < datetime(2025, 9, 15, tzinfo=UTC)


def test_nobody_gets_a_mail(loaded: Flask) -> None:
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0
