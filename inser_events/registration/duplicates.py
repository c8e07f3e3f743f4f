"""People who seem to be registered twice: the same name and organisation under two addresses."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import combinations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.addresses import folded_email
from inser_events.audit import record
from inser_events.database import Model, db
from inser_events.events.models import Event
from inser_events.people.search import fold
from inser_events.registration import notices
from inser_events.registration.answers import answers_of
from inser_events.registration.errors import NotActive, NotTheSame
from inser_events.registration.groups import move_to_group
from inser_events.registration.models import Registration, State
from inser_events.registration.operations import searchable
from inser_events.registration.queries import Wanted, filtered
from inser_events.registration.seating import lock, promote_waiting, release, seat_at_any_rate
from inser_events.registration.shares import take_shares_anyway
from inser_events.registration.signups import hand_over_signups, leave_sessions, may_sign_up

MOST_GROUPS = 200
MOST_NAMESAKES, MOST_LOOKED_AT = 5, 100
TAKEN_OVER = ("honorific", "given_name", "name_latin", "job_title", "country", "phone", "gender")
"""Details of the later registration that fill gaps of the earlier one."""
HandOver = Callable[[int, int], None]
_handing_over: list[HandOver] = []
"""What domains to the right know of a registration that ends: they are given its id and that of the one kept."""


class DifferentPeople(Model):
    """Two registrations that a registrar has looked at: not the same person."""

    __tablename__ = "different_people"

    first_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)


def also_hand_over(act: HandOver) -> None:
    """Add what another domain does when two registrations become one."""
    if act not in _handing_over:
        _handing_over.append(act)


def likely_duplicates(event: Event) -> list[Sequence[Registration]]:
    """Groups of active registrations with one name and organisation, each oldest first, without settled ones.

    The order of given and family name does not matter, nor do accents and case.
    """
    people = db.session.execute(
        select(Registration.id, Registration.given_name, Registration.family_name, Registration.organisation_key).where(
            Registration.event_id == event.id, Registration.active_email.is_not(None)
        )
    )
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, given_name, family_name, organisation in people:
        groups[organisation, *name_key(given_name, family_name)].append(number)
    settled = _settled(event)
    shown = [
        group for group in groups.values() if len(group) > 1 and not set(combinations(sorted(group), 2)) <= settled
    ]
    return [_oldest_first(group) for group in shown[:MOST_GROUPS]]


def name_key(given_name: str, family_name: str) -> tuple[str, ...]:
    """A name, whatever the order of its parts, accents and case."""
    return tuple(sorted(fold(given_name, family_name).split()))


def namesakes(event: Event, given_name: str, family_name: str) -> Sequence[Registration]:
    """A few active registrations of people with exactly this name, whatever their organisation."""
    wanted = name_key(given_name, family_name)
    named = filtered(event, Wanted(query=" ".join(wanted)), few=True).where(Registration.active_email.is_not(None))
    found = db.session.scalars(named.limit(MOST_LOOKED_AT))
    return [one for one in found if name_key(one.given_name, one.family_name) == wanted][:MOST_NAMESAKES]


def _settled(event: Event) -> set[tuple[int, int]]:
    pairs = (
        select(DifferentPeople.first_id, DifferentPeople.second_id)
        .join(Registration, Registration.id == DifferentPeople.first_id)
        .where(Registration.event_id == event.id)
    )
    return {(first, second) for first, second in db.session.execute(pairs)}


def _oldest_first(group: Sequence[int]) -> Sequence[Registration]:
    mine = select(Registration).where(Registration.id.in_(group))
    return db.session.scalars(mine.order_by(Registration.created_at, Registration.id)).all()


def settle_as_different(registrations: Sequence[Registration]) -> None:
    """Remember that these are different people; the list does not show them together again."""
    numbers = sorted(registration.id for registration in registrations)
    for first, second in combinations(numbers, 2):
        if db.session.get(DifferentPeople, (first, second)) is None:
            db.session.add(DifferentPeople(first_id=first, second_id=second))
    for registration in registrations:
        record(
            "not a duplicate", registration, event_id=registration.event_id, after={"compared with": len(numbers) - 1}
        )
    db.session.flush()  # the list reads the database


def merge(one: Registration, other: Registration, *, at: datetime) -> Registration:
    """Keep the older of two registrations of one person and end the other; return the one kept.

    What the older one lacks is taken from the later one: details, an address of their own, answers, sessions, and a
    seat where only the later one has it in the same mode. Raises NotActive, NotTheSame.
    """
    if one.event_id != other.event_id or one.id == other.id:
        raise NotTheSame
    kept, ended = sorted((one, other), key=lambda registration: (registration.created_at, registration.id))
    lock(kept)
    lock(ended)
    if not (kept.active and ended.active):
        raise NotActive
    before = ended.state
    _hand_over_seat(kept, ended, at)
    filled = _fill_gaps(kept, ended)
    ended.state, ended.cancelled_at, ended.active_email, ended.waiting_since = State.CANCELLED, at, None, None
    db.session.flush()  # the address is free
    if ended.email and not ended.through_focal_point and (not kept.email or kept.through_focal_point):
        kept.email, kept.through_focal_point = ended.email, False
        kept.active_email, kept.search_text = folded_email(kept.email), searchable(kept)
        filled.append("email")
    if ended.group_key and not kept.group_key:
        move_to_group(kept, ended.group_key, at=at)
    for act in _handing_over:
        act(ended.id, kept.id)
    facts = {"into": kept.uid, "ended": ended.uid, "filled": filled}
    record("merge registration", ended, event_id=ended.event_id, before={"state": before}, after=facts)
    record("merge registration", kept, event_id=kept.event_id, after=facts)
    db.session.flush()  # the queue is read from the database
    notices.merged(ended)
    notices.link_again(kept, at=at)
    promote_waiting(ended.event_id, ended.mode, at=at)
    if kept.mode != ended.mode:
        promote_waiting(kept.event_id, kept.mode, at=at)
    return kept


def _hand_over_seat(kept: Registration, ended: Registration, at: datetime) -> None:
    hands_over = ended.state == State.CONFIRMED and kept.state != State.CONFIRMED and kept.mode == ended.mode
    if hands_over:
        release(kept)
        kept.state, kept.confirmed_at, kept.waiting_since = State.CONFIRMED, at, None
    if may_sign_up(kept):
        hand_over_signups(ended, kept, at=at)
    leave_sessions(ended, at=at)
    release(ended)
    if hands_over:
        seat_at_any_rate(kept)
        take_shares_anyway(kept)


def _fill_gaps(kept: Registration, ended: Registration) -> list[str]:
    filled = [name for name in TAKEN_OVER if not getattr(kept, name) and getattr(ended, name)]
    for name in filled:
        setattr(kept, name, getattr(ended, name))
    answered = {answer.question_id for answer in answers_of(kept)}
    for answer in answers_of(ended):
        if answer.question_id not in answered and answer.question.kind != "file":
            answer.registration_id = kept.id
    return filled
