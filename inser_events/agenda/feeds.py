"""The history of releases as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from xml.etree import ElementTree as ET

from flask_babel import gettext as _

from inser_events.agenda.differences import Change, headline, in_words
from inser_events.agenda.reading import event_url
from inser_events.agenda.snapshot import Snapshot
from inser_events.documents.text import one_line
from inser_events.languages import text_in

ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Step(Protocol):
    """A release and what it changed."""

    @property
    def snapshot(self) -> Snapshot: ...  # noqa: D102 — a field

    @property
    def changes(self) -> Sequence[Change]: ...  # noqa: D102 — a field


def changes_atom(steps: Sequence[Step], base_url: str, language: str) -> bytes:
    """The feed of at least one release, newest first, in the words of *language*."""
    newest = steps[0].snapshot
    page = f"{event_url(base_url, newest.event.slug)}/changes"
    feed = ET.Element("feed", {"xmlns": ATOM, _XML_LANG: language})
    name = one_line(text_in(newest.event.name, [language]).value)
    _add(feed, "id", f"urn:uuid:{newest.event.uid}")
    _add(feed, "title", _("%(event)s: changes", event=name))
    _add(feed, "updated", _moment(newest.published_at))
    _link(feed, page, "alternate", "text/html")
    _link(feed, f"{page}.atom", "self", "application/atom+xml")
    _add(ET.SubElement(feed, "author"), "name", one_line(text_in(newest.event.organiser, [language]).value) or name)
    for step in steps:
        _add_entry(feed, step, page)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add_entry(feed: ET.Element, step: Step, page: str) -> None:
    snapshot = step.snapshot
    entry = ET.SubElement(feed, "entry")
    # RFC 4151: a name that stays whatever the address of the site becomes.
    _add(entry, "id", f"tag:inser-events,2025:{snapshot.event.uid}/{snapshot.number}")
    _add(entry, "title", _("Release %(number)s", number=snapshot.number))
    _add(entry, "updated", _moment(snapshot.published_at))
    _link(entry, f"{page}#r-{snapshot.number}", "alternate", "text/html")
    content = ET.SubElement(entry, "content", {"type": "text"})
    lines = [snapshot.note, *(line for change in step.changes for line in _lines(change, snapshot))]
    content.text = "\n".join(one_line(line) for line in lines if line)


def _lines(change: Change, snapshot: Snapshot) -> list[str]:
    return [headline(change, snapshot.event.time_zone), *in_words(change, snapshot.event.time_zone)]


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _link(parent: ET.Element, href: str, rel: str, media_type: str) -> None:
    ET.SubElement(parent, "link", {"href": href, "rel": rel, "type": media_type})


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
