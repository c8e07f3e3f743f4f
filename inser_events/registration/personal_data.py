"""One person's data: told in full to them, and erased at their wish or when its time is over.

What domains to the right keep of a person they tell and erase themselves, by functions added here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from inser_events.addresses import folded_email
from inser_events.audit import AuditEntry, record
from inser_events.database import after_commit, db
from inser_events.languages import text_in
from inser_events.mail import MailState, OutboxMail
from inser_events.registration import operations
from inser_events.registration.answers import files_of, shown_answers
from inser_events.registration.form_models import Answer, Upload
from inser_events.registration.models import Registration, Ticket
from inser_events.registration.privacy_texts import notice_for
from inser_events.registration.uploads import path_of

AT_ONCE = 500
NOBODY = "—"
"""Stands for the name of somebody who was erased: lists still show a row."""
ERASED_TEXTS = (
    *("honorific", "given_name", "name_latin", "email", "organisation", "job_title", "phone", "gender"),
    "search_text",
)
KEPT_IN_HISTORY = frozenset({"mode", "state", "category"})
NAMES_ANOTHER = ("replaced by another", "replace person")
"""Acts whose entry, in the history of one person, says the name of another."""
FIELDS = (
    *("honorific", "given_name", "family_name", "name_latin", "email", "phone", "gender", "organisation"),
    *("job_title", "country", "language", "category", "mode", "state", "listed", "privacy_version"),
    *("created_at", "confirmed_at", "waiting_since", "cancelled_at"),
)
Teller = Callable[[Registration], list[dict[str, Any]]]
Eraser = Callable[[Sequence[int]], None]
_tellers: dict[str, Teller] = {}
_erasers: list[Eraser] = []


def also_tell(name: str, teller: Teller) -> None:
    """Add what another domain knows of a person, under *name*."""
    _tellers[name] = teller


def also_erase(eraser: Eraser) -> None:
    """Add what another domain must forget: it is given ids of registrations."""
    if eraser not in _erasers:
        _erasers.append(eraser)


def data_of(registration: Registration, *, at: datetime) -> dict[str, Any]:
    """Everything that is known of a person, ready for JSON: texts, numbers, lists and mappings."""
    event = registration.event
    languages = [registration.language, *event.languages]
    notice = notice_for(event, languages, registration.privacy_version)
    return {
        "made_at": plain(at),
        "event": {
            "name": text_in(event.name, languages).value,
            "starts_on": plain(event.starts_on),
            "time_zone": event.time_zone,
        },
        "registration": {name: plain(getattr(registration, name)) for name in FIELDS},
        "answers": [
            {
                "question": text_in(shown.question, languages).value,
                "answer": ", ".join(text_in(text, languages).value for text in shown.words)
                or (shown.file.filename if shown.file else ""),
            }
            for shown in shown_answers(registration)
        ],
        "files": [{"name": file.filename, "bytes": file.size} for file in files_of(registration).values()],
        "agreed_to": {"version": registration.privacy_version, "notice": notice.notice, "consent": notice.consent}
        if registration.privacy_version
        else {},
        "tickets": [
            {"issued_at": plain(ticket.issued_at), "revoked_at": plain(ticket.revoked_at)}
            for ticket in registration.tickets
        ],
        "mails": [
            {"subject": mail.subject, "state": mail.state, "written_at": plain(mail.created_at)}
            for mail in db.session.execute(
                select(OutboxMail.subject, OutboxMail.state, OutboxMail.created_at)
                .where(*_mails_to(registration.event_id, _addresses([registration])))
                .order_by(OutboxMail.id)
            )
        ],
        "history": [
            {"at": plain(entry.at), "act": entry.action, "before": entry.before, "after": entry.after}
            for entry in db.session.scalars(_history([registration.id]).order_by(AuditEntry.id))
        ],
        **{name: teller(registration) for name, teller in _tellers.items()},
    }


def plain(value: Any) -> Any:
    """A value as JSON has it: moments and days in ISO 8601, in UTC."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def _mails_to(event_id: int, addresses: Iterable[str]) -> tuple[Any, ...]:
    return OutboxMail.event_id == event_id, func.lower(OutboxMail.recipient).in_(list(addresses))


def _history(ids: Iterable[int]) -> Any:
    return select(AuditEntry).where(AuditEntry.subject.in_([f"registration:{one}" for one in ids]))


def erase_person(registration: Registration, *, at: datetime) -> dict[str, int]:
    """Erase one person; an active registration is cancelled first, so the place goes to the next. Idempotent.

    What they had cancelled before goes too. Nothing is mailed: there is no address any more. Returns what was erased,
    as numbers.
    """
    if registration.active and (registration.email or registration.family_name != NOBODY):
        operations.cancel_registration(registration, at=at, notify=False)
    numbers = erase([registration, *_given_up(registration)], at=at)
    record("erase person", registration, event_id=registration.event_id, after=numbers)
    return numbers


def _given_up(registration: Registration) -> Sequence[Registration]:
    """Earlier registrations of a person for the same event, by their address."""
    if not registration.email or registration.through_focal_point:
        return []
    mine = select(Registration).where(
        Registration.event_id == registration.event_id,
        Registration.id != registration.id,
        func.lower(Registration.email) == folded_email(registration.email),
        Registration.active_email.is_(None),
        Registration.through_focal_point.is_(False),
    )
    return db.session.scalars(mine).all()


def erase(registrations: Sequence[Registration], *, at: datetime) -> dict[str, int]:
    """Erase answers, files, contact data, mails and history of people of one event; their numbers stay.

    Mode, category, state, country and moments are kept, because reports count them. Returns what was erased.
    """
    left = [one for one in registrations if one.email or one.family_name != NOBODY]
    if not left:
        return {"people": 0, "answers": 0, "files": 0, "mails": 0}
    ids = [one.id for one in left]
    mails = _erase_mails(left[0].event_id, _addresses(left))
    answers, files = _erase_answers(ids)
    forget_in_history(left, NAMES_ANOTHER)
    for eraser in _erasers:
        eraser(ids)
    for entry in db.session.scalars(_history(ids)):
        entry.before = {name: value for name, value in entry.before.items() if name in KEPT_IN_HISTORY}
        entry.after = {name: value for name, value in entry.after.items() if name in KEPT_IN_HISTORY}
    revoked = update(Ticket).where(Ticket.registration_id.in_(ids), Ticket.revoked_at.is_(None)).values(revoked_at=at)
    db.session.execute(revoked)
    for registration in left:
        _blank(registration)
    db.session.flush()  # whoever lists people next must not find them
    return {"people": len(left), "answers": answers, "files": files, "mails": mails}


def forget_in_history(registrations: Sequence[Registration], acts: Sequence[str]) -> None:
    """Take the names of people of one event out of what the history of others, or of a delegation, says of them."""
    names = {name for one in registrations for name in _names(one)}
    entries = select(AuditEntry).where(AuditEntry.event_id == registrations[0].event_id, AuditEntry.action.in_(acts))
    for entry in db.session.scalars(entries):
        entry.before, entry.after = _without(entry.before, names), _without(entry.after, names)


def _names(registration: Registration) -> Iterator[str]:
    """What somebody is called, and was before they corrected it."""
    yield registration.name
    called = Registration(given_name=registration.given_name, family_name=registration.family_name)
    corrected = _history([registration.id]).where(AuditEntry.action == "correct registration")
    for entry in db.session.scalars(corrected.order_by(AuditEntry.id.desc())):
        for part in {"given_name", "family_name"} & entry.before.keys():
            setattr(called, part, entry.before[part])
        yield called.name


def _without(said: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {key: _unnamed(value, names) if isinstance(value, str) else value for key, value in said.items()}


def _unnamed(text: str, names: set[str]) -> str:
    """A name, or several in a row, without those who are to be forgotten."""
    return NOBODY if text in names else ", ".join(NOBODY if part in names else part for part in text.split(", "))


def _addresses(registrations: Sequence[Registration]) -> set[str]:
    """Every address these people had, today's and those they corrected."""
    # A focal point's address is not theirs: its mails are about other people too.
    found = {folded_email(one.email) for one in registrations if not one.through_focal_point}
    for entry in db.session.scalars(_history(one.id for one in registrations)):
        found |= {folded_email(str(side["email"])) for side in (entry.before, entry.after) if side.get("email")}
    return found - {""}


def _erase_mails(event_id: int, addresses: set[str]) -> int:
    """Empty what was sent; drop what still waits. The rows stay, so that nothing is sent twice."""
    mine = _mails_to(event_id, addresses)
    db.session.execute(
        update(OutboxMail)
        .where(*mine, OutboxMail.state.in_([MailState.QUEUED, MailState.SENDING]))
        .values(state=MailState.FAILED)
    )
    emptied = {"recipient": "", "subject": "", "message": b"", "error": ""}
    return int(getattr(db.session.execute(update(OutboxMail).where(*mine).values(**emptied)), "rowcount", 0))


def _erase_answers(ids: Sequence[int]) -> tuple[int, int]:
    files = db.session.scalars(select(Upload).where(Upload.registration_id.in_(ids))).all()
    # Somebody who went back in the browser and entered a colleague sent one file for both.
    names = [file.stored_name for file in files]
    others = select(Upload.stored_name).where(Upload.stored_name.in_(names), Upload.registration_id.not_in(ids))
    shared = set(db.session.scalars(others))
    for file in files:
        if file.stored_name not in shared:
            after_commit(partial(path_of(file).unlink, missing_ok=True))
        db.session.delete(file)
    gone = db.session.execute(delete(Answer).where(Answer.registration_id.in_(ids)))
    return int(getattr(gone, "rowcount", 0)), len(files)


def _blank(registration: Registration) -> None:
    for name in ERASED_TEXTS:
        setattr(registration, name, "")
    registration.family_name, registration.listed, registration.form_key = NOBODY, False, None
    # Still counted as active where it was, under a key that is no address.
    registration.active_email = f"erased {registration.uid}" if registration.active else None


def still_known(event_id: int) -> Any:
    """The registrations of an event that still hold personal data."""
    kept = or_(Registration.email != "", Registration.family_name != NOBODY)
    return select(Registration).where(Registration.event_id == event_id, kept)
