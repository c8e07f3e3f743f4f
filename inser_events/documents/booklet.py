"""Pages of finished PDFs: two by two on larger sheets, in the order that makes a book when folded; files joined.

The only place that imports pikepdf, and only when it is needed.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

A4_LANDSCAPE = (841.89, 595.28)
"""Points."""
SIGNATURE = 64
"""The most pages one fold takes: sixteen sheets. A longer document becomes several signatures, sewn side by side."""


def folded(document: bytes, *, right_to_left: bool = False) -> bytes:
    """Return A4 landscape sheets to print on both sides (turned over the short edge), fold and staple.

    Blank pages fill the last sheet. The same input gives the same bytes. Tags are left behind:
    the result is for a printer, and reading order means nothing on an imposed sheet.
    """
    import pikepdf  # noqa: PLC0415 — takes a tenth of a second that a server without booklets need not spend

    with pikepdf.open(BytesIO(document)) as source, pikepdf.new() as sheets:
        drawings = [sheets.copy_foreign(page.as_form_xobject()) for page in source.pages]
        for pair in spreads(len(drawings), right_to_left=right_to_left):
            sheet = sheets.add_blank_page(page_size=A4_LANDSCAPE)
            here = {f"/P{place}": drawings[number] for place, number in enumerate(pair) if number is not None}
            sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(here))
            sheet.Contents = sheets.make_stream(b"\n".join(_placed(name, here[name].BBox) for name in here))
        sheets.docinfo["/Title"] = str(source.docinfo.get("/Title", ""))
        for name in ("/CreationDate", "/ModDate"):
            if name in source.docinfo:
                sheets.docinfo[name] = str(source.docinfo[name])
        if "/Lang" in source.Root:
            sheets.Root.Lang = str(source.Root.Lang)
        sheets.Root.ViewerPreferences = pikepdf.Dictionary(
            DisplayDocTitle=True, PrintScaling=pikepdf.Name.None_, Duplex=pikepdf.Name.DuplexFlipShortEdge
        )
        written = BytesIO()
        sheets.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return written.getvalue()


def _placed(name: str, box: Any) -> bytes:
    """Operators that draw a page in the middle of its half of the sheet."""
    width, height = A4_LANDSCAPE
    left, foot, right, top = (float(side) for side in box)
    half = width / 2
    scale = min(half / (right - left), height / (top - foot), 1)
    x = (half if name == "/P1" else 0) + (half - (right - left) * scale) / 2 - left * scale
    y = (height - (top - foot) * scale) / 2 - foot * scale
    return f"q {scale:.5f} 0 0 {scale:.5f} {x:.3f} {y:.3f} cm {name} Do Q".encode()


def spreads(count: int, *, right_to_left: bool = False) -> list[tuple[int | None, int | None]]:
    """Return what stands left and right on each side of each sheet, as numbers of pages from 0; None is blank.

    Sheets are printed front, back, front, back. A book that is read from the right has its spine on the right.
    """
    found: list[tuple[int | None, int | None]] = []
    for first in range(0, max(count, 1), SIGNATURE):
        found += _signature(first, min(SIGNATURE, count - first))
    return [pair[::-1] for pair in found] if right_to_left else found


def _signature(first: int, count: int) -> list[tuple[int | None, int | None]]:
    size = -(-max(count, 1) // 4) * 4
    places: list[int | None] = [*range(first, first + count), *[None] * (size - count)]
    pairs: list[tuple[int | None, int | None]] = []
    for sheet in range(size // 4):
        outer, inner = 2 * sheet, 2 * sheet + 1
        pairs.append((places[size - 1 - outer], places[outer]))
        pairs.append((places[inner], places[size - 1 - inner]))
    return pairs


def joined(parts: Sequence[Path], target: Path) -> None:
    """Write the pages of *parts* as one file, copied from disk to disk; tags do not survive, as in `folded`."""
    import pikepdf  # noqa: PLC0415 — as above

    with ExitStack() as opened, pikepdf.new() as whole:
        for part in parts:
            source = opened.enter_context(pikepdf.open(part))
            whole.pages.extend(source.pages)
            if "/Title" not in whole.docinfo:
                whole.docinfo["/Title"] = str(source.docinfo.get("/Title", ""))
        whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True, PrintScaling=pikepdf.Name.None_)
        partial = target.with_suffix(".partial")
        whole.save(partial, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    partial.replace(target)
