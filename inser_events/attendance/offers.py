"""Letters offered where people look for them: on the ticket, and on the registrar's page of a person."""

from flask_babel import gettext as _

from inser_events.attendance.presence import attended
from inser_events.database import db
from inser_events.registration.further_links import Link
from inser_events.registration.models import Registration, State


def _attended(registration: Registration) -> bool:
    mine = attended(registration.event).where(Registration.id == registration.id).with_only_columns(Registration.id)
    return registration.state in {State.CONFIRMED, State.WAITLISTED} and db.session.scalar(mine) is not None


def for_holder(registration: Registration, home: str) -> list[Link]:
    """The certificate of whoever was there."""
    if not _attended(registration):
        return []
    return [Link(f"{home}/certificate.pdf", _("Certificate of attendance (PDF)"), "download")]


def for_registrar(registration: Registration, home: str) -> list[Link]:
    """A letter of invitation for those with a place, a certificate for those who came."""
    offered = []
    if registration.state == State.CONFIRMED:
        offered.append(Link(f"{home}/letters/invitation/for/{registration.uid}", _("Letter of invitation"), "mail"))
    if _attended(registration):
        offered.append(Link(f"{home}/letters/certificate/for/{registration.uid}", _("Certificate"), "print"))
    return offered
