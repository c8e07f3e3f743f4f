"""People who are registered and speak: what is kept of them as speakers is told and erased with the rest."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from inser_events.addresses import folded_email
from inser_events.agenda.speaker_forgetting import forget_speaker, speakers_with, told_as_speaker
from inser_events.clock import now
from inser_events.database import db
from inser_events.registration.models import Registration


def speaking_of(registration: Registration) -> list[dict[str, Any]]:
    """What is kept of a person as a speaker of the event, by their address."""
    address = folded_email(registration.email)
    return told_as_speaker(registration.event_id, address) if address else []


def forget_as_speakers(ids: Sequence[int]) -> None:
    """Forget registrations as speakers too, unless another registration with their address is still active."""
    leaving = db.session.scalars(select(Registration).where(Registration.id.in_(ids), Registration.email != "")).all()
    by_event: dict[int, set[str]] = {}
    for registration in leaving:
        by_event.setdefault(registration.event_id, set()).add(folded_email(registration.email))
    for event_id, addresses in by_event.items():
        staying = db.session.scalars(
            select(Registration.active_email).where(
                Registration.event_id == event_id,
                Registration.active_email.in_(addresses),
                Registration.id.not_in(ids),
            )
        ).all()
        for person in speakers_with(event_id, addresses - set(staying)):
            forget_speaker(event_id, person, at=now())
