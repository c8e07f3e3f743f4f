"""schema.org/Event as JSON-LD, for search engines: the public page only, never a way into the call."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from inser_events.agenda.reading import Wording, appearances, event_url, session_url, setting, span, speaking
from inser_events.agenda.snapshot import EventFacts, Person, Place, Session, Snapshot
from inser_events.documents.text import one_line, plain_text, printable
from inser_events.web.filters import mode_label
from inser_events.web.positions import job_title

SCHEMA = "https://schema.org"
CURRENCY = "USD"
"""The price is 0 in any currency, but readers of the markup insist on one."""

# As data inside <script>, JSON must not be able to end the element or open a comment; U+2028 and U+2029 end a
# line for old JavaScript parsers.
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}

Markup = dict[str, Any]
"""A JSON-LD node."""


class Places(NamedTuple):
    """Seats of one mode: how many there are, and how many are free; None for no limit."""

    capacity: int | None = None
    free: int | None = None


def json_ld(snapshot: Snapshot, *, base_url: str, language: str, places: Mapping[str, Places] | None = None) -> str:
    """The event as JSON-LD text that may stand between ``<script type="application/ld+json">`` and its end.

    *places*: seats by mode (``in_person``, ``online``), as registration counts them.
    """
    with speaking(language):
        node = _event(snapshot, base_url, Wording(snapshot, [language]), places or {})
    return msgspec.json.encode(node).decode().translate(_IN_SCRIPT)


def _event(snapshot: Snapshot, base_url: str, wording: Wording, places: Mapping[str, Places]) -> Markup:
    event = snapshot.event
    page = event_url(base_url, event.slug)
    cancelled = event.status == "cancelled"
    return _without_empty(
        {
            "@context": SCHEMA,
            "@type": "Event",
            "@id": page,
            "identifier": event.uid,
            "url": page,
            "name": one_line(wording.text(event.name)),
            "description": _description(event, wording),
            **_times(snapshot, wording.clock),
            "eventStatus": _status(cancelled=cancelled),
            "eventAttendanceMode": _attendance(in_person="in_person" in event.modes, online="online" in event.modes),
            "location": _locations(event, page, wording),
            "organizer": _organiser(event, wording),
            "inLanguage": event.languages,
            "isAccessibleForFree": True,
            **_capacities(places),
            "offers": [] if cancelled else _offers(snapshot, f"{page}/register", places),
            "performer": [_person(person, wording) for person in _performers(snapshot)],
            "subEvent": [_session(session, snapshot, base_url, wording) for session in snapshot.sessions],
        }
    )


def _session(session: Session, snapshot: Snapshot, base_url: str, wording: Wording) -> Markup:
    """A part of the event, without what its whole or the page already says: markup is paid for on every visit."""
    event = snapshot.event
    page = session_url(base_url, event.slug, session.uid)
    where = setting(snapshot, session)
    in_person = where != "online" and "in_person" in event.modes
    online = where != "everywhere" and session.online and "online" in event.modes
    room = snapshot.room_named(session.room)
    places = [_place(event.venue, wording, room=wording.text(room.name) if room else "")] if in_person else []
    call = [{"@type": "VirtualLocation", "url": page}] if online or not in_person else []
    return _without_empty(
        {
            "@type": "Event",
            "@id": page,
            "url": page,
            "name": wording.title(session),
            "startDate": session.starts_at.astimezone(wording.clock).isoformat(timespec="seconds"),
            "endDate": session.ends_at.astimezone(wording.clock).isoformat(timespec="seconds"),
            "eventStatus": _status(cancelled="cancelled" in {session.status, event.status}),
            "eventAttendanceMode": _attendance(in_person=in_person, online=online),
            "location": [*places, *call],
            "inLanguage": session.languages,
            "superEvent": {"@id": event_url(base_url, event.slug)},
            "performer": [
                {"@type": "Person", "name": one_line(person.name)}
                for uid in dict.fromkeys(appearance.person for appearance in appearances(session))
                if (person := snapshot.people.get(uid))
            ],
        }
    )


def _without_empty(node: Markup) -> Markup:
    return {name: value for name, value in node.items() if value not in ("", None, [], {})}


def _description(event: EventFacts, wording: Wording) -> str:
    described = plain_text(wording.text(event.description)) or wording.text(event.tagline)
    return printable(described)


def _times(snapshot: Snapshot, clock: ZoneInfo) -> Markup:
    """Start and end with the zone's distance from UTC; days alone while there are no sessions."""
    times = span(snapshot)
    if times is None:
        event = snapshot.event
        return {"startDate": event.starts_on.isoformat(), "endDate": event.ends_on.isoformat()}
    start, end = (at.astimezone(clock).isoformat(timespec="seconds") for at in times)
    return {"startDate": start, "endDate": end}


def _status(*, cancelled: bool) -> str:
    return f"{SCHEMA}/EventCancelled" if cancelled else f"{SCHEMA}/EventScheduled"


def _attendance(*, in_person: bool, online: bool) -> str:
    kind = "Mixed" if in_person and online else "Online" if online else "Offline"
    return f"{SCHEMA}/{kind}EventAttendanceMode"


def _locations(event: EventFacts, page: str, wording: Wording) -> list[Markup]:
    places = [_place(event.venue, wording)] if "in_person" in event.modes else []
    return [*places, {"@type": "VirtualLocation", "url": page}] if "online" in event.modes or not places else places


def _place(venue: Place | None, wording: Wording, *, room: str = "") -> Markup:
    if venue is None:
        return _without_empty({"@type": "Place", "name": one_line(room or wording.text(wording.snapshot.event.name))})
    address = {
        "@type": "PostalAddress",
        "streetAddress": one_line(venue.address),
        "addressLocality": one_line(wording.text(venue.city)),
        "addressCountry": venue.country,
    }
    geo = None
    if venue.latitude is not None and venue.longitude is not None:
        geo = {"@type": "GeoCoordinates", "latitude": venue.latitude, "longitude": venue.longitude}
    return _without_empty(
        {
            "@type": "Place",
            "name": ", ".join(filter(None, map(one_line, [room, wording.text(venue.name)]))),
            "address": _without_empty(address),
            "geo": geo,
        }
    )


def _organiser(event: EventFacts, wording: Wording) -> Markup | None:
    name = one_line(wording.text(event.organiser))
    if not name and event.network:
        name = one_line(wording.text(event.network.name))
    return _without_empty({"@type": "Organization", "name": name, "email": event.contact_email}) if name else None


def _person(person: Person, wording: Wording) -> Markup:
    works_for = {"@type": "Organization", "name": one_line(person.organisation)} if person.organisation else None
    return _without_empty(
        {
            "@type": "Person",
            "name": one_line(person.name),
            "honorificPrefix": one_line(person.honorific),
            "jobTitle": one_line(job_title(person, wording.languages[0])),
            "worksFor": works_for,
        }
    )


def _performers(snapshot: Snapshot) -> list[Person]:
    uids = dict.fromkeys(each.person for session in snapshot.live_sessions for each in appearances(session))
    return [snapshot.people[uid] for uid in uids if uid in snapshot.people]


def _capacities(places: Mapping[str, Places]) -> Markup:
    in_person, online = places.get("in_person", Places()).capacity, places.get("online", Places()).capacity
    total = in_person + online if in_person is not None and online is not None else None
    return {
        "maximumPhysicalAttendeeCapacity": in_person,
        "maximumVirtualAttendeeCapacity": online,
        "maximumAttendeeCapacity": total,
    }


def _offers(snapshot: Snapshot, url: str, places: Mapping[str, Places]) -> list[Markup]:
    """One free offer for each mode, in stock while it has seats."""
    return [
        {
            "@type": "Offer",
            "name": mode_label(mode),
            "price": 0,
            "priceCurrency": CURRENCY,
            "url": url,
            "availability": f"{SCHEMA}/{'SoldOut' if places.get(mode, Places()).free == 0 else 'InStock'}",
        }
        for mode in snapshot.event.modes
    ]
