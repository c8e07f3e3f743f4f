"""Slides and papers of speakers. Judged by their bytes, kept under random names, only ever handed out as downloads."""

import secrets
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.agenda.errors import NotInAgenda, Unusable
from inser_events.agenda.speaker_models import SpeakerFile
from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import after_commit, db
from inser_events.documents.text import one_line
from inser_events.events.models import Event
from inser_events.jobs import every
from inser_events.people.models import Person

MEGABYTE = 1024 * 1024
LARGEST = 40 * MEGABYTE
MOST_FILES = 5
FILENAME_LENGTH = 120
KEPT_SECONDS = 24 * 3600
PDF = "application/pdf"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def add_file(event: Event, person: Person, stream: IO[bytes], filename: str) -> SpeakerFile:
    """Store slides or a paper. Raises Unusable for ``file``, in words for the speaker."""
    content = stream.read(LARGEST + 1)
    media_type, ending = _kind_of(content)
    if len(files_of(event, person)) >= MOST_FILES:
        raise Unusable("file", _("There are %(count)s files already. Remove one first.", count=MOST_FILES))
    file = SpeakerFile(
        event_id=event.id,
        person_id=person.id,
        stored_name=secrets.token_hex(16) + ending,
        filename=_readable(filename, ending),
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


def _kind_of(content: bytes) -> tuple[str, str]:
    """Media type and ending, by the bytes."""
    if not content:
        raise Unusable("file", _("Choose a file first. The one you sent is empty."))
    if len(content) > LARGEST:
        words = _("This file is larger than %(size)s MB. Make its pictures smaller, or save it as PDF.", size=40)
        raise Unusable("file", words)
    # Some programs write a few bytes before the header; readers accept it within the first 1,024 bytes.
    if b"%PDF-" in content[:1024]:
        return PDF, ".pdf"
    if content.startswith(b"PK"):
        names = _names_in(content)
        if "ppt/vbaProject.bin" in names:
            raise Unusable("file", _("This presentation contains macros. Save it as PPTX without them, or as PDF."))
        if {"[Content_Types].xml", "ppt/presentation.xml"} <= names:
            return PPTX, ".pptx"
    raise Unusable("file", _("Send slides or a paper as PDF or PowerPoint (PPTX)."))


def _names_in(content: bytes) -> set[str]:
    """What a ZIP file lists; nothing of it is unpacked."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return set(archive.namelist())
    except (BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        words = _("This file is damaged or was cut off on its way. Send it again, or save it as PDF.")
        raise Unusable("file", words) from error


def _readable(filename: str, ending: str) -> str:
    """The sender's name for the file without folders, and with the ending of what it is."""
    stem = Path(one_line(filename).replace("\\", "/")).name
    stem = stem.rpartition(".")[0] or stem
    return (stem[:FILENAME_LENGTH] or "file") + ending


def remove_file(file: SpeakerFile) -> None:
    """Delete a file; its bytes go after the commit."""
    record("remove speaker file", file, event_id=file.event_id, before={"file": file.filename})
    db.session.delete(file)
    path = path_of(file)
    after_commit(lambda: path.unlink(missing_ok=True))


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
