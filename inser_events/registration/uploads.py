"""Files that people send with the form. Judged by their bytes, kept under random names, given to registrars only.

A picture is decoded and written anew, so that nothing hidden in it survives; a PDF is kept as it came and only ever
handed out as a download. The file is on disk before the form is complete, so that a forgotten answer elsewhere does
not make people choose it again; what never became part of a registration is swept away after a day.
"""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db
from inser_events.documents.pictures import TooManyPixels, UnusablePicture, photograph
from inser_events.documents.text import one_line
from inser_events.jobs import every
from inser_events.registration.errors import UnusableFile
from inser_events.registration.form_models import Upload

MEGABYTE = 1024 * 1024
LARGEST = 5 * MEGABYTE
LONGEST_SIDE = 3_000
KEPT_SECONDS = 24 * 3600
FILENAME_LENGTH = 120
PDF = b"%PDF-"


@dataclass(frozen=True)
class ReceivedFile:
    """A file on disk that no registration names yet. ``size`` in bytes."""

    stored_name: str
    filename: str
    media_type: str
    size: int


def receive(stream: IO[bytes], filename: str, *, into: Path | None = None) -> ReceivedFile:
    """Check and store a file, among those of the form or *into* another folder.

    Raises UnusableFile in words for the one who sent it.
    """
    kept_in = into or folder()
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UnusableFile(_("This file is too large. Send one of at most %(size)s MB.", size=LARGEST // MEGABYTE))
    if not content:
        raise UnusableFile(_("Choose a file first. The one you sent is empty."))
    # Some programs write a few bytes before the header; readers accept it within the first 1,024 bytes.
    media_type, ending, kept = ("application/pdf", ".pdf", content) if PDF in content[:1024] else _picture(content)
    name = secrets.token_hex(16) + ending
    kept_in.mkdir(parents=True, exist_ok=True)
    (kept_in / name).write_bytes(kept)
    return ReceivedFile(name, _readable(filename, ending), media_type, len(kept))


def _picture(content: bytes) -> tuple[str, str, bytes]:
    try:
        return "image/jpeg", ".jpg", photograph(content, longest=LONGEST_SIDE).content
    except TooManyPixels as error:
        raise UnusableFile(str(error)) from error
    except UnusablePicture as error:
        raise UnusableFile(_("Send a PDF file or a picture (JPEG or PNG).")) from error


def _readable(filename: str, ending: str) -> str:
    """The sender's name for the file without folders, and with the ending of what it is."""
    stem = Path(one_line(filename).replace("\\", "/")).name
    stem = stem.rpartition(".")[0] or stem
    return (stem[:FILENAME_LENGTH] or "file") + ending


def folder() -> Path:
    """Where the files are."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "answers"


def path_of(upload: Upload) -> Path:
    """The bytes of a stored file."""
    return folder() / upload.stored_name


def _signer() -> URLSafeTimedSerializer:
    settings: Settings = current_app.extensions["settings"]
    return URLSafeTimedSerializer(settings.secret_key, salt="file waiting for its form")


def ticket_for(file: ReceivedFile) -> str:
    """What a form carries instead of the file when it is shown again."""
    return str(_signer().dumps(asdict(file)))


def redeem(ticket: str) -> ReceivedFile:
    """The file a form carried. Raises UnusableFile when it is forged or gone."""
    with suppress(BadSignature, TypeError):
        file = ReceivedFile(**_signer().loads(ticket, max_age=KEPT_SECONDS))
        if (folder() / file.stored_name).is_file():
            return file
    raise UnusableFile(_("This file is not here any more. Choose it once again."))


def attach(file: ReceivedFile, registration_id: int) -> Upload:
    """Make a received file part of a registration."""
    upload = Upload(
        registration_id=registration_id,
        stored_name=file.stored_name,
        filename=file.filename,
        media_type=file.media_type,
        size=file.size,
        received_at=now(),
    )
    db.session.add(upload)
    db.session.flush()  # the answer names it
    return upload


def _forgotten() -> Iterator[Path]:
    oldest = now().timestamp() - KEPT_SECONDS
    old = [path for path in folder().glob("*") if path.stat().st_mtime < oldest]
    for path in old:
        if db.session.scalar(select(Upload.id).where(Upload.stored_name == path.name).limit(1)) is None:
            yield path


@every(minutes=30)
def sweep_uploads() -> None:
    """Remove files that belong to no registration: forms never completed, answers replaced or erased."""
    if folder().is_dir():
        for path in list(_forgotten()):
            path.unlink(missing_ok=True)
