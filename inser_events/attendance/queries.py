"""Finding letters, their wordings and their public links."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy import func, select

from inser_events import tokens
from inser_events.attendance.errors import NoSuchLetter
from inser_events.attendance.models import Letter, LetterRun, LetterTemplate
from inser_events.config import Settings
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.events.queries import of_event

LINK_KEY = "letters"
PURPOSE = "certificate"
LONGEST_LINK = 200


def template_of(event: Event, kind: str) -> LetterTemplate | None:
    """The wording organisers saved, or None while it is ours."""
    return db.session.scalar(
        select(LetterTemplate).where(LetterTemplate.event_id == event.id, LetterTemplate.kind == kind)
    )


def current_letter(registration_id: int, kind: str) -> Letter | None:
    """The valid letter of this kind for a person, if there is one."""
    return db.session.scalar(
        select(Letter).where(Letter.kind == kind, Letter.current_registration_id == registration_id)
    )


def find_letter(event: Event, uid: str) -> Letter:
    """A letter of the event. Raises NoSuchLetter."""
    return of_event(Letter, event, uid, NoSuchLetter)


def find_run(event: Event, uid: str) -> LetterRun:
    """A run of the event. Raises NoSuchLetter."""
    return of_event(LetterRun, event, uid, NoSuchLetter)


def runs_of(event: Event, *, limit: int = 20) -> Sequence[LetterRun]:
    """The last runs, newest first."""
    chosen = select(LetterRun).where(LetterRun.event_id == event.id).order_by(LetterRun.id.desc()).limit(limit)
    return db.session.scalars(chosen).all()


def letters_of(event: Event, *, limit: int = 100) -> Sequence[Letter]:
    """The last letters, newest first."""
    chosen = select(Letter).where(Letter.event_id == event.id).order_by(Letter.id.desc()).limit(limit)
    return db.session.scalars(chosen).all()


def issued_counts(event: Event) -> dict[str, int]:
    """How many valid letters there are of each kind."""
    rows = db.session.execute(
        select(Letter.kind, func.count())
        .where(Letter.event_id == event.id, Letter.revoked_at.is_(None))
        .group_by(Letter.kind)
    )
    return {row[0]: row[1] for row in rows}


def verify_url(letter: Letter) -> str:
    """The public address that says whether the letter is genuine."""
    settings: Settings = current_app.extensions["settings"]
    token = tokens.link_token(letter.token_number, _secret(), purpose=PURPOSE)
    return f"{settings.base_url}/verify/{token}"


def find_by_token(text: str) -> Letter | None:
    """The letter with this public token, valid or withdrawn; None when no letter has it."""
    token = tokens.find_token(text) if len(text) < LONGEST_LINK else None
    if token is None or not tokens.is_authentic_link(token, _secret(), purpose=PURPOSE):
        return None
    return db.session.scalar(select(Letter).where(Letter.token_number == tokens.ticket_number(token)))


def _secret() -> bytes:
    settings: Settings = current_app.extensions["settings"]
    return tokens.key_from(settings.secret_key.encode(), LINK_KEY)
