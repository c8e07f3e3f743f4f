"""Pages of a PDF as pictures: what a designer shows is what the printer gets.

The only place that imports pypdfium2, and only when a picture is asked for.
"""

from io import BytesIO

from inser_events.documents.engine import engine_lock

LARGEST = 5000
"""Pixels on a side: a hostile page size must not fill the memory."""


def page_png(document: bytes, *, width: int, page: int = 0, grey: bool = False) -> bytes:
    """Return one page as PNG, *width* pixels wide; *grey* for printers without colours, a third of the size."""
    import pypdfium2  # noqa: PLC0415 — eight megabytes that a server without previews need not load

    # PDFium must not be used from two threads at once.
    with engine_lock():
        opened = pypdfium2.PdfDocument(document)
        try:
            wide, high = opened[page].get_size()
            scale = min(width / wide, LARGEST / high, LARGEST / wide)
            picture = opened[page].render(scale=scale).to_pil()
        finally:
            opened.close()
    buffer = BytesIO()
    (picture.convert("L") if grey else picture.convert("RGB")).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()
