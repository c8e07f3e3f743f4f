"""The outbox against a real SMTP server: sent once, after the commit, again when refused for now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from inser_events import jobs
from inser_events.clock import fixed_at, now
from inser_events.database import commit, db, rollback
from inser_events.mail import (
    ATTEMPTS,
    Attachment,
    Mail,
    OutboxMail,
    deliver,
    deliver_next,
    send,
    send_letter,
    sweep_outbox,
    transfer,
    writer,
)
from tests.mailbox import Inbox, mailbox


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    """A real SMTP server, and the application told to use it."""
    with mailbox() as (inbox, port):
        app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=f"smtp://127.0.0.1:{port}")
        yield inbox


def post(cause: str = "a", to: str = "amina@example.org", **values: Any) -> OutboxMail:
    entry = send(cause, Mail(to=to, subject="Subject", text="Text", **values))
    return db.session.get_one(OutboxMail, entry)


def test_a_mail_leaves_after_the_commit(app: Flask, inbox: Inbox) -> None:
    mail = post()
    assert jobs.run_waiting(app) == 0
    commit()
    jobs.run_waiting(app)
    db.session.expire_all()
    assert (len(inbox.received), mail.state) == (1, "sent")


def test_a_mail_of_a_transaction_that_was_undone_never_leaves(app: Flask, inbox: Inbox) -> None:
    post()
    rollback()
    commit()
    jobs.run_waiting(app)
    sweep_outbox()
    assert inbox.received == []


def test_one_cause_makes_one_mail(app: Flask, inbox: Inbox) -> None:
    post("registered:1")
    assert send("registered:1", Mail(to="amina@example.org", subject="Again", text="Text")) is None


def test_two_workers_send_a_mail_once(app: Flask, inbox: Inbox) -> None:
    mail_id = post().id
    commit()
    workers = [Thread(target=jobs.run, args=(app, jobs.name_of(deliver), {"mail_id": mail_id})) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(inbox.received) == 1


@pytest.fixture
def worker_inside(app: Flask) -> None:
    """The one worker lives in this process, as in `serve` on SQLite."""
    app.extensions["woken"] = {}


@pytest.mark.usefixtures("worker_inside")
def test_many_mails_are_one_task_at_a_time(app: Flask, inbox: Inbox) -> None:
    for number in range(3):
        post(f"rush:{number}", to=f"person{number}@example.org")
        commit()
    assert app.extensions["jobs"].pending_count() == 1
    tasks = jobs.run_waiting(app)
    assert ([mail["To"] for mail in inbox.received], tasks) == ([f"person{n}@example.org" for n in range(3)], 4)


@pytest.mark.usefixtures("worker_inside")
def test_a_mail_that_comes_while_the_last_is_delivered_is_not_forgotten(
    app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    post("first")
    commit()

    def another(*arguments: Any, **more: Any) -> None:
        monkeypatch.undo()
        transfer(*arguments, **more)
        with app.app_context():
            post("second")
            commit()

    monkeypatch.setattr("inser_events.mail.transfer", another)
    jobs.run_waiting(app)
    assert len(inbox.received) == 2


@pytest.mark.usefixtures("worker_inside")
def test_what_another_worker_took_from_the_queue_is_told_again(
    app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    post("first")
    commit()
    app.extensions["jobs"].flush()
    later = monotonic() + jobs.FORGOTTEN_AFTER
    monkeypatch.setattr(jobs, "monotonic", lambda: later)
    post("second")
    commit()
    jobs.run_waiting(app)
    assert len(inbox.received) == 2


def test_workers_who_look_for_mails_themselves_send_each_once(app: Flask, inbox: Inbox) -> None:
    for number in range(3):
        post(f"rush:{number}")
    commit()
    app.extensions["jobs"].flush()
    workers = [Thread(target=jobs.run, args=(app, jobs.name_of(deliver_next), {})) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    jobs.run_waiting(app)
    assert len(inbox.received) == 3


def test_a_server_that_is_busy_is_asked_again_later_and_later(app: Flask, inbox: Inbox) -> None:
    inbox.answer = "451 try again later"
    mail = post()
    commit()
    pauses = []
    moment = now()
    for _ in range(3):
        with fixed_at(moment):
            deliver(mail.id)
            commit()
            db.session.expire_all()
            pauses.append(mail.next_try_at - moment)
            moment = mail.next_try_at
    assert (mail.state, pauses) == ("queued", [timedelta(minutes=m) for m in (1, 2, 4)])


def test_the_sweep_sends_what_a_busy_server_left(app: Flask, inbox: Inbox) -> None:
    inbox.answer = "451 try again later"
    mail = post()
    commit()
    jobs.run_waiting(app)
    inbox.answer = "250 OK"
    sweep_outbox()
    commit()
    assert jobs.run_waiting(app) == 0  # not before its time
    with fixed_at(now() + timedelta(hours=1)):
        sweep_outbox()
        commit()
        jobs.run_waiting(app)
    db.session.expire_all()
    assert (len(inbox.received), mail.state) == (1, "sent")


def test_a_server_that_never_takes_it_makes_it_fail_in_the_end(app: Flask, inbox: Inbox) -> None:
    inbox.answer = "451 try again later"
    mail = post()
    commit()
    for _ in range(ATTEMPTS):
        deliver(mail.id)
        commit()
        db.session.expire_all()
    assert (mail.state, mail.attempts) == ("failed", ATTEMPTS)


def test_an_address_that_does_not_exist_fails_at_once(app: Flask, inbox: Inbox) -> None:
    mail = post(to="nobody@example.org")
    commit()
    jobs.run_waiting(app)
    db.session.expire_all()
    assert (mail.state, "no such mailbox" in mail.error) == ("failed", True)


def die(*_arguments: Any, **_more: Any) -> None:
    raise SystemExit


def test_a_mail_in_hand_when_the_process_died_is_not_sent_twice(
    app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = post()
    commit()
    monkeypatch.setattr("inser_events.mail.transfer", die)
    with pytest.raises(SystemExit):
        jobs.run(app, jobs.name_of(deliver), {"mail_id": mail.id})
    monkeypatch.undo()
    with fixed_at(now() + timedelta(hours=1)):
        sweep_outbox()
        commit()
        jobs.run_waiting(app)
    db.session.expire_all()
    assert (mail.state, inbox.received) == ("uncertain", [])


def test_a_mail_in_hand_when_the_connection_broke_is_not_sent_twice(app: Flask, inbox: Inbox) -> None:
    inbox.hangs_up = True
    mail = post()
    commit()
    jobs.run_waiting(app)
    inbox.hangs_up = False
    with fixed_at(now() + timedelta(hours=1)):
        sweep_outbox()
        commit()
        jobs.run_waiting(app)
    db.session.expire_all()
    assert (mail.state, mail.attempts, len(inbox.received)) == ("uncertain", 1, 1)


@writer
def unwritten() -> Mail | None:
    """A letter whose writer has a fault."""
    raise KeyError("event")


def test_a_letter_that_cannot_be_written_is_tried_again_and_fails_in_the_end(app: Flask, inbox: Inbox) -> None:
    entry = send_letter("a", unwritten, {}, to="amina@example.org", subject="Subject")
    mail = db.session.get_one(OutboxMail, entry)
    found = []
    for _ in range(ATTEMPTS):
        commit()
        deliver(mail.id)
        db.session.expire_all()
        found.append(mail.state)
    assert found == ["queued"] * (ATTEMPTS - 1) + ["failed"]
    assert mail.error == "This mail could not be written. The server’s log says why."


def test_whoever_is_erased_while_their_mail_leaves_stays_erased(
    app: Flask, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def erased_meanwhile(*_arguments: Any, **_more: Any) -> None:
        db.session.execute(update(OutboxMail).values(state="failed", recipient="", message=b"", subject=""))

    mail = post()
    commit()
    monkeypatch.setattr("inser_events.mail.transfer", erased_meanwhile)
    deliver(mail.id)
    commit()
    assert (mail.state, mail.recipient, mail.message, mail.subject) == ("failed", "", b"", "")


@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("amina@bücher.example", "amina@xn--bcher-kva.example"),
        ("müller@example.org", "müller@example.org"),
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
    ],
)
def test_an_address_in_other_letters_is_written_as_mail_servers_know_it(
    app: Flask, inbox: Inbox, address: str, known_as: str
) -> None:
    post(to=address, name="Amina Müller")
    commit()
    jobs.run_waiting(app)
    (to,) = inbox.received[0]["To"].addresses
    written = [text.encode("utf-8", "surrogateescape").decode() for text in (to.addr_spec, to.display_name)]
    assert (inbox.recipients, written) == ([known_as], [known_as, "Amina Müller"])


def test_names_and_subjects_of_every_script_arrive_as_written(app: Flask, inbox: Inbox) -> None:
    send(
        "x",
        Mail(
            to="amina@example.org", name='أمينة "O\'Neil", 王', subject="الدعوة\r\nBcc: all@example.org", text="é\n王"
        ),
    )
    commit()
    jobs.run_waiting(app)
    message = inbox.received[0]
    assert message["Subject"] == "الدعوة Bcc: all@example.org"
    assert message["To"].addresses[0].display_name == 'أمينة "O\'Neil", 王'
    assert message["Bcc"] is None
    assert message.get_content().splitlines() == ["é", "王"]


def test_attachments_arrive_byte_for_byte(app: Flask, inbox: Inbox) -> None:
    post(attachments=[Attachment("badge.pdf", "application/pdf", bytes(range(256)))])
    commit()
    jobs.run_waiting(app)
    files = [(part.get_filename(), part.get_content()) for part in inbox.received[0].iter_attachments()]
    assert files == [("badge.pdf", bytes(range(256)))]
