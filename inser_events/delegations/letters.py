"""Nomination letters: judged by their bytes, kept under random names, read by the organisers, accepted or returned."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import select

from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import after_commit, db
from inser_events.delegations import mails
from inser_events.delegations.errors import NoSuchLetter, WordsNeeded
from inser_events.delegations.models import Delegation, LetterState, NominationLetter
from inser_events.delegations.names import name_of
from inser_events.delegations.queries import letters_of
from inser_events.documents.text import printable
from inser_events.jobs import every
from inser_events.registration.uploads import KEPT_SECONDS, receive

MOST_LETTERS = 10
WORDS_LENGTH = 1_000


def folder() -> Path:
    """Where the files are."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "nominations"


def content_of(letter: NominationLetter) -> bytes:
    """The bytes of a letter. Raises NoSuchLetter when they are gone."""
    try:
        return (folder() / letter.stored_name).read_bytes()
    except OSError as error:
        raise NoSuchLetter from error


def send_letter(delegation: Delegation, stream: IO[bytes], filename: str, *, at: datetime) -> NominationLetter:
    """Keep a letter: PDF, JPEG or PNG by its content. The oldest makes room. Raises UnusableFile."""
    received = receive(stream, filename, into=folder())
    letter = NominationLetter(
        delegation_id=delegation.id,
        stored_name=received.stored_name,
        filename=received.filename,
        media_type=received.media_type,
        size=received.size,
        received_at=at,
    )
    for old in letters_of(delegation)[MOST_LETTERS - 1 :]:
        _drop(old)
    db.session.add(letter)
    record("send nomination letter", delegation, event_id=delegation.event_id, after=_named(delegation))
    db.session.flush()  # the page lists it
    return letter


def accept_letter(delegation: Delegation, letter: NominationLetter, *, at: datetime) -> None:
    """The organisers take a letter as it is; the focal point is told."""
    letter.state, letter.words, letter.decided_at = LetterState.ACCEPTED, "", at
    record("accept nomination letter", delegation, event_id=delegation.event_id, after=_named(delegation))
    mails.send(delegation, "delegation_letter_accepted", f"delegation-letter:{letter.id}:accepted")


def return_letter(delegation: Delegation, letter: NominationLetter, words: str, *, at: datetime) -> None:
    """The organisers ask for another letter and say why; the focal point is told. Raises WordsNeeded."""
    said = printable(words).strip()[:WORDS_LENGTH]
    if not said:
        raise WordsNeeded
    letter.state, letter.words, letter.decided_at = LetterState.RETURNED, said, at
    record("return nomination letter", delegation, event_id=delegation.event_id, after=_named(delegation))
    mails.send(delegation, "delegation_letter_returned", f"delegation-letter:{letter.id}:{at.isoformat()}", words=said)


def _named(delegation: Delegation) -> dict[str, str]:
    return {"name": name_of(delegation, delegation.event.languages[0])}


def drop_letters(delegation: Delegation) -> int:
    """Forget every letter; the bytes go after the commit. Returns how many there were."""
    letters = letters_of(delegation)
    for letter in letters:
        _drop(letter)
    return len(letters)


def _drop(letter: NominationLetter) -> None:
    path = folder() / letter.stored_name
    db.session.delete(letter)
    after_commit(lambda: path.unlink(missing_ok=True))


def _forgotten() -> Iterator[Path]:
    oldest = now().timestamp() - KEPT_SECONDS
    known = set(db.session.scalars(select(NominationLetter.stored_name)))
    for path in folder().glob("*"):
        if path.name not in known and path.stat().st_mtime < oldest:
            yield path


@every(minutes=60)
def sweep_nomination_letters() -> None:
    """Remove files that no row names: their event was deleted, or the request that brought them failed."""
    for path in list(_forgotten()):
        path.unlink(missing_ok=True)
