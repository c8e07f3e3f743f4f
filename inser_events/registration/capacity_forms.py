"""Forms of the page that sets an event's limits, and of a registrar's decisions."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField
from wtforms.validators import NumberRange, Optional

from inser_events.agenda.snapshot import Session
from inser_events.events.models import Event
from inser_events.registration.capacities import LARGEST_PARTY, LONGEST_OFFER, MOST_SEATS, Limits
from inser_events.registration.capacity_models import SessionSeats
from inser_events.registration.questions import PUBLIC_CATEGORIES
from inser_events.web.filters import category_label, mode_label
from inser_events.web.forms import BaseForm


def _seats(label: str, **options: Any) -> IntegerField:
    message = _l("Enter a whole number, or leave it empty when there is no limit.")
    return IntegerField(label, [Optional(), NumberRange(0, MOST_SEATS, message)], **options)


class LimitsForm(BaseForm):
    """An event's limits. Its fields per category, mode and session are made by `limits_form`."""

    organisation_cap = _seats(
        _l("Seats in the room for one organisation"), description=_l("Empty: any number. Online is not counted.")
    )
    offer_hours = IntegerField(
        _l("Keep a free seat for how many hours?"),
        [Optional(), NumberRange(1, LONGEST_OFFER, _l("Enter 1 to 336 hours, or leave it empty."))],
        description=_l(
            "The first on the waiting list is asked, and answers on the ticket page. Empty: the seat is theirs at once."
        ),
    )
    party_size = IntegerField(
        _l("How many people can register together?"),
        [Optional(), NumberRange(2, LARGEST_PARTY, _l("Enter 2 to 10, or leave it empty."))],
        description=_l(
            "The form then offers to add colleagues. All get a seat, or wait together. Empty: each registers alone."
        ),
    )
    parties_overtaken = BooleanField(
        _l("Let smaller parties overtake a larger one that waits"),
        description=_l(
            "Unticked, free seats are kept until they are enough for the first party in the queue. "
            "A party larger than the room never holds anybody up."
        ),
    )
    group_approval = BooleanField(
        _l("Focal points approve those who register alone"),
        description=_l(
            "Whoever names a delegation as their organisation, or is the delegate of a Member’s country, waits "
            "for a yes on that delegation’s page."
        ),
    )
    event: Event
    sessions: list[Session]

    def limits(self) -> Limits:
        """What the form says."""
        wanted = {
            (str(mode), str(category)): self[f"share_{mode}_{category}"].data
            for mode in self.event.modes
            for category in PUBLIC_CATEGORIES
        }
        return Limits(
            shares={key: capacity for key, capacity in wanted.items() if capacity is not None},
            organisation_cap=self.organisation_cap.data,
            offer_hours=self.offer_hours.data,
            approved_categories=[str(category) for category in PUBLIC_CATEGORIES if self[f"approved_{category}"].data],
            party_size=self.party_size.data,
            parties_overtaken=self.parties_overtaken.data,
            group_approval=self.group_approval.data,
        )

    def session_limits(self) -> dict[str, tuple[bool, int | None]]:
        """By ``uid`` of each session: whether it needs sign-up, and for how many."""
        return {
            session.uid: (self[f"needed_{place}"].data, self[f"seats_{place}"].data)
            for place, session in enumerate(self.sessions)
        }


def limits_form(event: Event, limits: Limits, sessions: list[Session], seats: dict[str, SessionSeats]) -> Any:
    """The form, filled with the limits as they stand."""
    fields: dict[str, Any] = {}
    for category in PUBLIC_CATEGORIES:
        fields[f"approved_{category}"] = BooleanField(
            category_label(category), default=category in limits.approved_categories
        )
        for mode in event.modes:
            fields[f"share_{mode}_{category}"] = _seats(
                f"{category_label(category)}: {mode_label(mode)}", default=limits.shares.get((mode, category))
            )
    for place, session in enumerate(sessions):
        known = seats.get(session.uid)
        fields[f"needed_{place}"] = BooleanField(_l("Needs sign-up"), default=known is not None)
        fields[f"seats_{place}"] = _seats(_l("Seats"), default=known.capacity if known else None)
    facts = {"event": event, "sessions": sessions}
    return type("LimitsForm", (LimitsForm,), fields | facts)(
        organisation_cap=limits.organisation_cap,
        offer_hours=limits.offer_hours,
        party_size=limits.party_size,
        parties_overtaken=limits.parties_overtaken,
        group_approval=limits.group_approval,
    )
