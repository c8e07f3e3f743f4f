"""What delegations know of people: told to them, forgotten with them, and forgotten when the event's time is over."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.delegations.letters import drop_letters
from inser_events.delegations.models import Delegate, Delegation, DelegationNews, NominationLetter
from inser_events.delegations.names import name_of
from inser_events.events.models import Event
from inser_events.mail import MailState, OutboxMail
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import forget_in_history

NAMES_PEOPLE = ("name delegates", "replace delegate")
"""Acts whose entry, in the history of a delegation, says who it was about."""


def delegation_told(registration: Registration) -> list[dict[str, Any]]:
    """With whom somebody comes, as what."""
    delegate = db.session.get(Delegate, registration.id)
    if delegate is None:
        return []
    delegation = delegate.delegation
    told = {"delegation": name_of(delegation, registration.language), "role": delegate.role}
    return [told | {"named_by": delegation.focal_name}]


def forget_people(ids: Sequence[int]) -> None:
    """Erase what is kept of some registrations besides themselves: their roles stay, as counts need them.

    What was sent to their focal points named them: its content goes, that it was sent stays.
    """
    db.session.execute(delete(DelegationNews).where(DelegationNews.registration_id.in_(ids)))
    forget_in_history(db.session.scalars(select(Registration).where(Registration.id.in_(ids))).all(), NAMES_PEOPLE)
    theirs = (
        select(Delegation.event_id, func.lower(Delegation.focal_email))
        .join(Delegate, Delegate.delegation_id == Delegation.id)
        .where(Delegate.registration_id.in_(ids), Delegation.focal_email != "")
        .distinct()
    )
    for event_id, address in db.session.execute(theirs).all():
        sent = update(OutboxMail).where(
            OutboxMail.event_id == event_id,
            func.lower(OutboxMail.recipient) == address,
            OutboxMail.state == MailState.SENT,
        )
        db.session.execute(sent.values(message=b"", subject=""))


def something_left(event: Event) -> bool:
    """Whether focal points or letters of an event are still known."""
    mine = select(Delegation.id).where(Delegation.event_id == event.id)
    letters = select(NominationLetter.delegation_id).where(NominationLetter.delegation_id == Delegation.id)
    known = or_(Delegation.focal_email != "", Delegation.focal_name != "", letters.exists())
    return db.session.scalar(mine.where(known).limit(1)) is not None


def forget_contacts(event: Event) -> dict[str, int]:
    """Erase focal points and letters of an event; delegations and their numbers stay. Returns what was erased."""
    delegations = db.session.scalars(select(Delegation).where(Delegation.event_id == event.id)).all()
    letters = 0
    for delegation in delegations:
        delegation.focal_name = delegation.focal_email = ""
        delegation.link_number = None
        letters += drop_letters(delegation)
    subjects = [f"delegation:{one.id}" for one in delegations]
    for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.subject.in_(subjects))):
        entry.before, entry.after = {}, {}
    return {"files": letters}
