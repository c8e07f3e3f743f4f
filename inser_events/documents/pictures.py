"""Pictures people send: decoded and written anew, so that nothing hidden in the file survives.

Place, camera, comments and code are left behind; a file that is not one of three harmless kinds is refused, above all
SVG, which is a program.
"""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from flask_babel import gettext as _
from PIL import Image, ImageOps

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
_DEEP = ("I", "I;16", "I;16B", "I;16L")
"""What Pillow calls pictures of sixteen bits of grey."""


class UnusablePicture(ValueError):
    """The picture cannot be used; the message says why, for the person who sent it."""


class TooManyPixels(UnusablePicture):
    """A picture that would take too much memory, such as one made to do that."""


class Picture(NamedTuple):
    """A picture written anew."""

    content: bytes
    extension: str
    """``png`` or ``jpg``."""


class Pixels(NamedTuple):
    """A picture taken apart for a page description: three bytes of colour and one of opacity for each pixel."""

    width: int
    height: int
    colours: bytes
    alpha: bytes


def pixels(content: bytes) -> Pixels:
    """Take apart a picture that `logo` wrote."""
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        whole = picture.convert("RGBA")
    return Pixels(whole.width, whole.height, whole.convert("RGB").tobytes(), whole.getchannel("A").tobytes())


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a picture that was written by us."""
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        return picture.size


def is_whole(path: Path) -> bool:
    """Whether there is a picture at *path* that can be shown; after a restored backup it may be missing or cut off."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, Image.DecompressionBombWarning):
        return False
    return True


def logo(content: bytes, *, longest: int = 1000) -> Picture:
    """A PNG with its transparency, at most *longest* pixels on a side. Raises UnusablePicture."""
    picture = _decoded(content, longest).convert("RGBA")
    # Painting on a new sheet leaves behind comments and profiles that copies of a picture carry along.
    sheet = Image.new("RGBA", picture.size)
    sheet.paste(picture)
    buffer = BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return Picture(buffer.getvalue(), "png")


def photograph(content: bytes, *, longest: int = 2000) -> Picture:
    """A JPEG on white, at most *longest* pixels on a side. Raises UnusablePicture."""
    picture = _decoded(content, longest).convert("RGBA")
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture, mask=picture.getchannel("A"))
    buffer = BytesIO()
    sheet.save(buffer, "JPEG", quality=82, optimize=True, progressive=True)
    return Picture(buffer.getvalue(), "jpg")


def _decoded(content: bytes, longest: int) -> Image.Image:
    """The picture upright, made smaller if need be."""
    if not content:
        raise UnusablePicture(_("Choose a picture first."))
    if len(content) > LARGEST:
        raise UnusablePicture(_("This picture is larger than %(size)s MB. Choose a smaller one.", size=10))
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check_size(picture.width * picture.height)
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((longest, longest))
            upright.load()
            return _in_256_greys(upright) if upright.mode in _DEEP else upright
    except UnusablePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    # Pillow reports broken files in many ways: its decoders are written by many hands.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        raise UnusablePicture(_("This file could not be read as a picture. Send it as PNG, JPEG or WebP.")) from error


def _in_256_greys(picture: Image.Image) -> Image.Image:
    """Bring a scan of 65,536 greys down; Pillow would make all but the darkest white."""
    return picture.convert("I").point(lambda grey: grey * (1 / 257) + 0).convert("L")


def _check_size(pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise _too_large()


def _too_large() -> UnusablePicture:
    return TooManyPixels(_("This picture has too many pixels. Make it smaller and send it again."))
