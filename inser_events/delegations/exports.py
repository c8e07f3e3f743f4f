"""Delegations and their people as a spreadsheet."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.database import db
from inser_events.delegations.models import Delegate
from inser_events.delegations.names import kind_words, letter_words, role_words
from inser_events.delegations.queries import Standing, in_order, standings
from inser_events.documents.sheets import Cell, Sheet
from inser_events.events.models import Event
from inser_events.people.countries import country_name
from inser_events.registration.forms import mode_words
from inser_events.registration.models import ACTIVE, Registration
from inser_events.web.state_words import state_label


def sheets(event: Event, language: str) -> list[Sheet]:
    """One sheet of delegations, one of everybody in them."""
    every = standings(event, language)
    return [
        Sheet(
            name=_("Delegations"),
            header=[
                *(_("Delegation"), _("Comes as"), _("Country"), _("Name of the focal point")),
                *(_("E-mail of the focal point"), _("Invited on"), _("Opened"), _("In the room"), _("Online")),
                *(_("Head of delegation"), _("Nomination letter")),
            ],
            rows=_delegations(every, language),
        ),
        Sheet(
            name=_("People"),
            header=[
                *(_("Delegation"), _("Role"), _("Form of address"), _("Given name"), _("Family name"), _("E-mail")),
                *(_("Position"), _("Organisation"), _("Country"), _("Takes part"), _("State")),
            ],
            rows=_people(event, every, language),
        ),
    ]


def _delegations(every: list[Standing], language: str) -> Iterator[list[Cell]]:
    kinds, letters = kind_words(), letter_words()
    for one in every:
        delegation = one.delegation
        yield [
            one.name,
            kinds[delegation.kind],
            country_name(delegation.country, language) if delegation.country else "",
            delegation.focal_name,
            delegation.focal_email,
            delegation.invited_at,
            delegation.opened_at,
            one.in_person,
            one.online,
            one.head,
            letters[one.letter] if delegation.letter_needed or one.letter else "",
        ]


def _people(event: Event, every: list[Standing], language: str) -> Iterator[list[Cell]]:
    """Everybody who comes, in the order of the delegations and of their lists."""
    mine = select(Delegate).join(Delegate.registration)
    chosen = mine.where(Registration.event_id == event.id, Registration.state.in_(ACTIVE), Delegate.asked.is_(False))
    members: dict[int, list[Delegate]] = {}
    for delegate in db.session.scalars(chosen):
        members.setdefault(delegate.delegation_id, []).append(delegate)
    roles = role_words()
    for one in every:
        for delegate in sorted(members.get(one.delegation.id, []), key=in_order):
            person = delegate.registration
            yield [
                *(one.name, roles[delegate.role], person.honorific, person.given_name, person.family_name),
                "" if person.through_focal_point else person.email,
                *(person.job_title, person.organisation),
                country_name(person.country, language) if person.country else "",
                *(mode_words(person.mode), state_label(person.state)),
            ]
