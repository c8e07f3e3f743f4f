"""Events of the demo out of their TOML files, by way of the operations an organiser's clicks would use."""

import tomllib
from datetime import date, time, timedelta
from typing import Any

from inser_events.accounts.models import User
from inser_events.agenda.models import Document, Item, Session, SpeakerState
from inser_events.agenda.operations import SessionData, SlotData, add_session, add_slot
from inser_events.agenda.papers import DocumentData, ItemData, add_document, add_item
from inser_events.agenda.speaking import Appearing, add_speaker
from inser_events.agenda.timing import utc_of
from inser_events.demo.people import FIXTURES
from inser_events.events.models import Event
from inser_events.events.operations import EventData, RoomData, create_event
from inser_events.networks.models import Network
from inser_events.people.operations import PersonData

Fixture = dict[str, Any]
FACTS = (
    *("slug", "kind", "time_zone", "languages", "name", "tagline", "description", "venue_name", "venue_address"),
    *("venue_city", "venue_country", "online_platform", "online_link", "organiser", "contact_email"),
    *("registration_opens_at", "registration_closes_at"),
)


def fixture(name: str) -> Fixture:
    """What a file of the demo says."""
    return tomllib.loads((FIXTURES / f"{name}.toml").read_text(encoding="utf-8"))


def add_event(facts: Fixture, owner: User, *, days: tuple[date, date], network: Network | None) -> Event:
    """Create an event with its rooms, capacities and the whole draft of its agenda."""
    data = EventData(
        starts_on=days[0],
        ends_on=days[1],
        network_id=network.id if network else None,
        **{name: facts[name] for name in FACTS if name in facts},
    )
    rooms = [RoomData(room["name"], room["capacity"]) for room in facts.get("rooms", [])]
    event = create_event(data, owner, rooms=rooms, capacities=facts["capacities"], is_sample=True)
    items = _add_items(event, facts.get("items", []))
    for entry in facts["sessions"]:
        _add_session(event, entry, facts, items)
    return event


def _add_items(event: Event, entries: list[Fixture]) -> dict[str, Item]:
    items = {}
    for entry in entries:
        documents: list[Document] = []
        if symbol := entry.get("symbol"):
            documents.append(add_document(event, DocumentData(symbol=symbol)))
        data = ItemData(
            number=entry["number"],
            title={"en": entry["title"]},
            purpose=entry.get("purpose", ""),
            documents=documents,
        )
        items[entry["number"]] = add_item(event, data)
    return items


def _add_session(event: Event, entry: Fixture, facts: Fixture, items: dict[str, Item]) -> Session:
    keys = [room["key"] for room in facts.get("rooms", [])]
    day = event.starts_on + timedelta(days=entry.get("day", 0))
    session = add_session(
        event,
        SessionData(
            title=entry["title"],
            starts_at=utc_of(day, time.fromisoformat(entry["start"]), event.time_zone),
            minutes=entry["minutes"],
            kind=entry["kind"],
            room=event.rooms[keys.index(entry["room"])] if "room" in entry else None,
            languages=event.languages[:1],
            interpretation=event.languages[1:] if entry["kind"] not in {"break", "social"} else [],
            online=entry.get("online", True),
        ),
    )
    for part in entry.get("slots", []):
        slot = add_slot(
            session,
            SlotData(
                minutes=part["minutes"],
                title=part.get("title", {}),
                kind=part["kind"],
                items=[items[number] for number in part.get("items", [])],
            ),
        )
        for key in part.get("speakers", []):
            add_speaker(slot, PersonData(**facts["people"][key]), Appearing(state=SpeakerState.CONFIRMED))
    return session
