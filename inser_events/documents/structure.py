"""What a directly drawn page says to those who listen: marks around its content, and the tree they belong to.

ISO 32000-1, 14.6 to 14.8, as PDF/UA-1 (ISO 14289-1) wants it: everything on a page is either in an element of the tree
or an artefact. Elements are written as bytes: a thousand badges have ten thousand of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

Library = Any
"""An object of a library without types."""

_ARTIFACT = "Artifact"


class Mark(NamedTuple):
    """A piece of a page with what it is: ``H1``, ``P``, ``Figure`` ….

    *language* only where it is not the document's; *alt* says what a picture shows; *box* is where that stands: left,
    foot, right, top in points.
    """

    tag: str
    operators: str
    language: str = ""
    alt: str = ""
    box: tuple[float, float, float, float] | None = None


class Group(NamedTuple):
    """Parts that stand together, moved by *left* and *foot* points and cut to *clip*, width and height.

    A *tag* makes them a part of the document, such as ``Sect``.
    """

    parts: Sequence["Part"]
    tag: str = ""
    left: float = 0
    foot: float = 0
    clip: tuple[float, float] | None = None


Part = str | Mark | Group
"""A string is operators that draw nothing: colours, and what stands between ``q`` and ``Q``."""


def artifact(operators: str) -> Mark:
    """What is only there to be seen: lines, grounds, marks to cut along."""
    return Mark(_ARTIFACT, operators)


def unread(parts: Iterable[Part]) -> Iterator[Part]:
    """The same to look at, and nothing to listen to: for what is printed twice."""
    for part in parts:
        if isinstance(part, Mark):
            yield artifact(part.operators)
        elif isinstance(part, Group):
            yield part._replace(parts=tuple(unread(part.parts)), tag="")
        else:
            yield part


class _Element(NamedTuple):
    """An element of the tree; *kids* are numbers of elements, or of content on page *page*."""

    tag: str
    parent: int
    kids: list[int]
    page: int = -1
    language: str = ""
    alt: str = ""
    box: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Tree:
    """The structure of a document, grown page by page."""

    _elements: list[_Element] = field(default_factory=lambda: [_Element("Document", -1, [])])
    _held: list[list[int]] = field(default_factory=list)
    """For each page the elements of its content, by the content's number."""

    def page(self, parts: Iterable[Part]) -> str:
        """Return the operators of the next page with its marks, and keep what they mean."""
        self._held.append([])
        return "\n".join(self._marked(parts, 0, 0, 0))

    def _marked(self, parts: Iterable[Part], parent: int, x: float, y: float) -> Iterator[str]:
        for part in parts:
            if isinstance(part, str):
                yield part
            elif isinstance(part, Group):
                yield from self._grouped(part, parent, x, y)
            elif part.tag == _ARTIFACT:
                yield f"/Artifact BMC\n{part.operators}\nEMC"
            else:
                yield f"/{part.tag}<</MCID {self._hold(part, parent, x, y)}>>BDC\n{part.operators}\nEMC"

    def _grouped(self, group: Group, parent: int, x: float, y: float) -> Iterator[str]:
        inner = self._add(_Element(group.tag, parent, [])) if group.tag else parent
        is_moved = group.left or group.foot or group.clip
        if is_moved:
            yield f"q 1 0 0 1 {group.left:.2f} {group.foot:.2f} cm"
        if group.clip:
            yield f"0 0 {group.clip[0]:.2f} {group.clip[1]:.2f} re W n"
        yield from self._marked(group.parts, inner, x + group.left, y + group.foot)
        if is_moved:
            yield "Q"

    def _hold(self, mark: Mark, parent: int, x: float, y: float) -> int:
        """Make an element of a mark; the number of its content on the page."""
        held = self._held[-1]
        box = (mark.box[0] + x, mark.box[1] + y, mark.box[2] + x, mark.box[3] + y) if mark.box else None
        page = len(self._held) - 1
        number = self._add(_Element(mark.tag, parent, [len(held)], page, mark.language, mark.alt, box))
        held.append(number)
        return len(held) - 1

    def _add(self, element: _Element) -> int:
        number = len(self._elements)
        self._elements.append(element)
        self._elements[element.parent].kids.append(number)
        return number

    def holds(self, page: int) -> bool:
        """Whether anything on a page, counted from 0, is in the tree."""
        return bool(self._held[page])

    def write(self, document: Library, pydyf: Library) -> None:
        """Add the tree to a document of pydyf that has all its pages."""
        written: Any = type("Written", (pydyf.Object,), {"data": b""})
        pages = document.pages["Kids"][::3]
        root = len(document.objects)
        first = root + 1
        nums = " ".join(f"{page}[{_references(held, first)}]" for page, held in enumerate(self._held) if held)
        texts = [
            f"<</Type/StructTreeRoot/K {first} 0 R/ParentTree<</Nums[{nums}]>>/ParentTreeNextKey {len(pages)}>>",
            *(_element(each, first, root, pages) for each in self._elements),
        ]
        for text in texts:
            made = written()
            made.data = text.encode("latin-1")
            document.add_object(made)
        document.catalog["StructTreeRoot"] = f"{root} 0 R"
        document.catalog["MarkInfo"] = "<</Marked true>>"


def _element(element: _Element, first: int, root: int, pages: Sequence[int]) -> str:
    parent = root if element.parent < 0 else first + element.parent
    if element.page < 0:
        return f"<</S/{element.tag}/P {parent} 0 R/K[{_references(element.kids, first)}]>>"
    more = f"/Lang{_text(element.language)}" if element.language else ""
    more += f"/Alt{_text(element.alt)}" if element.alt else ""
    if element.box:
        sides = " ".join(f"{side:.2f}" for side in element.box)
        more += f"/A<</O/Layout/Placement/Block/BBox[{sides}]>>"
    page = pages[element.page]
    return f"<</S/{element.tag}/P {parent} 0 R/Pg {page} 0 R/K {element.kids[0]}{more}>>"


def _references(numbers: Iterable[int], first: int) -> str:
    return " ".join(f"{first + number} 0 R" for number in numbers)


def _text(text: str) -> str:
    """A text string (ISO 32000-1, 7.9.2.2)."""
    if text.isascii() and text.replace(" ", "").replace("-", "").isalnum():
        return f"({text})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def metadata(*, title: str, language: str, when: datetime) -> bytes:
    """XMP that claims PDF/UA-1."""
    stamp = f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    # The mark of order of bytes is written as such: the packet says so of itself (XMP part 1, 7.3.2).
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>INSER events</xmp:CreatorTool>
<xmp:CreateDate>{stamp}</xmp:CreateDate><xmp:ModifyDate>{stamp}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
