"""A message to people who are reached through their focal point: one mail, which names them all."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import delete, select

from inser_events import jobs
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.delegations.models import Delegation
from inser_events.delegations.operations import DelegationData, change_delegation
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.registration import audiences, messages, operations, personal_data
from inser_events.registration.audiences import Audience
from inser_events.registration.message_models import Message
from inser_events.registration.messages import MessageData
from inser_events.registration.models import Registration
from inser_events.registration.suppressions import suppress
from tests.delegations.factories import FOCAL, make_delegation, name_people, nominee
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event()


@pytest.fixture
def delegation(event: Event) -> Delegation:
    """Three people come: two of them have no address of their own."""
    delegation = make_delegation(event)
    people = [("Amina", "Benali", ""), ("Omar", "Ould", ""), ("Zoë", "Okafor", "zoe@example.org")]
    name_people(
        delegation, *(nominee(given_name=given, family_name=name, email=email) for given, name, email in people)
    )
    db.session.execute(delete(OutboxMail))
    return delegation


def write(event: Event, body: str = "Dear {{name}},\n\n{{ticket_link}}", **more: object) -> Message:
    data = MessageData(subject={"en": "News for {{name}}"}, body={"en": body}, **more)  # type: ignore[arg-type] # its fields
    return messages.write_message(event, data, author="desk@example.org", at=now())


def sent(app: Flask, message: Message) -> dict[str, EmailMessage]:
    messages.send_now(message)
    commit()
    jobs.run_waiting(app)
    db.session.expire_all()
    mails = db.session.scalars(select(OutboxMail)).all()
    found = {mail.recipient: message_from_bytes(mail.message or b"", policy=policy.default) for mail in mails}
    assert len(found) == len(mails)
    return found


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_message_to_a_delegation_reaches_only_its_people(app: Flask, event: Event, delegation: Delegation) -> None:
    operations.register(event, someone(email="alone@example.org"), at=now(), notify=False)
    name_people(make_delegation(event, country="FR", focal_email="paris@example.org"), nominee(email=""))
    db.session.execute(delete(OutboxMail))
    assert set(sent(app, write(event, audience=Audience(groups=(delegation.uid,))))) == {FOCAL, "zoe@example.org"}


def test_a_message_goes_to_the_focal_point_there_is_now(app: Flask, event: Event, delegation: Delegation) -> None:
    change_delegation(delegation, DelegationData(country="MA", focal_email="new@example.org"), at=now())
    assert set(sent(app, write(event))) == {"new@example.org", "zoe@example.org"}


def test_a_focal_point_gets_one_mail_that_names_its_people(app: Flask, event: Event, delegation: Delegation) -> None:
    message = write(event)
    mails = sent(app, message)
    assert sorted(mails) == [FOCAL, "zoe@example.org"]
    assert mails[FOCAL]["Subject"] == "News for Amina Benali and Omar Ould"
    words = text_of(mails[FOCAL])
    assert words.startswith("This mail is for Amina Benali and Omar Ould. Please pass it on.\n")
    assert (words.count("/tickets/"), "Amina Benali: http" in words, "Omar Ould: http" in words) == (2, True, True)
    assert (message.total, message.written) == (3, 3)


def test_a_person_with_an_address_is_not_asked_to_pass_anything_on(
    app: Flask, event: Event, delegation: Delegation
) -> None:
    words = text_of(sent(app, write(event))["zoe@example.org"])
    assert (words.startswith("Dear Zoë Okafor,\n"), words.count("/tickets/")) == (True, 1)


def test_a_focal_point_who_comes_too_is_named_in_the_same_mail(
    app: Flask, event: Event, delegation: Delegation
) -> None:
    operations.register(event, someone(given_name="Samira", family_name="Alaoui", email=FOCAL), at=now(), notify=False)
    mails = sent(app, write(event))
    assert mails[FOCAL]["Subject"] == "News for Amina Benali, Omar Ould and Samira Alaoui"


def test_people_in_another_slice_are_named_too(
    app: Flask, event: Event, delegation: Delegation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "AT_ONCE", 1)
    mails = sent(app, write(event))
    assert sorted(mails) == [FOCAL, "zoe@example.org"]
    assert mails[FOCAL]["Subject"] == "News for Amina Benali and Omar Ould"


def test_each_ones_badge_goes_with_it(app: Flask, event: Event, delegation: Delegation) -> None:
    mail = sent(app, write(event, attachments=["badge"]))[FOCAL]
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == [f"1-{event.slug}-badge.pdf", f"2-{event.slug}-badge.pdf"]


def test_only_those_of_the_audience_are_named(app: Flask, event: Event, delegation: Delegation) -> None:
    first = db.session.scalars(audiences.chosen(event.id, Audience())).first()
    assert first is not None
    mails = sent(app, write(event, audience=Audience(people=[first.uid])))
    assert {to: mail["Subject"] for to, mail in mails.items()} == {FOCAL: f"News for {first.name}"}
    assert text_of(mails[FOCAL]).startswith(f"This mail is for {first.name}. Please pass it on.\n")


def test_a_suppressed_focal_point_is_left_out(app: Flask, event: Event, delegation: Delegation) -> None:
    suppress(event, {FOCAL: "550 no such user"}, at=now())
    assert audiences.count(event, Audience()) == (1, 2)
    assert list(sent(app, write(event))) == ["zoe@example.org"]


def test_a_trial_is_what_the_focal_point_will_get(app: Flask, event: Event, delegation: Delegation) -> None:
    people = db.session.scalars(audiences.chosen(event.id, Audience())).all()
    messages.send_trial(write(event), people[1], "desk@example.org", at=now())
    assert [mail.subject for mail in db.session.scalars(select(OutboxMail))] == [
        "Trial: News for Amina Benali and Omar Ould"
    ]


def test_who_is_erased_is_named_in_no_mail_that_was_sent(app: Flask, event: Event, delegation: Delegation) -> None:
    sent(app, write(event))
    amina = db.session.scalars(select(Registration).where(Registration.given_name == "Amina")).one()
    personal_data.erase([amina], at=now())
    db.session.flush()
    db.session.expire_all()
    left = db.session.scalars(select(OutboxMail.message).where(OutboxMail.message.is_not(None))).all()
    assert [b"Benali" in (message or b"") for message in left] == [False] * len(left)
    subjects = {mail.recipient: mail.subject for mail in db.session.scalars(select(OutboxMail))}
    assert subjects == {FOCAL: "", "zoe@example.org": "News for Zoë Okafor"}
