"""Mails to speakers: in the event's main language, with their parts and their link."""

from collections.abc import Sequence

from flask import render_template
from flask_babel import gettext as _

from inser_events import mail
from inser_events.agenda.speaker_models import SpeakerLink
from inser_events.agenda.speaker_parts import Part
from inser_events.events.letterhead import letterhead_of
from inser_events.languages import text_in
from inser_events.web.languages import in_language


def send(kind: str, link: SpeakerLink, parts: Sequence[Part], url: str, *, cause: str) -> bool:
    """Write a speaker; False when that *cause* was told before. *kind*: ``speaker_invite`` or ``speaker_reminder``."""
    event, person = link.event, link.person
    language = event.languages[0]
    with in_language(language):
        name = text_in(event.name, event.languages).value
        context = {
            "person": person,
            "event": event,
            "event_name": name,
            "parts": parts,
            "ticket_url": url,
            "link_label": _("Open my page"),
        }
        subject = _subjects()[kind] % {"event": name}
        text = render_template(f"emails/{kind}.txt", **context)
        paragraphs = [block.strip().splitlines() for block in text.split("\n\n") if block.strip()]
        head = letterhead_of(event.id)
        html = render_template("emails/letter.html", subject=subject, paragraphs=paragraphs, head=head, **context)
    letter = mail.Mail(
        to=person.email, name=person.name, subject=subject, text=text, html=html, pictures=head.pictures,
        reply_to=event.contact_email,
    )  # fmt: skip
    return mail.send(cause, letter, event_id=event.id) is not None


def _subjects() -> dict[str, str]:
    return {
        "speaker_invite": _("You are on the programme: %(event)s", event="%(event)s"),
        "speaker_reminder": _("Please answer: %(event)s", event="%(event)s"),
    }
