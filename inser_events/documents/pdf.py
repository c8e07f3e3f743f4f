"""PDF from HTML: tagged, reproducible, and reading only our own files.

The only place that imports WeasyPrint, and only when a document is asked for: it takes a third of a second and needs
Pango, a system library, so a server without it must start and say what is missing.
"""

import gc
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from PIL import ImageFile

from inser_events.config import STATIC
from inser_events.documents import fonts
from inser_events.documents.tagging import finish

Variant = Literal["pdf/ua-1", "pdf/ua-2", "pdf/a-3a", "pdf/a-3u"]
Library = Any
"""A module of WeasyPrint or an object of the C libraries below it; they have no types."""

_INSTALL = (
    "Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; "
    "Fedora: dnf install pango; macOS: brew install pango"
)

# Fontconfig and Pango are not safe to use from several threads at once, and a document keeps a core busy anyway.
_one_at_a_time = threading.RLock()


class PdfUnavailable(Exception):
    """Pango is missing, so no PDF can be made; the message says how to install it."""


class RefusedAddress(ValueError):
    """A document asked for something outside the folders it may read."""


class Attachment(NamedTuple):
    """A file inside a document; *relationship* is AFRelationship of ISO 32000-2: ``Data``, ``Source``, …."""

    name: str
    content: bytes
    description: str
    relationship: str = "Data"


class TextEngine(NamedTuple):
    """What `documents.typeset` needs of the libraries that WeasyPrint has loaded: Pango and HarfBuzz through cffi."""

    ffi: Library
    pango: Library
    gobject: Library
    harfbuzz: Library
    pydyf: Library
    font: Library
    """``weasyprint.pdf.fonts.Font``: one font file and the glyphs used of it."""
    font_key: Library
    build_fonts: Library
    font_map: Library


def render(  # noqa: PLR0913 — what a document is told; only the first five are needed
    html: str,
    *,
    css: Sequence[Path] = (),
    title: str,
    identifier: bytes,
    when: datetime,
    variant: Variant = "pdf/ua-1",
    uploads: Path | None = None,
    fit: Sequence[float] = (),
    more_css: str = "",
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Lay out *html* and return the PDF; the same input gives the same bytes.

    *css* are style sheets under ``static/``, *title* the document's title, *identifier* a name for it that stays
    (an event and its release), *when* the moment it was made. Only files under ``static/`` and *uploads* and
    ``data:`` images are read; anything else asked for is left out. *more_css* comes after *css*. *fit*: sizes
    of type in points, falling, of which the first is taken at which all stands on one page. Raises PdfUnavailable.
    """
    weasyprint = _weasyprint()
    fetcher = _fetcher(weasyprint, [STATIC, *([uploads] if uploads else [])])
    options = {"pdf_variant": variant, "pdf_identifier": identifier, "pdf_tags": True}
    with _one_at_a_time, _without_collection():
        configuration = _font_configuration()
        sheets = [weasyprint.CSS(string=fonts.style_sheet(), font_config=configuration)]
        sheets += [weasyprint.CSS(filename=path, font_config=configuration, url_fetcher=fetcher) for path in css]
        sheets += [weasyprint.CSS(string=more_css, font_config=configuration)] if more_css else []
        source = weasyprint.HTML(string=html, base_url=STATIC.as_uri() + "/", url_fetcher=fetcher)

        def laid_out(size: float) -> Library:
            sized = [weasyprint.CSS(string=f"html{{font-size:{size}pt}}", font_config=configuration)] if size else []
            return source.render(font_config=configuration, stylesheets=[*sheets, *sized], **options)

        document = _on_one_page(laid_out, fit) if fit else laid_out(0)
        stamp = f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        document.metadata.title = title
        document.metadata.created = document.metadata.modified = stamp
        document.metadata.generator = "INSER events"
        document.metadata.attachments = [_attached(weasyprint, file, when) for file in attachments]
        with warnings.catch_warnings():
            # WeasyPrint leaves the file of its colour profile to the collector.
            warnings.simplefilter("ignore", ResourceWarning)
            written: bytes = document.write_pdf(finisher=lambda _document, written: finish(written), **options)
    return written


def _on_one_page(laid_out: Callable[[float], Library], sizes: Sequence[float]) -> Library:
    """Lay out at falling sizes; after a miss go straight to about the size at which its pages would be one."""
    size = sizes[0]
    while True:
        document = laid_out(size)
        smaller = [each for each in sizes if each < size]
        if len(document.pages) == 1 or not smaller:
            return document
        # Both the lines and what fits on them shrink with the type. Never too far: a sheet half empty looks lost.
        wanted = size * len(document.pages) ** -0.5 * 1.1
        size = next((each for each in smaller if each <= wanted), smaller[-1]) if wanted < smaller[0] else smaller[0]


@contextmanager
def _without_collection() -> Iterator[None]:
    """Put off the collection of garbage: a layout makes millions of objects that refer to each other.

    Looking through them again and again takes a third of the whole time, and finds nothing before the end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _attached(weasyprint: Library, file: Attachment, when: datetime) -> Library:
    return weasyprint.Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        relationship=file.relationship,
        created=when,
        modified=when,
    )


def pdf_problem() -> str | None:
    """Say in one line why no PDF can be made, or None when all is well."""
    try:
        _weasyprint()
    except PdfUnavailable as error:
        return str(error)
    return None


def engine_lock() -> threading.RLock:
    """Return the lock that whoever uses the text engine must hold."""
    return _one_at_a_time


@lru_cache(maxsize=1)
def text_engine() -> TextEngine:
    """Return the libraries for setting text directly. Raises PdfUnavailable."""
    _weasyprint()
    import pydyf  # noqa: PLC0415 — loaded with WeasyPrint, see the module's docstring
    from weasyprint.pdf.fonts import Font, build_fonts_dictionary  # noqa: PLC0415 — same
    from weasyprint.text import ffi  # noqa: PLC0415 — same
    from weasyprint.text.fonts import get_pango_font_key  # noqa: PLC0415 — same

    return TextEngine(
        ffi=ffi.ffi,
        pango=ffi.pango,
        gobject=ffi.gobject,
        harfbuzz=ffi.harfbuzz,
        pydyf=pydyf,
        font=Font,
        font_key=get_pango_font_key,
        build_fonts=build_fonts_dictionary,
        font_map=_font_configuration().font_map,
    )


def readable_file(url: str, folders: Sequence[Path]) -> Path:
    """Return the file behind a ``file:`` *url*. Raises RefusedAddress unless it is inside one of *folders*."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        msg = f"documents read only their own files, not {parts.scheme or 'that'} addresses"
        raise RefusedAddress(msg)
    # resolve() follows links, so a link out of the folder is refused as well.
    path = Path(unquote(parts.path)).resolve()
    if not any(path.is_relative_to(folder.resolve()) for folder in folders) or not path.is_file():
        msg = "documents read only their own files"
        raise RefusedAddress(msg)
    return path


def _fetcher(weasyprint: Library, folders: Sequence[Path]) -> Library:
    """Return the only way out for a document being laid out."""

    class OwnFiles(weasyprint.urls.URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
        def fetch(self, url: str, headers: object = None) -> Library:
            if url.lower().startswith("data:"):
                return super().fetch(url, headers)
            return super().fetch(readable_file(url, folders).as_uri(), headers)

    return OwnFiles(allowed_protocols={"data", "file"}, allow_redirects=False)


@lru_cache(maxsize=1)
def _font_configuration() -> Library:
    """Share one list of fonts: nothing is added to it, for our documents have no ``@font-face``."""
    fonts.configure()
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 — see the module's docstring

    return FontConfiguration()


@lru_cache(maxsize=1)
def _lay_lines_once() -> None:
    """Spare every line that is read from the right a second layout: a quarter of the time of an Arabic programme.

    WeasyPrint compares where a line begins with where it ends when no picture floats beside it, finds them different
    and starts again, to the same end (`get_next_linebox` of WeasyPrint 70).
    """
    from weasyprint.formatting_structure.boxes import LineBox  # noqa: PLC0415 — see the module's docstring
    from weasyprint.layout import inline  # noqa: PLC0415 — same

    placed = inline.avoid_collisions

    def avoid_collisions(context: Library, box: Library, around: Library, *, outer: bool = True) -> Library:
        x, y, width = placed(context, box, around, outer=outer)
        if isinstance(box, LineBox) and around.style["direction"] == "rtl" and not context.excluded_shapes:
            x -= box.width
        return x, y, width

    inline.avoid_collisions = avoid_collisions


def _weasyprint() -> Library:
    fonts.configure()
    try:
        import weasyprint  # noqa: PLC0415 — see the module's docstring
    except OSError as error:
        msg = f"PDF needs Pango, which is not installed. {_INSTALL}"
        raise PdfUnavailable(msg) from error
    _lay_lines_once()
    # WeasyPrint lets Pillow take pictures that are cut off, everywhere; an upload must be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint
