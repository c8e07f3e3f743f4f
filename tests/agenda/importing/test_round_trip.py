"""Export, import into an empty event, publish, export: the same but for ids and stamps."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inser_events.accounts.models import User
from inser_events.agenda.exports import agenda_ics, schedule_json, schedule_xml
from inser_events.agenda.importing.applying import apply_plan, create_from
from inser_events.agenda.importing.importing import prepare
from inser_events.agenda.models import SessionKind, SpeakerRole
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Appearance, EventFacts, Person, Place, Room, Session, Slot, Snapshot
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.documents.richtext import cleaned
from inser_events.documents.text import one_line
from tests.agenda.sample import BASE_URL, launch, plenary, ramadan
from tests.factories import make_user

Export = Callable[[Snapshot], bytes]
EXPORTS: dict[str, Export] = {
    "schedule.json": lambda snapshot: schedule_json(snapshot, BASE_URL, snapshot.event.languages[0]),
    "schedule.xml": lambda snapshot: schedule_xml(snapshot, BASE_URL, snapshot.event.languages[0]),
    "agenda.ics": lambda snapshot: agenda_ics(snapshot, base_url=BASE_URL, languages=snapshot.event.languages),
}
IDS = {
    "schedule.json": re.compile(r'"(?:guid|id|version|slug|url)":\s*(?:"[^"]*"|\d+)'),
    "schedule.xml": re.compile(r' (?:guid|id)="[^"]*"|<version>[^<]*</version>|<slug>[^<]*</slug>|<url>[^<]*</url>'),
    "agenda.ics": re.compile(
        r"^(?:UID|SEQUENCE|DTSTAMP|LAST-MODIFIED|REFID|URL|CREATED):.*\r\n|#s-[0-9a-f-]{36}", re.MULTILINE
    ),
}


def without_ids(content: bytes, name: str) -> str:
    text = content.decode().replace("\r\n ", "")
    if name == "schedule.json":
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return IDS[name].sub("", text)


def imported(content: bytes, name: str, owner: User, slug: str = "") -> Snapshot:
    """What a file becomes: a new event, published."""
    prepared = prepare(content, name, None)
    event = create_from(prepared.plan, owner, slug=slug or prepared.plan.tree.event.slug)
    apply_plan(prepared.plan, event, at=now())
    publish_agenda(event, at=now())
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    return snapshot


def as_stored(snapshot: Snapshot) -> Snapshot:
    """The release as it would have been frozen: texts cleaned, sessions in their order, nothing withdrawn."""
    place = {room.uid: number for number, room in enumerate(snapshot.rooms)}

    def clean(texts: dict[str, str]) -> dict[str, str]:
        return {language: text for language, written in texts.items() if (text := cleaned(written))}

    sessions = [
        msgspec.structs.replace(session, abstract=clean(session.abstract), items=[])
        for session in snapshot.live_sessions
    ]
    sessions.sort(key=lambda each: (each.starts_at, place.get(each.room or "", len(place)), each.ends_at, each.uid))
    event = msgspec.structs.replace(snapshot.event, description=clean(snapshot.event.description))
    return msgspec.structs.replace(snapshot, sessions=sessions, event=event)


@pytest.fixture
def owner(app: Flask) -> User:
    """Somebody who runs events."""
    user = make_user()
    commit()
    return user


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("sample", [launch, ramadan, plenary])
def test_a_sample_comes_back_as_it_was(owner: User, name: str, sample: Callable[[], Snapshot]) -> None:
    before = as_stored(sample())
    if sample is ramadan:
        before = msgspec.structs.replace(before, sessions=before.sessions[:3])  # an event lasts two months at most
        before = msgspec.structs.replace(
            before,
            event=msgspec.structs.replace(before.event, starts_on=date(2026, 2, 13), ends_on=date(2026, 3, 25)),
        )
    written = EXPORTS[name](before)
    again = EXPORTS[name](imported(written, name, owner))
    assert without_ids(again, name) == without_ids(written, name)


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("language", ["fr", "es", "zh"])
def test_labels_in_the_events_language_are_understood(owner: User, name: str, language: str) -> None:
    before = as_stored(launch())
    sessions = [msgspec.structs.replace(session, languages=[language, "en"]) for session in before.sessions]
    titled = [
        msgspec.structs.replace(session, title={language: "X", **session.title}, abstract={}) for session in sessions
    ]
    event = msgspec.structs.replace(before.event, languages=[language, "en"])
    before = msgspec.structs.replace(before, event=event, sessions=titled)
    written = EXPORTS[name](before)
    again = imported(written, name, owner)
    assert again.event.languages[0] == language
    assert [speaker.role for speaker in again.sessions[0].speakers] == ["chair"]
    assert without_ids(EXPORTS[name](again), name) == without_ids(written, name)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_second_round_changes_nothing_in_the_same_instance(owner: User, name: str) -> None:
    first = imported(EXPORTS[name](as_stored(launch())), name, owner)
    written = EXPORTS[name](first)
    again = imported(written, name, owner, slug="another")
    assert [session.uid for session in again.sessions] != [session.uid for session in first.sessions]
    renamed = msgspec.structs.replace(again, event=msgspec.structs.replace(again.event, slug=first.event.slug))
    assert sorted(without_ids(EXPORTS[name](renamed), name)) == sorted(without_ids(written, name))


LETTERS = "abcé،ن中 -,.:;()—–'\"&<>\\/09"


def lines_of(letters: str) -> st.SearchStrategy[str]:
    """Lines of text as they are stored."""
    return st.text(letters, max_size=20).map(one_line).map(lambda text: " ".join(text.split()))


uids = st.integers(0, 2**128 - 1).map(lambda number: str(UUID(int=number, version=4)))
PEOPLE_UIDS = [str(UUID(int=number, version=4)) for number in range(1, 5)]
ROOM_UIDS = [str(UUID(int=number, version=4)) for number in range(10, 13)]
roles = st.sampled_from([str(role) for role in SpeakerRole])


@st.composite
def appearances(draw: st.DrawFn, most: int) -> list[Appearance]:
    people = draw(st.lists(st.sampled_from(PEOPLE_UIDS), max_size=most, unique=True))
    return [Appearance(person, role=draw(roles)) for person in people]


@st.composite
def courses(draw: st.DrawFn, starts_at: datetime, lines: st.SearchStrategy[str]) -> list[Slot]:
    slots, at = [], starts_at
    for minutes in draw(st.lists(st.integers(1, 200), max_size=4)):
        ends_at = at + timedelta(minutes=minutes)
        slots.append(Slot(draw(uids), {"en": draw(lines)}, "talk", at, ends_at, speakers=draw(appearances(2))))
        at = ends_at
    return slots


@st.composite
def sessions(draw: st.DrawFn, near: datetime, modes: list[str], lines: st.SearchStrategy[str]) -> Session:
    starts_at = near + timedelta(minutes=draw(st.integers(0, 4000)))
    return Session(
        uid=draw(uids),
        title={"en": draw(lines.filter(bool))},
        kind=draw(st.sampled_from([str(kind) for kind in SessionKind])),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=draw(st.integers(1, 1440))),
        room=draw(st.sampled_from([*ROOM_UIDS, None])) if "in_person" in modes else None,
        abstract={"en": text} if (text := cleaned(draw(lines))) else {},
        track=draw(lines),
        languages=draw(st.sampled_from([["en"], ["en", "fr"]])),
        online=draw(st.booleans()) if "in_person" in modes else True,
        speakers=draw(appearances(2)),
        slots=draw(courses(starts_at, lines)),
    )


@st.composite
def releases(draw: st.DrawFn, letters: str = LETTERS) -> Snapshot:
    lines = lines_of(letters)
    named = lines.filter(bool)
    called = lines.filter(lambda text: any(letter.isalpha() for letter in text))
    near = draw(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1))).replace(second=0, microsecond=0, tzinfo=UTC)  # noqa: DTZ001 — made aware here
    modes = draw(st.sampled_from([["in_person", "online"], ["online"]]))
    event = EventFacts(
        uid="the event",
        slug=draw(st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)),
        kind="workshop",
        name={"en": draw(named)},
        time_zone=draw(st.sampled_from(["Africa/Casablanca", "Europe/Rome", "Asia/Kolkata", "UTC"])),
        starts_on=near.date(),
        ends_on=near.date() + timedelta(days=draw(st.integers(0, 5))),
        languages=["en"],
        modes=modes,
        description={"en": text} if (text := cleaned(draw(lines))) else {},
        venue=Place({"en": draw(lines)}) if "in_person" in modes and draw(st.booleans()) else None,
    )
    rooms = [Room(uid, {"en": draw(named)}, capacity=50) for uid in ROOM_UIDS] if "in_person" in modes else []
    # Two people of one name and organisation cannot be told apart in a line of text.
    names = draw(st.lists(called, min_size=len(PEOPLE_UIDS), max_size=len(PEOPLE_UIDS), unique=True))
    people = {
        uid: Person(uid, name, honorific=draw(st.sampled_from(["", "Dr"])), organisation=draw(lines))
        for uid, name in zip(PEOPLE_UIDS, names, strict=True)
    }
    found = draw(st.lists(sessions(near, modes, lines), min_size=1, max_size=4, unique_by=lambda session: session.uid))
    return as_stored(Snapshot(1, near, event, rooms, found, people))


@pytest.mark.parametrize("name", ["schedule.json", "schedule.xml"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(snapshot=releases())
def test_any_release_comes_back_as_it_was(owner: User, name: str, snapshot: Snapshot) -> None:
    written = EXPORTS[name](snapshot)
    try:
        again = EXPORTS[name](imported(written, name, owner))
    finally:
        db.session.rollback()
    assert without_ids(again, name) == without_ids(written, name)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(snapshot=releases("abcéن09 -'&<"))
def test_any_calendar_comes_back_as_it_was(owner: User, snapshot: Snapshot) -> None:
    """Calendars list no people and tell all in one text: names with brackets and commas cannot be told apart there."""
    written = EXPORTS["agenda.ics"](snapshot)
    try:
        again = EXPORTS["agenda.ics"](imported(written, "agenda.ics", owner))
    finally:
        db.session.rollback()
    assert without_ids(again, "agenda.ics") == without_ids(written, "agenda.ics")


def events_of(document: bytes) -> list[dict[str, Any]]:
    days = json.loads(document)["schedule"]["conference"]["days"]
    return [event for day in days for events in day["rooms"].values() for event in events]


def test_ids_stay_when_nothing_else_has_them(owner: User) -> None:
    written = EXPORTS["schedule.json"](as_stored(launch()))
    again = EXPORTS["schedule.json"](imported(written, "schedule.json", owner))
    assert [(each["guid"], each["id"]) for each in events_of(again)] == [
        (each["guid"], each["id"]) for each in events_of(written)
    ]
