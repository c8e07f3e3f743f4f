"""Faces for the door: the photos that speakers gave, small, for the devices of their event alone."""

from sqlalchemy import Select, func, select

from inser_events.agenda.models import Session, Speaker
from inser_events.agenda.pictures import photo_bytes
from inser_events.agenda.speaker_models import SpeakerPhoto
from inser_events.checkin.devices import Paired
from inser_events.checkin.errors import NoSuchPhoto
from inser_events.database import db
from inser_events.documents.pictures import UnusablePicture, photograph
from inser_events.people.models import Person
from inser_events.registration.models import Registration

SIDE = 240
NAME_LETTERS = 24
"""Of the 64 of a digest: enough that nobody guesses one, and short in the snapshot."""


def photo_names(event_id: int) -> dict[int, str]:
    """The name of each registered speaker's photo, by registration: who they are is told by the e-mail address."""
    rows = db.session.execute(
        select(Registration.id, SpeakerPhoto.digest)
        .select_from(SpeakerPhoto)
        .join(Person, Person.id == SpeakerPhoto.person_id)
        .join(Registration, Registration.active_email == func.lower(Person.email))
        .where(Registration.event_id == event_id, Person.id.in_(_speaking(event_id)))
    )
    return {registration_id: digest[:NAME_LETTERS] for registration_id, digest in rows}


def small_photo(device: Paired, name: str) -> bytes:
    """One of them as a small JPEG. Raises NoSuchPhoto, also for photos of people who do not speak at this event."""
    digest = (
        db.session.scalar(
            select(SpeakerPhoto.digest).where(
                func.substr(SpeakerPhoto.digest, 1, NAME_LETTERS) == name,
                SpeakerPhoto.person_id.in_(_speaking(device.event_id)),
            )
        )
        if len(name) == NAME_LETTERS
        else None
    )
    content = photo_bytes(digest) if digest else None
    if content is None:
        raise NoSuchPhoto
    try:
        return photograph(content, longest=SIDE).content
    except UnusablePicture:
        raise NoSuchPhoto from None


def _speaking(event_id: int) -> Select[int]:
    return select(Speaker.person_id).join(Session, Session.id == Speaker.session_id).where(Session.event_id == event_id)
