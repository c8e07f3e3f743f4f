"""Speakers' private links, and the mails that bring them: once as an invitation, then as reminders."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Select, select

from inser_events import tokens
from inser_events.agenda import speaker_letters
from inser_events.agenda.errors import NoSuchSpeakerPage
from inser_events.agenda.models import SpeakerState
from inser_events.agenda.pictures import photos_of
from inser_events.agenda.speaker_files import files_of
from inser_events.agenda.speaker_models import SpeakerFile, SpeakerLink
from inser_events.agenda.speaker_parts import Part, parts_by_person
from inser_events.audit import record
from inser_events.config import Settings
from inser_events.database import db
from inser_events.documents.collation import sort_key
from inser_events.events.models import Event
from inser_events.events.queries import today_in
from inser_events.people.models import Person
from inser_events.web.languages import page_language

LINK_KEY = "speaker links"
PURPOSE = "speaker"
LONGEST_ADDRESS = 200
BETWEEN_MAILS = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """Where things stand with one speaker."""

    person: Person
    parts: list[Part]
    link: SpeakerLink | None = None
    photo: str = ""
    files: list[SpeakerFile] = field(default_factory=list)

    @property
    def state(self) -> str:
        """``confirmed`` or ``declined`` when that is the answer to every part, else ``invited`` or ``mixed``."""
        states = {part.speaker.state for part in self.parts}
        if len(states) == 1:
            return states.pop()
        return SpeakerState.INVITED if SpeakerState.INVITED in states else "mixed"

    @property
    def invited(self) -> bool:
        """Whether the present link was mailed."""
        return self.link is not None and self.link.invited_at is not None

    @property
    def may_be_invited(self) -> bool:
        """With an address, not invited yet, and not known to stay away."""
        return bool(self.person.email) and not self.invited and self.state != SpeakerState.DECLINED

    def may_be_reminded(self, at: datetime) -> bool:
        """Invited, an answer is missing, and the last mail is a day old."""
        link = self.link
        if link is None or link.invited_at is None or not self.person.email or self.state != SpeakerState.INVITED:
            return False
        return (link.mailed_at or link.invited_at) <= at - BETWEEN_MAILS


def standings(event: Event) -> list[Standing]:
    """Every speaker of the draft, by name."""
    parts = parts_by_person(event)
    links = {link.person_id: link for link in db.session.scalars(_links(event))}
    photos = photos_of(parts)
    files: dict[int, list[SpeakerFile]] = {}
    for file in files_of(event):
        files.setdefault(file.person_id, []).append(file)
    found = [
        Standing(theirs[0].speaker.person, theirs, links.get(key), photos.get(key, ""), files.get(key, []))
        for key, theirs in parts.items()
    ]
    return sorted(found, key=lambda one: sort_key(f"{one.person.family_name}\t{one.person.name}", page_language()))


def _links(event: Event) -> Select[SpeakerLink]:
    return select(SpeakerLink).where(SpeakerLink.event_id == event.id, SpeakerLink.revoked_at.is_(None))


def link_for(event: Event, person: Person, *, at: datetime) -> SpeakerLink:
    """The person's link; made now when there is none."""
    # Two organisers who press at once must not make two links, each with an invitation of its own.
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update()).all()
    link = db.session.scalar(_links(event).where(SpeakerLink.person_id == person.id))
    if link is None:
        link = SpeakerLink(number=_free_number(), event_id=event.id, person=person, issued_at=at)
        db.session.add(link)
        db.session.flush()  # the cause of its mails needs the id
        record("make speaker link", person, event_id=event.id, after={"person": person.name})
    return link


def _free_number() -> int:
    while True:
        number = tokens.new_ticket_number()
        if db.session.scalar(select(SpeakerLink.id).where(SpeakerLink.number == number)) is None:
            return number


def revoke_link(event: Event, person: Person, *, at: datetime) -> None:
    """Close a speaker's page. What they answered and sent stays; a new link can be made."""
    for link in db.session.scalars(_links(event).where(SpeakerLink.person_id == person.id)):
        link.revoked_at = at
        record("revoke speaker link", person, event_id=event.id, before={"person": person.name})
    db.session.flush()  # whoever asks for the link next must get a new one


def token_of(link: SpeakerLink) -> str:
    """The secret token of the speaker's own page."""
    return tokens.link_token(link.number, _secret(), purpose=PURPOSE)


def page_url(link: SpeakerLink) -> str:
    """The address of the speaker's own page."""
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.base_url}/slots/{token_of(link)}"


def find_by_link(text: str) -> SpeakerLink:
    """The link with this token. Raises NoSuchSpeakerPage, also for a ticket's token or a revoked link."""
    token = tokens.find_token(text) if len(text) < LONGEST_ADDRESS else None
    if token is None or not tokens.is_authentic_link(token, _secret(), purpose=PURPOSE):
        raise NoSuchSpeakerPage
    link = db.session.scalar(select(SpeakerLink).where(SpeakerLink.number == tokens.ticket_number(token)))
    if link is None or link.revoked_at is not None:
        raise NoSuchSpeakerPage
    return link


def _secret() -> bytes:
    settings: Settings = current_app.extensions["settings"]
    return tokens.key_from(settings.secret_key.encode(), LINK_KEY)


def send_invitations(event: Event, *, at: datetime, only: Collection[str] = ()) -> int:
    """Mail their link to everybody who has an address and was not invited yet; *only* these people when named."""
    chosen = [one for one in standings(event) if one.may_be_invited and (not only or one.person.uid in only)]
    for one in chosen:
        link = link_for(event, one.person, at=at)
        if speaker_letters.send("speaker_invite", link, one.parts, page_url(link), cause=f"speaker-invite:{link.id}"):
            record("invite speaker", one.person, event_id=event.id, after={"person": one.person.name})
        link.invited_at = link.mailed_at = at
    return len(chosen)


def send_reminders(event: Event, *, at: datetime, only: Collection[str] = ()) -> int:
    """Remind those whose answer is missing, each at most once a day; *only* these people when named."""
    chosen = [one for one in standings(event) if one.may_be_reminded(at) and (not only or one.person.uid in only)]
    for one in chosen:
        link = link_for(event, one.person, at=at)
        cause = f"speaker-remind:{link.id}:{today_in(event, at):%Y%m%d}"
        if speaker_letters.send("speaker_reminder", link, one.parts, page_url(link), cause=cause):
            record("remind speaker", one.person, event_id=event.id, after={"person": one.person.name})
        link.mailed_at = at
    return len(chosen)
