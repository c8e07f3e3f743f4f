"""Registering through the public pages, and the ticket behind its link."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inser_events import jobs
from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event, TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import operations, queries
from inser_events.registration.form_operations import set_rules
from inser_events.registration.models import Registration
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone

FORM = {
    "mode": "in_person",
    "given_name": "Amina",
    "family_name": "Benali",
    "email": "amina@example.org",
    "language": "en",
    "accept_privacy": "y",
}


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event(in_person=1)
    commit()
    return event


def count() -> int:
    return db.session.scalar(select(func.count(Registration.id))) or 0


def registered(event: Event, **values: object) -> tuple[Registration, str]:
    registration = operations.register(event, someone(**values), at=now())
    commit()
    return registration, f"/tickets/{queries.link_of(registration)}"


def test_registering_leads_to_the_ticket_and_sends_it(client: FlaskClient, event: Event) -> None:
    answer = client.post(f"/events/{event.slug}/register", data=FORM, follow_redirects=True)
    link = re.search(r"/tickets/[A-Z]{30}", answer.get_data(as_text=True))
    assert link is not None
    assert client.get(link[0]).status_code == 200
    assert db.session.scalars(select(OutboxMail.recipient)).all() == ["amina@example.org"]


def test_public_pages_set_no_cookie(client: FlaskClient, event: Event) -> None:
    answers = [client.get(f"/events/{event.slug}/register"), client.post(f"/events/{event.slug}/register", data=FORM)]
    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None, None]


@pytest.mark.parametrize("missing", ["mode", "family_name", "email", "accept_privacy"])
def test_a_missing_field_is_named_and_nothing_typed_is_lost(client: FlaskClient, event: Event, missing: str) -> None:
    sent = {**FORM, "organisation": "Institute <of> Soils"} | {missing: ""}
    answer = client.post(f"/events/{event.slug}/register", data=sent)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, count()) == (422, 0)
    assert f'id="{missing}-error' in page or f'href="#{missing}' in page
    assert "Institute &lt;of&gt; Soils" in page


def test_an_unusable_address_is_refused_at_the_field(client: FlaskClient, event: Event) -> None:
    answer = client.post(f"/events/{event.slug}/register", data=FORM | {"email": "amina at example"})
    assert "it should look like name@example.org" in answer.get_data(as_text=True)


def test_a_second_attempt_learns_nothing_and_sends_the_link(client: FlaskClient, event: Event) -> None:
    registered(event, email="amina@example.org")
    answer = client.post(f"/events/{event.slug}/register", data=FORM, follow_redirects=True)
    assert re.search(r"/tickets/[A-Z]{30}", answer.get_data(as_text=True)) is None
    assert [c.split(":")[0] for c in db.session.scalars(select(OutboxMail.cause).order_by(OutboxMail.id))] == [
        "registered",
        "link-again",
    ]


def test_a_double_click_registers_once(client: FlaskClient, event: Event) -> None:
    for _ in range(2):
        answer = client.post(f"/events/{event.slug}/register", data=FORM | {"form_key": "abc"})
    assert (answer.status_code, count()) == (303, 1)
    assert "?ticket=" in answer.location


@pytest.mark.parametrize("page", ["register", "desk"])
def test_a_form_sent_again_with_another_person_registers_them_too(
    client: FlaskClient, event: Event, sign_in: Callable[[User], FlaskClient], page: str
) -> None:
    """Somebody goes back in the browser and enters a colleague: the page brings its old hidden key."""
    path = f"/events/{event.slug}/register"
    if page == "desk":
        registrar = make_user()
        make_member(event, registrar, TeamRole.REGISTRAR)
        client, path = sign_in(registrar), f"/manage/{event.slug}/registrations/new"
    colleague = {"email": "yusuf@example.org", "family_name": "Idrissi", "given_name": "Yusuf"}
    for changes in ({}, colleague, colleague):
        answer = client.post(path, data=FORM | {"form_key": "abc", "category": "participant"} | changes)
        assert answer.status_code == 303
    found = db.session.scalars(select(Registration.email).order_by(Registration.id)).all()
    assert found == ["amina@example.org", "yusuf@example.org"]


def test_a_form_sent_again_with_other_details_does_not_pretend_to_keep_them(client: FlaskClient, event: Event) -> None:
    client.post(f"/events/{event.slug}/register", data=FORM | {"form_key": "abc"})
    changed = FORM | {"form_key": "abc", "mode": "online"}
    answer = client.post(f"/events/{event.slug}/register", data=changed, follow_redirects=True)
    assert "Look in your mail" in answer.get_data(as_text=True)
    assert db.session.scalars(select(Registration.mode)).all() == ["in_person"]


@pytest.mark.parametrize(
    "address",
    [
        " Amina@Example.ORG ",
        "ａｍｉｎａ＠ｅｘａｍｐｌｅ。ｏｒｇ",
        "mailto:amina@example.org",
        "Amina B <amina@example.org>",
    ],
)
def test_an_address_written_otherwise_is_the_same_address(client: FlaskClient, event: Event, address: str) -> None:
    client.post(f"/events/{event.slug}/register", data=FORM)
    answer = client.post(f"/events/{event.slug}/register", data=FORM | {"email": address})
    assert (answer.status_code, "?ticket=" in answer.location, count()) == (303, False, 1)


def test_where_the_language_is_not_asked_the_page_says_it(client: FlaskClient, event: Event) -> None:
    set_rules(event, "", {"language": "off"})
    form = {name: value for name, value in FORM.items() if name != "language"}
    client.post(f"/events/{event.slug}/register?lang=fr", data=form)
    assert db.session.scalars(select(Registration.language)).all() == ["fr"]


def test_the_page_after_registering_knows_only_tickets_of_its_event(client: FlaskClient, event: Event) -> None:
    _, link = registered(event)
    token, other = link.removeprefix("/tickets/"), make_open_event()
    pages = [client.get(f"/events/{one.slug}/registered?ticket={token}") for one in (event, other)]
    pages.append(client.get(f"/events/{event.slug}/registered?ticket={token[::-1]}"))
    assert [page.status_code for page in pages] == [200, 404, 404]


def test_a_form_from_another_site_is_refused(client: FlaskClient, event: Event) -> None:
    answer = client.post(f"/events/{event.slug}/register", data=FORM, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, count()) == (403, 0)


def test_an_unpublished_event_has_no_registration_page(client: FlaskClient, event: Event) -> None:
    assert client.get("/events/nothing-here/register").status_code == 404


def test_a_closed_registration_says_so_and_takes_nobody(client: FlaskClient, event: Event) -> None:
    event.registration_closes_at = now()
    commit()
    assert client.get(f"/events/{event.slug}/register").status_code == 200
    answer = client.post(f"/events/{event.slug}/register", data=FORM)
    assert (answer.status_code, count()) == (409, 0)
    page = answer.get_data(as_text=True)
    assert ("Your registration was not kept" in page, "Write to the organisers" in page) == (True, True)


def test_the_second_tap_of_somebody_who_was_in_time_leads_to_their_ticket(client: FlaskClient, event: Event) -> None:
    sent = FORM | {"form_key": "abc"}
    first = client.post(f"/events/{event.slug}/register", data=sent)
    event.registration_closes_at = now()
    again = client.post(f"/events/{event.slug}/register", data=sent)
    assert (again.status_code, again.location) == (303, first.location)


@pytest.mark.parametrize(
    ("mode", "state", "link", "words"),
    [
        ("in_person", "confirmed", "https://call.example.org", "You take part in the room"),
        ("online", "confirmed", "", "The link to the call is not here yet"),
        ("online", "pending", "https://call.example.org", "The organisers look at it next"),
        ("online", "waitlisted", "https://call.example.org", "You are on the waiting list"),
    ],
)
def test_the_way_into_the_call_says_why_it_is_shut(
    client: FlaskClient, event: Event, mode: str, state: str, link: str, words: str
) -> None:
    registration, ticket = registered(event, mode=mode)
    registration.state, event.online_link = state, link
    answer = client.get(f"{ticket}/join")
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (200, True)


def test_nobody_joins_the_call_of_a_cancelled_event(client: FlaskClient, event: Event) -> None:
    registration, ticket = registered(event, mode="online")
    assert client.get(f"{ticket}/join").location == registration.event.online_link
    event.cancelled_at = now()
    answer = client.get(f"{ticket}/join").get_data(as_text=True)
    assert ("There is no call to join." in answer, registration.event.online_link in answer) == (True, False)
    assert "Join online" not in client.get(ticket).get_data(as_text=True)


def test_the_ticket_of_a_cancelled_event_offers_nothing_any_more(client: FlaskClient, event: Event) -> None:
    registration, ticket = registered(event)
    event.cancelled_at = now()
    page = client.get(ticket).get_data(as_text=True)
    assert re.findall(r'href="/tickets/[A-Z]*/([a-z./]*)', page) == ["data"]
    assert ("ticket__qr" in page, "pill--bad" in page) == (False, True)
    assert client.post(f"{ticket}/mode").location == ticket
    assert registration.mode == "in_person"


@pytest.mark.parametrize("page", ["join", "cancel", "mode", "edit", "sessions"])
def test_a_cancelled_ticket_opens_no_form_but_itself(client: FlaskClient, event: Event, page: str) -> None:
    registration, ticket = registered(event)
    operations.cancel_registration(registration, at=now())
    answers = [client.get(f"{ticket}/{page}"), client.post(f"{ticket}/{page}", data=FORM)][: 1 if page == "join" else 2]
    assert {(answer.status_code // 100, answer.location) for answer in answers} == {(3, ticket)}


def test_an_answer_to_an_offer_that_is_over_leads_back_to_the_ticket(client: FlaskClient, event: Event) -> None:
    registered(event)
    _, ticket = registered(event)
    answer = client.post(f"{ticket}/offer", data={"answer": "accept", "mode": "in_person"}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "It has gone to the next person." in page) == (200, True)
    assert "You are number 1 on the waiting list" in page


@pytest.mark.parametrize("path", ["", "/qr.svg", "/calendar.ics", "/badge.pdf", "/cancel", "/mode", "/edit"])
def test_every_page_of_a_ticket_opens_for_its_holder_and_stays_private(
    client: FlaskClient, event: Event, path: str
) -> None:
    _, link = registered(event)
    answer = client.get(link + path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")


@pytest.mark.parametrize("path", ["", "/qr.svg", "/calendar.ics", "/badge.pdf", "/join", "/cancel", "/mode", "/edit"])
@pytest.mark.parametrize("token", ["C" * 30, "nonsense", "%00", "b" * 500, "\u0130" * 30])
def test_a_wrong_link_is_answered_with_not_found(client: FlaskClient, token: str, path: str) -> None:
    assert client.get(f"/tickets/{token}{path}").status_code == 404


def test_online_people_are_sent_on_to_the_call_and_others_are_not(client: FlaskClient, event: Event) -> None:
    _, online = registered(event, mode="online")
    _, room = registered(event)
    assert client.get(f"{online}/join").location == "https://meet.example.org/secret-link"
    refused = client.get(f"{room}/join")
    assert (refused.status_code, "secret-link" in refused.get_data(as_text=True)) == (200, False)


def test_the_join_link_itself_is_on_no_page(client: FlaskClient, event: Event) -> None:
    _, link = registered(event, mode="online")
    pages = [client.get(link + path).get_data(as_text=True) for path in ("", "/calendar.ics", "/edit")]
    assert [("secret-link" in page) for page in pages] == [False, False, False]


def test_cancelling_asks_first_and_seats_the_next(client: FlaskClient, event: Event) -> None:
    first, link = registered(event)
    second, _ = registered(event)
    assert client.get(f"{link}/cancel").status_code == 200
    assert first.state == "confirmed"
    client.post(f"{link}/cancel")
    assert (first.state, second.state, client.get(link).status_code) == ("cancelled", "confirmed", 200)


def said(client: FlaskClient, address: str) -> list[str]:
    """What the ticket answers to what was just done."""
    return re.findall(r'role="status">.*?<p>(.*?)</p>', client.get(address).get_data(as_text=True))


def test_switching_mode_from_the_ticket(client: FlaskClient, event: Event) -> None:
    registration, link = registered(event)
    answer = client.post(f"{link}/mode")
    assert (registration.mode, registration.state) == ("online", "confirmed")
    assert said(client, answer.location) == ["Changed. We have sent you a mail about it."]


def test_correcting_details_from_the_ticket(client: FlaskClient, event: Event) -> None:
    registration, link = registered(event, email="amina@example.org")
    answer = client.post(f"{link}/edit", data=FORM | {"family_name": "El Fassi"})
    assert (answer.status_code, registration.family_name) == (303, "El Fassi")
    assert said(client, answer.location) == ["Saved."]
    assert said(client, f"{link}?done=anything") == []


def test_correcting_to_an_address_in_use_is_refused_at_the_field(client: FlaskClient, event: Event) -> None:
    registered(event, email="taken@example.org")
    _, link = registered(event, email="amina@example.org")
    answer = client.post(f"{link}/edit", data=FORM | {"email": "taken@example.org"})
    assert answer.status_code == 422
    assert "Another registration for this event uses this address." in answer.get_data(as_text=True)


@pytest.mark.parametrize("email", ["amina@example.org", "stranger@example.org"])
def test_a_lost_link_is_answered_alike_for_every_address(client: FlaskClient, event: Event, email: str) -> None:
    registered(event, email="amina@example.org")
    answer = client.post("/tickets/lost", data={"email": email})
    assert (answer.status_code, "Look in your mail" in answer.get_data(as_text=True)) == (200, True)


def test_the_mail_carries_the_link_and_an_invitation(app: Flask, event: Event, tmp_path: Path) -> None:
    _, link = registered(event, family_name="Bénali «O'Neil»")
    jobs.run_waiting(app)
    message = message_from_bytes((tmp_path / "mail" / "000001.eml").read_bytes(), policy=policy.default)
    parts = [(part.get_content_type(), part.get_param("method")) for part in message.walk()]
    assert parts == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", "REQUEST"),
        ("text/calendar", "REQUEST"),
    ]
    assert f"https://events.example.org{link}" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr] # there is one


def test_registrars_see_the_list_and_strangers_nothing(sign_in: Callable[[User], FlaskClient], event: Event) -> None:
    registrar, stranger = make_user(), make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    registered(event, given_name="Zoë", family_name="Ångström")
    page = sign_in(registrar).get(f"/manage/{event.slug}/registrations?q=zoe+angstrom")
    assert ("Ångström" in page.get_data(as_text=True)) is True
    assert sign_in(stranger).get(f"/manage/{event.slug}/registrations").status_code == 404
