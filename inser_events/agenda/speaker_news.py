"""What a speaker did on their own page, told to the organisers by mail: a decline, a change, something they sent.

It goes to the event's contact address, or to its owners where there is none. An answer is told each time it changes;
of other changes at most one mail of a kind leaves in an hour, as it names the page that shows the latest.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from flask import current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events import mail
from inser_events.accounts.models import User
from inser_events.agenda.models import Slot, Speaker, SpeakerState
from inser_events.agenda.speaker_models import SpeakerLink
from inser_events.config import Settings
from inser_events.database import db
from inser_events.events.letterhead import letterhead_of
from inser_events.events.models import Event, TeamMember, TeamRole
from inser_events.languages import text_in
from inser_events.people.operations import PersonData
from inser_events.web.filters import semicolon
from inser_events.web.languages import in_language

LONGEST = 200
"""Characters of a changed text that a mail quotes."""


def tell_answer(link: SpeakerLink, speaker: Speaker, before: str, *, at: datetime) -> None:
    """A part was declined, or an earlier answer taken back. A first yes is what was expected: no mail."""
    if speaker.state == before or (speaker.state, before) == (SpeakerState.CONFIRMED, SpeakerState.INVITED):
        return
    kind = "declined" if speaker.state == SpeakerState.DECLINED else "confirmed"
    _tell(link, kind, f"{speaker.uid}:{at.isoformat()}", speaker_id=speaker.id)


def tell_details(link: SpeakerLink, before: PersonData, after: PersonData, *, at: datetime) -> None:
    """Details were corrected."""
    old, new = asdict(before), asdict(after)
    if changed := [name for name in new if new[name] != old[name]]:
        _tell(link, "details", f"{at:%Y%m%d%H}", changed=changed)


def tell_sent(link: SpeakerLink, kind: str, *, at: datetime) -> None:
    """A ``photo`` or a ``file`` was sent."""
    _tell(link, kind, f"{at:%Y%m%d%H}")


def _tell(link: SpeakerLink, kind: str, occasion: str, **more: object) -> None:
    event = link.event
    for number, to in enumerate(_organisers(event)):
        told = {"link_id": link.id, "kind": kind, "to": to, **more}
        with in_language(event.languages[0]):
            subject = _subject(link)
        cause = f"speaker-news:{link.id}:{kind}:{occasion}:{number}"
        mail.send_letter(cause, write_news, told, to=to, subject=subject, event_id=event.id)


def _organisers(event: Event) -> list[str]:
    if event.contact_email:
        return [event.contact_email]
    owners = select(User.email).join(TeamMember, TeamMember.user_id == User.id)
    mine = owners.where(TeamMember.event_id == event.id, TeamMember.role == TeamRole.OWNER, User.active)
    return list(db.session.scalars(mine.order_by(TeamMember.id)))


def _subject(link: SpeakerLink) -> str:
    event = text_in(link.event.name, link.event.languages).value
    return str(_("News from %(name)s: %(event)s", name=link.person.name, event=event))


@mail.writer
def write_news(
    link_id: int, kind: str, to: str, speaker_id: int | None = None, changed: Sequence[str] = ()
) -> mail.Mail | None:
    """Write one mail to one organiser; None when the link or the part is gone meanwhile."""
    link = db.session.get(SpeakerLink, link_id)
    speaker = db.session.get(Speaker, speaker_id) if speaker_id else None
    if link is None or (speaker_id and speaker is None):
        return None
    settings: Settings = current_app.extensions["settings"]
    slot = db.session.get(Slot, speaker.slot_id) if speaker and speaker.slot_id else None
    with in_language(link.event.languages[0]):
        context = {
            "person": link.person,
            "event": link.event,
            "event_name": text_in(link.event.name, link.event.languages).value,
            "kind": kind,
            "session": speaker.session if speaker else None,
            "slot": slot,
            "changes": [(_word(name), _value(link, name)) for name in changed],
            "ticket_url": f"{settings.base_url}/manage/{link.event.slug}/speakers#person-{link.person.uid}",
            "link_label": _("Open the page of speakers"),
        }
        subject = _subject(link)
        text = render_template("emails/speaker_news.txt", **context)
        paragraphs = [block.strip().splitlines() for block in text.split("\n\n") if block.strip()]
        head = letterhead_of(link.event_id)
        html = render_template("emails/letter.html", subject=subject, paragraphs=paragraphs, head=head, **context)
    return mail.Mail(to=to, subject=subject, text=text, html=html, pictures=head.pictures)


def _word(name: str) -> str:
    words = {
        "honorific": _("Form of address"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "name_latin": _("Name in Latin letters"),
        "job_title": _("Position"),
        "job_titles": _("Position"),
        "organisation": _("Organisation"),
        "country": _("Country"),
        "biography": _("Biography"),
    }
    return words.get(name) or name.replace("_", " ").capitalize()


def _value(link: SpeakerLink, name: str) -> str:
    """What it is now; a biography is only named, for it is long and formatted."""
    if name == "job_titles":
        value = semicolon().join(link.person.job_titles.values())
    else:
        value = "" if name == "biography" else str(getattr(link.person, name, "") or "")
    return value if len(value) <= LONGEST else value[:LONGEST].rstrip() + "…"
