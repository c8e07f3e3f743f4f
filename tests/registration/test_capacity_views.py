"""The pages of limits, decisions, offers and sessions."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inser_events.accounts.models import User
from inser_events.agenda.models import Release
from inser_events.agenda.snapshot import Session, dump, load
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event, Seats, TeamRole
from inser_events.registration import capacities, operations, parties, queries, signups
from inser_events.registration.capacities import Limits
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from tests.factories import NINE, make_member, make_user
from tests.registration.factories import make_open_event, someone
from tests.registration.test_views import FORM

Desk = tuple[FlaskClient, str]


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event(in_person=1)
    release = db.session.scalars(select(Release).where(Release.event_id == event.id)).one()
    snapshot = load(release.snapshot)
    visit = Session(uid="visit", title={"en": "Field visit <b>"}, kind="social", starts_at=NINE, ends_at=NINE)
    snapshot.sessions.append(visit)
    release.snapshot = dump(snapshot)
    commit()
    return event


@pytest.fixture
def desk(event: Event, sign_in: Callable[[User], FlaskClient]) -> Desk:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    return sign_in(registrar), f"/manage/{event.slug}"


def register(event: Event, **values: object) -> Registration:
    return operations.register(event, someone(**values), at=now())


def capacity(event: Event, number: int) -> None:
    room = Seats.event_id == event.id, Seats.mode == "in_person"
    db.session.execute(update(Seats).where(*room).values(capacity=number))


def limits(event: Event, **values: object) -> None:
    capacities.set_limits(event, Limits(**values), at=now())  # type: ignore[arg-type] # as Limits has them


def test_limits_are_set_on_their_page(desk: Desk, event: Event) -> None:
    client, home = desk
    sent = {
        "share_in_person_press": "3",
        "approved_press": "y",
        "organisation_cap": "2",
        "offer_hours": "48",
        "party_size": "4",
        "parties_overtaken": "y",
        "group_approval": "y",
        "needed_0": "y",
        "seats_0": "20",
    }
    assert client.post(f"{home}/limits", data=sent).status_code == 303
    assert capacities.limits_of(event) == Limits(
        shares={("in_person", "press"): 3},
        organisation_cap=2,
        offer_hours=48,
        approved_categories=["press"],
        party_size=4,
        parties_overtaken=True,
        group_approval=True,
    )
    assert signups.find_seats(event.id, "visit").capacity == 20
    page = client.get(f"{home}/limits").get_data(as_text=True)
    assert ('value="48"' in page, "Field visit &lt;b&gt;" in page) == (True, True)
    assert (
        client.post(
            f"{home}/limits",
            data=dict.fromkeys(sent, "")
            | {
                "approved_press": "false",
                "needed_0": "false",
                "parties_overtaken": "false",
                "group_approval": "false",
            },
        ).status_code
        == 303
    )
    assert (capacities.limits_of(event), signups.session_seats(event.id)) == (Limits(approved_categories=[]), [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"organisation_cap": "-1"},
        {"party_size": "1"},
        {"party_size": "11"},
        {"offer_hours": "0"},
        {"share_online_press": "many"},
        {"seats_0": "-3"},
    ],
)
def test_an_unusable_limit_is_named_and_nothing_changes(desk: Desk, event: Event, wrong: dict[str, str]) -> None:
    client, home = desk
    answer = client.post(f"{home}/limits", data=wrong)
    assert (answer.status_code, capacities.limits_of(event)) == (422, Limits(approved_categories=[]))


def test_the_registrar_answers_a_registration(desk: Desk, event: Event) -> None:
    client, home = desk
    limits(event, approved_categories=["press"])
    first, second = register(event, category="press"), register(event, category="press")
    assert "Waits for your answer" in client.get(f"{home}/registrations/{first.uid}").get_data(as_text=True)
    client.post(f"{home}/registrations/{first.uid}/approve")
    client.post(f"{home}/registrations/{second.uid}/decline", data={"reason": "No more press"})
    assert (first.state, second.state) == ("confirmed", "declined")
    assert client.post(f"{home}/registrations/{second.uid}/approve").status_code == 409


def test_the_registrar_sees_why_and_makes_an_exception_with_a_reason(desk: Desk, event: Event) -> None:
    client, home = desk
    register(event)
    waiting = register(event)
    page = client.get(f"{home}/registrations/{waiting.uid}").get_data(as_text=True)
    assert "In person: 1 of 1 seats are taken." in page
    assert client.post(f"{home}/registrations/{waiting.uid}/seat", data={"reason": " "}).status_code == 422
    assert client.post(f"{home}/registrations/{waiting.uid}/seat", data={"reason": "Minister"}).status_code == 303
    assert waiting.state == "confirmed"
    assert "Minister" in client.get(f"{home}/registrations/{waiting.uid}").get_data(as_text=True)


def test_a_walk_in_waits_when_it_is_full_unless_there_is_a_reason(desk: Desk, event: Event) -> None:
    client, home = desk
    register(event)
    person = FORM | {"category": "participant", "email": "one@example.org"}
    client.post(f"{home}/registrations/new", data=person)
    client.post(
        f"{home}/registrations/new",
        data=person | {"email": "two@example.org", "family_name": "Ould", "reason": "Speaker"},
    )
    states = select(Registration.state).where(Registration.email.in_(["one@example.org", "two@example.org"]))
    assert db.session.scalars(states.order_by(Registration.id)).all() == ["waitlisted", "confirmed"]


@pytest.mark.parametrize(("category", "kept"), [("press", "press"), ("emperor", "participant")])
def test_the_registrar_says_who_somebody_is(desk: Desk, event: Event, category: str, kept: str) -> None:
    client, home = desk
    registration = register(event)
    client.post(f"{home}/registrations/{registration.uid}/category", data={"category": category})
    assert registration.category == kept


def test_strangers_and_door_staff_decide_nothing(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    door = make_user()
    make_member(event, door, TeamRole.DOOR)
    waiting = register(event)
    for user, refused in ((door, 403), (make_user(), 404)):
        client = sign_in(user)
        for path in ("limits", f"registrations/{waiting.uid}/seat", f"registrations/{waiting.uid}/approve"):
            assert client.post(f"/manage/{event.slug}/{path}", data={"reason": "me"}).status_code == refused


@pytest.mark.parametrize(
    ("answer", "outcome"), [("accept", ("confirmed", "in_person")), ("decline", ("confirmed", "online"))]
)
def test_an_offer_is_answered_on_the_ticket(
    client: FlaskClient, event: Event, answer: str, outcome: tuple[str, str]
) -> None:
    limits(event, offer_hours=24)
    seated, waiting = register(event), register(event)
    operations.cancel_registration(seated, at=now())
    link = f"/tickets/{queries.link_of(waiting)}"
    assert "A seat is kept for you" in client.get(link).get_data(as_text=True)
    assert client.post(f"{link}/offer", data={"answer": answer}).status_code == 303
    assert (waiting.state, waiting.mode) == outcome
    assert client.post(f"{link}/offer", data={"answer": "accept"}).location == f"{link}?done=over"
    again = {"answer": answer, "mode": "in_person"}
    assert client.post(f"{link}/offer", data=again).status_code == 303


def test_everybody_of_a_party_sees_its_offer_and_its_answer(client: FlaskClient, event: Event) -> None:
    limits(event, offer_hours=24)
    capacity(event, 2)
    seated = register(event)
    pair = parties.register_together(event, [Entry(someone()), Entry(someone(family_name="<Ould>"))], at=now())
    operations.cancel_registration(seated, at=now())
    links = [f"/tickets/{queries.link_of(one)}" for one in pair]
    for link in links:
        page = client.get(link).get_data(as_text=True)
        assert ("Seats are kept for you together" in page, "&lt;Ould&gt;" in page) == (True, True)
    accept = {"answer": "accept", "mode": "in_person"}
    assert [client.post(f"{link}/offer", data=accept).status_code for link in links] == [303, 303]
    assert ["kept for you" in client.get(link).get_data(as_text=True) for link in links] == [False, False]
    assert [one.state for one in pair] == ["confirmed", "confirmed"]


def test_somebody_may_answer_for_themselves_alone(client: FlaskClient, event: Event) -> None:
    limits(event, offer_hours=24)
    capacity(event, 2)
    seated = register(event)
    pair = parties.register_together(event, [Entry(someone()), Entry(someone())], at=now())
    operations.cancel_registration(seated, at=now())
    link = f"/tickets/{queries.link_of(pair[0])}/offer"
    assert client.post(link, data={"answer": "perhaps"}).status_code == 303
    client.post(link, data={"answer": "decline", "mode": "in_person", "for": "me"})
    assert ([one.mode for one in pair], pair[1].offered) == (["online", "in_person"], True)


def test_an_offer_cannot_be_answered_from_another_site(client: FlaskClient, event: Event) -> None:
    link = f"/tickets/{queries.link_of(register(event))}"
    assert client.post(f"{link}/offer", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_sessions_are_chosen_and_given_up_on_the_ticket(client: FlaskClient, event: Event) -> None:
    signups.set_session_capacity(event, "visit", needed=True, capacity=1, at=now())
    registration = register(event)
    link = f"/tickets/{queries.link_of(registration)}"
    assert f"{link}/sessions" in client.get(link).get_data(as_text=True)
    assert "1 seat left" in client.get(f"{link}/sessions").get_data(as_text=True)
    client.post(f"{link}/sessions", data={"session": "visit", "act": "take"})
    assert [signup.state for signup in signups.signups_of(registration).values()] == ["confirmed"]
    assert "Give it up" in client.get(f"{link}/sessions").get_data(as_text=True)
    client.post(f"{link}/sessions", data={"session": "visit", "act": "leave"})
    assert signups.signups_of(registration) == {}
    assert client.post(f"{link}/sessions", data={"session": "<x>", "act": "take"}).status_code == 404


def test_online_people_are_shown_the_sessions_but_cannot_take_a_seat(client: FlaskClient, event: Event) -> None:
    signups.set_session_capacity(event, "visit", needed=True, capacity=1, at=now())
    link = f"/tickets/{queries.link_of(register(event, mode='online'))}"
    assert client.get(f"{link}/sessions").status_code == 200
    assert client.post(f"{link}/sessions", data={"session": "visit", "act": "take"}).status_code == 409


def test_an_organisation_without_seats_is_refused_at_the_field(client: FlaskClient, event: Event) -> None:
    event.seats[0].capacity = 5
    limits(event, organisation_cap=1)
    register(event, organisation="INRA")
    other = register(event, organisation="FAO")
    answer = client.post(f"/tickets/{queries.link_of(other)}/edit", data=FORM | {"organisation": "INRA"})
    assert (answer.status_code, 'id="organisation-error"' in answer.get_data(as_text=True)) == (422, True)


def test_people_who_registered_together_are_approved_in_one_act(desk: Desk, event: Event) -> None:
    client, home = desk
    limits(event, approved_categories=["press"])
    capacity(event, 2)
    register(event)
    party = parties.register_together(event, [Entry(someone(category="press")) for _n in range(2)], at=now())
    page = client.get(f"{home}/registrations/{party[1].uid}").get_data(as_text=True)
    assert ("Approve all 2" in page, f"registrations/{party[0].uid}" in page) == (True, True)
    client.post(f"{home}/registrations/{party[1].uid}/approve", data={"together": "1"})
    # One seat is free: they wait together.
    assert [(one.state, queries.waiting_position(one)) for one in party] == [("waitlisted", 1)] * 2


def test_one_of_a_party_may_be_approved_alone(desk: Desk, event: Event) -> None:
    client, home = desk
    limits(event, approved_categories=["press"])
    capacity(event, 2)
    register(event)
    party = parties.register_together(event, [Entry(someone(category="press")) for _n in range(2)], at=now())
    client.post(f"{home}/registrations/{party[0].uid}/approve")
    assert [one.state for one in party] == ["confirmed", "pending"]
    client.post(f"{home}/registrations/{party[1].uid}/approve", data={"together": "1"})
    assert party[1].state == "waitlisted"
    assert client.post(f"{home}/registrations/{party[1].uid}/approve").status_code == 409
