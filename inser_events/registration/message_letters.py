"""A message as the letter one person gets: words filled in, in their language, with what is attached."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.lists import format_list
from flask import current_app, g, render_template
from flask_babel import gettext as _

from inser_events.agenda.exports import agenda_ics
from inser_events.agenda.snapshot import Snapshot
from inser_events.config import Settings
from inser_events.documents import calendar
from inser_events.events.letterhead import letterhead_of
from inser_events.events.models import Event
from inser_events.languages import text_in
from inser_events.mail import Attachment, Mail
from inser_events.registration.message_models import Message
from inser_events.registration.models import Registration
from inser_events.registration.placeholders import fill
from inser_events.registration.queries import ticket_url
from inser_events.web.filters import category_label, date_range, mode_label, page_locale
from inser_events.web.languages import in_language

PDF = "application/pdf"
OWN_LINKS = frozenset({"ticket_link", "join_link", "cancel_link"})
Maker = Callable[[Registration, Snapshot], Attachment]
_makers: dict[str, Maker] = {}


@dataclass(frozen=True)
class Letter:
    """What a person will read. *text* is the language's own; ``direction`` goes with it."""

    subject: str
    text: str
    language: str
    direction: str

    @property
    def paragraphs(self) -> list[list[str]]:
        """Lines in paragraphs."""
        return [block.strip().splitlines() for block in self.text.split("\n\n") if block.strip()]


def attach_with(kind: str, maker: Maker) -> None:
    """Offer a kind of personal attachment: a domain to the right of this one knows how to make it."""
    _makers[kind] = maker


def attachment_kinds() -> list[str]:
    """What can be attached, besides a note."""
    return ["calendar", *_makers]


def letter(
    message: Message, registration: Registration, snapshot: Snapshot | None, *, also: Sequence[Registration] = ()
) -> Letter:
    """The message with the person's words, and those of others who are reached at the same address."""
    event = message.event
    body = text_in(message.body, [registration.language, *event.languages])
    subject = text_in(message.subject, [body.language])
    with in_language(body.language):
        every = [words_for(one, event, snapshot) for one in (registration, *also)]
        values = words_together(every) if also else every[0]
        text = render_template(
            "emails/message.txt",
            text=fill(body.value, values),
            event=event,
            event_name=values["event"],
            passed_on=values["name"] if also or registration.through_focal_point else "",
        )
        return Letter(fill(subject.value, values), text.strip(), body.language, body.direction)


def words_for(registration: Registration, event: Event, snapshot: Snapshot | None) -> dict[str, str]:
    """What stands for each placeholder, in the language that is set."""
    settings: Settings = current_app.extensions["settings"]
    wanted = [g.language, *event.languages]
    ticket = ticket_url(registration)
    facts = snapshot.event if snapshot else None
    venue = facts.venue if facts else None
    places = [text_in(text, wanted).value for text in (venue.name, venue.city)] if venue else []
    return {
        "name": registration.name,
        "honorific": registration.honorific,
        "given_name": registration.given_name,
        "family_name": registration.family_name,
        "organisation": registration.organisation,
        "category": str(category_label(registration.category)),
        "mode": str(mode_label(registration.mode)),
        "event": text_in(facts.name if facts else event.name, wanted).value,
        "date": date_range(facts.starts_on, facts.ends_on) if facts else date_range(event.starts_on, event.ends_on),
        "venue": ", ".join(place for place in places if place),
        "platform": facts.online_platform if facts else event.online_platform,
        "agenda_link": f"{settings.base_url}/events/{event.slug}/agenda",
        "ticket_link": ticket,
        "join_link": f"{ticket}/join" if registration.can_join else "",
        "cancel_link": f"{ticket}/cancel",
        "organiser": text_in(facts.organiser if facts else event.organiser, wanted).value,
    }


def words_together(every: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What stands for each placeholder in one letter about several people: what differs is listed."""
    together: dict[str, str] = {}
    for name in every[0]:
        said = [words[name] for words in every]
        if name in OWN_LINKS:
            together[name] = " · ".join(f"{words['name']}: {words[name]}" for words in every if words[name])
        elif name == "honorific":
            together[name] = ""
        else:
            together[name] = format_list([text for text in dict.fromkeys(said) if text], locale=page_locale())
    return together


def mail_of(
    message: Message,
    registration: Registration,
    snapshot: Snapshot | None,
    *,
    to: str = "",
    also: Sequence[Registration] = (),
) -> Mail:
    """The letter as a mail, to the person or, for a trial, to somebody else.

    *also*: others whom it is about, because they are reached at the same address.
    """
    said, head = letter(message, registration, snapshot, also=also), letterhead_of(message.event_id)
    with in_language(said.language):
        html = render_template(
            "emails/letter.html",
            subject=said.subject,
            paragraphs=said.paragraphs,
            ticket_url=ticket_url(registration),
            link_label="",
            head=head,
            event_name=text_in(message.event.name, [said.language, *message.event.languages]).value,
        )
    return Mail(
        to=to or registration.email,
        name="" if to or also or registration.through_focal_point else registration.name,
        subject=_("Trial: %(subject)s", subject=said.subject) if to else said.subject,
        text=said.text + "\n",
        html=html,
        pictures=head.pictures,
        attachments=list(attachments(message, [registration, *also], snapshot)),
        reply_to=message.event.contact_email,
    )


def attachments(message: Message, people: Sequence[Registration], snapshot: Snapshot | None) -> Iterator[Attachment]:
    """The files that go with the message; of several people each one's is numbered."""
    for number, registration in enumerate(people, start=1):
        for kind in message.attachments:
            if snapshot is None or not registration.active:
                continue
            if kind == "calendar":
                made = _calendar(registration, snapshot)
            elif kind in _makers:
                made = _makers[kind](registration, snapshot)
            else:
                continue
            yield made._replace(filename=f"{number}-{made.filename}") if len(people) > 1 else made
    if message.note_name:
        yield Attachment(message.note_name, PDF, note_path(message).read_bytes())


def note_path(message: Message) -> Path:
    """Where the attached note lies."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "messages" / f"{message.uid}.pdf"


def _calendar(registration: Registration, snapshot: Snapshot) -> Attachment:
    """The person's own calendar file: the room's place, or their way into the call."""
    settings: Settings = current_app.extensions["settings"]
    own = ticket_url(registration)
    body = agenda_ics(
        snapshot,
        base_url=settings.base_url,
        languages=[registration.language, *snapshot.event.languages],
        placed="online" if registration.has_online_access else "in_person",
        join_url=f"{own}/join" if registration.can_join else None,
        source=f"{own}/calendar.ics",
    )
    return Attachment(f"{snapshot.event.slug}.ics", calendar.MEDIA_TYPE, body)
