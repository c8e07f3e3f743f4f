"""What PDF/UA-1 (ISO 14289-1) asks for and WeasyPrint leaves out, added before a document is written.

Works on the objects of pydyf, WeasyPrint's writer: dictionaries and arrays with a number, references as ``12 0 R``.
"""

from collections.abc import Iterator
from typing import Any

Library = Any
"""An object of a library without types."""

_PRINT = 4
"""The flag of an annotation that is printed (ISO 32000-1, 12.5.3)."""


def finish(pdf: Library) -> None:
    """Complete a tagged document.

    Header cells say what they head (7.5): cells below in the head of a table, beside elsewhere. Links are printed as
    they are shown (7.18.1). What stands in the margins of each page is an artefact (7.8), or a reader would be told
    the title of the event in the middle of every sentence. Each attached file is named once.
    """
    objects = {thing.number: thing for thing in pdf.objects}
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    for thing in pdf.objects:
        if not isinstance(thing, dict):
            continue
        if thing.get("S") == "/TH" and "A" in thing:
            row = objects[_number(thing["P"])]
            group = objects[_number(row["P"])]
            thing["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
        elif thing.get("Subtype") == "/Link":
            thing["F"] = _PRINT
    _join_links(pdf, objects)
    if "StructTreeRoot" in pdf.catalog:
        _mark_margins(pdf, objects)
    _pack(pdf)


def _pack(pdf: Library) -> None:
    """Deflate what is to be deflated. pydyf does so twice: for the file, and for the number by which it is known."""
    for thing in pdf.objects:
        if getattr(thing, "compress", False):
            packed = thing.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            thing.stream, thing.compress = [packed], False
            thing.extra["Filter"] = "/FlateDecode"


def _join_links(pdf: Library, objects: dict[int, Library]) -> None:
    """Make what stands inside a link part of its words.

    A name in another language, and the page number that CSS puts behind a link, come as links of their own.
    """
    dropped: set[int] = set()
    inside = [
        thing for thing in pdf.objects if isinstance(thing, dict) and "S" in thing and _is_in_link(thing, objects)
    ]
    for element in inside:
        if element["S"] == "/Link":
            element["S"] = "/Span"
        references = [kid for kid in _kids(element) if not isinstance(kid, int) and "Obj" in objects[_number(kid)]]
        dropped |= {_number(objects[_number(kid)]["Obj"]) for kid in references}
        element["K"][:] = [kid for kid in element["K"] if kid not in references]
    for page in (thing for thing in pdf.objects if isinstance(thing, dict) and "Annots" in thing):
        page["Annots"][:] = [annotation for annotation in page["Annots"] if _number(annotation) not in dropped]
    gone = {objects[number]["StructParent"] for number in dropped}
    for numbers in (thing["Nums"] for thing in pdf.objects if isinstance(thing, dict) and "Nums" in thing):
        kept = [pair for pair in zip(numbers[::2], numbers[1::2], strict=True) if pair[0] not in gone]
        numbers[:] = [part for pair in kept for part in pair]


def _is_in_link(element: Library, objects: dict[int, Library]) -> bool:
    while "P" in element:
        element = objects[_number(element["P"])]
        if element.get("S") == "/Link":
            return True
    return False


def _mark_margins(pdf: Library, objects: dict[int, Library]) -> None:
    """Turn content that no element of the tree holds into artefacts."""
    held = _held(objects, objects[_number(pdf.catalog["StructTreeRoot"])])
    pages: list[Library] = [thing for thing in pdf.objects if isinstance(thing, dict) and thing.get("Type") == "/Page"]
    for page in pages:
        operators = objects[_number(page["Contents"])].stream
        for place, operator in enumerate(operators):
            is_mark = isinstance(operator, dict) and "MCID" in operator
            if is_mark and (page.number, operator["MCID"]) not in held:
                operators[place - 1] = "/Artifact"
                operator.clear()
                operator["Type"] = "/Pagination"


def _held(objects: dict[int, Library], root: Library) -> set[tuple[int, int]]:
    """Pages and numbers of all content that the tree holds."""
    held: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        for kid in _kids(element):
            if isinstance(kid, int):
                held.add((_number(element["Pg"]), kid))
            elif "S" in (child := objects[_number(kid)]):
                waiting.append(child)
    return held


def _kids(element: Library) -> Iterator[Library]:
    kids = element.get("K", ())
    yield from kids if isinstance(kids, list | tuple) else [kids]


def _number(reference: bytes) -> int:
    """The number in ``12 0 R``."""
    return int(bytes(reference).split()[0])
