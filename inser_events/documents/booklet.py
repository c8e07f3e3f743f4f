"""Pages of finished PDFs: two by two on larger sheets, in the order that makes a book when folded; files joined.

Both keep what a document says to those who listen. The only place that imports pikepdf, and only when it is needed.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from inser_events.documents.structure import metadata

A4_LANDSCAPE = (841.89, 595.28)
"""Points."""
SIGNATURE = 64
"""The most pages one fold takes: sixteen sheets. A longer document becomes several signatures, sewn side by side."""


class Place(NamedTuple):
    """Where a page went: its sheet, its drawing, and how it is made smaller and moved there, in points."""

    sheet: Any
    drawing: Any
    scale: float
    x: float
    y: float

    def moved(self, numbers: Sequence[Any]) -> list[float]:
        """The points x, y, x, y … of the page on the sheet."""
        return [
            round(float(number) * self.scale + (self.y if odd % 2 else self.x), 3) for odd, number in enumerate(numbers)
        ]


def folded(document: bytes, *, right_to_left: bool = False) -> bytes:
    """Return A4 landscape sheets to print on both sides (turned over the short edge), fold and staple.

    Blank pages fill the last sheet. The same input gives the same bytes. Links lead on, and the order of reading is
    that of the book: its elements hold the content of the drawings that the pages have become (ISO 32000-1, 14.7.4.2).
    """
    import pikepdf  # noqa: PLC0415 — takes a tenth of a second that a server without booklets need not spend

    with pikepdf.open(BytesIO(document)) as book:
        pages = list(book.pages)
        places: dict[Any, Place] = {}
        for pair in spreads(len(pages), right_to_left=right_to_left):
            sheet = book.add_blank_page(page_size=A4_LANDSCAPE)
            here = {
                half: _place(pages[number], sheet.obj, half) for half, number in enumerate(pair) if number is not None
            }
            drawings = {f"/P{half}": place.drawing for half, place in here.items()}
            sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(drawings))
            sheet.Contents = book.make_stream(b"\n".join(_drawn(place, half) for half, place in here.items()))
            sheet.Tabs = pikepdf.Name.S
            places |= {pages[number].objgen: here[half] for half, number in enumerate(pair) if number is not None}
        for page in pages:
            _move_links(page, places)
        _move_destinations(book, places)
        for element in _elements(book.Root.get("/StructTreeRoot")):
            _move_content(element, places)
        del book.pages[: len(pages)]
        book.Root.ViewerPreferences = pikepdf.Dictionary(
            DisplayDocTitle=True, PrintScaling=pikepdf.Name.None_, Duplex=pikepdf.Name.DuplexFlipShortEdge
        )
        written = BytesIO()
        book.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return written.getvalue()


def _place(page: Any, sheet: Any, half: int) -> Place:
    """Make a drawing of a page, for the middle of a half of a sheet: 0 is left, 1 right."""
    drawing = page.as_form_xobject()
    if "/StructParents" in page:
        drawing.StructParents = page.StructParents
    width, height = A4_LANDSCAPE
    left, foot, right, top = (float(side) for side in drawing.BBox)
    wide = width / 2
    scale = min(wide / (right - left), height / (top - foot), 1)
    x = half * wide + (wide - (right - left) * scale) / 2 - left * scale
    y = (height - (top - foot) * scale) / 2 - foot * scale
    return Place(sheet, drawing, scale, x, y)


def _drawn(place: Place, half: int) -> bytes:
    return f"q {place.scale:.5f} 0 0 {place.scale:.5f} {place.x:.3f} {place.y:.3f} cm /P{half} Do Q".encode()


def _move_links(page: Any, places: dict[Any, Place]) -> None:
    """Put the links of a page over their words on the sheet."""
    place = places[page.objgen]
    for link in page.get("/Annots", []):
        link.Rect = place.moved(list(link.Rect))
        if "/Annots" not in place.sheet:
            place.sheet.Annots = []
        place.sheet.Annots.append(link)


def _move_destinations(book: Any, places: dict[Any, Place]) -> None:
    """Let names and bookmarks lead to the same words."""
    names = book.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    waiting = [book.Root.get("/Outlines")]
    found = list(names)[1::2]
    while waiting:
        entry = waiting.pop()
        if entry is not None:
            waiting += [entry.get("/First"), entry.get("/Next")]
            found += [entry.Dest] if "/Dest" in entry else []
    for target in found:
        place = places.get(target[0].objgen)
        if place:  # else it was moved before
            target[0] = place.sheet
            target[2], target[3] = place.moved([target[2], target[3]])


def _elements(root: Any) -> Iterator[Any]:
    """Every element of a tree."""
    waiting = [root] if root is not None else []
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [kid for kid in _kids(element) if not isinstance(kid, int) and "/S" in kid]


def _kids(element: Any) -> list[Any]:
    import pikepdf  # noqa: PLC0415 — as above

    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array | list) else [kids]


def _move_content(element: Any, places: dict[Any, Place]) -> None:
    """Say that what an element holds is in the drawing of its page."""
    import pikepdf  # noqa: PLC0415 — as above

    if "/Pg" not in element:
        return
    place = places[element.Pg.objgen]
    element.Pg = place.sheet
    kids = []
    for kid in _kids(element):
        if isinstance(kid, int):
            kids.append(pikepdf.Dictionary(Type=pikepdf.Name.MCR, Pg=place.sheet, Stm=place.drawing, MCID=kid))
            continue
        if "/S" not in kid and "/Pg" in kid:
            kid.Pg = places[kid.Pg.objgen].sheet
        kids.append(kid)
    element.K = pikepdf.Array(kids)


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


def joined(parts: Sequence[Path], target: Path, *, when: datetime) -> None:
    """Write the pages of *parts* as one file, made at *when*, copied from disk to disk, with what they say."""
    import pikepdf  # noqa: PLC0415 — as above

    with ExitStack() as opened, pikepdf.new() as whole:
        root = whole.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, K=[]))
        numbers: list[Any] = []
        title = language = ""
        for part in parts:
            source = opened.enter_context(pikepdf.open(part))
            title = title or str(source.docinfo.get("/Title", ""))
            language = language or str(source.Root.get("/Lang", ""))
            _append(whole, source, root, numbers)
        root.ParentTree = pikepdf.Dictionary(Nums=pikepdf.Array(numbers))
        whole.Root.StructTreeRoot = root
        whole.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        whole.Root.Lang = language
        whole.docinfo["/Title"] = title
        said = metadata(title=title, language=language, when=when)
        whole.Root.Metadata = whole.make_stream(said, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True, PrintScaling=pikepdf.Name.None_)
        partial = target.with_suffix(".partial")
        whole.save(partial, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    partial.replace(target)


def _append(whole: Any, source: Any, root: Any, numbers: list[Any]) -> None:
    """Add the pages of a file and its tree; *numbers* is the way from content to elements, by number of page."""
    start = numbers[-2] + 1 if numbers else 0
    first = len(whole.pages)
    whole.add_pages_from(source)
    if "/StructTreeRoot" not in source.Root:
        return
    tree = whole.copy_foreign(source.Root.StructTreeRoot)
    for element in _kids(tree):
        element.P = root
        element.Lang = str(source.Root.Lang)
        root.K.append(element)
    pairs = list(tree.ParentTree.Nums)
    for key, elements in zip(pairs[::2], pairs[1::2], strict=True):
        numbers += [start + int(key), elements]
    for page in list(whole.pages)[first:]:
        for thing, name in ((page, "/StructParents"), *((link, "/StructParent") for link in page.get("/Annots", []))):
            if name in thing:
                thing[name] = start + int(thing[name])
