"""Delegations for tests."""

from typing import Any

from inser_events.clock import now
from inser_events.database import db
from inser_events.delegations import invitations, people
from inser_events.delegations.models import Delegate, Delegation
from inser_events.delegations.operations import DelegationData, create_delegation
from inser_events.delegations.people import Nominee
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from tests.registration.factories import someone

FOCAL = "focal@example.org"


def make_delegation(event: Event, **values: Any) -> Delegation:
    """Morocco, with a focal point and a link of its own."""
    values = {"country": "MA", "focal_name": "Samira Alaoui", "focal_email": FOCAL, **values}
    delegation = create_delegation(event, DelegationData(**values), at=now())
    invitations.link_for(delegation)
    return delegation


def nominee(role: str = "representative", **values: Any) -> Nominee:
    """Somebody whom a focal point names."""
    return Nominee(someone(**values), role)


def name_people(delegation: Delegation, *nominees: Nominee) -> list[Registration]:
    """Enter people of a delegation."""
    return people.enter_people(delegation, nominees or [nominee()], at=now())


def delegate_of(registration: Registration) -> Delegate:
    """Somebody's place in their delegation."""
    return db.session.get_one(Delegate, registration.id)
