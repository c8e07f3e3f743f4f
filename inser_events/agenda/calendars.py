"""A Release as calendars: the feed of all sessions, one session, the event as a whole.

Calendar files carry no METHOD: a CalDAV server refuses it, and without it DTSTAMP means the last change, which keeps
a feed the same between releases. An invitation by mail is made of an entry:
``calendar.invitation(replace(event_entry(…), organizer=…, stamp=now()), "REQUEST", attendee)``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flask_babel import gettext as _

from inser_events.agenda.reading import Wording, event_url, session_url, setting, slot_lines, span, speaking
from inser_events.agenda.snapshot import Session, Snapshot
from inser_events.documents.calendar import Calendar, CalendarEntry, Conference, write
from inser_events.documents.text import one_line, plain_text, printable

Placed = Literal["public", "in_person", "online"]
"""For whom a calendar is: anybody, somebody in the room, somebody online."""

REFRESH = timedelta(hours=1)
COLOR = "sienna"
LONG = timedelta(hours=24)
"""An entry for a whole event longer than this does not make people look busy."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """For whom entries are written, and in which words."""

    snapshot: Snapshot
    base_url: str
    wording: Wording
    placed: Placed
    join_url: str | None
    venue: str
    """Venue and city."""
    online: str
    contact: str


def agenda_ics(
    snapshot: Snapshot,
    *,
    base_url: str,
    languages: Sequence[str],
    placed: Placed = "public",
    join_url: str | None = None,
    source: str = "",
) -> bytes:
    """The calendar of all sessions, the withdrawn ones as cancelled; the event itself while there are none.

    *languages*: wanted languages of the content, best first. *join_url*: a person's own way into the call.
    *source*: the address of a personal feed; a public one has its own. Raises ValueError for a public join link.
    """
    event = snapshot.event
    with speaking(_first(languages)):
        reader = _reader(snapshot, base_url, languages, placed, join_url)
        entries = [_session_entry(session, reader) for session in snapshot.sessions] or [_event_entry(reader)]
    page = event_url(base_url, event.slug)
    return write(
        Calendar(
            name=reader.wording.text(event.name),
            description=reader.wording.text(event.tagline),
            zone=event.time_zone,
            source=source or (f"{page}/agenda.ics" if placed == "public" else ""),
            url=page,
            refresh=REFRESH,
            color=COLOR,
            entries=entries,
        )
    )


def session_ics(
    snapshot: Snapshot,
    uid: str,
    *,
    base_url: str,
    languages: Sequence[str],
    placed: Placed = "public",
    join_url: str | None = None,
) -> bytes:
    """One session as a calendar file. Raises KeyError when the release has no session of that uid."""
    entry = session_entry(snapshot, uid, base_url=base_url, languages=languages, placed=placed, join_url=join_url)
    return write(Calendar(zone=entry.zone, entries=[entry]))


def event_ics(
    snapshot: Snapshot,
    *,
    base_url: str,
    languages: Sequence[str],
    placed: Placed = "public",
    join_url: str | None = None,
) -> bytes:
    """The whole event as one entry, for confirmations and tickets."""
    entry = event_entry(snapshot, base_url=base_url, languages=languages, placed=placed, join_url=join_url)
    return write(Calendar(zone=entry.zone, entries=[entry]))


def session_entry(
    snapshot: Snapshot,
    uid: str,
    *,
    base_url: str,
    languages: Sequence[str],
    placed: Placed = "public",
    join_url: str | None = None,
) -> CalendarEntry:
    """One session as a calendar entry. Raises KeyError when the release has no session of that uid."""
    session = next((session for session in snapshot.sessions if session.uid == uid), None)
    if session is None:
        raise KeyError(uid)
    with speaking(_first(languages)):
        return _session_entry(session, _reader(snapshot, base_url, languages, placed, join_url))


def event_entry(
    snapshot: Snapshot,
    *,
    base_url: str,
    languages: Sequence[str],
    placed: Placed = "public",
    join_url: str | None = None,
) -> CalendarEntry:
    """The event from its first session's start to its last one's end; whole days while it has no sessions."""
    with speaking(_first(languages)):
        return _event_entry(_reader(snapshot, base_url, languages, placed, join_url))


def _first(languages: Sequence[str]) -> str:
    return languages[0] if languages else "en"


def _reader(
    snapshot: Snapshot, base_url: str, languages: Sequence[str], placed: Placed, join_url: str | None
) -> _Reader:
    if placed == "public" and join_url:
        raise ValueError("a public calendar carries no personal join link")
    event, wording = snapshot.event, Wording(snapshot, languages)
    platform = one_line(event.online_platform)
    online = _("Online (%(platform)s)", platform=platform) if platform else _("Online")
    names = [event.venue.name, event.venue.city] if event.venue else []
    return _Reader(
        snapshot,
        base_url,
        wording,
        placed,
        join_url,
        venue=_listed(wording.text(name) for name in names),
        online=online,
        contact=_listed([wording.text(event.organiser), event.contact_email]),
    )


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(filter(None, dict.fromkeys(map(one_line, texts))))


def _session_entry(session: Session, reader: _Reader) -> CalendarEntry:
    snapshot, wording = reader.snapshot, reader.wording
    event = snapshot.event
    cancelled = "cancelled" in {session.status, event.status}
    join_url = reader.join_url if session.online and not cancelled else None
    page = session_url(reader.base_url, event.slug, session.uid)
    changed = session.changed_at or snapshot.published_at
    return CalendarEntry(
        uid=session.uid,
        sequence=session.sequence,
        stamp=changed,
        last_modified=changed,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=event.time_zone,
        summary=_called_off(wording.title(session), cancelled=cancelled),
        description=_session_description(session, reader, join_url, page),
        location=_session_location(session, reader),
        url=join_url or page,
        status="CANCELLED" if cancelled else "CONFIRMED",
        categories=[text for text in (wording.kind(session.kind), one_line(session.track)) if text],
        contact=reader.contact,
        conference=_conference(reader, join_url),
        geo=_geo(reader) if session.room else None,
        transparent=cancelled or session.kind == "break",
        refid=event.uid,
        language=wording.chosen(session.title).language,
    )


def event_sequence(snapshot: Snapshot) -> int:
    """SEQUENCE of the event's own entry: its times follow from the sessions, so what raises theirs raises its own."""
    return max([snapshot.event.sequence, *(session.sequence for session in snapshot.sessions)])


def _event_entry(reader: _Reader) -> CalendarEntry:
    snapshot, wording = reader.snapshot, reader.wording
    event = snapshot.event
    cancelled = event.status == "cancelled"
    join_url = None if cancelled else reader.join_url
    page = event_url(reader.base_url, event.slug)
    times = span(snapshot)
    changes = [event.changed_at, *(session.changed_at for session in snapshot.sessions)]
    changed = max(filter(None, changes), default=snapshot.published_at)
    return CalendarEntry(
        uid=event.uid,
        sequence=event_sequence(snapshot),
        stamp=changed,
        last_modified=changed,
        starts_at=times[0] if times else event.starts_on,
        ends_at=times[1] if times else max(event.starts_on, event.ends_on),
        zone=event.time_zone,
        summary=_called_off(one_line(wording.text(event.name)), cancelled=cancelled),
        description=_paragraphs(
            _join_line(join_url),
            wording.text(event.tagline),
            plain_text(wording.text(event.description)),
            _way_there(reader),
            wording.zone(times[0]) if times else "",
            page,
        ),
        location=_location(reader),
        url=join_url or page,
        status="CANCELLED" if cancelled else "CONFIRMED",
        categories=[wording.kind(event.kind)],
        contact=reader.contact,
        conference=_conference(reader, join_url),
        geo=_geo(reader),
        transparent=cancelled or times is None or times[1] - times[0] > LONG,
        refid=event.uid,
        language=wording.chosen(event.name).language,
    )


def _called_off(title: str, *, cancelled: bool) -> str:
    """Many calendar programs do not show STATUS: the title says it too."""
    return _("Cancelled: %(title)s", title=title) if cancelled else title


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(text for part in parts if (text := printable(part).strip()))


def _join_line(join_url: str | None) -> str:
    return _("Join online: %(link)s", link=join_url) if join_url else ""


def _session_description(session: Session, reader: _Reader, join_url: str | None, page: str) -> str:
    wording = reader.wording
    return _paragraphs(
        _join_line(join_url),
        plain_text(wording.text(session.abstract)),
        "\n".join(slot_lines(session, wording)),
        "\n".join(_item_lines(session, reader)),
        wording.tongues(session),
        wording.zone(session.starts_at),
        page,
    )


def _item_lines(session: Session, reader: _Reader) -> Iterator[str]:
    """The plenary's items taken in this session, with their documents."""
    numbers = {*session.items, *(number for slot in session.slots for number in slot.items)}
    for item in reader.snapshot.items:
        if item.number in numbers:
            symbols = f" ({', '.join(item.documents)})" if item.documents else ""
            yield one_line(f"{item.number} {reader.wording.text(item.title)}{symbols}")


def _session_location(session: Session, reader: _Reader) -> str:
    where = setting(reader.snapshot, session)
    if where == "online" or (reader.placed == "online" and session.online):
        return reader.online
    room = reader.snapshot.room_named(session.room)
    return _listed([reader.wording.text(room.name) if room else "", reader.venue])


def _location(reader: _Reader) -> str:
    """Where the event is for this reader."""
    only_online = "in_person" not in reader.snapshot.event.modes
    return reader.online if reader.placed == "online" or only_online else reader.venue


def _way_there(reader: _Reader) -> str:
    """Address and directions, for those who may come."""
    place = reader.snapshot.event.venue
    if reader.placed == "online" or place is None:
        return ""
    return "\n".join(filter(None, [one_line(place.address), reader.wording.text(place.directions)]))


def _online_place(reader: _Reader) -> str:
    platform = one_line(reader.snapshot.event.online_platform)
    place: str = _("Online (%(platform)s)", platform=platform) if platform else _("Online")
    return place


def _geo(reader: _Reader) -> tuple[float, float] | None:
    place = reader.snapshot.event.venue
    if reader.placed == "online" or place is None or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _conference(reader: _Reader, join_url: str | None) -> list[Conference]:
    return [Conference(join_url, label=reader.online)] if join_url else []
