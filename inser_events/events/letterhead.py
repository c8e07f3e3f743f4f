"""How an event's mails look: its colours, and its logo inside the mail, so that nothing is fetched from anywhere."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from inser_events.documents.colours import NIGHT, readable
from inser_events.documents.pictures import UnusablePicture, logo, size_of
from inser_events.events.identity import folder, look_of
from inser_events.mail import Picture

ACCENT, ACCENT_DARK = "#7a3f22", "#d9936b"
BOX = 220, 56
"""What the logo fits in, in points of the screen; the picture has twice as many, for sharp screens."""


class Letterhead(NamedTuple):
    """What the HTML of a mail is dressed in."""

    accent: str = ACCENT
    """``#rrggbb``; white letters on it can be read."""
    accent_dark: str = ACCENT_DARK
    """The same for dark screens."""
    logo: str = ""
    """Content-ID of the logo (RFC 2392)."""
    width: int = 0
    height: int = 0
    pictures: tuple[Picture, ...] = ()


def letterhead_of(event_id: int) -> Letterhead:
    """The letterhead of an event; ours where it has no looks of its own."""
    look = look_of(event_id)
    colours = (look.primary, readable(look.primary, NIGHT)) if look.primary else (ACCENT, ACCENT_DARK)
    small = _small(folder() / look.logo) if look.logo else b""
    if not small:
        return Letterhead(*colours)
    content_id = f"{look.logo[:20]}@events"
    width, height = size_of(small)
    scale = min(BOX[0] / width, BOX[1] / height, 1)
    size = round(width * scale), round(height * scale)
    return Letterhead(*colours, content_id, *size, pictures=(Picture(content_id, "png", small),))


@lru_cache(maxsize=64)
def _small(path: Path) -> bytes:
    """The logo in the size of a mail; empty when it is gone. Its name is its digest, so it never changes."""
    try:
        return logo(path.read_bytes(), longest=2 * BOX[0]).content
    except (OSError, UnusablePicture):
        return b""
