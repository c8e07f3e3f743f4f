"""Focal points' private links, and the mails that bring them: an invitation, then reminders."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from inser_events import tokens
from inser_events.audit import record
from inser_events.database import db
from inser_events.delegations import mails
from inser_events.delegations.models import Delegation
from inser_events.delegations.names import name_of
from inser_events.delegations.queries import Standing, standings
from inser_events.events.models import Event

BETWEEN_MAILS = timedelta(days=1)


def link_for(delegation: Delegation) -> None:
    """Make the focal point's link when there is none."""
    db.session.execute(select(Delegation.id).where(Delegation.id == delegation.id).with_for_update()).all()
    db.session.refresh(delegation, ["link_number"])
    if delegation.link_number is None:
        delegation.link_number = _free_number()
        db.session.flush()  # the mail names it
        record("make delegation link", delegation, event_id=delegation.event_id, after=_named(delegation))


def _free_number() -> int:
    while True:
        number = tokens.new_ticket_number()
        if db.session.scalar(select(Delegation.id).where(Delegation.link_number == number)) is None:
            return number


def revoke_link(delegation: Delegation) -> None:
    """Close the focal point's page. What was entered stays; a new invitation makes a new link."""
    if delegation.link_number is not None:
        delegation.link_number = delegation.invited_at = delegation.opened_at = None
        record("revoke delegation link", delegation, event_id=delegation.event_id, before=_named(delegation))


def invite(delegation: Delegation, *, at: datetime) -> bool:
    """Mail the focal point their link, again if they have it already; False when no mail went out.

    There is one such mail an hour at most, so that a double click sends one.
    """
    if not delegation.focal_email:
        return False
    link_for(delegation)
    cause = f"delegation-invite:{delegation.id}:{delegation.link_number}:{at:%Y%m%d%H}"
    sent = mails.send(delegation, "delegation_invite", cause)
    if sent:
        delegation.invited_at = delegation.invited_at or at
        delegation.mailed_at = at
        record("invite delegation", delegation, event_id=delegation.event_id, after=_named(delegation))
    return sent


def may_be_invited(standing: Standing) -> bool:
    """Has an address, and was not invited yet."""
    return bool(standing.delegation.focal_email) and standing.delegation.invited_at is None


def may_be_reminded(standing: Standing, at: datetime) -> bool:
    """Was invited, something is still missing, and the last mail is a day old."""
    delegation = standing.delegation
    missing = not standing.people or not standing.head or standing.letter_missing
    if not delegation.focal_email or delegation.invited_at is None or not missing:
        return False
    return (delegation.mailed_at or delegation.invited_at) <= at - BETWEEN_MAILS


def send_invitations(event: Event, language: str, *, at: datetime, only: Collection[str] = ()) -> int:
    """Invite every focal point who was not yet; *only* those of the delegations named, if any. Returns how many."""
    due = [one.delegation for one in standings(event, language) if may_be_invited(one)]
    return sum(invite(one, at=at) for one in due if not only or one.uid in only)


def send_reminders(event: Event, language: str, *, at: datetime, only: Collection[str] = ()) -> int:
    """Remind every focal point of whom something is missing, once a day at most. Returns how many."""
    due = [one for one in standings(event, language) if may_be_reminded(one, at)]
    return sum(_remind(one, at) for one in due if not only or one.delegation.uid in only)


def _remind(standing: Standing, at: datetime) -> bool:
    delegation = standing.delegation
    link_for(delegation)
    cause = f"delegation-remind:{delegation.id}:{at:%Y%m%d}"
    missing = {"people_missing": not standing.people, "head_missing": not standing.head}
    sent = mails.send(delegation, "delegation_reminder", cause, letter_missing=standing.letter_missing, **missing)
    if sent:
        delegation.mailed_at = at
        record("remind delegation", delegation, event_id=delegation.event_id, after=_named(delegation))
    return sent


def note_opened(delegation: Delegation, *, at: datetime) -> None:
    """Remember that the focal point has seen the page."""
    if delegation.opened_at is None:
        delegation.opened_at = at


def _named(delegation: Delegation) -> dict[str, str]:
    return {"name": name_of(delegation, delegation.event.languages[0])}
