"""Naming people of a delegation: seats, refusals row by row, heads, replacing, withdrawing, who asks to come."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.delegations import news, people, queries
from inser_events.delegations.errors import RowsRefused, TooLate, UnusableDelegation
from inser_events.delegations.models import Delegate, Delegation
from inser_events.events.models import Event
from inser_events.mail import OutboxMail, ready
from inser_events.registration import approval, capacities, duplicates, operations, parties
from inser_events.registration.capacities import Limits
from inser_events.registration.errors import NotPending
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from inser_events.registration.personal_data import NOBODY, erase_person
from tests.delegations.factories import FOCAL, delegate_of, make_delegation, name_people, nominee
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=3)


@pytest.fixture
def delegation(event: Event) -> Delegation:
    return make_delegation(event)


def causes() -> list[str]:
    return [cause.split(":")[0] for cause in db.session.scalars(select(OutboxMail.cause).order_by(OutboxMail.id))]


def mails_to_focal_point() -> list[str]:
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == FOCAL).order_by(OutboxMail.id))
    return [mail.message.decode() for one in mails if (mail := ready(one)) is not None]


def problems(refusal: pytest.ExceptionInfo[RowsRefused]) -> dict[int, list[str]]:
    return {place: list(messages) for place, messages in refusal.value.problems.items()}


def test_people_become_registrations_with_the_delegation_s_own_values(delegation: Delegation) -> None:
    head, other = name_people(delegation, nominee("head"), nominee("adviser", country="FR", mode="online"))
    assert (head.state, head.category, head.country, head.group_key) == ("confirmed", "delegate", "MA", delegation.uid)
    assert (other.country, other.mode, other.party) == ("FR", "online", head.party)
    assert [(one.role, one.position) for one in queries.people_of(delegation)] == [("head", 1), ("adviser", 2)]


def test_each_person_gets_a_ticket_and_the_focal_point_one_mail(delegation: Delegation) -> None:
    name_people(delegation, nominee(given_name="Omar", family_name="Idrissi"), nominee())
    news.tell_focal_points()
    assert causes() == ["registered", "registered", "delegation-entered"]
    (letter,) = mails_to_focal_point()
    assert ("Omar Idrissi: is confirmed" in letter, queries.token_of(delegation) in letter.replace("=\r\n", "")) == (
        True,
        True,
    )


def test_someone_without_an_address_is_reached_through_the_focal_point(delegation: Delegation) -> None:
    first, second = name_people(delegation, nominee(email=""), nominee(email=""))
    assert [(one.email, one.through_focal_point) for one in (first, second)] == [(FOCAL, True)] * 2
    assert causes() == ["delegation-entered"]
    assert mails_to_focal_point()[0].count("Ticket to pass on") == 4  # as text and as HTML


def test_without_any_address_a_person_cannot_be_entered(event: Event) -> None:
    delegation = make_delegation(event, focal_email="")
    with pytest.raises(RowsRefused) as refusal:
        name_people(delegation, nominee(email=""))
    assert problems(refusal) == {0: ["Enter an e-mail address: the organisers have none for your delegation either."]}


def test_people_who_do_not_fit_wait_together(event: Event, delegation: Delegation) -> None:
    operations.register(event, someone(), at=now())
    assert [one.state for one in name_people(delegation, *[nominee() for _ in range(3)])] == ["waitlisted"] * 3


def test_nobody_is_entered_while_a_row_is_wrong(event: Event) -> None:
    delegation = make_delegation(event, room_cap=2)
    name_people(delegation, nominee("head", given_name="Amina", family_name="Alami"))
    known = operations.register(event, someone(email="known@example.org"), at=now())
    with pytest.raises(RowsRefused) as refusal:
        name_people(
            delegation,
            nominee("head", mode="online"),
            nominee(email="Known@example.org", mode="online"),
            nominee(email="twice@example.org"),
            nominee(email="twice@example.org", mode="online"),
            nominee(given_name="AMINA", family_name="alami"),
        )
    assert problems(refusal) == {
        0: ["A delegation has one head. Here it is Amina Alami."],
        1: ["Somebody is registered with this address already. Write to the organisers."],
        3: ["Another row has the same address."],
        4: [
            "A person of this name is in your delegation already.",
            "Your delegation has 2 places in the room. Let others take part online.",
        ],
    }
    assert (len(queries.people_of(delegation)), known.state) == (1, "confirmed")


def test_a_delegation_larger_than_the_room_is_told_so(delegation: Delegation) -> None:
    with pytest.raises(RowsRefused) as refusal:
        name_people(delegation, *[nominee() for _ in range(4)])
    assert problems(refusal) == {
        0: ["At most 3 of these people can have a seat in this way. Let the others take part online."]
    }


def test_a_place_given_back_can_be_filled_again(event: Event) -> None:
    delegation = make_delegation(event, room_cap=1)
    (first,) = name_people(delegation)
    assert people.places_left(delegation) == {"in_person": 0}
    people.withdraw(delegate_of(first), at=now())
    assert (people.places_left(delegation), first.state) == ({"in_person": 1}, "cancelled")
    assert name_people(delegation)[0].state == "confirmed"


def test_after_the_deadline_people_can_be_withdrawn_but_not_named(event: Event) -> None:
    delegation = make_delegation(event, deadline=now() + timedelta(hours=1))
    (first,) = name_people(delegation)
    late = now() + timedelta(hours=2)
    with pytest.raises(TooLate):
        people.enter_people(delegation, [nominee()], at=late)
    with pytest.raises(TooLate):
        people.replace_delegate(delegate_of(first), nominee(), at=late)
    people.withdraw(delegate_of(first), at=late)
    assert first.state == "cancelled"


def test_delegations_name_people_before_registration_opens_to_everyone(app: Flask) -> None:
    event = make_open_event(registration_opens_at=now() + timedelta(days=1))
    assert name_people(make_delegation(event))[0].state == "confirmed"


def test_the_category_still_needs_the_organisers_approval_where_they_ask_for_it(
    event: Event, delegation: Delegation
) -> None:
    capacities.set_limits(event, Limits(approved_categories=["delegate"]), at=now())
    (person,) = name_people(delegation)
    assert (person.state, delegate_of(person).asked) == ("pending", False)
    approval.approve(person, at=now())
    news.tell_focal_points()
    assert (person.state, len(mails_to_focal_point())) == ("confirmed", 2)


def test_a_new_head_makes_the_one_before_an_alternate(delegation: Delegation) -> None:
    first, second = name_people(delegation, nominee("head"), nominee())
    people.change_role(delegate_of(second), "head")
    assert [(one.registration_id, one.role) for one in queries.people_of(delegation)] == [
        (second.id, "head"),
        (first.id, "alternate"),
    ]


def test_people_move_up_and_down_behind_the_head(delegation: Delegation) -> None:
    one, two, head = name_people(delegation, nominee(), nominee(), nominee("head"))
    people.move(delegate_of(two), -1)
    assert [each.registration_id for each in queries.people_of(delegation)] == [head.id, two.id, one.id]
    people.move(delegate_of(two), -1)
    people.move(delegate_of(one), 1)
    people.move(delegate_of(head), 1)
    assert [each.registration_id for each in queries.people_of(delegation)] == [head.id, two.id, one.id]


def test_another_person_takes_place_role_and_seat(event: Event, delegation: Delegation) -> None:
    (old,) = name_people(delegation, nominee("head"))
    waiting = [operations.register(event, someone(), at=now()) for _ in range(3)][-1]
    new = people.replace_delegate(delegate_of(old), nominee(given_name="Omar", family_name="Idrissi"), at=now())
    news.tell_focal_points()
    assert [old.state, new.state, waiting.state] == ["cancelled", "confirmed", "waitlisted"]
    assert (delegate_of(new).role, delegate_of(new).replaces_id, old.tickets[0].revoked_at is None) == (
        "head",
        old.id,
        False,
    )
    assert [one.registration_id for one in queries.former_of(delegation)] == [old.id]
    assert causes()[-2:] == ["cancelled", "registered"]
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "replace delegate")).one()
    assert (told.before["name"], told.after["name"]) == (old.name, "Omar Idrissi")


def test_the_history_of_a_delegation_forgets_who_was_erased(delegation: Delegation) -> None:
    values = {"given_name": "Omar", "family_name": "Idrissi"}
    omar, _stays = name_people(delegation, nominee(**values), nominee(given_name="Sara", family_name="Alaoui"))
    people.replace_delegate(delegate_of(omar), nominee(given_name="Nadia", family_name="Tazi"), at=now())
    erase_person(omar, at=now())
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"delegation:{delegation.id}"))
    names = [one[side]["name"] for one in map(vars, told) for side in ("before", "after") if "name" in one[side]]
    assert names[-3:] == [f"{NOBODY}, Sara Alaoui", NOBODY, "Nadia Tazi"]


def test_a_replacement_is_refused_like_a_new_row(event: Event, delegation: Delegation) -> None:
    old, other = name_people(delegation, nominee(), nominee())
    known = operations.register(event, someone(), at=now())
    for wrong in (
        nominee(email=known.email),
        nominee(given_name=other.given_name, family_name=other.family_name),
    ):
        with pytest.raises(RowsRefused):
            people.replace_delegate(delegate_of(old), wrong, at=now())
    assert old.state == "confirmed"


def asks(event: Event, **values: object) -> Registration:
    capacities.set_limits(event, Limits(group_approval=True), at=now())
    return operations.register(event, someone(**values), at=now())


@pytest.mark.parametrize(
    "named",
    [
        {"organisation": "morocco"},
        {"organisation": " MAROC "},
        {"category": "delegate", "country": "MA"},
    ],
)
def test_who_names_a_delegation_waits_for_its_focal_point(
    event: Event, delegation: Delegation, named: dict[str, str]
) -> None:
    person = asks(event, **named)
    news.tell_focal_points()
    assert (person.state, person.group_key, delegate_of(person).asked) == ("pending", delegation.uid, True)
    assert "asks to come with your delegation" in mails_to_focal_point()[0].replace("=\r\n", "")


def test_a_party_that_names_a_delegation_waits_for_its_focal_point(event: Event, delegation: Delegation) -> None:
    capacities.set_limits(event, Limits(group_approval=True), at=now())
    entries = [Entry(someone(organisation="Morocco")) for _ in range(2)]
    made = parties.register_together(event, entries, at=now())
    assert [(one.state, one.group_key) for one in made] == [("pending", delegation.uid)] * 2


def test_who_names_none_is_not_held_up(event: Event, delegation: Delegation) -> None:
    assert asks(event, organisation="INRA", country="MA").state == "confirmed"
    assert asks(event, category="delegate", country="FR").group_key == ""


def test_the_focal_point_says_yes_or_no(event: Event, delegation: Delegation) -> None:
    first, second = asks(event, organisation="Morocco"), asks(event, organisation="Morocco")
    people.answer(delegate_of(first), yes=True, at=now())
    people.answer(delegate_of(second), yes=False, reason="Not nominated", at=now())
    news.tell_focal_points()
    assert (first.state, second.state, delegate_of(first).asked) == ("confirmed", "declined", False)
    assert causes() == ["pending", "pending", "registered", "declined"]
    with pytest.raises(NotPending):
        people.answer(delegate_of(first), yes=True, at=now())


def test_a_yes_leads_on_to_the_organisers_where_the_category_needs_them(event: Event, delegation: Delegation) -> None:
    capacities.set_limits(event, Limits(group_approval=True, approved_categories=["delegate"]), at=now())
    person = operations.register(event, someone(category="delegate", country="MA"), at=now())
    people.answer(delegate_of(person), yes=True, at=now())
    assert (person.state, delegate_of(person).asked) == ("pending", False)
    approval.approve(person, at=now())
    assert person.state == "confirmed"


def test_an_organiser_may_answer_instead_of_the_focal_point(event: Event, delegation: Delegation) -> None:
    person = asks(event, organisation="Morocco")
    approval.approve(person, at=now())
    assert (person.state, delegate_of(person).asked) == ("confirmed", False)


def test_somebody_registered_already_is_taken_in_and_out_by_the_organiser(event: Event) -> None:
    delegation = make_delegation(event, room_cap=1)
    name_people(delegation)
    person = operations.register(event, someone(email="Alone@example.org"), at=now())
    for _twice in range(2):
        people.take_in(delegation, "alone@example.org", at=now())
    assert ([one.registration_id for one in queries.people_of(delegation)][1], person.state) == (person.id, "confirmed")
    assert people.places_left(delegation) == {"in_person": 0}
    people.take_out(delegate_of(person), at=now())
    assert (person.group_key, person.state, len(queries.people_of(delegation))) == ("", "confirmed", 1)
    with pytest.raises(UnusableDelegation):
        people.take_in(delegation, "nobody@example.org", at=now())


def test_merging_keeps_the_delegation_of_the_one_who_was_named(event: Event, delegation: Delegation) -> None:
    alone = operations.register(event, someone(), at=now())
    (named,) = name_people(delegation)
    kept = duplicates.merge(alone, named, at=now())
    assert (kept.id, kept.group_key) == (alone.id, delegation.uid)
    assert [one.registration_id for one in queries.people_of(delegation)] == [alone.id]


def test_a_yes_beyond_the_cap_waits_for_a_place_of_the_delegation(event: Event) -> None:
    delegation = make_delegation(event, room_cap=1)
    (named,) = name_people(delegation)
    person = asks(event, organisation="Morocco")
    people.answer(delegate_of(person), yes=True, at=now())
    assert person.state == "waitlisted"
    people.withdraw(delegate_of(named), at=now())
    assert person.state == "confirmed"


def test_news_of_several_people_come_in_one_mail(event: Event, delegation: Delegation) -> None:
    alone = operations.register(event, someone(), at=now())
    name_people(delegation, *[nominee() for _ in range(3)])
    operations.cancel_registration(alone, at=now())
    news.tell_focal_points()
    news.tell_focal_points()
    assert causes().count("delegation-news") == 1
    assert mails_to_focal_point()[-1].count("has a seat now") >= 3


def test_the_focal_point_hears_when_a_person_cancels(delegation: Delegation) -> None:
    (person,) = name_people(delegation)
    operations.cancel_registration(person, at=now())
    news.tell_focal_points()
    assert "does not come" in mails_to_focal_point()[-1]


def test_two_focal_points_do_not_take_one_place_twice(event: Event) -> None:
    delegation = make_delegation(event, room_cap=1)
    name_people(delegation)
    commit()
    with pytest.raises(RowsRefused):
        name_people(delegation)
    assert db.session.scalars(select(Delegate.role)).all() == ["representative"]
