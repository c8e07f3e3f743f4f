"""Writing to many people: checked when saved, counted before sending, sent in slices, each person once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from inser_events import mail
from inser_events.addresses import folded_email
from inser_events.agenda.queries import latest_snapshot
from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import db, find_or_raise
from inser_events.errors import NotFound, Refused
from inser_events.events.models import Event
from inser_events.jobs import enqueue, every, job
from inser_events.languages import Localized, Text, text_in
from inser_events.mail import MailState, OutboxMail
from inser_events.registration import audiences, placeholders
from inser_events.registration.audiences import Audience, audience_from
from inser_events.registration.message_letters import attachment_kinds, mail_of, note_path
from inser_events.registration.message_models import Message, MessageState, SendingRate
from inser_events.registration.models import Registration

AT_ONCE = 50
SUBJECT_LENGTH = 200
BODY_LENGTH = 20_000
MOST_DAYS = 365
LARGEST_NOTE = 1024 * 1024
LARGEST_POST = 500 * 1024 * 1024
"""What all mails of a message may weigh together; a note for ten thousand people belongs on the event's page."""
MINUTE = timedelta(minutes=1)
CHANGEABLE = frozenset({MessageState.DRAFT, MessageState.SCHEDULED})


class NoSuchMessage(NotFound):
    """There is no such message."""

    def __init__(self) -> None:
        super().__init__(_("There is no such message."))


class NotChangeable(Refused):
    """The message was sent, or is being sent."""

    title = "Already sent"

    def __init__(self) -> None:
        super().__init__(_("This message was sent already. Copy it to write another."))


class UnusableMessage(Refused):
    """Something in the message cannot be sent. ``problems``: by field of the form, such as ``body-fr``."""

    status = 422
    title = "Cannot be sent like this"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class MessageData:
    """What an organiser writes. At most one of ``send_at`` and ``days_before``; neither: by hand."""

    subject: Localized
    body: Localized
    audience: Audience = field(default_factory=Audience)
    attachments: Sequence[str] = ()
    send_at: datetime | None = None
    days_before: int | None = None
    send_time: time | None = None


def find_message(event: Event, uid: str) -> Message:
    """One of the event's messages. Raises NoSuchMessage."""
    return find_or_raise(select(Message).where(Message.event_id == event.id, Message.uid == uid), NoSuchMessage)


def messages_of(event: Event, limit: int = 100) -> Sequence[Message]:
    """The event's messages, the newest first."""
    mine = select(Message).where(Message.event_id == event.id).order_by(Message.id.desc()).limit(limit)
    return db.session.scalars(mine).all()


def write_message(event: Event, data: MessageData, *, author: str, at: datetime) -> Message:
    """Write a draft. Raises UnusableMessage."""
    message = Message(event=event, created_by=author, created_at=at, **_values(event, data))
    db.session.add(message)
    db.session.flush()  # the audit entry needs the id
    record("write message", message, event_id=event.id, after={"subject": message.subject})
    return message


def change_message(message: Message, data: MessageData) -> None:
    """Change what was not sent; what was scheduled is a draft again. Raises NotChangeable, UnusableMessage."""
    if message.state not in CHANGEABLE:
        raise NotChangeable
    for name, value in _values(message.event, data).items():
        setattr(message, name, value)
    message.state = MessageState.DRAFT
    record("change message", message, event_id=message.event_id, after={"subject": message.subject})


def _values(event: Event, data: MessageData) -> dict[str, object]:
    problems = dict(_problems(event, data))
    if problems:
        raise UnusableMessage(problems)
    return {
        "subject": data.subject,
        "body": {language: text.replace("\r\n", "\n") for language, text in data.body.items()},
        "audience": {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(data.audience).items()},
        "attachments": [kind for kind in attachment_kinds() if kind in data.attachments],
        "send_at": data.send_at,
        "days_before": data.days_before,
        "send_time": data.send_time,
    }


def _problems(event: Event, data: MessageData) -> Mapping[str, str]:
    main = event.languages[0]
    found: dict[str, str] = {}
    for language in {main, *data.subject, *data.body}:
        for name, texts, longest in (("subject", data.subject, SUBJECT_LENGTH), ("body", data.body, BODY_LENGTH)):
            text = texts.get(language, "").strip()
            other = (data.body if name == "subject" else data.subject).get(language, "").strip()
            wrong = placeholders.problems(text)
            if not text and (language == main or other):
                wrong = [_("Write something here.")]
            elif len(text) > longest:
                wrong = [_("Shorten this to %(number)s letters.", number=longest)]
            if wrong:
                found[f"{name}-{language}"] = " ".join(wrong)
    if data.days_before is not None and not 0 <= data.days_before <= MOST_DAYS:
        found["days_before"] = _("Choose between 0 and %(number)s days.", number=MOST_DAYS)
    return found


def attach_note(message: Message, name: str, content: bytes) -> None:
    """Attach a PDF. Raises NotChangeable, UnusableMessage."""
    if message.state not in CHANGEABLE:
        raise NotChangeable
    if not content.startswith(b"%PDF-"):
        raise UnusableMessage({"note": _("Attach a PDF file.")})
    if len(content) > LARGEST_NOTE:
        raise UnusableMessage({"note": _("The note is larger than 1 MB. Put it on the event’s page and link to it.")})
    path = note_path(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    message.note_name = name


def drop_note(message: Message) -> None:
    """Take the note off. Raises NotChangeable."""
    if message.state not in CHANGEABLE:
        raise NotChangeable
    note_path(message).unlink(missing_ok=True)
    message.note_name = ""


def copy_message(message: Message, *, author: str, at: datetime) -> Message:
    """A draft with the same words for the same audience, without its date and note."""
    audience = audience_from(message.audience)
    data = MessageData(subject=message.subject, body=message.body, audience=audience, attachments=message.attachments)
    return write_message(message.event, data, author=author, at=at)


def delete_message(message: Message) -> None:
    """Delete a message that was not sent. Raises NotChangeable."""
    drop_note(message)
    record("delete message", message, event_id=message.event_id, before={"subject": message.subject})
    db.session.delete(message)


def due_at(message: Message) -> datetime | None:
    """When a message is to be sent by itself; None: by hand."""
    if message.days_before is None:
        return message.send_at
    zone = ZoneInfo(message.event.time_zone)
    day = message.event.starts_on - timedelta(days=message.days_before)
    return datetime.combine(day, message.send_time or time(9), zone)


def schedule(message: Message) -> None:
    """Send it when its time comes. Raises NotChangeable, UnusableMessage."""
    due = due_at(message)
    if message.state not in CHANGEABLE:
        raise NotChangeable
    if due is None or due <= now():
        raise UnusableMessage({"send_at": _("Choose a moment to come.")})
    message.state = MessageState.SCHEDULED
    record("schedule message", message, event_id=message.event_id, after={"subject": message.subject})


def send_now(message: Message) -> None:
    """Begin to send, or go on with what was stopped. Raises NotChangeable, UnusableMessage."""
    if message.state not in CHANGEABLE | {MessageState.STOPPED}:
        raise NotChangeable
    people, _left_out = audiences.count(message.event, audience_from(message.audience))
    note = note_path(message).stat().st_size if message.note_name else 0
    if people * note > LARGEST_POST:
        raise UnusableMessage({"note": _("The note is too large for so many people. Put it on the event’s page.")})
    begun = db.session.execute(
        update(Message)
        .where(Message.id == message.id, Message.state == message.state)
        .values(state=MessageState.SENDING, total=people, started_at=now())
        .returning(Message.id)
    )
    if begun.scalar() is None:
        raise NotChangeable
    db.session.refresh(message)
    after = {"subject": message.subject, "people": people}
    record("send message", message, event_id=message.event_id, after=after)
    enqueue(send_slice, message_id=message.id)


def stop(message: Message) -> None:
    """Write no more of it; what is in the outbox already leaves. A scheduled one becomes a draft."""
    if message.state == MessageState.SCHEDULED:
        message.state = MessageState.DRAFT
    elif message.state == MessageState.SENDING:
        message.state = MessageState.STOPPED
        record("stop message", message, event_id=message.event_id, after={"subject": message.subject})


def send_trial(message: Message, registration: Registration, to: str, *, at: datetime) -> None:
    """Mail oneself the message as *registration* would get it."""
    about = told_together(message, registration)
    letter = mail_of(message, about[0], latest_snapshot(message.event), to=to, also=about[1:])
    mail.send(f"message-trial:{message.id}:{at:%Y%m%d%H%M%S%f}", letter, event_id=message.event_id)


def told_together(message: Message, registration: Registration) -> Sequence[Registration]:
    """Somebody with those whom the same mail is about, because it goes to the same address."""
    shared = audiences.by_address(message.event_id, audience_from(message.audience), [registration])
    about = shared.get(folded_email(registration.email), [])
    return about if registration in about else [registration]


def rate() -> int | None:
    """Mails of messages in a minute; None: no limit."""
    setting = db.session.get(SendingRate, 1)
    return setting.per_minute if setting else None


def set_rate(per_minute: int | None) -> None:
    """Limit how many mails of messages leave in a minute; None takes the limit away."""
    setting = db.session.get(SendingRate, 1) or SendingRate(id=1)
    setting.per_minute = per_minute
    db.session.add(setting)


def allowance() -> int:
    """How many mails may be written now. Tickets and answers never wait for messages, but count."""
    limit = rate()
    if limit is None:
        return AT_ONCE
    recent = select(func.count(OutboxMail.id)).where(OutboxMail.created_at > now() - MINUTE)
    return max(0, min(AT_ONCE, limit - (db.session.scalar(recent) or 0)))


@job
def send_slice(message_id: int) -> None:
    """Write the mails for the next people. The row is held, so two workers never take the same slice."""
    message = db.session.scalar(select(Message).where(Message.id == message_id).with_for_update(of=Message))
    size = allowance()
    if message is None or message.state != MessageState.SENDING or not size:
        return
    snapshot = latest_snapshot(message.event)
    wanted = audiences.chosen(message.event_id, audience_from(message.audience)).where(
        Registration.id > message.reached
    )
    people = db.session.scalars(wanted.order_by(Registration.id).limit(size)).all()
    shared = audiences.by_address(message.event_id, audience_from(message.audience), people)
    for registration in people:
        message.reached = registration.id
        about = shared.get(folded_email(registration.email), [registration])
        if about[0].id != registration.id:
            continue  # the mail to the first of them names this one
        cause = f"message:{message.id}:{registration.id}"
        letter = mail_of(message, registration, snapshot, also=about[1:])
        if mail.send(cause, letter, event_id=message.event_id) is not None:
            message.written += len(about)
    if len(people) < size:
        message.state, message.finished_at = MessageState.SENT, now()
    else:
        enqueue(send_slice, message_id=message_id)


def _is_over(event: Event, moment: datetime) -> bool:
    return moment.astimezone(ZoneInfo(event.time_zone)).date() > event.ends_on


def _send_due(message: Message) -> None:
    """Begin to send; what cannot be sent any more is a draft again, and the others go on."""
    try:
        send_now(message)
    except UnusableMessage:
        stop(message)


@every(minutes=1)
def send_due_messages() -> None:
    """Begin what is due; go on where the rate or a crash made a pause."""
    moment = now()
    for message in db.session.scalars(select(Message).where(Message.state == MessageState.SCHEDULED)).all():
        due = due_at(message)
        if due is None or due > moment:
            continue
        if message.event.cancelled_at is not None:
            message.state = MessageState.MISSED
        elif message.days_before is not None and _is_over(message.event, moment):
            # The event was moved, or nothing ran for days: "see you tomorrow" makes no sense any more.
            stop(message)
        else:
            _send_due(message)
    for message_id in db.session.scalars(select(Message.id).where(Message.state == MessageState.SENDING)):
        enqueue(send_slice, message_id=message_id)


def retry(entry: OutboxMail) -> bool:
    """Try a mail again that failed or may not have left; False when there is nothing to retry."""
    again = db.session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.id == entry.id,
            OutboxMail.recipient != "",  # erased
            OutboxMail.state.in_([MailState.FAILED, MailState.UNCERTAIN]),
        )
        .values(state=MailState.QUEUED, attempts=0, next_try_at=now(), error="")
        .returning(OutboxMail.id)
    )
    if again.scalar() is None:
        return False
    mail.hand_on(entry.id)
    return True


def heading(message: Message) -> Text:
    """The subject in the event's main language, as a name for the message."""
    event = message.event
    name = text_in(event.name, event.languages).value
    subject = text_in(message.subject, event.languages)
    return subject._replace(value=placeholders.fill(subject.value, {"event": name}))
