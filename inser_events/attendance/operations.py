"""Writing, issuing and withdrawing letters and certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from inser_events.attendance.errors import NobodyToWriteTo, NotConfirmed, NotPresent, TemplateChanged
from inser_events.attendance.models import Letter, LetterKind, LetterRun, LetterTemplate
from inser_events.attendance.presence import Attendance, attendances, attended_count
from inser_events.attendance.wording import check
from inser_events.audit import record
from inser_events.database import db
from inser_events.events.models import Event, Mode
from inser_events.languages import Localized
from inser_events.registration.models import Registration, State
from inser_events.tokens import new_ticket_number

NOBODY = Attendance(0, None)


@dataclass(frozen=True)
class Wording:
    """What organisers write in one language; an empty text means the one we propose."""

    title: str
    body: str
    signatory: str


def save_wording(event: Event, kind: str, language: str, wording: Wording, *, version: int) -> LetterTemplate:
    """Keep the wording of a letter in a language. Raises TemplateProblem, TemplateChanged."""
    for text in (wording.body, wording.title):
        check(text)
    template = _template(event, kind)
    if template.version != version:
        raise TemplateChanged
    before = {"title": template.title.get(language, ""), "body": template.body.get(language, "")}
    template.title = _with(template.title, language, wording.title)
    template.body = _with(template.body, language, wording.body)
    template.signatory = _with(template.signatory, language, wording.signatory)
    template.version += 1
    after = {"title": wording.title, "body": wording.body, "language": language}
    record("write letter", template, event_id=event.id, before=before, after=after)
    return template


def issue_letters(
    event: Event, registrations: Sequence[Registration], kind: str, *, at: datetime, language: str = ""
) -> list[Letter]:
    """Give each a letter, numbered in order; whoever has a valid one of this kind keeps it.

    Raises NotConfirmed, and for certificates NotPresent. *language*: that of the person unless told.
    """
    present = attendances(event, [registration.id for registration in registrations])
    if not all(_may_have(registration, kind, present.get(registration.id)) for registration in registrations):
        raise NotConfirmed
    if kind == LetterKind.CERTIFICATE and any(registration.id not in present for registration in registrations):
        raise NotPresent
    _template(event, kind, lock=True)  # two requests for one letter come one after the other
    known = _known(registrations, kind)
    new = [registration for registration in registrations if registration.id not in known]
    first = _take_numbers(event, kind, len(new)) if new else 0
    for number, registration in enumerate(new, first):
        seen = present.get(registration.id, NOBODY) if kind == LetterKind.CERTIFICATE else NOBODY
        known[registration.id] = Letter(
            event_id=event.id,
            kind=kind,
            number=number,
            token_number=new_ticket_number(),
            registration_id=registration.id,
            current_registration_id=registration.id,
            language=language or registration.language,
            days=seen.days,
            minutes=seen.minutes,
            issued_at=at,
        )
    db.session.add_all(known[registration.id] for registration in new)
    db.session.flush()  # the audit entries need the ids
    for registration in new:
        letter = known[registration.id]
        record(
            "issue letter",
            letter,
            event_id=event.id,
            after={"kind": kind, "number": letter.number, "to": registration.uid},
        )
    return [known[registration.id] for registration in registrations]


def _may_have(registration: Registration, kind: str, seen: Attendance | None) -> bool:
    """Those with a place; a certificate also those who waited for a seat in the room and were online meanwhile."""
    if registration.state == State.WAITLISTED and kind == LetterKind.CERTIFICATE:
        return seen is not None and Mode.ONLINE in seen.modes
    return registration.state == State.CONFIRMED


def withdraw_letter(letter: Letter, *, at: datetime) -> Letter:
    """Make a letter invalid; its page says so from now on, and the person may get another."""
    if letter.revoked_at is None:
        letter.revoked_at = at
        letter.current_registration_id = None
        record("withdraw letter", letter, event_id=letter.event_id, before={"number": letter.number})
    return letter


def start_run(event: Event, kind: str, *, at: datetime) -> LetterRun:
    """Prepare to make the certificates of everyone who attended. Raises NobodyToWriteTo."""
    total = attended_count(event)
    if not total:
        raise NobodyToWriteTo
    run = LetterRun(event_id=event.id, kind=kind, total=total, started_at=at, touched_at=at)
    db.session.add(run)
    db.session.flush()  # the job is told the id
    record("make letters", run, event_id=event.id, after={"kind": kind, "total": total})
    return run


def _known(registrations: Sequence[Registration], kind: str) -> dict[int, Letter]:
    ids = [registration.id for registration in registrations]
    found = db.session.scalars(select(Letter).where(Letter.kind == kind, Letter.current_registration_id.in_(ids)))
    return {letter.current_registration_id: letter for letter in found if letter.current_registration_id is not None}


def _template(event: Event, kind: str, *, lock: bool = False) -> LetterTemplate:
    """The row that holds wording and numbers, made now if need be; *lock* keeps others waiting until the commit."""
    chosen = select(LetterTemplate).where(LetterTemplate.event_id == event.id, LetterTemplate.kind == kind)
    template = db.session.scalar(chosen.with_for_update() if lock else chosen)
    if template is None:
        try:
            with db.session.begin_nested():
                template = LetterTemplate(event_id=event.id, kind=kind, title={}, body={}, signatory={})
                db.session.add(template)
        except IntegrityError:  # somebody else made it in this moment
            template = db.session.scalars(chosen.with_for_update() if lock else chosen).one()
    return template


def _take_numbers(event: Event, kind: str, count: int) -> int:
    """Reserve *count* numbers in a row; return the first.

    One conditional UPDATE, tried again when another was quicker.
    """
    template = _template(event, kind)
    while True:
        last = db.session.scalar(select(LetterTemplate.last_number).where(LetterTemplate.id == template.id)) or 0
        taken = db.session.execute(
            update(LetterTemplate)
            .where(LetterTemplate.id == template.id, LetterTemplate.last_number == last)
            .values(last_number=last + count)
            .execution_options(synchronize_session=False)
        )
        if getattr(taken, "rowcount", 0):
            db.session.expire(template, ["last_number"])
            return last + 1


def _with(texts: Localized, language: str, text: str) -> Localized:
    changed = {**texts, language: text.strip()}
    return {each: value for each, value in changed.items() if value}
