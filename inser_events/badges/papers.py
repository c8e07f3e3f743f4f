"""Papers for rooms and desks: door signs, run sheet, order of the day, signature sheets, list of participants.

Pure: a release and guests in, bytes out. The words of the interface are in the language asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from flask_babel import gettext

from inser_events.agenda import printed
from inser_events.agenda.printed import DayTable, SessionRow
from inser_events.agenda.programme import Identity, colours, qr_image
from inser_events.agenda.reading import Wording, event_url, speaking
from inser_events.agenda.snapshot import Snapshot
from inser_events.badges.guests import Guest
from inser_events.delegations.names import role_words
from inser_events.documents import pdf
from inser_events.documents.collation import sort_key
from inser_events.documents.paper import STYLES, page
from inser_events.events.models import Category
from inser_events.languages import Text
from inser_events.web.filters import category_label, date_range, day


class Sign(NamedTuple):
    """What hangs at a room's door for a day."""

    room: Text
    day: str
    sessions: list[SessionRow]


class Frame(NamedTuple):
    """What every paper is made of beside its own values."""

    snapshot: Snapshot
    words: Wording
    language: str
    name: str
    """Of the template."""
    title: str
    shape: str
    """``landscape`` or nothing."""
    on: date | None
    identity: Identity | None = None


class Group(NamedTuple):
    """A part of the list of participants."""

    heading: str
    parts: list[tuple[str, list[Guest]]]
    """A country, or nothing, and its people."""


_BY_KIND = {
    "member": "members",
    "observer": "observers",
    "un": "un",
    "partner": "partners",
    "host": "secretariat",
    "secretariat": "secretariat",
}
_BY_CATEGORY: Mapping[str, str] = {
    Category.DELEGATE: "members",
    Category.OBSERVER: "observers",
    Category.SPEAKER: "speakers",
    Category.PRESS: "press",
    Category.ORGANISER: "secretariat",
    Category.STAFF: "secretariat",
}
_TOGETHER = {"members", "observers", "un", "partners", "secretariat"}


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def door_signs(
    snapshot: Snapshot, *, language: str, base_url: str, on: date | None = None, identity: Identity | None = None
) -> bytes:
    """A page for each room and day; only of one day if told. Raises PdfUnavailable."""
    with speaking(language):
        words = Wording(snapshot, [language])
        address = event_url(base_url, snapshot.event.slug) + "/agenda"
        signs = [sign for table in _days(snapshot, words, on) for sign in _signs(table, words)]
        values: Mapping[str, object] = {"signs": signs, "address": address, "address_code": qr_image(address)}
        return _made(Frame(snapshot, words, language, "door_signs", _("Door signs"), "landscape", on, identity), values)


def run_sheet(snapshot: Snapshot, *, language: str, on: date | None = None, identity: Identity | None = None) -> bytes:
    """Slots, minutes and speakers with room for notes, for whoever leads the session. Raises PdfUnavailable."""
    with speaking(language):
        words = Wording(snapshot, [language])
        values: Mapping[str, object] = {"days": _days(snapshot, words, on)}
        return _made(Frame(snapshot, words, language, "run_sheet", _("Run sheet"), "landscape", on, identity), values)


def order_of_the_day(
    snapshot: Snapshot, *, language: str, on: date | None = None, identity: Identity | None = None
) -> bytes:
    """What is taken on a day, when and where, with items and documents. Raises PdfUnavailable."""
    with speaking(language):
        words = Wording(snapshot, [language])
        documents = {each.symbol: words.text(each.title) for each in snapshot.documents}
        values: Mapping[str, object] = {"days": _days(snapshot, words, on), "documents": documents}
        return _made(
            Frame(snapshot, words, language, "order_of_the_day", _("Order of the day"), "", on, identity), values
        )


def signature_sheets(
    snapshot: Snapshot, guests: Sequence[Guest], *, language: str, on: date, identity: Identity | None = None
) -> bytes:
    """A line for each guest to sign in the morning and in the afternoon of a day. Raises PdfUnavailable."""
    with speaking(language):
        words = Wording(snapshot, [language])
        values: Mapping[str, object] = {"guests": list(enumerate(guests, 1)), "day": day(on)}
        return _made(
            Frame(snapshot, words, language, "signatures", _("Signature sheet"), "landscape", on, identity), values
        )


def participant_list(
    snapshot: Snapshot, guests: Sequence[Guest], *, language: str, identity: Identity | None = None,
    attended: bool = False,
) -> bytes:  # fmt: skip
    """The official list: Members by country, then organisations, others, press, secretariat. Raises PdfUnavailable.

    *attended*: the guests are those who came, and the heading says so.
    """
    with speaking(language):
        heading = _("List of participants who attended") if attended else _("List of participants")
        words = Wording(snapshot, [language])
        values: Mapping[str, object] = {"groups": groups(guests, language), "total": len(guests), "roles": role_words()}
        return _made(Frame(snapshot, words, language, "participants", heading, "", None, identity), values)


def groups(guests: Sequence[Guest], language: str) -> list[Group]:
    """The list's parts in their order, each in the order of the language's alphabet."""
    headings = {
        "members": _("Members"),
        "observers": _("Observers"),
        "un": _("United Nations"),
        "partners": _("Partners"),
        "speakers": _("Speakers"),
        "participants": _("Participants"),
        "press": _("Press"),
        "secretariat": _("Secretariat"),
    }
    found: dict[str, list[Guest]] = {}
    for guest in guests:
        found.setdefault(part_of(guest.category, guest.kind), []).append(guest)
    return [Group(heading, _parts(found[part], part, language)) for part, heading in headings.items() if part in found]


def part_of(category: str, kind: str = "") -> str:
    """Where somebody stands: by the kind of their delegation, else by their own category.

    Whoever has a category of the organisers' own comes with the participants.
    """
    return _BY_KIND.get(kind) or _BY_CATEGORY.get(category, "participants")


def _parts(guests: list[Guest], part: str, language: str) -> list[tuple[str, list[Guest]]]:
    """Members under their country, organisations' people under their organisation, the head of each first."""
    if part not in _TOGETHER:
        return [("", guests)]

    def heading(guest: Guest) -> str:
        own = {"members": guest.country, "secretariat": ""}.get(part, guest.organisation)
        return guest.delegation or own

    ordered = sorted(guests, key=lambda guest: (sort_key(heading(guest), language), guest.delegation_order(language)))
    return [(name, list(members)) for name, members in groupby(ordered, key=heading)]


def _days(snapshot: Snapshot, words: Wording, on: date | None) -> list[DayTable]:
    return [table for table in printed.days(snapshot, words) if on is None or table.on == on]


def _signs(table: DayTable, words: Wording) -> list[Sign]:
    """The rooms of a day. What takes place everywhere, such as a break, is told at every door."""
    found = []
    for uid in printed.in_rooms(table):
        room = words.snapshot.room_named(uid)
        here = [row for row in table.sessions if row.room == uid or (row.room is None and row.is_pause)]
        if room:
            found.append(Sign(printed.cleaned(words.chosen(room.name)), table.label, here))
    return found


def _made(frame: Frame, values: Mapping[str, object]) -> bytes:
    snapshot, words, language, name, title, shape, on, identity = frame
    event, identity = snapshot.event, identity or Identity()
    called = printed.cleaned(words.chosen(event.name))
    common = {
        "title": f"{called.value}: {title}",
        "heading": title,
        "name": called,
        "dates": date_range(event.starts_on, event.ends_on),
        "place": printed.venue_line(snapshot, words),
        "release": printed.release_mark(snapshot),
        "category_label": category_label,
        "identity": identity,
        **values,
    }
    return pdf.render(
        page(f"{name}.html", language, common),
        css=[_style("programme"), _style("papers"), *([_style(f"papers-{shape}")] if shape else [])],
        title=str(common["title"]),
        identifier=f"{event.uid}/{snapshot.number}/{name}/{language}/{on or ''}".encode(),
        when=snapshot.published_at,
        more_css=colours(identity),
        uploads=identity.folder,
    )


def _style(name: str) -> Path:
    return STYLES / f"{name}.css"
