"""schedule.json and schedule.xml: always valid, and telling the truth about the release."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft6Validator, FormatChecker
from lxml import etree

from inser_events.agenda.schedules import LARGEST_ID, schedule_json, schedule_xml
from inser_events.agenda.snapshot import Appearance, EventFacts, Person, Room, Session, Snapshot
from inser_events.documents.text import one_line, plain_text, printable
from tests.agenda.sample import (
    BASE_URL,
    HALL,
    HOSTILE,
    launch,
    many,
    named,
    naughty_strings,
    outside_data,
    plenary,
    ramadan,
    session,
    uid,
    with_event,
)

NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
ZONES = ["Africa/Casablanca", "Europe/Rome", "America/St_Johns", "Etc/GMT-5", "UTC", "Africa/Monrovia", "US/Eastern"]


@cache
def json_rules() -> Draft6Validator:
    rules = json.loads(outside_data("schedules/schedule.schema.json").read_bytes())
    return Draft6Validator(rules, format_checker=FormatChecker())


@cache
def xml_rules() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(outside_data("schedules/schedule.xml.xsd")))


def as_json(snapshot: Snapshot, language: str = "en") -> Any:
    document = json.loads(schedule_json(snapshot, BASE_URL, language))
    return document["schedule"]["conference"]


def as_xml(snapshot: Snapshot, language: str = "en") -> etree._Element:
    return etree.fromstring(schedule_xml(snapshot, BASE_URL, language))


def assert_valid(snapshot: Snapshot) -> None:
    document = json.loads(schedule_json(snapshot, BASE_URL, "en"))
    assert [error.message for error in json_rules().iter_errors(document)] == []
    rules = xml_rules()
    rules.validate(as_xml(snapshot))
    assert str(rules.error_log) == ""


def json_events(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [event for day in as_json(snapshot)["days"] for events in day["rooms"].values() for event in events]


@pytest.mark.parametrize("snapshot", [launch(), ramadan(), plenary(), named(HOSTILE), many(50), launch(sessions=[])])
def test_releases_are_valid(snapshot: Snapshot) -> None:
    assert_valid(snapshot)


@pytest.mark.parametrize("zone", ZONES)
def test_any_zone_is_valid(zone: str) -> None:
    assert_valid(with_event(launch(), time_zone=zone))


@pytest.mark.parametrize("slug", ["foss4g-2025", "a", "", "Été 2025!", "x" * 200, "-_-"])
def test_any_slug_is_valid(slug: str) -> None:
    assert_valid(with_event(launch(), slug=slug))


@pytest.mark.parametrize("minutes", [0, 1, 8 * 60, 24 * 60, 99 * 60 + 59, 100 * 60, 60 * 24 * 40])
def test_any_length_is_valid(minutes: int) -> None:
    assert_valid(launch(sessions=[session("x", NINE, minutes)]))


@pytest.mark.parametrize(("minutes", "written"), [(90, "01:30"), (99 * 60, "99:00"), (100 * 60 + 5, "4:04:05")])
def test_length_of_more_than_99_hours_has_days_in_xml(minutes: int, written: str) -> None:
    [duration] = as_xml(launch(sessions=[session("x", NINE, minutes)])).iterfind(".//duration")
    assert duration.text == written


def test_naughty_strings_come_out_right() -> None:
    texts = naughty_strings()
    snapshot = named(texts)
    assert_valid(snapshot)
    found = {event["guid"]: event for event in json_events(snapshot)}
    elements = {element.get("guid"): element for element in as_xml(snapshot).iterfind(".//event")}
    for each, text in zip(snapshot.sessions, texts, strict=True):
        event, element = found[each.uid], elements[each.uid]
        assert event["title"] == (one_line(text) or "Plenary assembly")
        assert element.findtext("title") == event["title"]
        assert [person["name"] for person in event["persons"]] == [one_line(text) or "Speaker"]
        assert [person.text for person in element.iterfind("persons/person")] == [one_line(text) or "Speaker"]
        assert element.findtext("abstract") == event["abstract"] == printable(plain_text(text))


texts = st.text(st.characters(codec=None), max_size=30)
instants = st.datetimes(datetime(1960, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 — hypothesis adds UTC


@st.composite
def sessions(draw: st.DrawFn, number: int, near: datetime) -> Session:
    starts_at = near + timedelta(minutes=draw(st.integers(0, 5000)))
    return Session(
        uid=draw(st.sampled_from([uid(f"session {number}"), f"not a uuid {number}"])),
        title={"en": draw(texts)},
        kind=draw(st.sampled_from(["plenary", "break", "own kind"])),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=draw(st.integers(0, 7000))),
        room=draw(st.sampled_from(["0", "1", uid("2"), "unknown", None])),
        abstract={"fr": draw(texts)},
        track=draw(texts),
        languages=draw(st.lists(texts, max_size=2)),
        online=draw(st.booleans()),
        status=draw(st.sampled_from(["confirmed", "cancelled"])),
        speakers=[Appearance(key) for key in draw(st.lists(st.sampled_from(["p", "q", "unknown"]), max_size=3))],
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    near = draw(instants)
    day = near.date()
    modes = draw(st.sampled_from([["in_person"], ["online"], ["in_person", "online"], []]))
    event = EventFacts(
        uid=draw(texts.filter(lambda text: text.isprintable())),
        slug=draw(texts.filter(lambda text: text.isprintable())),
        kind="workshop",
        name={"en": draw(texts)},
        time_zone=draw(st.sampled_from(ZONES)),
        starts_on=day,
        ends_on=day + timedelta(days=draw(st.integers(-1, 5))),
        languages=draw(st.lists(texts, max_size=2)),
        modes=modes,
        description={"en": draw(texts)},
    )
    rooms = [
        Room(key, {"en": draw(st.sampled_from(["Hall", "Hall (2)", "", "Online"]))}) for key in ("0", "1", uid("2"))
    ]
    people = {key: Person(key, draw(texts), bio={"en": draw(texts)}) for key in ("p", "q")}
    found = [draw(sessions(number, near)) for number in range(draw(st.integers(0, 4)))]
    return Snapshot(draw(st.integers(1, 99)), near, event, rooms, found, people)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots())
def test_every_release_is_valid_and_complete(snapshot: Snapshot) -> None:
    assert_valid(snapshot)
    assert len(json_events(snapshot)) == len(snapshot.live_sessions)
    assert len(as_xml(snapshot).findall(".//event")) == len(snapshot.live_sessions)


def test_facts_of_the_launch() -> None:
    conference = as_json(launch())
    assert {name: conference[name] for name in ("acronym", "title", "start", "end", "daysCount", "time_zone_name")} == {
        "acronym": "inser_launch",
        "title": "INSER launch",
        "start": "2025-09-15",
        "end": "2025-09-15",
        "daysCount": 1,
        "time_zone_name": "Africa/Casablanca",
    }


def test_opening_of_the_launch() -> None:
    [opening] = [event for event in json_events(launch()) if event["title"] == "Opening"]
    assert opening == {
        "guid": uid("Opening"),
        "id": opening["id"],
        "date": "2025-09-15T09:00:00+01:00",
        "start": "09:00",
        "end": "2025-09-15T10:00:00+01:00",
        "duration": "01:00",
        "room": "Main hall",
        "slug": f"inser_launch-{opening['id']:010}-opening",
        "url": f"https://events.example.org/events/inser-launch/agenda#s-{uid('Opening')}",
        "title": "Opening",
        "subtitle": "",
        "track": "",
        "type": "opening",
        "language": "en",
        "abstract": "Welcome; with remarks, by all hosts. Then questions.",
        "description": opening["description"],
        "do_not_record": None,
        "persons": opening["persons"],
        "links": [],
        "attachments": [],
    }
    assert [person["name"] for person in opening["persons"]] == [
        "Thorunn Wolfram Petursdottir",
        "Lifeng Li",
        "Ghaouti Lamiae",
        "Yuxin Tong",
    ]


def test_release_number_is_the_version() -> None:
    root = as_xml(launch(number=17))
    assert (root.findtext("version"), root.find("generator").get("name")) == ("17", "inser_events")  # type: ignore[union-attr] # it is there
    assert json.loads(schedule_json(launch(number=17), BASE_URL, "en"))["schedule"]["version"] == "17"


def test_withdrawn_sessions_are_left_out() -> None:
    assert "Field visit" not in {event["title"] for event in json_events(launch())}


def test_rooms_in_order_then_everywhere_then_online() -> None:
    names = ["Main hall", "Room B", "Conference centre", "Online"]
    assert [room["name"] for room in as_json(launch())["rooms"]] == names
    assert list(as_json(launch())["days"][0]["rooms"]) == names
    assert [room.get("name") for room in as_xml(launch()).iterfind("day/room")] == names


def test_rooms_of_one_name_stay_apart() -> None:
    rooms = [Room(uid(key), {"en": "Hall"}) for key in "abc"]
    snapshot = launch(rooms=rooms, sessions=[session(key, NINE, room=uid(key)) for key in "abc"])
    found = {event["title"]: event["room"] for event in json_events(snapshot)}
    assert found == {"a": "Hall", "b": "Hall (2)", "c": "Hall (3)"}
    assert [room.get("guid") for room in as_xml(snapshot).iterfind("day/room")] == [uid(key) for key in "abc"]


def test_programme_day_goes_on_past_midnight() -> None:
    [day] = as_json(plenary())["days"]
    assert (day["date"], day["day_start"], day["day_end"]) == (
        "2025-06-03",
        "2025-06-03T04:00:00+02:00",
        "2025-06-04T03:59:00+02:00",
    )
    late = day["rooms"]["Room B"][0]
    assert (late["start"], late["date"]) == ("01:30", "2025-06-04T01:30:00+02:00")


def test_offsets_follow_ramadan() -> None:
    assert [event["date"][-6:] for event in json_events(ramadan())] == ["+01:00", "+00:00", "+01:00", "+00:00"]


def test_offset_with_seconds_is_written_in_utc() -> None:
    start = datetime(1971, 6, 1, 12, 0, tzinfo=UTC)
    snapshot = with_event(launch(sessions=[session("x", start)]), time_zone="Africa/Monrovia")
    [event] = json_events(snapshot)
    assert (event["date"], event["start"]) == ("1971-06-01T12:00:00+00:00", "11:15")
    assert_valid(snapshot)


def test_event_without_sessions_still_has_its_first_day() -> None:
    [day] = as_json(launch(sessions=[]))["days"]
    assert (day["date"], day["rooms"]) == ("2025-09-15", {})


def test_numbers_stay_when_the_agenda_changes() -> None:
    before = {event["guid"]: event["id"] for event in json_events(many(60))}
    after = {event["guid"]: event["id"] for event in json_events(launch(sessions=many(60).sessions[30:]))}
    assert after == {guid: number for guid, number in before.items() if guid in after}
    assert len(set(before.values())) == 60
    assert max(before.values()) <= LARGEST_ID


def test_sessions_whose_uids_give_one_number_stay_apart() -> None:
    twins = [str(UUID(int=LARGEST_ID * factor + 6)) for factor in (1, 2, 3)]
    snapshot = launch(sessions=[Session(each, {"en": "x"}, "plenary", NINE, NINE) for each in twins])
    assert_valid(snapshot)
    assert {event["guid"]: event["id"] for event in json_events(snapshot)} == dict(zip(twins, (7, 8, 9), strict=True))


def test_language_chooses_the_titles() -> None:
    titles = [title.text for title in as_xml(launch(), "ar").iterfind(".//title")]
    assert titles == ["INSER launch", "الافتتاح", "Closing", "Posters", "Coffee", "Online questions"]


def test_xml_declares_its_encoding() -> None:
    assert schedule_xml(launch(), BASE_URL, "en").startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<schedule>')


@pytest.mark.parametrize("write", [schedule_json, schedule_xml])
def test_same_release_gives_the_same_bytes(write: Any) -> None:
    assert write(launch(), BASE_URL, "en") == write(launch(), BASE_URL, "en")


def test_event_that_ends_before_its_sessions_is_stretched() -> None:
    snapshot = launch(sessions=[session("x", NINE + timedelta(days=2), room=HALL.uid)])
    conference = as_json(snapshot)
    assert (conference["start"], conference["end"]) == (
        str(date(2025, 9, 15)),
        str(date(2025, 9, 17)),
    )
