"""Official documents as files, one in each language: judged by their bytes, kept under random names.

A release names the files that the public may have. What is replaced in the draft goes on being served until a release
names the new one; what is withdrawn stops at once.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.editing import hold
from inser_events.agenda.errors import NotInAgenda, Unusable
from inser_events.agenda.models import Document, DocumentFile, Release
from inser_events.agenda.received import DOCX, ENDINGS, LARGEST, PDF, PPTX, XLSX, kind_of, readable
from inser_events.agenda.step_models import DraftStep, unpacked
from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.jobs import every

KEPT_SECONDS = 24 * 3600
ACCEPTED = frozenset({PDF, DOCX, XLSX, PPTX})
_NOT_IN_NAMES = re.compile(r"[^0-9A-Za-z]+")
SYMBOL_LENGTH = 60


def put_file(document: Document, language: str, stream: IO[bytes], filename: str) -> DocumentFile:
    """Store a document in a language, in place of an earlier file. Raises Unusable for ``file`` or ``language``."""
    if not language:
        raise Unusable("language", _("Choose the language of the file."))
    content = stream.read(LARGEST + 1)
    media_type = kind_of(content, ACCEPTED, otherwise=_("Send a PDF, Word, Excel or PowerPoint file."))
    ending = ENDINGS[media_type]
    hold(document)  # two files for one language come one after the other
    before = _current(document, language)
    file = DocumentFile(
        event_id=document.event_id,
        document_id=document.id,
        language=language,
        stored_name=secrets.token_hex(16) + ending,
        filename=readable(filename, ending),
        media_type=media_type,
        size=len(content),
        received_at=now(),
    )
    folder().mkdir(parents=True, exist_ok=True)
    path_of(file).write_bytes(content)
    db.session.add(file)
    if before is not None:
        before.replaced_at = now()
    if language not in document.languages:
        document.languages = [*document.languages, language]
    db.session.flush()  # the audit entry needs the id
    after = {"document": document.symbol, "language": language, "file": file.filename}
    act = "add document file" if before is None else "replace document file"
    told = {"file": before.filename} if before else {}
    record(act, file, event_id=document.event_id, before=told, after=after)
    return file


def _current(document: Document, language: str) -> DocumentFile | None:
    return db.session.scalar(
        select(DocumentFile).where(
            DocumentFile.document_id == document.id,
            DocumentFile.language == language,
            DocumentFile.replaced_at.is_(None),
        )
    )


def withdraw_file(file: DocumentFile) -> None:
    """Let nobody download a file any more; the language stays promised."""
    if file.withdrawn_at is None:
        file.replaced_at = file.replaced_at or now()
        file.withdrawn_at = now()
        told = {"language": file.language, "file": file.filename}
        record("withdraw document file", file, event_id=file.event_id, before=told)
        db.session.flush()  # whoever lists the files next must not find it


def take_back_files(document: Document, uids: Sequence[str]) -> None:
    """Give a document that comes back the files it had when it was deleted."""
    its_own = DocumentFile.event_id == document.event_id, DocumentFile.uid.in_(uids)
    free = DocumentFile.document_id.is_(None), DocumentFile.withdrawn_at.is_(None)
    db.session.execute(update(DocumentFile).where(*its_own, *free).values(document_id=document.id))


def missing_languages(document: Document) -> list[str]:
    """Languages in which the document is said to be available, and no file is there."""
    there = {file.language for file in document.files}
    return [code for code in document.languages if code not in there]


def find_file(event: Event, uid: str) -> DocumentFile:
    """A file of the draft. Raises NotInAgenda."""
    file = public_file(event.id, uid)
    if file is None or file.replaced_at is not None:
        raise NotInAgenda
    return file


def public_file(event_id: int, uid: str) -> DocumentFile | None:
    """A file that was not withdrawn and is on the disk."""
    file = db.session.scalar(
        select(DocumentFile).where(
            DocumentFile.event_id == event_id, DocumentFile.uid == uid, DocumentFile.withdrawn_at.is_(None)
        )
    )
    return file if file is not None and path_of(file).is_file() else None


def download_name(symbol: str, language: str, media_type: str) -> str:
    """``GSPPA-XIII-2025-3-fr.pdf``: what a reader's computer calls the file."""
    stem = _NOT_IN_NAMES.sub("-", symbol).strip("-")[:SYMBOL_LENGTH] or "document"
    return f"{stem}-{language}{ENDINGS[media_type]}"


def folder() -> Path:
    """Where the files are."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "documents"


def path_of(file: DocumentFile) -> Path:
    """The bytes of a file."""
    return folder() / file.stored_name


@every(minutes=60)
def sweep_document_files() -> None:
    """Forget what nobody can get any more, then the bytes that no row names.

    What was replaced or went with its document stays while the public release offers it, or while an undo may bring
    it back. What was withdrawn goes.
    """
    idle = db.session.scalars(select(DocumentFile).where(_is_idle())).all()
    named = {event_id: _released(event_id) | _in_steps(event_id) for event_id in {file.event_id for file in idle}}
    for file in idle:
        if file.withdrawn_at is not None or file.uid not in named[file.event_id]:
            db.session.delete(file)
    db.session.flush()
    for path in list(_forgotten()):
        path.unlink(missing_ok=True)


def _is_idle() -> ColumnElement[bool]:
    return DocumentFile.replaced_at.is_not(None) | DocumentFile.document_id.is_(None)


def _released(event_id: int) -> set[str]:
    last = select(Release.snapshot).where(Release.event_id == event_id).order_by(Release.number.desc()).limit(1)
    text = db.session.scalar(last)
    return set(snapshots.load(text).files) if text else set()


def _in_steps(event_id: int) -> set[str]:
    """The files of documents in the steps that can be taken back or made again."""
    sides = select(DraftStep.before, DraftStep.after).where(DraftStep.event_id == event_id)
    held = (unpacked(side) for step in db.session.execute(sides) for side in step)
    return {file.uid for side in held for document in side.documents for file in document.files}


def _forgotten() -> Iterator[Path]:
    oldest = now().timestamp() - KEPT_SECONDS
    known = set(db.session.scalars(select(DocumentFile.stored_name)))
    for path in folder().glob("*"):
        if path.name not in known and path.stat().st_mtime < oldest:
            yield path
