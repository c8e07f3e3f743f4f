"""Releases for tests: the launch in Rabat, a workshop in Ramadan, a plenary, and strings that break things."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import msgspec
import pytest

from inser_events.agenda.snapshot import (
    Appearance,
    Document,
    EventFacts,
    Item,
    Network,
    Person,
    Place,
    Room,
    Session,
    Slot,
    Snapshot,
)

OUTSIDE_DATA = Path(__file__).parents[3] / "shared" / "data"
BASE_URL = "https://events.example.org"
JOIN_URL = "https://call.example.org/j/0123456789?pwd=secret"
PUBLISHED = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
CHANGED = datetime(2025, 9, 10, 7, 30, tzinfo=UTC)

HOSTILE = [
    '=HYPERLINK("https://evil.example")',
    "</script><script>alert(1)</script>",
    "Ω≈ç√∫˜µ≤≥÷ 田中さんにあげて下さい الكل في المجمو عة 👩‍👩‍👧‍👦",
    "a;b,c\\n\\;d\"e':f^g^ng",
    "line one\r\nBEGIN:VEVENT\r\nUID:injected",
    "\x00null \x0b vertical \x1b[31m escape \x7f \x85 next \u2028 line \ud800 half",
]


def uid(name: str) -> str:
    """A UUID that is the same in every run."""
    return str(uuid5(NAMESPACE_DNS, f"{name}.sample.example.org"))


def outside_data(name: str) -> Path:
    """A file of the outside data that is kept beside the project; the test is skipped without it."""
    path = OUTSIDE_DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def naughty_strings() -> list[str]:
    """The big list of naughty strings, without the empty one."""
    strings: list[str] = json.loads(outside_data("names/blns.json").read_text(encoding="utf-8"))
    return [text for text in strings if text]


def session(name: str, starts_at: datetime, minutes: int = 60, **values: Any) -> Session:
    """A session whose uid and English title come from its name."""
    values = {"title": {"en": name}, "kind": "plenary", **values}
    return Session(uid=uid(name), starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), **values)


def slot(title: str, starts_at: datetime, minutes: int, *people: str, kind: str = "talk", **values: Any) -> Slot:
    """A slot with speakers by the keys of PEOPLE."""
    return Slot(
        uid=uid(title),
        title={"en": title},
        kind=kind,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        speakers=[Appearance(uid(key)) for key in people],
        **values,
    )


HALL = Room(uid("hall"), {"en": "Main hall", "fr": "Grande salle"}, capacity=180)
SIDE = Room(uid("side"), {"en": "Room B", "fr": "Salle B"}, capacity=40)
RABAT = Place(
    {"en": "Conference centre", "fr": "Centre de conférences"},
    address="1 Avenue Example",
    city={"en": "Rabat", "ar": "الرباط"},
    country="MA",
    latitude=34.0,
    longitude=-6.83,
)
PEOPLE = {
    uid(key): Person(uid(key), name, honorific=honorific, job_title=job, organisation=organisation)
    for key, name, honorific, job, organisation in (
        ("li", "Lifeng Li", "Mr", "Director, Land and Water Division", "FAO"),
        ("ghaouti", "Ghaouti Lamiae", "Ms", "Director General", "INRA"),
        ("tong", "Yuxin Tong", "Mr", "Land and Water Officer", "FAO"),
        ("petursdottir", "Thorunn Wolfram Petursdottir", "Ms", "Secretary", "Global Soil Partnership"),
    )
}


def launch(**changes: Any) -> Snapshot:
    """The launch: a morning in Rabat, in person and online, one session withdrawn."""
    nine = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
    ten = nine + timedelta(hours=1)
    sessions = [
        session(
            "Opening",
            nine,
            kind="opening",
            title={"en": "Opening", "fr": "Ouverture", "ar": "الافتتاح"},
            room=HALL.uid,
            languages=["en", "fr"],
            interpretation=["ar"],
            abstract={"en": "Welcome; with remarks, by all hosts.\nThen questions."},
            speakers=[Appearance(uid("petursdottir"), role="chair")],
            slots=[
                slot("Opening remarks", nine, 20, "li", kind="remarks"),
                slot("Welcome by the host", nine + timedelta(minutes=20), 15, "ghaouti", kind="remarks"),
                slot("Vision and goals", nine + timedelta(minutes=35), 25, "tong"),
            ],
            sequence=2,
            changed_at=CHANGED,
        ),
        session("Coffee", ten, 30, kind="break"),
        session("Posters", ten, 90, kind="workshop", room=SIDE.uid, online=False, track="Science"),
        session("Field visit", ten, 45, kind="social", status="cancelled", sequence=3, changed_at=CHANGED),
        session("Online questions", ten + timedelta(minutes=30), 45, kind="discussion", track="Science"),
        session("Closing", ten + timedelta(minutes=90), 30, kind="closing", room=HALL.uid, changed_at=PUBLISHED),
    ]
    snapshot = Snapshot(
        number=3,
        published_at=CHANGED,
        event=EventFacts(
            uid=uid("inser-launch"),
            slug="inser-launch",
            kind="launch",
            name={"en": "INSER launch", "fr": "Lancement de l'INSER"},
            time_zone="Africa/Casablanca",
            starts_on=date(2025, 9, 15),
            ends_on=date(2025, 9, 15),
            languages=["en", "fr", "ar"],
            modes=["in_person", "online"],
            tagline={"en": "A network for soils that stay"},
            description={"en": "<p>Launch of the <b>network</b> on soil erosion.</p><ul><li>Remarks</li></ul>"},
            venue=RABAT,
            online_platform="Zoom",
            organiser={"en": "Global Soil Partnership"},
            contact_email="gsp@example.org",
            network=Network("inser", "INSER", {"en": "International Network on Soil Erosion"}),
            sequence=1,
            changed_at=PUBLISHED,
        ),
        rooms=[HALL, SIDE],
        sessions=sessions,
        people=PEOPLE,
    )
    return msgspec.structs.replace(snapshot, **changes)


def with_event(snapshot: Snapshot, **changes: Any) -> Snapshot:
    """The same release of a changed event."""
    return msgspec.structs.replace(snapshot, event=msgspec.structs.replace(snapshot.event, **changes))


def ramadan() -> Snapshot:
    """Four mornings at nine in Rabat, on both sides of the clock changes of two Ramadans."""
    starts = [
        datetime(2026, 2, 13, 8, 0, tzinfo=UTC),
        datetime(2026, 2, 20, 9, 0, tzinfo=UTC),
        datetime(2026, 3, 25, 8, 0, tzinfo=UTC),
        datetime(2027, 2, 15, 9, 0, tzinfo=UTC),
    ]
    sessions = [session(f"Morning of {start:%d %B %Y}", start, room=HALL.uid) for start in starts]
    return with_event(
        launch(sessions=sessions), uid=uid("ramadan"), slug="ramadan-2026", kind="workshop", ends_on=date(2027, 2, 15)
    )


def plenary() -> Snapshot:
    """A plenary in Rome: numbered items with documents, an evening that runs past midnight."""
    morning = datetime(2025, 6, 3, 7, 30, tzinfo=UTC)
    night = datetime(2025, 6, 3, 21, 30, tzinfo=UTC)
    return with_event(
        launch(
            sessions=[
                session(
                    "First sitting",
                    morning,
                    150,
                    room=HALL.uid,
                    items=["1"],
                    slots=[slot("Adoption of the agenda", morning, 30, "petursdottir", kind="item", items=["1"])],
                ),
                session("Reception", night, 90, kind="social", room=HALL.uid),
                session("Late drafting group", night + timedelta(hours=2), 60, kind="workshop", room=SIDE.uid),
            ],
            items=[Item("1", {"en": "Adoption of the agenda"}, "decision", ["GSPPA XIII/2025/1"]), Item("2", {})],
            documents=[Document("GSPPA XIII/2025/1", {"en": "Provisional agenda"}, ["en", "fr"])],
        ),
        uid=uid("plenary"),
        slug="gsp-plenary-13",
        kind="plenary",
        time_zone="Europe/Rome",
        starts_on=date(2025, 6, 3),
        ends_on=date(2025, 6, 5),
    )


def named(texts: list[str]) -> Snapshot:
    """A release in which each text is a session's title, its speaker's name and organisation, and a room's name."""
    return _in_places(list(zip(texts, texts, strict=True)))


def paired(texts: list[str]) -> Snapshot:
    """A release in which texts stand in pairs, so that it is half as long."""
    return _in_places(list(zip(texts[::2], [*texts[1::2], texts[0]], strict=False)))


def _in_places(pairs: list[tuple[str, str]]) -> Snapshot:
    """One text of each pair as title, track and organisation, the other as abstract, name and room."""
    start = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
    sessions = [
        session(
            f"text {number}",
            start + timedelta(minutes=number),
            title={"en": one},
            abstract={"en": other},
            track=one,
            room=uid(f"room {number}"),
            speakers=[Appearance(uid(f"person {number}"))],
        )
        for number, (one, other) in enumerate(pairs)
    ]
    people = {
        uid(f"person {number}"): Person(uid(f"person {number}"), other, organisation=one)
        for number, (one, other) in enumerate(pairs)
    }
    rooms = [Room(uid(f"room {number}"), {"en": other}) for number, (_one, other) in enumerate(pairs)]
    return launch(sessions=sessions, people=people, rooms=rooms)


def many(count: int) -> Snapshot:
    """The launch with *count* sessions of three slots each."""
    opening = launch().sessions[0]
    sessions = [
        msgspec.structs.replace(
            opening,
            uid=uid(f"session {number}"),
            starts_at=opening.starts_at + timedelta(minutes=number),
            ends_at=opening.ends_at + timedelta(minutes=number),
        )
        for number in range(count)
    ]
    return launch(sessions=sessions)
