"""What a machine can say about PDF/UA-1 (ISO 14289-1), by our own reading of the file and by a checker from PyPI."""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pdfua
import pikepdf

# Of its twelve checks one trips over arrays in attributes and is skipped; headings are looked at below.
_BROKEN = {"UA-14-001"}
# It does not look into the drawings that a folded book is made of; `_content` does.
_BLIND = "image/form paint(s) occur outside any marked-content sequence"
_OPENING, _CLOSING = {"BDC", "BMC"}, {"EMC"}
_PAINTING = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "BI"}
"""Operators of a page that leave something to see."""


def problems(document: bytes, folder: Path, *, titles: int = 1) -> list[str]:
    """Everything that is wrong with a document, in words; *folder* takes a file for the checker.

    *titles*: how many headings of the first level there are, one for each person on badges.
    """
    with pikepdf.open(BytesIO(document)) as opened:
        found = [*_catalogue(opened), *_elements(opened, titles), *_pages(opened), *_parents(opened)]
    path = folder / "document.pdf"
    path.write_bytes(document)
    report = pdfua.validate(str(path))
    found += [f"{finding.rule_id}: {finding.message}" for finding in report.findings if _BLIND not in finding.message]
    skipped = {outcome.rule_id for outcome in report.outcomes if outcome.skipped_reason}
    return [*found, *(f"{rule} was skipped" for rule in sorted(skipped - _BROKEN))]


def _catalogue(opened: pikepdf.Pdf) -> Iterator[str]:
    root: Any = opened.Root
    marks, preferences = (root.get(name) or {} for name in ("/MarkInfo", "/ViewerPreferences"))
    if not marks.get("/Marked", False):
        yield "not marked as tagged"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not preferences.get("/DisplayDocTitle", False) or not str(opened.docinfo["/Title"]):
        yield "no title in the window"
    if b'pdfuaid:part="1"' not in root.Metadata.read_bytes():
        yield "does not say that it is PDF/UA-1"


def structure(opened: pikepdf.Pdf) -> Iterator[tuple[str, Any, list[str]]]:
    """Every structure element in reading order: its name, itself, the names of those around it."""

    def walk(element: Any, around: list[str]) -> Iterator[tuple[str, Any, list[str]]]:
        if isinstance(element, pikepdf.Array):
            for child in element:
                yield from walk(child, around)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            name = str(element["/S"]).removeprefix("/")
            yield name, element, around
            if "/K" in element:
                yield from walk(element["/K"], [*around, name])

    yield from walk(opened.Root["/StructTreeRoot"]["/K"], [])


def spoken(opened: pikepdf.Pdf) -> list[tuple[str, str]]:
    """Elements in a language of their own, in reading order: name and language."""
    return [(name, str(element["/Lang"])) for name, element, _ in structure(opened) if "/Lang" in element]


def _elements(opened: pikepdf.Pdf, titles: int) -> Iterator[str]:
    every = list(structure(opened))
    levels = [int(name[1]) for name, _, _ in every if name in {"H1", "H2", "H3", "H4", "H5", "H6"}]
    if levels[:1] != [1][:titles] or levels.count(1) != titles or any(b > a + 1 for a, b in pairwise(levels)):
        yield f"headings out of order: {levels}"
    for name, element, around in every:
        if name == "TH" and str(element.get("/A", {}).get("/Scope", "")) not in {"/Row", "/Column", "/Both"}:
            yield "a header cell without scope"
        if name == "Figure" and not str(element.get("/Alt", "")):
            yield "a picture without words"
        if name in {"TD", "TH"} and around[-1:] != ["TR"]:
            yield "a cell outside a row"
        if name == "Link" and "Link" in around:
            yield "a link inside a link"
        if "/Type" in element and name != "Link" and _has_annotation(element):
            yield f"an annotation in a {name}"
        if name == "LI" and around[-1:] != ["L"]:
            yield "an entry outside a list"
    yield from (
        f"a {name} with nothing in it" for name, element, _ in every if name in {"H1", "H2", "P"} and not _kids(element)
    )


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array | list) else [kids]


def _has_annotation(element: Any) -> bool:
    return any(isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR" for kid in _kids(element))


def _pages(opened: pikepdf.Pdf) -> Iterator[str]:
    held = held_content(opened)
    for number, page in enumerate(list(opened.pages)):
        if page.get("/Tabs") != pikepdf.Name.S:
            yield f"page {number + 1}: no order of tabs"
        yield from (f"page {number + 1}: {what}" for what in _content(page, held))
        for annotation in page.get("/Annots", []):
            if annotation["/Subtype"] == "/Link" and not (
                str(annotation.get("/Contents", "")) and int(annotation.get("/F", 0)) & 4
            ):
                yield f"page {number + 1}: a link without words"
        for font in page["/Resources"].get("/Font", {}).values():
            if "/ToUnicode" not in font:
                yield f"page {number + 1}: text that cannot be copied"


Content = dict[tuple[int, int], dict[int, Any]]
"""For each page, or form with marks inside, the elements that hold its content, by the content's number."""


def held_content(opened: pikepdf.Pdf) -> Content:
    """What the structure holds."""
    found: Content = {}
    for _, element, _ in structure(opened):
        for kid in _kids(element):
            if isinstance(kid, int):
                found.setdefault(element["/Pg"].objgen, {})[kid] = element
            elif kid.get("/Type") == "/MCR":
                where = kid.get("/Stm") or kid.get("/Pg") or element["/Pg"]
                found.setdefault(where.objgen, {})[int(kid["/MCID"])] = element
    return found


def _parents(opened: pikepdf.Pdf) -> Iterator[str]:
    """Whether the way back, from content to its element, leads to where the way there begins."""
    tree = pikepdf.NumberTree(opened.Root["/StructTreeRoot"]["/ParentTree"])
    held = held_content(opened)
    for number, page in enumerate(opened.pages):
        forms = page["/Resources"].get("/XObject", {}).values()
        for thing in (page.obj, *(form for form in forms if "/StructParents" in form)):
            back: Any = tree.get(int(thing["/StructParents"]), []) if "/StructParents" in thing else []
            there = held.get(thing.objgen, {})
            if any(back[place].objgen != element.objgen for place, element in there.items()):
                yield f"page {number + 1}: content that leads to another element"


def _content(page: Any, held: Content) -> Iterator[str]:
    inside: list[str] = []
    known = held.get((page.obj if isinstance(page, pikepdf.Page) else page).objgen, {})
    for operands, operator in cast("list[tuple[Any, Any]]", pikepdf.parse_content_stream(page)):
        name = str(operator)
        form = page["/Resources"]["/XObject"][str(operands[0])] if name == "Do" else {}
        if form and form["/Subtype"] == "/Form" and "/StructParents" in form and not inside:
            yield from _content(form, held)
            continue
        if name in _OPENING:
            if inside:
                yield f"{operands[0]} inside of {inside[-1]}"
            inside.append(str(operands[0]))
            has_number = len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]
            if has_number and inside[-1] != "/Artifact" and int(operands[1]["/MCID"]) not in known:
                yield f"content {operands[1]['/MCID']} is in no element"
        elif name in _CLOSING:
            inside.pop()
        elif name in _PAINTING and not inside:
            yield f"{name} outside of any mark"
