"""schedule.xml and schedule.json with the damage that real ones have."""

import json
from typing import Any

import pytest
from flask import Flask

from inser_events.agenda.importing.report import Level, UnreadableSchedule
from tests.agenda.importing.files import DAY, clock, codes, event_xml, only, read, schedule, talk, xml

pytestmark = pytest.mark.usefixtures("app")
INDIA = [{"date": DAY, "day_start": f"{DAY}T04:00:00Z", "day_end": "2025-09-16T03:59:00Z", "rooms": {}}]


def test_a_talk_with_everything() -> None:
    reading = read(
        schedule(
            talk(
                guid="8079583e-8321-506c-95af-fd2903a5f075",
                id=25,
                track="Soil",
                type="workshop",
                language="fr",
                subtitle="What is left",
                abstract="A <b>word</b><script>alert(1)</script>",
                description="More",
                persons=[{"id": 7, "public_name": "Brian Robinson", "biography": "Long."}],
            )
        )
    )
    session = only(reading)
    assert codes(reading) == []
    assert (session.title, clock(session), session.number, session.kind) == (
        "Opening",
        "15 09:00-09:30",
        "25",
        "workshop",
    )
    assert (session.guid, session.track, session.languages) == ("8079583e-8321-506c-95af-fd2903a5f075", "Soil", ("fr",))
    assert session.abstract == {"": "<p>What is left</p>\nA <b>word</b>\n<p>More</p>"}
    assert [(person.name, person.key, person.biography) for person in session.people] == [
        ("Brian Robinson", "id:7", "Long.")
    ]
    assert [room.name for room in reading.tree.rooms] == ["Hall"]
    assert (reading.tree.event.title, reading.tree.event.slug, reading.tree.event.zone) == (
        "Conference",
        "conf",
        "Africa/Casablanca",
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "rejected"},
        {"state": "draft"},
        {"status": "withdrawn"},
        {"state": "anything new"},
        {"public": False},
        {"is_public": "0"},
        {"draft": True},
        {"title": "CANCELLED: Opening"},
    ],
)
def test_what_is_not_confirmed_is_left_out(fields: dict[str, Any]) -> None:
    reading = read(schedule(talk("Stays"), talk(guid="gone", **{"title": "Goes", **fields})))
    assert [session.title for session in reading.tree.sessions] == ["Stays"]
    assert [(note.level, note.code) for note in reading.report.notes] == [(Level.LEFT_OUT, "not-confirmed")]
    assert reading.tree.gone == {"gone"}


def test_a_confirmed_state_is_taken() -> None:
    assert codes(read(schedule(talk(state="Confirmed")))) == []


def test_an_exact_repetition_is_left_out() -> None:
    reading = read(schedule(talk(guid="a"), talk(guid="a")))
    assert ([s.key for s in reading.tree.sessions], codes(reading)) == (["a"], ["given-twice"])


def test_one_guid_for_two_sessions_is_told_and_both_stay() -> None:
    later = f"{DAY}T11:00:00+01:00"
    reading = read(schedule(talk(guid="a"), talk("Part two", guid="a", date=later)))
    assert [(s.title, s.key, s.guid) for s in reading.tree.sessions] == [("Opening", "a", "a"), ("Part two", "a#2", "")]
    assert codes(reading) == ["id-repeated", "id-repeated"]


def test_one_number_for_two_sessions_is_not_relied_on() -> None:
    reading = read(schedule(talk(id=1), talk("Other", id=1)))
    assert [(s.number, s.key.partition("@")[0]) for s in reading.tree.sessions] == [("", "Opening"), ("", "Other")]
    assert codes(reading) == ["id-repeated", "id-repeated"]


def test_two_rooms_of_one_name_stay_apart_by_their_ids() -> None:
    document = (
        f'<room name="Hall" guid="a">{event_xml("One", "09:00")}</room>'
        f'<room name="Hall" guid="b">{event_xml("Two", "09:00")}</room>'
    )
    reading = read(xml(document))
    assert [(room.name, room.guid) for room in reading.tree.rooms] == [("Hall", "a"), ("Hall", "b")]
    assert [session.room for session in reading.tree.sessions] == ["guid:a", "guid:b"]
    assert codes(reading) == ["room-name-repeated"]


def test_two_rooms_under_one_key_of_a_json_object_stay_apart() -> None:
    document = schedule().replace(
        b'"rooms": {"Hall": []}',
        b'"rooms": {"Hall": [%s], "Hall": [%s]}' % (json.dumps(talk("One")).encode(), json.dumps(talk("Two")).encode()),
    )
    reading = read(document)
    assert [session.title for session in reading.tree.sessions] == ["One", "Two"]
    assert len({session.room for session in reading.tree.sessions}) == 2


def test_rooms_that_share_an_id_are_told_apart_by_name() -> None:
    rooms = [{"name": "Gray", "guid": "a"}, {"name": "Tan", "guid": "a"}]
    days = [{"date": DAY, "rooms": {"Gray": [talk("One")], "Tan": [talk("Two")]}}]
    reading = read(schedule(rooms=rooms, days=days))
    assert [(room.name, room.guid) for room in reading.tree.rooms] == [("Gray", ""), ("Tan", "")]
    assert codes(reading) == ["room-guid-repeated"]


@pytest.mark.parametrize("name", ["", "TBA", "-"])
def test_a_missing_room_is_no_room(name: str) -> None:
    reading = read(schedule(talk(), room=name))
    assert (only(reading).room, codes(reading)) == ("", ["room-missing"])


def test_rooms_come_in_an_order_that_every_day_agrees_with() -> None:
    day = '<room name="{}">' + event_xml("x", "09:00") + "</room>"
    content = xml(day.format("A") + day.format("C")).replace(
        b"</schedule>", f'<day date="2025-09-16">{day.format("B")}{day.format("C")}</day></schedule>'.encode()
    )
    assert [room.name for room in read(content).tree.rooms] == ["A", "B", "C"]


def test_a_night_talk_belongs_to_its_programme_day() -> None:
    bounds = f'start="{DAY}T11:00:00+02:00" end="2025-09-16T04:00:00+02:00"'
    reading = read(xml(f'<room name="Hall">{event_xml("Late", "01:30")}</room>', bounds=bounds))
    assert clock(only(reading), "Europe/Berlin") == "16 01:30-02:00"
    assert codes(reading) == ["after-midnight"]


def test_a_night_talk_after_others_of_its_day_is_on_the_next_date_also_without_bounds() -> None:
    talks = event_xml("Evening", "23:00", duration="02:30") + event_xml("Late", "01:30")
    reading = read(xml(f'<room name="Hall">{talks}</room>'))
    assert [clock(session, "Europe/Berlin") for session in reading.tree.sessions] == [
        "15 23:00-01:30",
        "16 01:30-02:00",
    ]
    assert codes(reading) == ["after-midnight"]


def test_a_session_across_midnight_keeps_its_length() -> None:
    session = only(read(schedule(talk(date=f"{DAY}T23:30:00+01:00", start="23:30", duration="02:00"))))
    assert clock(session) == "15 23:30-01:30"


def test_day_bounds_in_utc_move_nothing_in_india() -> None:
    days = [{**INDIA[0], "rooms": {"Hall": [talk(date=f"{DAY}T09:00:00+05:30")]}}]
    session = only(read(schedule(days=days, time_zone_name="Asia/Kolkata")))
    assert clock(session, "Asia/Kolkata") == "15 09:00-09:30"


def test_a_zone_of_utc_beside_times_of_another_clock_is_told() -> None:
    reading = read(schedule(talk(), time_zone_name="UTC"))
    assert (reading.tree.event.zone, codes(reading)) == ("Etc/GMT-1", ["zone-differs"])


def test_without_a_zone_the_times_tell_one() -> None:
    reading = read(schedule(talk(date=f"{DAY}T09:00:00+05:30"), time_zone_name=None))
    assert (reading.tree.event.zone, codes(reading)) == ("Asia/Calcutta", ["zone-guessed"])


def test_without_a_zone_and_offsets_the_report_asks() -> None:
    reading = read(xml(f'<room name="Hall">{event_xml("One", "09:00")}</room>', zone=""))
    assert [(note.level, note.code) for note in reading.report.notes] == [(Level.ERROR, "zone-missing")]


def test_a_chosen_zone_settles_it() -> None:
    reading = read(xml(f'<room name="Hall">{event_xml("One", "09:00")}</room>', zone=""), zone="Africa/Casablanca")
    assert (clock(only(reading)), codes(reading)) == ("15 09:00-09:30", [])


def test_eight_hours_and_a_day() -> None:
    reading = read(schedule(talk(duration="8:00"), talk("Long", duration="1:00:00", room="x")))
    assert [session.minutes for session in reading.tree.sessions] == [480, 1440]


def test_more_than_a_day_is_cut_and_told() -> None:
    reading = read(schedule(talk(duration="50:00")))
    assert (only(reading).minutes, codes(reading)) == (1440, ["too-long"])


def test_a_missing_length_reaches_to_the_next_session_of_the_room() -> None:
    reading = read(schedule(talk(duration=None), talk("Next", date=f"{DAY}T09:20:00+01:00")))
    assert ([session.minutes for session in reading.tree.sessions], codes(reading)) == ([20, 30], ["length-missing"])


def test_a_length_by_its_end() -> None:
    session = only(read(schedule(talk(duration=None, end=f"{DAY}T10:00:00+01:00"))))
    assert session.minutes == 60


def test_missing_persons_and_nameless_ones() -> None:
    reading = read(schedule(talk(persons=None), talk("Two", id=2, persons=[{"id": 1}, "Jane Doe", {"name": "Joe"}])))
    assert [[person.name for person in session.people] for session in reading.tree.sessions] == [
        [],
        ["Jane Doe", "Joe"],
    ]
    assert codes(reading) == ["person-nameless"]


def test_two_people_with_one_id_stay_apart() -> None:
    people = [{"id": 1, "public_name": "Ada"}, {"id": 1, "public_name": "Bob"}]
    reading = read(schedule(talk(persons=people)))
    assert [(person.name, person.key) for person in only(reading).people] == [("Ada", "id:1"), ("Bob", "")]
    assert codes(reading) == ["person-id-repeated"]


def test_html_that_stands_bare_in_xml_is_read() -> None:
    abstract = "<abstract>One <b>bold</b> word &amp; more</abstract>"
    reading = read(xml(f'<room name="Hall">{event_xml("One", "09:00", abstract)}</room>'))
    assert only(reading).abstract == {"": "One <b>bold</b> word &amp; more"}


def test_the_report_names_the_line_of_an_event_in_xml() -> None:
    reading = read(xml(f'<room name="Hall">{event_xml("One", "")}</room>'))
    assert [(note.code, note.where) for note in reading.report.errors] == [
        ("start-missing", "line 4: One"),
        ("nothing-read", ""),
    ]


def test_xml_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    content = xml(f'<room name="Hall">{event_xml("One", "09:00")}{event_xml("Two", "10:00")}</room>')
    reading = read(content[: content.index(b"<title>Two")])
    assert [session.title for session in reading.tree.sessions] == ["One"]
    assert [note.code for note in reading.report.errors] == ["xml-broken", "start-missing"]


def test_an_ampersand_alone_does_not_lose_the_file() -> None:
    content = xml(f'<room name="Hall">{event_xml("Q & A", "09:00")}{event_xml("Two", "10:00")}</room>')
    reading = read(content)
    assert ([session.title for session in reading.tree.sessions][1], codes(reading)) == ("Two", ["xml-broken"])


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'
    with pytest.raises(UnreadableSchedule, match="declares entities"):
        read(xml(event_xml("&b;", "09:00"), head=bomb))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"{", "not readable as JSON"),
        (b"[" * 100_000, "schedule"),
        (b'{"a": 1}', "no schedule"),
        (b"<html><body/></html>", "begins with <html>"),
        (b"<schedule/>", "no schedule"),
        (b"\x00\x01\x02 \xff\xfe", "no agenda"),
        (b"just a line of text", "no agenda"),
    ],
)
def test_files_that_are_something_else_say_so(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableSchedule, match=why):
        read(content)


def test_version_two_with_details_kept_apart() -> None:
    hall = {"name": "Saal 1", "guid": "ba692ba3-421b-5371-8309-60acc34a3c05", "capacity": 3025}
    conference = {
        "title": "38C3",
        "acronym": "38c3",
        "time_zone_name": "Europe/Berlin",
        "languages": ["en", "de"],
        "tracks": [{"name": "Art & Beauty", "slug": "art-beauty"}],
        "rooms": [hall],
        "days": [
            {"index": 1, "date": "2024-12-27", "start": "2024-12-27T09:30:00Z", "end": "2024-12-28T06:00:00+01:00"}
        ],
    }
    event = {
        "guid": "270fa44c-821a-577f-8ca3-33e8d4a8c2a7",
        "title": "Opening",
        "start": "2024-12-27T10:30:00+01:00",
        "duration": "P0DT00H30M00S",
        "room": hall,
        "track": {"slug": "art-beauty"},
        "language": "en",
        "abstract": {"en": "Welcome", "de": "Willkommen"},
        "participants": [{"guid": "p", "name": "Ada", "role": "moderator"}],
    }
    persons = [{"guid": "p", "name": "Ada", "biography": "Counts."}]
    document = {"schedule": {"version": "x", "conference": conference, "events": [event], "persons": persons}}
    reading = read(json.dumps(document).encode())
    session = only(reading)
    assert (clock(session, "Europe/Berlin"), session.track, codes(reading)) == ("27 10:30-11:00", "Art & Beauty", [])
    assert session.abstract == {"en": "<p>Welcome</p>", "de": "<p>Willkommen</p>"}
    assert [(p.name, p.key, p.role, p.biography) for p in session.people] == [("Ada", "guid:p", "moderator", "Counts.")]
    assert [(room.name, room.capacity) for room in reading.tree.rooms] == [("Saal 1", 3025)]


def test_rooms_outside_the_conference_break_the_file() -> None:
    document = json.loads(schedule(talk()))
    document["schedule"]["rooms"] = [{"name": "Hall"}]
    reading = read(json.dumps(document).encode())
    assert (reading.report.is_broken, codes(reading)) == (True, ["rooms-misplaced"])


def test_too_many_sessions_break_the_file() -> None:
    talks = [talk(id=number) for number in range(10_001)]
    assert read(schedule(*talks)).report.is_broken


def test_messages_are_in_the_readers_language(app: Flask) -> None:
    [note] = read(schedule(talk(duration="50:00"))).report.notes
    assert note.message == "It lasts 3000 minutes; 24 hours were taken."
