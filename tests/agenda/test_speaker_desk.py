"""Organisers' page of speakers: invitations go once, reminders once a day, links close, strangers see nothing."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.agenda.models import Speaker, SpeakerState
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.speaker_files import add_file
from inser_events.agenda.speaker_invitations import (
    link_for,
    page_url,
    revoke_link,
    send_invitations,
    send_reminders,
    standings,
)
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.mail import OutboxMail
from inser_events.people.models import Person
from tests.factories import make_event, make_member, make_person, make_session, make_slot, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
HOME = "/manage/launch/speakers"
FAMILIES = ("Aba", "Bela", "Cora", "Dina", "Emil")


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def invite(event: Event, family: str, state: str = SpeakerState.INVITED, **values: Any) -> Person:
    """Somebody in a slot of a session of their own."""
    person = make_person(family, **{"email": f"{family}@example.org".lower(), **values})
    make_slot(make_session(event), person=person).speakers[0].state = state
    db.session.flush()
    return person


def mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def test_invitations_go_to_those_with_an_address_who_may_come(draft: Event) -> None:
    invite(draft, "Aba")
    invite(draft, "Bela", email="")
    invite(draft, "Cora", SpeakerState.DECLINED)
    invite(draft, "Dina", SpeakerState.CONFIRMED)
    assert send_invitations(draft, at=now()) == 2
    assert [mail.recipient for mail in mails()] == ["aba@example.org", "dina@example.org"]


def test_an_invitation_goes_once(draft: Event) -> None:
    person = invite(draft, "Aba")
    counts = [send_invitations(draft, at=now() + timedelta(days=day)) for day in range(3)]
    link = link_for(draft, person, at=now())
    assert (counts, [mail.cause for mail in mails()]) == ([1, 0, 0], [f"speaker-invite:{link.id}"])


def test_a_person_with_three_parts_gets_one_mail_that_names_them(draft: Event) -> None:
    person = invite(draft, "Aba")
    session = make_session(draft, title={"en": "Panel"})
    make_slot(session, person=person, title={"en": "Second part"})
    make_slot(session, person=person, title={"en": "Third part"})
    send_invitations(draft, at=now())
    (mail,) = mails()
    message = message_from_bytes(mail.message or b"", policy=policy.default)
    plain = message.get_body(("plain",))
    rich = message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    body = plain.get_content()
    url = page_url(link_for(draft, person, at=now()))
    assert [body.count(words) for words in ("Second part", "Third part", url, "09:00–09:10")] == [1, 1, 1, 2]
    assert rich.get_content().count(f'href="{url}"') == 2  # the button, and the address for those who copy it


def test_only_the_people_named_are_invited(draft: Event) -> None:
    invite(draft, "Aba")
    bela = invite(draft, "Bela")
    assert send_invitations(draft, at=now(), only=[bela.uid]) == 1
    assert [mail.recipient for mail in mails()] == ["bela@example.org"]


def test_a_reminder_goes_to_those_who_owe_an_answer_once_a_day(draft: Event) -> None:
    at = now()
    invite(draft, "Aba")
    answered = invite(draft, "Bela")
    send_invitations(draft, at=at)
    part = db.session.scalars(select(Speaker).where(Speaker.person_id == answered.id)).one()
    part.state = SpeakerState.CONFIRMED
    hours = [1, 23, 24, 25, 47, 49]
    assert [send_reminders(draft, at=at + timedelta(hours=hour)) for hour in hours] == [0, 0, 1, 0, 0, 1]
    assert [mail.recipient for mail in mails()[2:]] == ["aba@example.org"] * 2


def test_nobody_is_reminded_of_what_they_were_not_invited_to(draft: Event) -> None:
    person = invite(draft, "Aba")
    link_for(draft, person, at=now())
    assert send_reminders(draft, at=now() + timedelta(days=9)) == 0


def test_a_closed_link_is_replaced_by_another_which_is_sent_again(draft: Event) -> None:
    person = invite(draft, "Aba")
    send_invitations(draft, at=now())
    first = page_url(link_for(draft, person, at=now()))
    revoke_link(draft, person, at=now())
    assert send_invitations(draft, at=now()) == 1
    assert page_url(link_for(draft, person, at=now())) != first


def test_withdrawn_sessions_ask_nobody(draft: Event) -> None:
    person = invite(draft, "Aba")
    part = db.session.scalars(select(Speaker).where(Speaker.person_id == person.id)).one()
    part.session.withdrawn_at = now()
    db.session.flush()
    assert (standings(draft), send_invitations(draft, at=now())) == ([], 0)


@pytest.mark.parametrize(
    ("states", "together"),
    [
        (["confirmed", "confirmed"], "confirmed"),
        (["declined"], "declined"),
        (["confirmed", "invited"], "invited"),
        (["confirmed", "declined"], "mixed"),
    ],
)
def test_the_answers_to_several_parts_make_one_state(draft: Event, states: list[str], together: str) -> None:
    person = make_person()
    session = make_session(draft)
    for state in states:
        make_slot(session, person=person).speakers[0].state = state
    db.session.flush()
    assert [one.state for one in standings(draft)] == [together]


def test_the_page_counts_before_it_sends(owner: FlaskClient, draft: Event) -> None:
    for family in FAMILIES[:3]:
        invite(draft, family)
    invite(draft, "Dina", email="")
    page = text(owner.get(HOME))
    assert [page.count(words) for words in ("Send 3 invitations</span>", "1 person has no e-mail address.")] == [1, 1]
    answer = owner.post(f"{HOME}/invite", follow_redirects=True)
    assert (text(answer).count("3 invitations sent."), len(mails()), text(answer).count("Send 3 inv")) == (1, 3, 0)


def test_the_page_shows_who_sent_what(owner: FlaskClient, draft: Event) -> None:
    person = invite(draft, "Aba", biography={"en": "<p>Soil</p>"})
    file = add_file(draft, person, BytesIO(b"%PDF-1.7"), "talk.pdf")
    page = text(owner.get(HOME))
    assert [
        page.count(words)
        for words in (f'href="{HOME}/files/{file.uid}"', f'href="{HOME}/{person.uid}/biography">English')
    ] == [1, 1]
    got = owner.get(f"{HOME}/files/{file.uid}", buffered=True)
    assert (got.status_code, got.data, got.headers["Content-Security-Policy"].count("sandbox")) == (200, b"%PDF-1.7", 0)


def test_slides_are_public_when_the_organisers_say_so_and_publish(
    owner: FlaskClient, client: FlaskClient, draft: Event
) -> None:
    file = add_file(draft, invite(draft, "Aba"), BytesIO(b"%PDF-1.7"), "talk.pdf")
    public = f"/events/{draft.slug}/files/{file.uid}"
    publish_agenda(draft, at=now())
    before = client.get(public).status_code
    owner.post(f"{HOME}/files/{file.uid}/public", data={"public": "yes"})
    marked = client.get(public).status_code
    publish_agenda(draft, at=now())
    got = client.get(public, buffered=True)
    assert (before, marked, got.status_code, got.headers["Content-Disposition"]) == (
        *(404, 404, 200),
        "attachment; filename=talk.pdf",
    )
    pages = [
        text(client.get(f"/events/{draft.slug}/{page}")).count(f'href="{public}"') for page in ("agenda", "speakers")
    ]
    owner.post(f"{HOME}/files/{file.uid}/public", data={"public": "no"})
    assert (pages, client.get(public).status_code) == ([1, 1], 404)


def test_strangers_make_no_slides_public(sign_in: SignIn, client: FlaskClient, draft: Event) -> None:
    file = add_file(draft, invite(draft, "Aba"), BytesIO(b"%PDF-1.7"), "talk.pdf")
    stranger = sign_in(make_user())
    answers = [one.post(f"{HOME}/files/{file.uid}/public", data={"public": "yes"}) for one in (client, stranger)]
    assert ([answer.status_code for answer in answers], file.is_public) == ([302, 404], False)


def test_a_link_is_made_copied_and_closed(owner: FlaskClient, client: FlaskClient, draft: Event) -> None:
    person = invite(draft, "Aba")
    owner.post(f"{HOME}/{person.uid}/link")
    url = page_url(link_for(draft, person, at=now()))
    path = url.removeprefix("https://events.example.org")
    shown = text(owner.get(HOME)).count(f'value="{url}"')
    before = client.get(path).status_code
    owner.post(f"{HOME}/{person.uid}/revoke")
    assert (shown, before, client.get(path).status_code, text(owner.get(HOME)).count(url)) == (1, 200, 404, 0)


def test_filtering_by_answer(owner: FlaskClient, draft: Event) -> None:
    invite(draft, "Aba")
    invite(draft, "Bela", SpeakerState.DECLINED)
    pages = [text(owner.get(f"{HOME}?state={state}")) for state in ("declined", "invited", "'\"<x")]
    assert [page.count('<tr id="person-') for page in pages] == [1, 1, 2]


def test_only_those_who_may_edit_see_links_and_send(draft: Event, sign_in: SignIn) -> None:
    person = invite(draft, "Aba")
    registrar, stranger = make_user(), make_user()
    make_member(draft, registrar, TeamRole.REGISTRAR)
    posts = [f"{HOME}/invite", f"{HOME}/remind", f"{HOME}/{person.uid}/link", f"{HOME}/{person.uid}/revoke"]
    for user, status in ((registrar, 403), (stranger, 404)):
        browser = sign_in(user)
        assert [browser.post(path).status_code for path in posts] == [status] * 4
        assert [browser.get(path).status_code for path in (HOME, f"{HOME}/{person.uid}/photo.jpg")] == [status] * 2
    assert mails() == []


def test_another_events_people_and_files_are_not_found(owner: FlaskClient, draft: Event) -> None:
    other = make_event(slug="other")
    person = invite(other, "Aba")
    file = add_file(other, person, BytesIO(b"%PDF-1.7"), "talk.pdf")
    answers = [
        owner.post(f"{HOME}/{person.uid}/link"),
        owner.post(f"{HOME}/{person.uid}/revoke"),
        owner.get(f"{HOME}/files/{file.uid}"),
        owner.get(f"{HOME}/{person.uid}/photo.jpg"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_hostile_names_stay_text_on_the_page_and_in_the_mail(owner: FlaskClient, draft: Event) -> None:
    invite(draft, '<script>alert("x")</script>', given_name="Bcc: all@example.org\r\n", email="a@example.org")
    page = owner.get(HOME).get_data(as_text=True)
    owner.post(f"{HOME}/invite")
    (mail,) = mails()
    message = message_from_bytes(mail.message or b"", policy=policy.default)
    rich = message.get_body(("html",))
    assert rich is not None
    assert (page.count("<script>alert"), rich.get_content().count("<script>alert"), message["Bcc"]) == (0, 0, None)


def test_the_page_asks_as_little_for_three_speakers_as_for_one(owner: FlaskClient, draft: Event) -> None:
    counts = []
    for families in (FAMILIES[:1], FAMILIES[1:3]):
        for family in families:
            person = invite(draft, family)
            link_for(draft, person, at=now())
            add_file(draft, person, BytesIO(b"%PDF-1.7"), "talk.pdf")
        owner.get(HOME)
        with count_queries() as queries:
            owner.get(HOME)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_photo_of_the_draft_is_shown_to_organisers(owner: FlaskClient, client: FlaskClient, draft: Event) -> None:
    person = invite(draft, "Aba")
    url = page_url(link_for(draft, person, at=now())).removeprefix("https://events.example.org")
    buffer = BytesIO()
    Image.new("RGB", (200, 200)).save(buffer, "PNG")
    client.post(f"{url}/photo", data={"photo": (BytesIO(buffer.getvalue()), "me.png")})
    got = owner.get(f"{HOME}/{person.uid}/photo.jpg")
    assert (got.status_code, got.content_type, got.headers["Cache-Control"]) == (200, "image/jpeg", "private, no-cache")
