"""PDF from HTML: tagged, reproducible, and reading only our own files."""

import gc
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from inser_events.config import STATIC
from inser_events.documents import fonts
from inser_events.documents.engine import Library, engine_lock, font_configuration, layout_engine
from inser_events.documents.tagging import finish

Variant = Literal["pdf/ua-1", "pdf/ua-2", "pdf/a-3a", "pdf/a-3u"]


class RefusedAddress(ValueError):
    """A document asked for something outside the folders it may read."""


class Attachment(NamedTuple):
    """A file inside a document; *relationship* is AFRelationship of ISO 32000-2: ``Data``, ``Source``, …."""

    name: str
    content: bytes
    description: str
    relationship: str = "Data"


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
    weasyprint = layout_engine()
    fetcher = _fetcher(weasyprint, [STATIC, *([uploads] if uploads else [])])
    options = {"pdf_variant": variant, "pdf_identifier": identifier, "pdf_tags": True}
    with engine_lock(), _without_collection():
        configuration = font_configuration()
        sheets = [weasyprint.CSS(string=fonts.style_sheet(html), font_config=configuration)]
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
