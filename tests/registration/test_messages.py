"""Messages: placeholders, audiences, counting, sending in slices, schedules, the outbox, addresses left out."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inser_events import jobs
from inser_events.accounts.models import User
from inser_events.clock import fixed_at, now
from inser_events.database import commit, db
from inser_events.documents.sheets import csv
from inser_events.events.models import Event, TeamRole
from inser_events.languages import Localized
from inser_events.mail import MailState, OutboxMail
from inser_events.registration import audiences, messages, operations, placeholders, queries, suppressions
from inser_events.registration.audiences import Audience
from inser_events.registration.message_letters import letter
from inser_events.registration.message_models import Message, MessageState, Suppression
from inser_events.registration.messages import MessageData, NotChangeable, UnusableMessage
from inser_events.registration.models import Registration
from inser_events.registration.suppressions import suppress
from tests.factories import make_member, make_user
from tests.mailbox import Inbox
from tests.registration.factories import make_open_event, someone
from tests.test_mail import inbox  # noqa: F401 — a fixture

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "names" / "blns.json"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=None, languages=["en", "ar"])


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user("desk@example.org")
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def person(event: Event, **values: object) -> Registration:
    return operations.register(event, someone(**values), at=now(), notify=False)


def write(event: Event, body: str | Localized = "Dear {{name}}", subject: str = "News", **more: object) -> Message:
    texts = body if isinstance(body, dict) else {"en": body}
    data = MessageData(subject=dict.fromkeys(texts, subject), body=texts, **more)  # type: ignore[arg-type] # its fields
    return messages.write_message(event, data, author="desk@example.org", at=now())


def send(app: Flask, message: Message) -> None:
    messages.send_now(message)
    commit()
    jobs.run_waiting(app)
    db.session.expire_all()


def sent() -> list[EmailMessage]:
    raw = db.session.scalars(select(OutboxMail.message).order_by(OutboxMail.id))
    return [message_from_bytes(one or b"", policy=policy.default) for one in raw]


def recipients() -> list[str]:
    return list(db.session.scalars(select(OutboxMail.recipient).order_by(OutboxMail.id)))


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


# Placeholders


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Dear {{name}}, {{ event }}", []),
        ("no placeholder at all", []),
        ("{{nmae}}", ["There is no placeholder {{nmae}}. Did you mean {{name}}?"]),
        ("{{Ticket link}}", ["There is no placeholder {{Ticket link}}. Did you mean {{ticket_link}}?"]),
        ("{{xyzzy}}", ["There is no placeholder {{xyzzy}}."]),
        ("{{name}", ["A placeholder is not complete: it begins with {{ and ends with }}."]),
        ("{{config.SECRET_KEY}}", ["There is no placeholder {{config.SECRET_KEY}}."]),
        ("{{''.__class__}}", ["There is no placeholder {{''.__class__}}."]),
    ],
)
def test_placeholders_are_checked(app: Flask, text: str, problems: list[str]) -> None:
    assert placeholders.problems(text) == problems


def test_a_name_that_looks_like_a_placeholder_is_only_a_name() -> None:
    filled = placeholders.fill("Dear {{name}}", {"name": "{{ticket_link}}\r\nBcc: x", "ticket_link": "secret"})
    assert filled == "Dear {{ticket_link}} Bcc: x"


def test_saving_refuses_what_cannot_be_filled(event: Event) -> None:
    with pytest.raises(UnusableMessage) as refusal:
        write(event, {"en": "{{nam}}", "ar": "{{name}}"}, subject="{{evnt}}")
    assert set(refusal.value.problems) == {"body-en", "subject-en", "subject-ar"}


def test_the_main_language_must_be_written(event: Event) -> None:
    with pytest.raises(UnusableMessage) as refusal:
        write(event, {"ar": "مرحبا"})
    assert set(refusal.value.problems) == {"subject-en", "body-en"}


# Letters


def test_values_are_escaped_in_html_and_plain_in_text(app: Flask, event: Event) -> None:
    person(event, given_name="<script>alert(1)</script>", family_name="& Söhne")
    send(app, write(event, "Dear {{name}}"))
    [mail] = sent()
    assert "<script>" not in body_of(mail, "html")
    assert "Dear &lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in body_of(mail, "html")
    assert body_of(mail, "plain").startswith("Dear <script>alert(1)</script> & Söhne\n")


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="needs ../shared/data")
def test_hostile_names_make_one_mail_each_and_no_header(app: Flask, event: Event) -> None:
    names = [text for text in json.loads(NAUGHTY.read_text()) if text.strip()][:120]
    for name in names:
        person(event, family_name=name)
    send(app, write(event, "Dear {{name}}", subject="For {{name}}"))
    mails = sent()
    assert ([set(mail.keys()) for mail in mails], len(mails)) == ([set(mails[0].keys())] * len(names), len(names))


def test_each_person_reads_their_language_in_its_direction(app: Flask, event: Event) -> None:
    person(event, language="ar", email="a@example.org")
    person(event, language="fr", email="b@example.org")
    send(app, write(event, {"en": "Hello {{name}}", "ar": "مرحبا {{name}}"}))
    first, second = sent()
    assert 'dir="rtl"' in body_of(first, "html")
    assert (body_of(first, "plain")[:5], body_of(second, "plain")[:5]) == ("مرحبا", "Hello")


def test_the_ticket_link_is_the_persons_own(app: Flask, event: Event) -> None:
    people = [person(event) for _n in range(2)]
    send(app, write(event, "Your ticket:\n{{ticket_link}}"))
    links = [queries.ticket_url(one) for one in people]
    assert [link in body_of(mail, "plain") for link, mail in zip(links, sent(), strict=True)] == [True, True]
    assert [links[1] in body_of(sent()[0], kind) for kind in ("plain", "html")] == [False, False]


def test_only_online_people_get_a_way_into_the_call(event: Event) -> None:
    message = write(event, "Join: {{join_link}}")
    room, online = person(event), person(event, mode="online")
    assert letter(message, room, None).text.startswith("Join: \n")
    assert letter(message, online, None).text.startswith(f"Join: {queries.ticket_url(online)}/join\n")
    event.cancelled_at = now()
    assert letter(message, online, None).text.startswith("Join: \n")


def test_calendar_badge_and_note_travel_with_it(app: Flask, event: Event) -> None:
    person(event)
    message = write(event, attachments=("calendar", "badge", "nonsense"))
    messages.attach_note(message, "Information note.pdf", b"%PDF-1.7 hello")
    send(app, message)
    names = [part.get_filename() for part in sent()[0].iter_attachments()]
    assert names == [f"{event.slug}.ics", f"{event.slug}-badge.pdf", "Information note.pdf"]


def test_a_mail_server_gets_one_letter_each_with_everything(app: Flask, event: Event, inbox: Inbox) -> None:  # noqa: F811 — the fixture
    person(event, email="ours@example.org", language="ar", family_name="المنصوري")
    person(event, email="nobody@example.org")
    person(event, mode="online", email="online@example.org")
    message = write(event, attachments=("calendar", "badge"), audience=Audience(modes=("in_person",)))
    messages.attach_note(message, "Note d’information.pdf", b"%PDF-1.7 hello")
    send(app, message)
    assert [mail["To"].addresses[0].addr_spec for mail in inbox.received] == ["ours@example.org"]
    parts = list(inbox.received[0].iter_attachments())
    assert [part.get_content_type() for part in parts] == ["text/calendar", "application/pdf", "application/pdf"]
    assert (parts[2].get_filename(), parts[2].get_content()) == ("Note d’information.pdf", b"%PDF-1.7 hello")
    rows = db.session.execute(select(OutboxMail.recipient, OutboxMail.state))
    states = {row[0]: row[1] for row in rows}
    assert states == {"ours@example.org": "sent", "nobody@example.org": "failed"}


@pytest.mark.parametrize("content", [b"GIF89a", b"", b"%PDF-" + b"x" * 1024 * 1024])
def test_a_note_must_be_a_small_pdf(event: Event, content: bytes) -> None:
    with pytest.raises(UnusableMessage):
        messages.attach_note(write(event), "note.pdf", content)


# Audiences


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience(), ["room", "online", "press"]),
        (Audience(modes=("online",)), ["online"]),
        (Audience(categories=("press",)), ["press"]),
        (Audience(countries=("MA", "FR")), ["room", "online"]),
        (Audience(languages=("fr",)), ["online"]),
        (Audience(states=("cancelled",)), ["gone"]),
        (Audience(presence="present"), []),
        (Audience(presence="absent"), ["room", "online", "press"]),
    ],
)
def test_an_audience_is_a_filter(event: Event, audience: Audience, expected: list[str]) -> None:
    person(event, email="room@example.org", country="MA")
    person(event, email="online@example.org", mode="online", country="FR", language="fr")
    person(event, email="press@example.org", category="press")
    operations.cancel_registration(person(event, email="gone@example.org"), at=now(), notify=False)
    found = db.session.scalars(audiences.chosen(event.id, audience).order_by(Registration.id)).all()
    assert [one.email.partition("@")[0] for one in found] == expected


def test_other_events_people_are_never_meant(app: Flask, event: Event) -> None:
    person(make_open_event(), email="stranger@example.org")
    person(event, email="a@example.org")
    send(app, write(event))
    assert recipients() == ["a@example.org"]


def test_suppressed_addresses_are_counted_and_left_out(app: Flask, event: Event) -> None:
    person(event, email="a@example.org")
    person(event, email="Bounced@Example.org")
    suppress(event, {"BOUNCED@example.org": "550 no such user"}, at=now())
    assert audiences.count(event, Audience()) == (1, 1)
    send(app, write(event))
    assert recipients() == ["a@example.org"]


# Sending


def test_many_people_are_written_to_in_slices_each_once(app: Flask, event: Event) -> None:
    for _n in range(messages.AT_ONCE * 2 + 3):
        person(event)
    message = write(event)
    send(app, message)
    messages.send_slice(message.id)
    assert (len(set(recipients())), message.written, message.state) == (103, 103, MessageState.SENT)


def test_sending_twice_is_refused(app: Flask, event: Event) -> None:
    person(event)
    message = write(event)
    send(app, message)
    with pytest.raises(NotChangeable):
        messages.send_now(message)
    assert len(recipients()) == 1


def test_the_rate_holds_messages_back_until_the_next_minute(app: Flask, event: Event) -> None:
    for _n in range(5):
        person(event)
    messages.set_rate(2)
    message, moment = write(event), datetime(2030, 1, 1, tzinfo=UTC)
    written = []
    for minute in range(3):
        with fixed_at(moment + timedelta(minutes=minute, seconds=minute)):
            if not minute:
                messages.send_now(message)
            messages.send_due_messages()
            commit()
            jobs.run_waiting(app)
        written.append(len(recipients()))
    assert written == [2, 4, 5]


def test_stopping_writes_no_more_and_going_on_repeats_nobody(app: Flask, event: Event) -> None:
    for _n in range(messages.AT_ONCE + 1):
        person(event)
    message = write(event)
    messages.send_now(message)
    messages.send_slice(message.id)
    messages.stop(message)
    commit()
    jobs.run_waiting(app)
    assert (len(recipients()), message.state) == (messages.AT_ONCE, MessageState.STOPPED)
    send(app, message)
    assert (len(recipients()), len(set(recipients()))) == (messages.AT_ONCE + 1, messages.AT_ONCE + 1)


def test_a_message_days_before_follows_the_event_and_its_zone(event: Event) -> None:
    message = write(event, days_before=3, send_time=time(9, 0))
    day = event.starts_on - timedelta(days=3)
    due = messages.due_at(message)
    assert due is not None
    assert (due.date(), due.hour, str(due.tzinfo)) == (day, 9, "Africa/Casablanca")
    event.starts_on += timedelta(days=1)
    event.ends_on += timedelta(days=1)
    assert messages.due_at(message) == due + timedelta(days=1)


def test_a_scheduled_message_is_sent_when_due_and_not_before(app: Flask, event: Event) -> None:
    person(event, email="room@example.org")
    person(event, email="online@example.org", mode="online")
    message = write(event, days_before=3, send_time=time(9, 0), audience=Audience(modes=("online",)))
    messages.schedule(message)
    commit()
    due = messages.due_at(message)
    assert due is not None
    told = []
    for moment in (due - timedelta(minutes=1), due, due + timedelta(minutes=1)):
        with fixed_at(moment):
            messages.send_due_messages()
            commit()
            jobs.run_waiting(app)
        told.append(recipients())
    assert told == [[], ["online@example.org"], ["online@example.org"]]


def test_nothing_is_sent_for_a_cancelled_event(event: Event) -> None:
    person(event)
    message = write(event, send_at=now() + timedelta(hours=1))
    messages.schedule(message)
    event.cancelled_at = now()
    with fixed_at(now() + timedelta(hours=2)):
        messages.send_due_messages()
    assert (message.state, recipients()) == (MessageState.MISSED, [])


def test_what_was_due_before_an_event_that_is_over_is_not_sent_late(event: Event) -> None:
    person(event)
    message, fixed = write(event, days_before=1), write(event, send_at=now() + timedelta(hours=1))
    messages.schedule(message)
    messages.schedule(fixed)
    event.starts_on = event.ends_on = (now() - timedelta(days=2)).date()
    with fixed_at(now() + timedelta(hours=2)):
        messages.send_due_messages()
    assert (message.state, fixed.state) == (MessageState.DRAFT, MessageState.SENDING)


def test_one_message_that_cannot_be_sent_does_not_hold_up_the_others(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(event)
    heavy, light = (write(event, send_at=now() + timedelta(hours=1)) for _n in range(2))
    messages.attach_note(heavy, "note.pdf", b"%PDF-1.7")
    messages.schedule(heavy)
    messages.schedule(light)
    monkeypatch.setattr(messages, "LARGEST_POST", 1)  # so many people have registered since
    with fixed_at(now() + timedelta(hours=2)):
        messages.send_due_messages()
    assert (heavy.state, light.state) == (MessageState.DRAFT, MessageState.SENDING)


def test_a_past_moment_cannot_be_scheduled(event: Event) -> None:
    with pytest.raises(UnusableMessage):
        messages.schedule(write(event, send_at=now() - timedelta(minutes=1)))


# The pages


def form(**values: object) -> dict[str, object]:
    return {"subject-en": "News of {{event}}", "body-en": "Dear {{name}}", "when": "hand", **values}


def written(client: FlaskClient, event: Event, **values: object) -> str:
    answer = client.post(f"/manage/{event.slug}/messages/new", data=form(**values))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def test_from_the_form_to_the_mail(app: Flask, event: Event, registrar: FlaskClient) -> None:
    person(event, email="a@example.org", mode="online")
    person(event, email="b@example.org")
    address = written(registrar, event, modes=["online"])
    assert "Goes to one person" in registrar.get(address).get_data(as_text=True)
    registrar.post(f"{address}/send", data={"people": 1})
    jobs.run_waiting(app)
    assert recipients() == ["a@example.org"]
    assert "Sent to one person." in registrar.get(address).get_data(as_text=True)


def test_a_count_that_changed_meanwhile_is_shown_again(event: Event, registrar: FlaskClient) -> None:
    person(event)
    address = written(registrar, event)
    answer = registrar.post(f"{address}/send", data={"people": 7}, follow_redirects=True)
    assert "It is for one person now." in answer.get_data(as_text=True)
    assert db.session.scalars(select(Message.state)).one() == "draft"


def test_a_wrong_placeholder_is_told_and_nothing_typed_is_lost(event: Event, registrar: FlaskClient) -> None:
    sent_form = form(**{"body-en": "Dear {{nmae}} <b>", "when": "before", "days_before": "3"})
    answer = registrar.post(f"/manage/{event.slug}/messages/new", data=sent_form)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Dear {{nmae}} &lt;b&gt;" in page, 'value="3"' in page) == (422, True, True)


@pytest.mark.parametrize(
    "values",
    [
        {"when": "before", "days_before": "x"},
        {"when": "before", "days_before": "999"},
        {"when": "at", "send_date": "?"},
    ],
)
def test_an_unreadable_moment_is_told(event: Event, registrar: FlaskClient, values: dict[str, str]) -> None:
    assert registrar.post(f"/manage/{event.slug}/messages/new", data=form(**values)).status_code == 422


def test_the_preview_is_the_chosen_persons(event: Event, registrar: FlaskClient) -> None:
    person(event, family_name="Alaoui")
    zoe = person(event, given_name="Zoë", family_name="Ångström")
    address = written(registrar, event)
    page = registrar.get(f"{address}?q=angstrom&person={zoe.uid}").get_data(as_text=True)
    assert ("Dear Zoë Ångström" in page, "Alaoui" in page) == (True, False)


def test_the_page_says_whom_it_is_for(event: Event, registrar: FlaskClient) -> None:
    chosen = {"states": ["pending"], "modes": ["online"], "countries": ["MA"], "presence": "absent", "groups": ["none"]}
    page = registrar.get(written(registrar, event, **chosen)).get_data(as_text=True)
    fact = re.search(r"To whom.*?<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    assert fact is not None
    assert fact[1].strip() == "Awaiting approval · Online · Morocco · Did not come"


def test_a_trial_goes_to_the_one_who_asks(event: Event, registrar: FlaskClient) -> None:
    someone_else = person(event)
    address = written(registrar, event)
    registrar.post(f"{address}/trial", data={"person": someone_else.uid})
    assert recipients() == ["desk@example.org"]


@pytest.mark.parametrize("begin", ["blank", "reminder", "online", "thanks", "missed", "nonsense"])
def test_every_letter_to_begin_with_opens(event: Event, registrar: FlaskClient, begin: str) -> None:
    assert registrar.get(f"/manage/{event.slug}/messages/new?from={begin}").status_code == 200


@pytest.mark.parametrize("page", ["messages", "outbox", "suppressed", "outbox?state=failed&q=a", "suppressed?page=9"])
def test_the_mail_pages_open(event: Event, registrar: FlaskClient, page: str) -> None:
    write(event)
    operations.register(event, someone(), at=now())
    assert registrar.get(f"/manage/{event.slug}/{page}").status_code == 200


def test_a_failed_mail_is_tried_again_once(app: Flask, event: Event, registrar: FlaskClient) -> None:
    operations.register(event, someone(), at=now())
    mail = db.session.scalars(select(OutboxMail)).one()
    mail.state, mail.error, mail.attempts = MailState.FAILED, "550 no", 8
    commit()
    registrar.post(f"/manage/{event.slug}/outbox/retry", data={"mail": mail.id})
    jobs.run_waiting(app)
    db.session.expire_all()
    assert (mail.state, mail.error, messages.retry(mail)) == (MailState.SENT, "", False)


def test_another_events_mail_cannot_be_retried(event: Event, registrar: FlaskClient) -> None:
    operations.register(make_open_event(), someone(), at=now())
    mail = db.session.scalars(select(OutboxMail)).one()
    mail.state = MailState.FAILED
    answer = registrar.post(f"/manage/{event.slug}/outbox/retry", data={"mail": mail.id})
    assert (answer.status_code, mail.state) == (404, MailState.FAILED)


def test_a_list_of_bounces_is_read_with_its_reasons(event: Event, registrar: FlaskClient) -> None:
    rows = [["Date", "Recipient", "Status"], ["2025", "A@Example.org", "5.1.1 unknown"], ["2025", "nobody", "-"]]
    registrar.post(f"/manage/{event.slug}/suppressed", data={"file": (io.BytesIO(csv(rows)), "bounces.csv")})
    found = db.session.execute(select(Suppression.address, Suppression.reason)).all()
    assert [tuple(row) for row in found] == [("a@example.org", "5.1.1 unknown")]


@pytest.mark.parametrize("content", [b"", b"\x89PNG" + bytes(50), b"PK\x03\x04 torn", b"no,address\n1,2\n"])
def test_a_bad_list_of_bounces_is_refused(event: Event, registrar: FlaskClient, content: bytes) -> None:
    data = {"file": (io.BytesIO(content), "bounces.csv")}
    assert registrar.post(f"/manage/{event.slug}/suppressed", data=data).status_code == 422


def test_a_list_that_is_too_long_is_refused_whole(
    event: Event, registrar: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suppressions, "MOST", 1)
    answer = registrar.post(f"/manage/{event.slug}/suppressed", data={"addresses": "a@example.org b@example.org"})
    assert answer.status_code == 422
    assert "There are more than 1 addresses in it." in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count(Suppression.id))) == 0


def test_typed_addresses_are_left_out_and_taken_back(event: Event, registrar: FlaskClient) -> None:
    registrar.post(f"/manage/{event.slug}/suppressed", data={"addresses": "a@example.org; <b@example.org>, x"})
    registrar.post(f"/manage/{event.slug}/suppressed/release", data={"address": "a@example.org"})
    assert list(db.session.scalars(select(Suppression.address))) == ["b@example.org"]


def test_only_administrators_set_the_rate(registrar: FlaskClient, sign_in: Callable[[User], FlaskClient]) -> None:
    assert registrar.post("/manage/sending-rate", data={"per_minute": "5"}).status_code == 403
    sign_in(make_user(administrator=True)).post("/manage/sending-rate", data={"per_minute": "60"})
    assert messages.rate() == 60


def test_door_staff_see_no_messages(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    user = make_user()
    make_member(event, user, TeamRole.DOOR)
    assert sign_in(user).get(f"/manage/{event.slug}/messages").status_code == 403


def test_deleting_a_draft_deletes_its_note(event: Event, registrar: FlaskClient, tmp_path: Path) -> None:
    address = written(registrar, event)
    registrar.post(f"{address}/note", data={"note": (io.BytesIO(b"%PDF-1.7"), "a.pdf")})
    assert len(list((tmp_path / "uploads" / "messages").iterdir())) == 1
    registrar.post(f"{address}/delete")
    left = list((tmp_path / "uploads" / "messages").iterdir())
    assert (left, db.session.scalar(select(func.count(Message.id)))) == ([], 0)
