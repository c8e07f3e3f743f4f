"""The outbox. A mail is entered in the transaction that causes it and sent after the commit, once per cause.

Many of our mails are letters: the entry says which writer makes it of what, and the job that hands it over has it
written first. So the transaction that causes a mail, which others may be waiting for, does not lay out MIME parts.

Without INSER_SMTP_URL mails become files in ``instance/mail/`` so that nothing is lost and a new user can read them.
A mail that was being handed over when the process died or the connection broke may or may not have left: it becomes
``uncertain`` and is shown to the organiser rather than sent twice.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid, parseaddr
from enum import StrEnum
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import ForeignKey, Index, LargeBinary, select, update
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.addresses import postal_email
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import Model, db, insert_if_new
from inser_events.documents.text import tidy
from inser_events.jobs import apart, enqueue, every, job, name_of, settle, wake, works_here
from inser_events.languages import N_
from inser_events.smtp import InDoubt, hand_over, refused_for_good, server_of

log = logging.getLogger(__name__)
ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
STUCK_AFTER = timedelta(minutes=10)
SWEEP_AT_ONCE = 200
SUBJECT_LENGTH = 300
BROKEN = N_("The connection broke while this mail was being handed over.")
UNWRITTEN = N_("This mail could not be written. The server’s log says why.")
VOID = N_("There is nothing to tell any more.")


Writer = Callable[..., "Mail | None"]
_writers: dict[str, Writer] = {}


class MailState(StrEnum):
    """Where a mail stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class OutboxMail(Model):
    """One mail to one person."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_state", "state", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(unique=True)
    """What it tells of, such as ``registered:17``; a second mail for one cause is never written."""
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    message: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The finished message; None while it is still to be written."""
    letter: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{"writer": name, "arguments": {…}}`` of a mail that is written when it is handed over."""
    state: Mapped[str] = mapped_column(default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


class Attachment(NamedTuple):
    """A file that travels with a mail."""

    filename: str
    media_type: str
    content: bytes


class Picture(NamedTuple):
    """A picture inside the HTML of a mail, which names it ``cid:`` and *content_id* (RFC 2392)."""

    content_id: str
    subtype: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What to tell whom. ``invitation`` is an iTIP object shown by mail clients as an invitation (RFC 6047)."""

    to: str
    subject: str
    text: str
    html: str = ""
    pictures: Sequence[Picture] = ()
    name: str = ""
    invitation: bytes = b""
    invitation_method: str = "REQUEST"
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    reply_to: str = ""


def send(cause: str, mail: Mail, *, event_id: int | None = None) -> int | None:
    """Put *mail* into the outbox; its id there, None if that *cause* was told before."""
    message = compose(mail, sender=_settings().mail_from, at=now())
    return _enter(cause, to=mail.to, subject=mail.subject, event_id=event_id, message=message)


def writer(function: Writer) -> Writer:
    """Register a function that writes letters: plain JSON arguments in, a mail out, None when it has become void."""
    _writers[name_of(function)] = function
    return function


def send_letter(
    cause: str, write: Writer, arguments: dict[str, Any], *, to: str, subject: str, event_id: int | None = None
) -> int | None:
    """Put a mail that *write* will make of *arguments* into the outbox; its id, None if *cause* was told before."""
    letter = {"writer": name_of(write), "arguments": arguments}
    return _enter(cause, to=to, subject=subject, event_id=event_id, letter=letter)


def _enter(cause: str, *, to: str, subject: str, event_id: int | None, **content: Any) -> int | None:
    moment = now()
    db.session.flush()  # what the mail is about goes first
    entry = insert_if_new(
        OutboxMail,
        cause=cause,
        event_id=event_id,
        recipient=to,
        subject=_one_line(subject),
        created_at=moment,
        next_try_at=moment,
        **content,
    )
    if entry is not None:
        hand_on(entry)
    return entry


def hand_on(mail_id: int) -> None:
    """Have a mail that waits in the outbox delivered after the commit."""
    if works_here():
        wake(deliver_next)
    else:
        enqueue(deliver, mail_id=mail_id)


class Ready(NamedTuple):
    """A mail that can be handed over."""

    recipient: str
    subject: str
    message: bytes
    attempts: int


def ready(entry: OutboxMail) -> Ready | None:
    """The entry with its message, written now if it has not been; None when its letter has become void."""
    if entry.message is not None:
        return Ready(entry.recipient, entry.subject, entry.message, entry.attempts)
    mail = _writers[entry.letter["writer"]](**entry.letter["arguments"])
    if mail is None:
        return None
    message = compose(mail, sender=_settings().mail_from, at=entry.created_at)
    return Ready(mail.to, _one_line(mail.subject), message, entry.attempts)


def reaches_people() -> bool:
    """Whether mails leave at all; without a mail server they become files."""
    return bool(_settings().smtp_url)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _one_line(text: str) -> str:
    return tidy(text)[:SUBJECT_LENGTH]


def _address(name: str, email: str) -> Address | str:
    local, _, domain = postal_email(email).rpartition("@")
    return Address(_one_line(name)[:120], local, domain)


def compose(mail: Mail, *, sender: str, at: datetime) -> bytes:
    """Build the MIME message: mixed(alternative(plain, html, calendar), attachments). RFC 6047 section 2.4.

    HTML with pictures is ``related(html, pictures)`` in its place.
    """
    sender_name, sender_address = parseaddr(sender)
    # Header encoding of a display name is safe, of an address it is not (RFC 6532).
    message = EmailMessage(policy=SMTP if mail.to.rpartition("@")[0].isascii() else SMTPUTF8)
    message["From"] = _address(sender_name, sender_address)
    message["To"] = _address(mail.name, mail.to)
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender_address.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        _add_pictures(message, mail.pictures)
    if mail.invitation:
        message.add_alternative(
            mail.invitation,
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"charset": "utf-8", "method": mail.invitation_method},
        )
    for attachment in mail.attachments:
        media_type, *parameters = attachment.media_type.split("; ")
        maintype, _, subtype = media_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            cte="base64",
            filename=attachment.filename,
            params=dict(parameter.split("=", 1) for parameter in parameters),
        )
    return message.as_bytes()


def _add_pictures(message: EmailMessage, pictures: Sequence[Picture]) -> None:
    """Put pictures beside the HTML that shows them: related(html, pictures), RFC 2387."""
    html = list(message.iter_parts())[-1]
    for picture in pictures:
        html.add_related(
            picture.content,
            maintype="image",
            subtype=picture.subtype,
            cid=f"<{picture.content_id}>",
            disposition="inline",
            filename=f"{picture.content_id.partition('@')[0]}.{picture.subtype}",
        )


@job
def deliver(mail_id: int) -> None:
    """Write one mail if need be, and hand it over. Claimed by a conditional update: two workers never send it twice.

    Neither writing it nor talking to the mail server holds up those who write to the database.
    """
    attempts = _claim(mail_id)
    if attempts is not None:
        _deliver(mail_id, attempts)


@job
def deliver_next() -> None:
    """Deliver the mail that has been due longest, and go on while there are more."""
    due = select(OutboxMail.id).where(OutboxMail.state == MailState.QUEUED, OutboxMail.next_try_at <= now())
    mail_id = db.session.scalar(due.order_by(OutboxMail.next_try_at, OutboxMail.id).limit(1))
    if mail_id is None:
        return
    wake(deliver_next)  # by the time it begins, this one is claimed
    deliver(mail_id)


def _claim(mail_id: int) -> int | None:
    """Take a mail that waits; the number of this attempt, None when somebody else has it."""
    claimed = (
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.QUEUED)
        .values(state=MailState.SENDING, attempts=OutboxMail.attempts + 1, next_try_at=now())
        .returning(OutboxMail.attempts)
    )
    return db.session.execute(claimed).scalar()


def _deliver(mail_id: int, attempts: int) -> None:
    settle()  # a mail that has left cannot be called back
    try:
        with apart():
            mail = ready(db.session.get_one(OutboxMail, mail_id))
    except Exception:  # whatever it is, nothing has left, and the next try may do better
        log.exception("mail not written", extra={"mail": mail_id})
        outcome = _put_off(attempts, UNWRITTEN)
    else:
        outcome = _handed_over(mail, mail_id) if mail else _failed(VOID)
    # Whoever was erased meanwhile stays erased.
    mine = OutboxMail.id == mail_id, OutboxMail.state == MailState.SENDING
    db.session.execute(update(OutboxMail).where(*mine).values(**outcome))


def _handed_over(mail: Ready, mail_id: int) -> dict[str, Any]:
    """Try to hand a mail over; what its entry must say afterwards."""
    kept = {"message": mail.message, "recipient": mail.recipient, "subject": mail.subject}
    try:
        transfer(mail.message, mail.recipient, mail_id=mail_id, settings=_settings())
    except InDoubt as error:
        return kept | {"state": MailState.UNCERTAIN, "error": f"{BROKEN} {error}"[:500]}
    except OSError as error:
        return kept | (_failed(str(error)) if refused_for_good(error) else _put_off(mail.attempts, str(error)))
    return kept | {"state": MailState.SENT, "sent_at": now(), "error": ""}


def _failed(said: str) -> dict[str, Any]:
    return {"state": MailState.FAILED, "error": said[:500]}


def _put_off(attempts: int, said: str) -> dict[str, Any]:
    if attempts >= ATTEMPTS:
        return _failed(said)
    again = now() + FIRST_PAUSE * 2 ** (attempts - 1)
    return {"state": MailState.QUEUED, "error": said[:500], "next_try_at": again}


def transfer(message: bytes, recipient: str, *, mail_id: int, settings: Settings) -> None:
    """Give a message to the mail server, or write it to a file when none is set. Raises OSError, InDoubt."""
    if settings.smtp_url:
        sender = postal_email(parseaddr(settings.mail_from)[1])
        hand_over(server_of(settings.smtp_url), sender, postal_email(recipient), message)
        return
    folder = settings.instance / "mail"
    folder.mkdir(exist_ok=True)
    (folder / f"{mail_id:06}.eml").write_bytes(message)


@every(minutes=1)
def sweep_outbox() -> None:
    """Send what a crash or a pause left; name what may have left twice."""
    moment = now()
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == MailState.SENDING, OutboxMail.next_try_at < moment - STUCK_AFTER)
        .values(state=MailState.UNCERTAIN, error=N_("The server stopped while this mail was being handed over."))
    )
    due = select(OutboxMail.id).where(OutboxMail.state == MailState.QUEUED, OutboxMail.next_try_at <= moment)
    for mail_id in db.session.scalars(due.order_by(OutboxMail.next_try_at).limit(SWEEP_AT_ONCE)):
        hand_on(mail_id)
