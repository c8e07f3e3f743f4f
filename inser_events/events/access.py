"""Who may do what in an event. Predicates of a user and an event; administrators may do everything."""

from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.database import db
from inser_events.events.models import Event, TeamMember, TeamRole

Roles = frozenset[TeamRole]

SEE: Roles = frozenset(TeamRole)
OWN: Roles = frozenset({TeamRole.OWNER})
EDIT: Roles = OWN | {TeamRole.EDITOR}
REGISTER: Roles = EDIT | {TeamRole.REGISTRAR}
SCAN: Roles = REGISTER | {TeamRole.DOOR}


def role_in(user: User, event: Event) -> str | None:
    """The user's role in the event, or None."""
    return db.session.scalar(
        select(TeamMember.role).where(TeamMember.event_id == event.id, TeamMember.user_id == user.id)
    )


def strongest_role(user: User, event: Event) -> str | None:
    """What the user counts as in the event: an administrator as its owner."""
    return TeamRole.OWNER if user.is_administrator else role_in(user, event)


def may_see(user: User, event: Event) -> bool:
    """Anyone on the team sees the event's pages for organisers."""
    return strongest_role(user, event) in SEE


def may_edit(user: User, event: Event) -> bool:
    """Owners and editors change the event and its agenda, and publish."""
    return strongest_role(user, event) in EDIT


def may_own(user: User, event: Event) -> bool:
    """Owners choose the team, cancel and delete."""
    return strongest_role(user, event) in OWN


def may_register(user: User, event: Event) -> bool:
    """Registrars (and editors, owners) see and change registrations."""
    return strongest_role(user, event) in REGISTER


def may_scan(user: User, event: Event) -> bool:
    """Door staff (and registrars, owners, editors) scan badges."""
    return strongest_role(user, event) in SCAN


def may_create(user: User) -> bool:
    """Every signed-in user may start an event; they become its owner."""
    return user.is_active
