"""People who register together are seated together or wait together; somebody takes another's place."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Seats
from inser_events.mail import OutboxMail
from inser_events.registration import approval, capacities, groups, offers, operations, parties, queries
from inser_events.registration.capacities import Limits
from inser_events.registration.capacity_models import GroupSeats
from inser_events.registration.errors import AlreadyRegistered, NoSuchTicket, NotActive, OfferOver, PartyTooLarge
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.usefixtures("app")
OVERTAKING = Limits(parties_overtaken=True)


def event_with(limits: Limits, **values: object) -> Event:
    event = make_open_event(**values)
    capacities.set_limits(event, limits, at=now())
    return event


def register(event: Event, **values: object) -> Registration:
    return operations.register(event, someone(**values), at=now())


def together(event: Event, size: int, **values: object) -> list[Registration]:
    return parties.register_together(event, [Entry(someone(**values)) for _ in range(size)], at=now())


def entry(**values: object) -> Entry:
    return Entry(someone(**values))


def cancel(registration: Registration) -> None:
    operations.cancel_registration(registration, at=now())


def states(*registrations: Registration) -> list[str]:
    return [registration.state for registration in registrations]


def seats(event: Event) -> tuple[int, int]:
    mine = Seats.event_id == event.id, Seats.mode == "in_person"
    row = db.session.execute(select(Seats.taken, Seats.waiting).where(*mine)).one()
    return row.taken, row.waiting


def group_taken(event: Event) -> int:
    return db.session.scalars(select(GroupSeats.taken).where(GroupSeats.event_id == event.id)).one()


def test_a_party_that_fits_is_seated() -> None:
    event = make_open_event(in_person=3)
    assert (states(*together(event, 3)), seats(event)) == (["confirmed"] * 3, (3, 0))


def test_a_party_larger_than_the_free_seats_waits_together() -> None:
    event = make_open_event(in_person=3)
    register(event)
    party = together(event, 3)
    assert (states(*party), seats(event)) == (["waitlisted"] * 3, (1, 3))
    assert [queries.waiting_position(one) for one in party] == [1, 1, 1]
    assert [one.has_online_access for one in party] == [True] * 3


def test_nobody_overtakes_a_party_that_waits() -> None:
    event = make_open_event(in_person=3)
    alone = register(event)
    party = together(event, 3)
    behind = register(event)
    assert (behind.state, queries.waiting_position(behind), seats(event)) == ("waitlisted", 4, (1, 4))
    cancel(alone)
    assert (states(*party, behind), seats(event)) == (["confirmed"] * 3 + ["waitlisted"], (3, 1))


def test_where_it_is_allowed_smaller_ones_overtake() -> None:
    event = event_with(OVERTAKING, in_person=3)
    register(event)
    party = together(event, 3)
    pair, behind = together(event, 2), register(event)
    assert states(*party, *pair, behind) == ["waitlisted"] * 3 + ["confirmed"] * 2 + ["waitlisted"]


def test_a_party_larger_than_the_room_is_refused() -> None:
    event = make_open_event(in_person=2)
    with pytest.raises(PartyTooLarge, match="At most 2"):
        together(event, 3)


def test_a_party_larger_than_its_share_is_refused() -> None:
    event = event_with(Limits(organisation_cap=2))
    with pytest.raises(PartyTooLarge, match="At most 2"):
        together(event, 3, organisation="INRA")


def test_a_party_that_can_never_sit_any_more_holds_nobody_up() -> None:
    event = make_open_event(in_person=3)
    first = register(event)
    party = together(event, 3)
    event.seats[0].capacity = 2
    db.session.flush()
    behind = register(event)
    assert states(first, behind, *party) == ["confirmed"] * 2 + ["waitlisted"] * 3


def test_a_party_that_waits_for_its_share_keeps_it_and_lets_others_pass() -> None:
    event = event_with(Limits(organisation_cap=2), in_person=5)
    first = register(event, organisation="INRA")
    pair = together(event, 2, organisation="INRA")
    same, other = register(event, organisation="INRA"), register(event, organisation="FAO")
    assert states(*pair, same, other) == ["waitlisted"] * 3 + ["confirmed"]
    assert capacities.why_waiting(pair[0]) == [
        "INRA has 1 of 2 seats in the room.",
        "One person waits together with them and is seated together with them.",
    ]
    cancel(first)
    assert states(*pair, same) == ["confirmed"] * 2 + ["waitlisted"]


def test_a_party_shrinks_until_it_fits() -> None:
    event = make_open_event(in_person=3)
    register(event)
    party = together(event, 3)
    cancel(party[1])
    assert states(*party) == ["confirmed", "cancelled", "confirmed"]


def test_a_party_is_kept_together_in_each_mode() -> None:
    event = make_open_event(in_person=1)
    register(event)
    entries = [entry(mode="in_person"), entry(mode="online"), entry(mode="online")]
    assert states(*parties.register_together(event, entries, at=now())) == ["waitlisted", "confirmed", "confirmed"]


def offered_pair(event: Event) -> list[Registration]:
    """Two people who wait together and are offered the event's two seats."""
    alone = register(event)
    pair = together(event, 2)
    cancel(alone)
    assert ([one.offered for one in pair], seats(event)) == ([True, True], (2, 0))
    return pair


def mails(kind: str) -> list[str]:
    found = select(OutboxMail.recipient).where(OutboxMail.cause.startswith(f"{kind}:")).order_by(OutboxMail.recipient)
    return list(db.session.scalars(found))


def test_one_answer_takes_the_seats_of_a_party() -> None:
    event = event_with(Limits(offer_hours=24), in_person=2)
    pair = offered_pair(event)
    offers.accept_offer(pair[1], at=now())
    assert (states(*pair), seats(event)) == (["confirmed", "confirmed"], (2, 0))
    assert mails("promoted") == sorted(one.email for one in pair)
    with pytest.raises(OfferOver):
        offers.accept_offer(pair[0], at=now())


def test_one_answer_gives_the_seats_of_a_party_up_and_another_party_has_them() -> None:
    event = event_with(Limits(offer_hours=24), in_person=2)
    pair = offered_pair(event)
    behind, late = together(event, 2), register(event)
    offers.decline_offer(pair[0], at=now())
    assert [(one.mode, one.state) for one in pair] == [("online", "confirmed")] * 2
    assert ([one.offered for one in behind], late.offered, seats(event)) == ([True, True], False, (2, 1))


def test_seats_given_up_together_go_to_a_party_before_somebody_who_may_overtake_it() -> None:
    event = event_with(Limits(offer_hours=24, parties_overtaken=True), in_person=2)
    pair = offered_pair(event)
    behind, late = together(event, 2), register(event)
    offers.decline_offer(pair[0], at=now())
    assert ([one.offered for one in behind], late.offered) == ([True, True], False)


def test_somebody_of_a_party_answers_for_themselves_alone() -> None:
    event = event_with(Limits(offer_hours=24), in_person=2)
    pair = offered_pair(event)
    offers.accept_offer(pair[0], at=now(), together=False)
    assert (states(*pair), pair[1].offered, seats(event)) == (["confirmed", "waitlisted"], True, (2, 0))
    offers.decline_offer(pair[1], at=now())
    assert (pair[0].mode, pair[1].mode, seats(event)) == ("in_person", "online", (1, 0))


def test_an_offer_to_a_party_that_ran_out_puts_it_back_together() -> None:
    event = event_with(Limits(offer_hours=24), in_person=2)
    pair, behind = offered_pair(event), register(event)
    for one in pair:
        one.offer_expires_at = now() - timedelta(minutes=1)
    db.session.flush()
    offers.expire_offers()
    assert (behind.offered, [queries.waiting_position(one) for one in pair]) == (True, [1, 1])
    assert len(queries.waiting_together(pair[0])) == 2


def test_who_needs_approval_waits_for_it_the_others_are_seated() -> None:
    event = event_with(Limits(approved_categories=["press"]))
    party = parties.register_together(event, [entry(), entry(category="press")], at=now())
    assert (states(*party), seats(event)) == (["confirmed", "pending"], (1, 0))
    approval.approve(party[1], at=now())
    assert seats(event) == (2, 0)


def test_nobody_of_a_party_is_registered_when_one_cannot_be() -> None:
    event = make_open_event()
    known = register(event, email="known@example.org")
    with pytest.raises(AlreadyRegistered) as refusal, db.session.begin_nested():
        parties.register_together(event, [entry(), entry(email="Known@example.org")], at=now())
    assert (refusal.value.registration_id, seats(event)) == (known.id, (1, 0))


def test_the_same_form_again_returns_the_party_it_made() -> None:
    event = make_open_event()
    entries = [entry(form_key="a form"), entry()]
    first = parties.register_together(event, entries, at=now())
    assert (parties.register_together(event, entries, at=now()), seats(event)) == (first, (2, 0))


def test_a_delegation_has_no_more_seats_than_its_cap_and_is_not_counted_as_an_organisation() -> None:
    event = event_with(Limits(organisation_cap=1))
    groups.set_caps(event.id, "morocco", {"in_person": 2}, at=now())
    people = [register(event, group_key="morocco", organisation="INRA") for _ in range(3)]
    assert (states(*people), group_taken(event)) == (["confirmed", "confirmed", "waitlisted"], 2)
    assert capacities.why_waiting(people[2]) == ["The delegation has 2 of 2 seats."]
    assert register(event, organisation="INRA").state == "confirmed"
    cancel(people[0])
    assert (states(*people), group_taken(event)) == (["cancelled", "confirmed", "confirmed"], 2)


def test_a_cap_set_later_counts_who_is_there_and_a_wider_one_seats_who_waits() -> None:
    event = make_open_event()
    people = [register(event, group_key="morocco") for _ in range(2)]
    groups.set_caps(event.id, "morocco", {"in_person": 1}, at=now())
    third = register(event, group_key="morocco")
    assert (states(*people, third), group_taken(event)) == (["confirmed", "confirmed", "waitlisted"], 2)
    groups.set_caps(event.id, "morocco", {"in_person": 3}, at=now())
    assert (third.state, group_taken(event), groups.caps_of(event.id, "morocco")) == ("confirmed", 3, {"in_person": 3})
    groups.set_caps(event.id, "morocco", {"in_person": None}, at=now())
    assert groups.caps_of(event.id, "morocco") == {}


def test_limits_counted_anew_agree_with_who_is_there() -> None:
    event = event_with(Limits(organisation_cap=5))
    groups.set_caps(event.id, "morocco", {"in_person": 4}, at=now())
    people = [register(event, group_key="morocco", organisation="INRA") for _ in range(2)]
    db.session.execute(update(GroupSeats).values(taken=0))
    capacities.recount_shares(event.id)
    assert group_taken(event) == 2
    groups.move_to_group(people[0], "", at=now())
    assert (group_taken(event), people[0].counted_organisation) == (1, "inra")


def test_another_takes_the_seat_and_nobody_gets_in_between() -> None:
    event = make_open_event(in_person=1)
    old, waiting = register(event), register(event)
    code = queries.link_of(old)
    new = parties.replace_person(old, entry(given_name="Omar", family_name="Idrissi"), at=now())
    assert (states(old, new, waiting), seats(event)) == (["cancelled", "confirmed", "waitlisted"], (1, 1))
    with pytest.raises(NoSuchTicket):
        queries.find_by_link(code)
    told = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action.in_(["replaced by another", "replace person"]))
    )
    assert [(one.subject, one.after) for one in told] == [
        (f"registration:{old.id}", {"name": "Omar Idrissi"}),
        (f"registration:{new.id}", {"person": "Omar Idrissi"}),
    ]


def test_another_takes_the_place_in_the_queue_with_the_party() -> None:
    event = make_open_event(in_person=2)
    alone = register(event)
    pair = together(event, 2)
    new = parties.replace_person(pair[0], entry(), at=now())
    assert (seats(event), queries.waiting_position(new), len(queries.waiting_together(new))) == ((1, 2), 1, 2)
    cancel(alone)
    assert states(new, pair[1]) == ["confirmed", "confirmed"]


def test_the_successor_may_keep_the_address_but_not_take_that_of_a_third() -> None:
    event = make_open_event()
    old, third = register(event, email="office@example.org"), register(event)
    new = parties.replace_person(old, entry(email="office@example.org"), at=now())
    assert states(old, new) == ["cancelled", "confirmed"]
    with pytest.raises(AlreadyRegistered):
        parties.replace_person(new, entry(email=third.email), at=now())
    with pytest.raises(NotActive):
        parties.replace_person(old, entry(), at=now())


def test_several_people_can_be_reached_through_one_address_and_none_of_them_gets_a_mail() -> None:
    event = make_open_event()
    values = {"email": "focal@example.org", "through_focal_point": True, "group_key": "morocco"}
    people = [register(event, **values) for _ in range(2)]
    own = register(event, email="focal@example.org")
    assert states(*people, own) == ["confirmed"] * 3
    causes = db.session.scalars(select(OutboxMail.cause)).all()
    assert causes == [f"registered:{own.id}"]
    operations.correct_details(people[0], {"email": "focal@example.org", "family_name": "Alami"})
    assert (people[0].through_focal_point, people[0].family_name) == (True, "Alami")
    operations.correct_details(people[0], {"email": "alami@example.org"})
    assert (people[0].through_focal_point, people[0].active_email) == (False, "alami@example.org")
