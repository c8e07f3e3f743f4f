"""People in their roles: who chairs a session and who speaks in a slot."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from inser_events.agenda.editing import fingerprint, hold
from inser_events.agenda.errors import AlreadySpeaks, UnknownZone
from inser_events.agenda.models import Session, Slot, Speaker, SpeakerRole, SpeakerState
from inser_events.agenda.queries import people_of
from inser_events.audit import record
from inser_events.clock import zone_names
from inser_events.database import db
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from inser_events.people.models import Person
from inser_events.people.operations import PersonData, add_person, change_person, data_of, same_person


@dataclass(frozen=True, kw_only=True)
class Appearing:
    """In which role somebody appears, whether they agreed, and whether they join by the call, from which time zone."""

    role: str = SpeakerRole.SPEAKER
    state: str = SpeakerState.INVITED
    online: bool = False
    time_zone: str = ""
    """IANA; empty when it was not said."""


def add_speaker(place: Session | Slot, who: Person | PersonData, how: Appearing) -> Speaker:
    """Put somebody into a slot, or, as chair or moderator, over a whole session.

    *who* as data is looked for among the people of the event first, so that one person stays one record.
    Raises AlreadySpeaks, UnknownZone, NameMissing, UnknownCountry, UnusableEmail.
    """
    _check_zone(how.time_zone)
    session = place if isinstance(place, Session) else place.session
    person = who if isinstance(who, Person) else find_or_create_person(session.event, who)
    if any(there.person_id == person.id and there.role == how.role for there in place.speakers):
        raise AlreadySpeaks
    speaker = Speaker(session_id=session.id, person=person, position=len(place.speakers), **asdict(how))
    place.speakers.append(speaker)
    db.session.flush()  # the audit entry needs the id
    record("add speaker", speaker, event_id=session.event_id, after=_told(speaker))
    return speaker


def change_speaker(speaker: Speaker, who: PersonData, how: Appearing, *, seen: str) -> Speaker:
    """Change a role and the details of the person. Raises Outdated when they no longer read as *seen*, UnknownZone."""
    _check_zone(how.time_zone)
    hold(speaker)
    db.session.refresh(speaker.person)
    if speaker_seen(speaker) != seen:
        raise Outdated
    session = db.session.get_one(Session, speaker.session_id)
    before = _told(speaker)
    change_person(speaker.person, who, event_id=session.event_id)
    speaker.role, speaker.state = how.role, how.state
    speaker.online, speaker.time_zone = how.online, how.time_zone
    after = _told(speaker)
    if after != before:
        record("change speaker", speaker, event_id=session.event_id, before=before, after=after)
    return speaker


def say_from_where(speaker: Speaker, *, online: bool, time_zone: str) -> Speaker:
    """Note whether somebody joins by the call, and from which time zone. Raises UnknownZone."""
    _check_zone(time_zone)
    before = _told(speaker)
    speaker.online, speaker.time_zone = online, time_zone
    after = _told(speaker)
    if after != before:
        event_id = db.session.get_one(Session, speaker.session_id).event_id
        record("change speaker", speaker, event_id=event_id, before=before, after=after)
    return speaker


def _check_zone(time_zone: str) -> None:
    if time_zone and time_zone not in zone_names():
        raise UnknownZone


def answer_for(speaker: Speaker, state: SpeakerState) -> Speaker:
    """Note whether somebody has agreed to appear."""
    if speaker.state != state:
        event_id = db.session.get_one(Session, speaker.session_id).event_id
        record("answer", speaker, event_id=event_id, before={"state": speaker.state}, after={"state": state})
        speaker.state = state
    return speaker


def remove_speaker(speaker: Speaker) -> None:
    """Take somebody out of a slot or session; their record stays."""
    event_id = db.session.get_one(Session, speaker.session_id).event_id
    record("remove speaker", speaker, event_id=event_id, before=_told(speaker))
    db.session.delete(speaker)
    db.session.flush()  # whoever lists the speakers next must not find them


def find_or_create_person(event: Event, data: PersonData) -> Person:
    """The record of somebody who already appears in the event, filled up with what is new; else a new record.

    Only this event's people are looked through: a record found elsewhere would let one team change another's.
    """
    known = same_person(data, people_of(event))
    if known is None:
        return add_person(data, is_sample=event.is_sample, event_id=event.id)
    old = asdict(data_of(known))
    new = asdict(data)
    filled = {name: value or new[name] for name, value in old.items()}
    return change_person(known, PersonData(**filled), event_id=event.id)


def appearances_of(person: Person) -> int:
    """In how many places of any agenda somebody appears: a change of their name shows in all of them."""
    return db.session.scalar(select(func.count()).select_from(Speaker).where(Speaker.person_id == person.id)) or 0


def speaker_seen(speaker: Speaker) -> str:
    """What role and person said when a form was made of them."""
    return fingerprint(
        [speaker.role, speaker.state, speaker.online, speaker.time_zone, asdict(data_of(speaker.person))]
    )


def _told(speaker: Speaker) -> dict[str, Any]:
    return {
        "person": speaker.person.name,
        "role": speaker.role,
        "state": speaker.state,
        "online": speaker.online,
        "time_zone": speaker.time_zone,
    }
