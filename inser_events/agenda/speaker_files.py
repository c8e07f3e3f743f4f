"""Slides and papers of speakers. Judged by their bytes, kept under random names, only ever handed out as downloads.

The organisers decide for each file whether the public may have it, from the next release on.
"""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.agenda.errors import NotInAgenda, Unusable
from inser_events.agenda.received import ENDINGS, LARGEST, PDF, PPTX, kind_of, readable
from inser_events.agenda.speaker_models import SpeakerFile
from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import after_commit, db
from inser_events.events.models import Event
from inser_events.jobs import every
from inser_events.people.models import Person

MOST_FILES = 5
KEPT_SECONDS = 24 * 3600
ACCEPTED = frozenset({PDF, PPTX})


def add_file(event: Event, person: Person, stream: IO[bytes], filename: str) -> SpeakerFile:
    """Store slides or a paper. Raises Unusable for ``file``, in words for the speaker."""
    content = stream.read(LARGEST + 1)
    media_type = kind_of(content, ACCEPTED, otherwise=_("Send slides or a paper as PDF or PowerPoint (PPTX)."))
    ending = ENDINGS[media_type]
    if len(files_of(event, person)) >= MOST_FILES:
        raise Unusable("file", _("There are %(count)s files already. Remove one first.", count=MOST_FILES))
    file = SpeakerFile(
        event_id=event.id,
        person_id=person.id,
        stored_name=secrets.token_hex(16) + ending,
        filename=readable(filename, ending),
        media_type=media_type,
        size=len(content),
        received_at=now(),
    )
    folder().mkdir(parents=True, exist_ok=True)
    path_of(file).write_bytes(content)
    db.session.add(file)
    db.session.flush()  # the audit entry needs the id
    record("add speaker file", file, event_id=event.id, after={"person": person.name, "file": file.filename})
    return file


def remove_file(file: SpeakerFile) -> None:
    """Delete a file; its bytes go after the commit."""
    record("remove speaker file", file, event_id=file.event_id, before={"file": file.filename})
    db.session.delete(file)
    path = path_of(file)
    after_commit(lambda: path.unlink(missing_ok=True))


def show_file(file: SpeakerFile, *, public: bool) -> None:
    """Let the next release offer the file on its speaker's sessions, or not; taken back, it stops at once."""
    if file.is_public != public:
        record(
            "show speaker file",
            file,
            event_id=file.event_id,
            before={"public": file.is_public},
            after={"public": public},
        )
        file.is_public = public


def public_files(event: Event) -> dict[int, list[SpeakerFile]]:
    """What the next release offers, by the person's id."""
    found: dict[int, list[SpeakerFile]] = {}
    for file in files_of(event):
        if file.is_public:
            found.setdefault(file.person_id, []).append(file)
    return found


def files_of(event: Event, person: Person | None = None) -> Sequence[SpeakerFile]:
    """The files of one speaker or of all, in the order they came."""
    chosen = select(SpeakerFile).where(SpeakerFile.event_id == event.id).order_by(SpeakerFile.id)
    if person is not None:
        chosen = chosen.where(SpeakerFile.person_id == person.id)
    return db.session.scalars(chosen).all()


def find_file(event: Event, uid: str, person: Person | None = None) -> SpeakerFile:
    """One of the event's files, or of one speaker's. Raises NotInAgenda."""
    found = next((file for file in files_of(event, person) if file.uid == uid), None)
    if found is None or not path_of(found).is_file():
        raise NotInAgenda
    return found


def public_file(event_id: int, uid: str) -> SpeakerFile | None:
    """A file that the organisers show and that is on the disk."""
    file = db.session.scalar(
        select(SpeakerFile).where(SpeakerFile.event_id == event_id, SpeakerFile.uid == uid, SpeakerFile.is_public)
    )
    return file if file is not None and path_of(file).is_file() else None


def folder() -> Path:
    """Where the files are."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "speakers"


def path_of(file: SpeakerFile) -> Path:
    """The bytes of a file."""
    return folder() / file.stored_name


def _forgotten() -> Iterator[Path]:
    oldest = now().timestamp() - KEPT_SECONDS
    known = set(db.session.scalars(select(SpeakerFile.stored_name)))
    for path in folder().glob("*"):
        if path.name not in known and path.stat().st_mtime < oldest:
            yield path


@every(minutes=60)
def sweep_speaker_files() -> None:
    """Remove files that no row names: their event was deleted, or the request that brought them failed."""
    for path in list(_forgotten()):
        path.unlink(missing_ok=True)
