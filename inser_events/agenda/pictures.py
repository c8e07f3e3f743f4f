"""Photos of speakers: decoded and written anew, so that nothing hidden in the file (place, camera, code) survives.

A photo is stored under the digest of its bytes: the address of a published one may be kept by browsers for ever.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import current_app
from flask_babel import gettext as _
from PIL import Image, ImageOps
from sqlalchemy import select

from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.errors import Unusable
from inser_events.agenda.models import Release
from inser_events.agenda.speaker_models import SpeakerPhoto
from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db
from inser_events.jobs import every
from inser_events.people.models import Person

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1_200
SHORTEST_SIDE = 100
FORMATS = ("JPEG", "PNG", "WEBP")
KEPT_SECONDS = 24 * 3600


def photo_jpeg(content: bytes) -> bytes:
    """The picture as an upright JPEG without metadata, at most 1,200 pixels long. Raises Unusable for ``photo``."""
    if not content:
        raise Unusable("photo", _("Choose a picture first."))
    if len(content) > LARGEST:
        raise Unusable("photo", _("This picture is larger than %(size)s MB. Choose a smaller one.", size=10))
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check_size(picture.width, picture.height)
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _encoded(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    # Pillow reports broken files in many ways: its decoders are written by many hands.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        words = _("This file could not be read as a picture. Send a photo as JPEG, PNG or WebP.")
        raise Unusable("photo", words) from error


def _too_large() -> Unusable:
    return Unusable("photo", _("This picture has too many pixels. Make it smaller and send it again."))


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_large()
    if min(width, height) < SHORTEST_SIDE:
        words = _("This picture is too small. It needs at least %(side)s pixels on each side.", side=SHORTEST_SIDE)
        raise Unusable("photo", words)


def _encoded(picture: Image.Image) -> bytes:
    # Painting on a new sheet leaves behind comments and profiles that copies of a picture carry along.
    coloured = picture.convert("RGBA")
    sheet = Image.new("RGB", coloured.size, "white")
    sheet.paste(coloured, mask=coloured.getchannel("A"))
    buffer = BytesIO()
    sheet.save(buffer, "JPEG", quality=85, optimize=True, progressive=True)
    return buffer.getvalue()


def set_photo(person: Person, stream: IO[bytes], *, event_id: int) -> SpeakerPhoto:
    """Store a person's photo in place of an earlier one. Raises Unusable."""
    content = photo_jpeg(stream.read(LARGEST + 1))
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    photo = db.session.get(SpeakerPhoto, person.id)
    if photo is None:
        photo = SpeakerPhoto(person_id=person.id)
        db.session.add(photo)
    photo.digest, photo.received_at = digest, now()
    record("set photo", person, event_id=event_id, after={"person": person.name})
    return photo


def remove_photo(person: Person, *, event_id: int) -> None:
    """Take the photo out of the draft; a release that shows it does so until the next one."""
    photo = db.session.get(SpeakerPhoto, person.id)
    if photo is not None:
        record("remove photo", person, event_id=event_id, before={"person": person.name})
        db.session.delete(photo)


def photos_of(people: Iterable[int]) -> dict[int, str]:
    """The digests of people's photos by the person's id; by one query."""
    chosen = select(SpeakerPhoto).where(SpeakerPhoto.person_id.in_(list(people)))
    return {photo.person_id: photo.digest for photo in db.session.scalars(chosen)}


def folder() -> Path:
    """Where the photos are."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "photos"


def path_of(digest: str) -> Path:
    """The file of a photo."""
    return folder() / f"{digest}.jpg"


def photo_bytes(digest: str) -> bytes | None:
    """A stored photo; None when the file is gone, as after restoring only the database."""
    with suppress(FileNotFoundError):
        return path_of(digest).read_bytes()
    return None


@every(minutes=60)
def sweep_photos() -> None:
    """Remove photos that neither a draft nor any release shows any more."""
    oldest = now().timestamp() - KEPT_SECONDS
    drafts = set(db.session.scalars(select(SpeakerPhoto.digest)))
    idle = [path for path in folder().glob("*.jpg") if path.stem not in drafts and path.stat().st_mtime < oldest]
    if not idle:
        return
    for text in db.session.scalars(select(Release.snapshot)):
        shown = {person.photo for person in snapshots.load(text).people.values()}
        idle = [path for path in idle if path.stem not in shown]
    for path in idle:
        path.unlink(missing_ok=True)
