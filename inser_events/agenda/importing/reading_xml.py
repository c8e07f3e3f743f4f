"""schedule.xml (frab, pentabarf, pretalx), taken apart.

A file that is not well-formed is read as far as it goes, and the report says that it may lack something.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from flask_babel import gettext as _

from inser_events.agenda.importing.raw import Fields, RawColumn, RawDay, RawSchedule
from inser_events.agenda.importing.report import Report, UnreadableSchedule
from inser_events.agenda.importing.values import line_of

LINE = "{inser_events}line"
"""The attribute under which an element's line is kept while it is read."""


class Element(Protocol):
    """What ElementTree's and lxml's elements share."""

    @property
    def tag(self) -> Any: ...  # noqa: D102 — the libraries' own
    @property
    def text(self) -> str | None: ...  # noqa: D102 — the libraries' own
    @property
    def attrib(self) -> Mapping[str, str]: ...  # noqa: D102 — the libraries' own

    def __iter__(self) -> Iterator[Any]: ...


class _Numbering(TreeBuilder):
    """Keeps the line of each start tag."""

    def __init__(self) -> None:
        super().__init__()
        self.expat: Any = None

    def start(self, tag: str, attrs: dict[str, str]) -> Any:
        return super().start(tag, {**attrs, LINE: str(self.expat.CurrentLineNumber)})


def take_apart(content: bytes, report: Report) -> RawSchedule:
    """The parts of a schedule.xml. Raises UnreadableSchedule."""
    root = _root(content, report)
    if _name(root) not in {"schedule", "iCalendar"}:
        raise UnreadableSchedule(
            _("%(name)s: this XML file is no schedule, it begins with <%(tag)s>.", name=report.name, tag=_name(root))
        )
    raw = RawSchedule(source="schedule.xml")
    for child in root:
        name = _name(child)
        if name == "conference":
            raw.conference = {_name(part): _text(part) for part in child if _name(part) != "track"}
        elif name == "generator":
            raw.generator = line_of(child.attrib.get("name"))
        elif name == "version":
            raw.version = _text(child)
        elif name == "day":
            raw.days.append(_day(child))
    if not raw.days and not raw.conference:
        raise UnreadableSchedule(_("%(name)s: there is no schedule in this file.", name=report.name))
    return raw


def _root(content: bytes, report: Report) -> Element:
    builder = _Numbering()
    parser = DefusedXMLParser(target=builder, forbid_dtd=False)
    builder.expat = parser.parser
    try:
        parser.feed(content)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise UnreadableSchedule(
            _("%(name)s: the file declares entities, which are not read for safety.", name=report.name)
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        return _mended(content, str(error), report)
    return root


def _mended(content: bytes, why: str, report: Report) -> Element:
    from lxml import etree  # noqa: PLC0415 — four megabytes for the rare file that is broken

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableSchedule(_("%(name)s: not readable as XML: %(why)s.", name=report.name, why=why)) from error
    if root is None:
        raise UnreadableSchedule(_("%(name)s: not readable as XML: %(why)s.", name=report.name, why=why))
    report.error("xml-broken", "", _("The file is not well-formed (%(why)s). It was read as far as it goes.", why=why))
    for element in root.iter(etree.Element):
        element.set(LINE, str(element.sourceline or 0))
    return cast("Element", root)


def _name(element: Element) -> str:
    """The tag without a namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: Element) -> str:
    """All text inside, also of elements that should have been escaped: HTML in abstracts stands bare in some files."""
    inside = list(element)
    if not inside:
        return (element.text or "").strip()
    parts = [element.text or ""]
    for child in inside:
        name = _name(child)
        if name:
            parts.append(f"<{name}>{_text(child)}</{name}>")
        parts.append(child.tail or "")
    return "".join(parts).strip()


def _day(element: Element) -> RawDay:
    attributes = element.attrib
    day = RawDay(attributes.get("date", ""), attributes.get("start", ""), attributes.get("end", ""))
    for child in element:
        if _name(child) == "room":
            column = RawColumn(line_of(child.attrib.get("name")), line_of(child.attrib.get("guid")))
            column.talks = [_talk(talk) for talk in child if _name(talk) == "event"]
            day.columns.append(column)
        elif _name(child) == "event":
            # Some files have no rooms at all: the talks stand right inside the day.
            day.columns.append(RawColumn("", talks=[_talk(child)]))
    return day


def _talk(element: Element) -> Fields:
    fields: Fields = {name: value for name, value in element.attrib.items() if name != LINE}
    fields["where"] = f"line {element.attrib.get(LINE, '?')}"
    fields["persons"] = []
    for child in element:
        name = _name(child)
        if name in {"persons", "speakers"}:
            fields["persons"] = [_person(person) for person in child if _name(person) in {"person", "speaker"}]
        elif name:
            fields[name] = _text(child)
    return fields


def _person(element: Element) -> Fields:
    attributes = {name: value for name, value in element.attrib.items() if name != LINE}
    return {**attributes, "name": _text(element) or attributes.get("name", "")}
