"""Mails to focal points, in their language: one for each cause, however many people it is about."""

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from inser_events import mail
from inser_events.database import db
from inser_events.delegations.models import Delegation
from inser_events.delegations.names import name_of
from inser_events.delegations.queries import page_url
from inser_events.events.letterhead import letterhead_of
from inser_events.languages import text_in
from inser_events.registration.models import Registration
from inser_events.registration.queries import ticket_url
from inser_events.web.languages import in_language


def send(delegation: Delegation, kind: str, cause: str, **more: Any) -> bool:
    """Enter a mail to the focal point; False when there is no address, or the *cause* was told before.

    *kind* names the template. ``people`` in *more*: pairs of a registration's id and what happened.
    """
    if not delegation.focal_email:
        return False
    with in_language(delegation.language):
        subject = _subject(kind, delegation)
    told = {"delegation_id": delegation.id, "kind": kind, **more}
    entered = mail.send_letter(
        cause, write_delegation_mail, told, to=delegation.focal_email, subject=subject, event_id=delegation.event_id
    )
    return entered is not None


@mail.writer
def write_delegation_mail(
    delegation_id: int, kind: str, people: Sequence[tuple[int, str]] = (), **more: Any
) -> mail.Mail | None:
    """Write the mail of one kind to the focal point; None when there is no delegation or address any more."""
    delegation = db.session.get(Delegation, delegation_id)
    if delegation is None or not delegation.focal_email:
        return None
    event = delegation.event
    with in_language(delegation.language):
        context = {
            "delegation": delegation,
            "delegation_name": name_of(delegation, delegation.language),
            "event": event,
            "event_name": _event_name(delegation),
            "ticket_url": page_url(delegation),
            "link_label": _("Open my delegation’s page"),
            "people": _told(people),
            **more,
        }
        subject = _subject(kind, delegation)
        text = render_template(f"emails/{kind}.txt", **context)
        paragraphs = [block.strip().splitlines() for block in text.split("\n\n") if block.strip()]
        head = letterhead_of(delegation.event_id)
        html = render_template("emails/letter.html", subject=subject, paragraphs=paragraphs, head=head, **context)
    return mail.Mail(
        to=delegation.focal_email,
        name=delegation.focal_name,
        subject=subject,
        text=text,
        html=html,
        pictures=head.pictures,
        reply_to=event.contact_email,
    )


def _told(people: Sequence[tuple[int, str]]) -> list[dict[str, str]]:
    """Each person with what is said of them, and the link of those who are reached through the focal point."""
    found = {one: db.session.get(Registration, one) for one, _kind in people}
    return [
        {
            "name": registration.name,
            "what": _happened(kind, registration),
            "link": ticket_url(registration) if registration.through_focal_point and registration.active else "",
        }
        for one, kind in people
        if (registration := found[one]) is not None and registration.email
    ]


def _happened(kind: str, registration: Registration) -> str:
    words = {
        "pending": _("asks to come with your delegation") if _asks(registration) else _("awaits approval"),
        "registered": _("is confirmed"),
        "promoted": _("has a seat now"),
        "waitlisted": _("is on the waiting list"),
        "offered": _("is offered a seat and has to answer"),
        "offer_over": _("did not answer in time; the seat went to the next person"),
        "cancelled": _("does not come"),
        "declined": _("was not accepted"),
        "switched": _("takes part in another way now"),
        "merged": _("was registered twice; one registration is left"),
        "reissued": _("has a new ticket"),
        "changed": _("has a new entry for the calendar"),
        "called_off": _("the event is cancelled"),
        "session_seat": _("has a seat in a session"),
        "session_joined": _("has a seat in a session"),
        "session_left": _("has left a session"),
        "session_changed": _("a session of theirs has changed"),
        "session_withdrawn": _("a session of theirs is cancelled"),
    }
    return str(words.get(kind, kind))


def _asks(registration: Registration) -> bool:
    return registration.state == "pending"


def _event_name(delegation: Delegation) -> str:
    return text_in(delegation.event.name, [delegation.language, *delegation.event.languages]).value


def _subject(kind: str, delegation: Delegation) -> str:
    words = {
        "delegation_invite": _("Name your delegation: %(event)s", event="%(event)s"),
        "delegation_reminder": _("Your delegation is awaited: %(event)s", event="%(event)s"),
        "delegation_entered": _("Your delegation is registered: %(event)s", event="%(event)s"),
        "delegation_news": _("News of your delegation: %(event)s", event="%(event)s"),
        "delegation_letter_accepted": _("Your letter is accepted: %(event)s", event="%(event)s"),
        "delegation_letter_returned": _("Please send your letter again: %(event)s", event="%(event)s"),
    }
    return str(words[kind]) % {"event": _event_name(delegation)}
