"""JSON-LD for search engines."""

import json
from datetime import date
from typing import Any

import pytest

from inser_events.agenda.snapshot import Snapshot
from inser_events.agenda.structured import Places, json_ld
from inser_events.documents.text import one_line
from tests.agenda.sample import BASE_URL, HOSTILE, JOIN_URL, launch, named, naughty_strings, ramadan, uid, with_event

PAGE = "https://events.example.org/events/inser-launch"


def node(snapshot: Snapshot, language: str = "en", **places: Places) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json_ld(snapshot, base_url=BASE_URL, language=language, places=places))
    return found


def part(snapshot: Snapshot, name: str) -> dict[str, Any]:
    [found] = [each for each in node(snapshot)["subEvent"] if each["name"] == name]
    return dict(found)


def test_facts_of_a_hybrid_event() -> None:
    found = node(launch())
    del found["performer"], found["subEvent"], found["offers"], found["location"]
    assert found == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": PAGE,
        "identifier": uid("inser-launch"),
        "url": PAGE,
        "name": "INSER launch",
        "description": "Launch of the network on soil erosion.\n\n- Remarks",
        "startDate": "2025-09-15T09:00:00+01:00",
        "endDate": "2025-09-15T12:00:00+01:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
        "organizer": {"@type": "Organization", "name": "Global Soil Partnership", "email": "gsp@example.org"},
        "inLanguage": ["en", "fr", "ar"],
        "isAccessibleForFree": True,
    }


def test_places_of_a_hybrid_event() -> None:
    place, call = node(launch())["location"]
    assert place == {
        "@type": "Place",
        "name": "Conference centre",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "1 Avenue Example",
            "addressLocality": "Rabat",
            "addressCountry": "MA",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 34.0, "longitude": -6.83},
    }
    assert call == {"@type": "VirtualLocation", "url": PAGE}


@pytest.mark.parametrize(
    ("modes", "attendance", "places"),
    [
        (["in_person"], "Offline", ["Place"]),
        (["online"], "Online", ["VirtualLocation"]),
        (["in_person", "online"], "Mixed", ["Place", "VirtualLocation"]),
    ],
)
def test_attendance_follows_the_modes(modes: list[str], attendance: str, places: list[str]) -> None:
    found = node(with_event(launch(), modes=modes))
    assert found["eventAttendanceMode"] == f"https://schema.org/{attendance}EventAttendanceMode"
    assert [place["@type"] for place in found["location"]] == places


@pytest.mark.parametrize(
    ("name", "attendance", "places"),
    [
        ("Opening", "Mixed", ["Main hall, Conference centre", None]),
        ("Coffee", "Offline", ["Conference centre"]),
        ("Posters", "Offline", ["Room B, Conference centre"]),
        ("Online questions", "Online", [None]),
    ],
)
def test_sessions_say_where_they_are(name: str, attendance: str, places: list[str | None]) -> None:
    found = part(launch(), name)
    assert found["eventAttendanceMode"] == f"https://schema.org/{attendance}EventAttendanceMode"
    assert [place.get("name") for place in found["location"]] == places
    assert found["superEvent"] == {"@id": PAGE}


def test_withdrawn_session_is_cancelled_and_keeps_its_start() -> None:
    found = part(launch(), "Field visit")
    assert (found["eventStatus"], found["startDate"]) == (
        "https://schema.org/EventCancelled",
        "2025-09-15T10:00:00+01:00",
    )


def test_cancelled_event_offers_nothing() -> None:
    found = node(with_event(launch(), status="cancelled"))
    assert (found["eventStatus"], found.get("offers")) == ("https://schema.org/EventCancelled", None)


def test_seats_and_offers_by_mode() -> None:
    found = node(launch(), in_person=Places(180, 0), online=Places(1000, 12))
    assert (found["maximumPhysicalAttendeeCapacity"], found["maximumVirtualAttendeeCapacity"]) == (180, 1000)
    assert found["maximumAttendeeCapacity"] == 1180
    assert [(offer["name"], offer["price"], offer["availability"], offer["url"]) for offer in found["offers"]] == [
        ("In person", 0, "https://schema.org/SoldOut", f"{PAGE}/register"),
        ("Online", 0, "https://schema.org/InStock", f"{PAGE}/register"),
    ]


def test_no_limit_is_not_a_number() -> None:
    found = node(launch(), in_person=Places(180, 3))
    assert [name for name in found if name.startswith("maximum")] == ["maximumPhysicalAttendeeCapacity"]


def test_speakers_perform_once_each() -> None:
    names = [person["name"] for person in node(launch())["performer"]]
    assert names == ["Thorunn Wolfram Petursdottir", "Lifeng Li", "Ghaouti Lamiae", "Yuxin Tong"]


def test_days_alone_without_sessions() -> None:
    found = node(with_event(launch(sessions=[]), ends_on=date(2025, 9, 16)))
    assert (found["startDate"], found["endDate"], found.get("subEvent")) == ("2025-09-15", "2025-09-16", None)


def test_offsets_follow_ramadan() -> None:
    starts = [each["startDate"] for each in node(ramadan())["subEvent"]]
    assert [start[-6:] for start in starts] == ["+01:00", "+00:00", "+01:00", "+00:00"]


def test_language_chooses_the_words() -> None:
    found = node(launch(), "fr")
    assert (found["name"], found["subEvent"][0]["name"]) == ("Lancement de l'INSER", "Ouverture")


def test_hostile_names_come_out_right() -> None:
    names = [each["name"] for each in node(named(HOSTILE))["subEvent"]]
    assert names == [one_line(text) for text in HOSTILE]


def test_naughty_strings_cannot_leave_their_script_element() -> None:
    texts = naughty_strings()
    written = json_ld(named(texts), base_url=BASE_URL, language="en")
    assert set(written) & set("<>&\u2028\u2029") == set()
    assert [each["name"] for each in json.loads(written)["subEvent"]] == [
        one_line(text) or "Plenary assembly" for text in texts
    ]


def test_there_is_no_way_into_the_call() -> None:
    assert JOIN_URL not in json_ld(launch(), base_url=BASE_URL, language="en")
