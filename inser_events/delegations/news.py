"""What happened to a delegation's people, gathered for its focal point: one mail for all that came in a minute."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from inser_events.database import db
from inser_events.delegations import mails
from inser_events.delegations.models import Delegate, Delegation, DelegationNews
from inser_events.delegations.operations import next_position
from inser_events.jobs import every
from inser_events.registration.models import Registration, State

ABOUT_THE_DELEGATION = frozenset(
    {"pending", "registered", "waitlisted", "promoted", "offered", "offer_over", "cancelled", "declined", "switched"}
)
"""Kinds of mails to people with an address of their own that their focal point hears of too."""
NEVER = frozenset({"link_again"})
AT_ONCE = 2_000


def hear(registration: Registration, kind: str) -> None:
    """Keep what was told to somebody of a delegation. Whoever registers alone is entered as one who asks."""
    delegation = db.session.scalar(select(Delegation).where(Delegation.uid == registration.group_key))
    if delegation is None:
        return
    known = db.session.get(Delegate, registration.id)
    if known is not None:
        # An organiser may have answered instead of the focal point.
        known.asked = known.asked and registration.state == State.PENDING
    else:
        asked = registration.state == State.PENDING
        position = next_position(delegation)
        db.session.add(
            Delegate(registration_id=registration.id, delegation_id=delegation.id, asked=asked, position=position)
        )
    if kind in NEVER or not (registration.through_focal_point or kind in ABOUT_THE_DELEGATION):
        return
    db.session.add(DelegationNews(delegation_id=delegation.id, registration_id=registration.id, kind=kind))
    db.session.flush()  # `forget` finds it


def forget(registrations: Iterable[Registration]) -> None:
    """Do not tell focal points of what they did themselves."""
    ids = [one.id for one in registrations]
    db.session.execute(delete(DelegationNews).where(DelegationNews.registration_id.in_(ids)))


@every(minutes=1)
def tell_focal_points() -> None:
    """Write each focal point one mail about everything new."""
    news = db.session.scalars(select(DelegationNews).order_by(DelegationNews.id).limit(AT_ONCE)).all()
    by_delegation: dict[int, list[DelegationNews]] = {}
    for one in news:
        by_delegation.setdefault(one.delegation_id, []).append(one)
    for key, theirs in by_delegation.items():
        # Of one person only the last counts: that is how things stand.
        last = {one.registration_id: one for one in theirs}
        people = [(one.registration_id, one.kind) for one in last.values()]
        cause = f"delegation-news:{key}:{theirs[-1].id}"
        mails.send(db.session.get_one(Delegation, key), "delegation_news", cause, people=people)
    db.session.execute(delete(DelegationNews).where(DelegationNews.id.in_([one.id for one in news])))
