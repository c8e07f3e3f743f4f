"""The printed programme of a Release: cover, contents, information, agenda, items, speakers, index, changes.

Pure: a snapshot in, a PDF out, and the same bytes each time. The interface's words are in the language asked for when
there is an application to translate them; what organisers wrote is in that language or the nearest they wrote in.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from flask_babel import gettext

from inser_events.agenda import differences, exports, printed
from inser_events.agenda.printed import DayTable, SessionRow
from inser_events.agenda.reading import Wording, event_url, speaking
from inser_events.agenda.snapshot import Document, Session, Snapshot
from inser_events.documents import booklet, pdf, qr
from inser_events.documents.calendar import MEDIA_TYPE
from inser_events.documents.paper import STYLES, page
from inser_events.documents.pictures import is_whole
from inser_events.documents.text import one_line, with_commas
from inser_events.languages import Text, direction
from inser_events.web.filters import date_range, language_names, mode_label, semicolon, short_day

Paper = Literal["a4", "a5", "letter", "a5-booklet", "wall"]
"""``a5-booklet``: A5 pages two by two on A4, to fold. ``wall``: the agenda alone, on one sheet of A3."""
Variant = Literal["", "archive"]
"""``archive``: PDF/A-3a with the calendar and the schedule inside."""

_SHEETS = {"a4": (), "a5": ("a5",), "letter": ("letter",), "a5-booklet": ("a5",), "wall": ("wall",)}
_WALL_SIZES = (22, 19, 17, 15, 13, 11.5, 10, 9, 8, 7, 6, 5, 4.2, 3.5)
"""Points of type tried until the day stands on one sheet."""
_RUNNING_TITLE = 90
_MOST_COLUMNS = 5
"""Rooms that fit beside each other in the overview; more are listed."""
_A_COLUMN = 16
"""Sessions that read well below each other on a sheet for a wall."""
_SHORT = 8
"""Up to so many sessions the agenda is its own overview."""


class Row(NamedTuple):
    """A line of a day's overview: what begins at one time, room by room, or one session over all of them."""

    starts: str
    cells: list[list[SessionRow]]
    across: SessionRow | None = None


class Overview(NamedTuple):
    """A day at a glance. Without *rooms* the sessions are a list."""

    day: DayTable
    rooms: list[Text]
    rows: list[Row]


class Entry(NamedTuple):
    """A line of the index."""

    name: str
    sessions: list[tuple[str, Text]]
    """Where in the document, and the session's title."""


class Paragraph(NamedTuple):
    """One change since the release before."""

    headline: str
    sentences: list[str]


class Identity(NamedTuple):
    """How an event looks: addresses of pictures under the uploads folder (or ``data:``), colours as ``#rrggbb``."""

    logo: str = ""
    cover: str = ""
    primary: str = ""
    secondary: str = ""
    partners: Sequence[tuple[str, str]] = ()
    """Name and picture of each."""
    folder: Path | None = None
    """The uploads folder, the only place such pictures may be in."""


def programme_pdf(
    snapshot: Snapshot, *, language: str, paper: Paper = "a4", base_url: str, previous: Snapshot | None = None,
    variant: Variant = "", identity: Identity | None = None,
) -> bytes:  # fmt: skip
    """Return the programme as a tagged PDF in *language*. Raises PdfUnavailable.

    *previous* is the release before, to tell what changed.
    """
    with speaking(language):
        values = _values(snapshot, language, base_url, previous, identity or Identity())
        template = "programme_wall.html" if paper == "wall" else "programme.html"
        html = page(template, language, values)
        files = _attachments(snapshot, language, base_url) if variant == "archive" else []
    mark = f"{snapshot.event.uid}/{snapshot.number}/{language}/{paper}/{variant}"
    made = pdf.render(
        html,
        css=[_style("programme"), *map(_style, (f"paper-{name}" for name in _SHEETS[paper]))],
        title=str(values["title"]),
        identifier=mark.encode(),
        when=snapshot.published_at,
        variant="pdf/a-3a" if variant == "archive" else "pdf/ua-1",
        fit=_WALL_SIZES if paper == "wall" else (),
        attachments=files,
        more_css=colours(identity) if identity else "",
        uploads=identity.folder if identity else None,
    )
    if paper == "a5-booklet":
        return booklet.folded(made, right_to_left=direction(language) == "rtl")
    return made


def colours(identity: Identity) -> str:
    """CSS that gives a document the event's own first colour in place of ours."""
    if not identity.primary:
        return ""
    return (
        f".network,.role,h3,.cover .network,.sign .when,.own .person{{color:{identity.primary}}}"
        f"section>h2,.masthead,header{{border-color:{identity.primary}}}"
    )


def _style(name: str) -> Path:
    return STYLES / f"{name}.css"


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def _attachments(snapshot: Snapshot, language: str, base_url: str) -> list[pdf.Attachment]:
    """The agenda for programs: what a calendar and what a conference app reads."""
    languages = [language, *snapshot.event.languages]
    calendar = exports.agenda_ics(snapshot, base_url=base_url, languages=languages)
    schedule = exports.schedule_json(snapshot, base_url, language)
    return [
        pdf.Attachment("programme.ics", calendar, f"{_('Calendar')} ({MEDIA_TYPE})", "Alternative"),
        pdf.Attachment("schedule.json", schedule, _("Schedule for conference apps"), "Data"),
    ]


def _values(
    snapshot: Snapshot, language: str, base_url: str, previous: Snapshot | None, identity: Identity
) -> dict[str, object]:
    event = snapshot.event
    words = Wording(snapshot, [language])
    name = printed.cleaned(words.chosen(event.name))
    home = event_url(base_url, event.slug)
    table = printed.days(snapshot, words)
    count = sum(len(day.sessions) for day in table)
    return {
        "title": _("%(event)s: programme", event=name.value),
        "name": name,
        "running": _shortened(name.value),
        "release": printed.release_mark(snapshot),
        "network": printed.cleaned(words.chosen(event.network.name)) if event.network else Text("", language),
        "tagline": printed.cleaned(words.chosen(event.tagline)),
        "description": printed.prose(words.chosen(event.description)),
        "dates": date_range(event.starts_on, event.ends_on),
        "zone": words.zone(printed.first_moment(snapshot)),
        "place": printed.venue_line(snapshot, words),
        "modes": " · ".join(mode_label(mode) for mode in event.modes),
        "cancelled": event.status == "cancelled",
        "sample": event.is_sample,
        "facts": list(_facts(snapshot, words)),
        "contact": one_line(event.contact_email),
        "map": _map(snapshot),
        "home": home,
        "address": f"{home}/agenda",
        "calendar": f"{home}/agenda.ics",
        "address_code": qr_image(f"{home}/agenda"),
        "identity": identity,
        "photos": _photos(snapshot, identity.folder),
        "columns": min(3, max(len(table), -(-count // _A_COLUMN))),
        "days": table,
        "overview": [_overview(day, words) for day in table] if count > _SHORT or _parallel(table) else [],
        "interpreted": _interpreted(snapshot, words),
        "register": [printed.point(item, words) for item in snapshot.items],
        "documents": [_document(each, words) for each in snapshot.documents],
        "people": [printed.biography(person, words) for person in printed.speakers(snapshot, language)],
        "index": list(_index(snapshot, words, language)),
        "changes": list(_changes(previous, snapshot)),
        "before": previous.number if previous else 0,
    }


def _facts(snapshot: Snapshot, words: Wording) -> Iterator[tuple[str, Sequence[Text | str]]]:
    """Label and lines of what one needs to know to come or to follow; empty ones are left out."""
    event = snapshot.event
    venue = event.venue
    found: tuple[tuple[str, Sequence[Text | str]], ...] = (
        (_("Date"), [date_range(event.starts_on, event.ends_on)]),
        (_("Times"), [words.zone(printed.first_moment(snapshot))]),
        (_("Venue"), [printed.cleaned(words.chosen(venue.name))] if venue else []),
        (_("Address"), [printed.address(venue, words)] if venue else []),
        (_("Getting there"), printed.paragraphs(words.chosen(venue.directions)) if venue else []),
        (_("Online"), _online(snapshot)),
        (_("Languages"), [language_names(event.languages)]),
        (_("Organised by"), [printed.cleaned(words.chosen(event.organiser))]),
        (_("About this release"), [one_line(snapshot.note)]),
    )
    for label, lines in found:
        if there := [line for line in lines if (line.value if isinstance(line, Text) else line)]:
            yield label, there


def _online(snapshot: Snapshot) -> list[str]:
    """How to follow from afar. The link itself is personal and never printed."""
    event = snapshot.event
    return [one_line(event.online_platform), _("Your own link is on your ticket.")] if "online" in event.modes else []


def _map(snapshot: Snapshot) -> str:
    venue = snapshot.event.venue
    if venue is None or venue.latitude is None or venue.longitude is None:
        return ""
    spot = f"{venue.latitude:.5f}/{venue.longitude:.5f}"
    return f"https://www.openstreetmap.org/#map=17/{spot}"


def qr_image(address: str) -> str:
    """A code that leads to *address*, as the address of a picture."""
    return "data:image/svg+xml;base64," + b64encode(qr.svg(address, title=address).encode()).decode()


def _parallel(table: list[DayTable]) -> bool:
    return any(len(list(printed.in_rooms(day))) > 1 for day in table)


def _overview(day: DayTable, words: Wording) -> Overview:
    """What begins when, in which room."""
    live = [row for row in day.sessions if not row.is_cancelled]
    uids = list(printed.in_rooms(day))
    if not 1 < len(uids) <= _MOST_COLUMNS:
        return Overview(day, [], [Row(row.times, [[row]]) for row in live])
    rows: list[Row] = []
    for starts in dict.fromkeys(row.starts for row in live):
        now = [row for row in live if row.starts == starts]
        rows += [Row(starts, [], row) for row in now if row.room is None]
        cells = [[row for row in now if row.room == uid] for uid in uids]
        if any(cells):
            rows.append(Row(starts, cells))
    rooms = [words.snapshot.room_named(uid) for uid in uids]
    return Overview(day, [printed.cleaned(words.chosen(room.name)) for room in rooms if room], rows)


def _photos(snapshot: Snapshot, folder: Path | None) -> dict[str, str]:
    """Addresses of the photos that can be shown, by their digest."""
    if folder is None:
        return {}
    wanted = {person.photo: folder / "photos" / f"{person.photo}.jpg" for person in snapshot.people.values()}
    return {digest: path.as_uri() for digest, path in wanted.items() if digest and is_whole(path)}


def _interpreted(snapshot: Snapshot, words: Wording) -> list[tuple[str, Text, str, str]]:
    """When, which session, its languages, the languages it is interpreted into; empty when none is interpreted."""
    live = sorted(snapshot.live_sessions, key=lambda session: session.starts_at)
    if not any(session.interpretation for session in live):
        return []
    spoken = (session for session in live if not printed.has_no_talk(session))
    return [_tongues(session, words) for session in spoken if session.interpretation or session.languages]


def _tongues(session: Session, words: Wording) -> tuple[str, Text, str, str]:
    when = words.clock_time(session.starts_at)
    if words.snapshot.event.starts_on != words.snapshot.event.ends_on:
        when = f"{short_day(session.starts_at.astimezone(words.clock).date())}, {when}"
    spoken, interpreted = (
        with_commas(map(words.language, codes)) for codes in (session.languages, session.interpretation)
    )
    return when, printed.cleaned(Text(words.title(session), words.chosen(session.title).language)), spoken, interpreted


def _document(document: Document, words: Wording) -> tuple[str, Text, str]:
    """Symbol, title (or that of the item it is for), languages; what is not there yet is said."""
    languages = with_commas(map(words.language, document.languages))
    if document.status != "available":
        languages = semicolon().join(part for part in (languages, _("in preparation")) if part)
    items = (item.title for item in words.snapshot.items if document.symbol in item.documents)
    title = next((title for title in (document.title, *items) if any(title.values())), {})
    return one_line(document.symbol), printed.cleaned(words.chosen(title)), languages


def _index(snapshot: Snapshot, words: Wording, language: str) -> Iterator[Entry]:
    keys = {session.uid: f"s{number}" for number, session in enumerate(snapshot.sessions, 1)}
    sittings = printed.sittings_of(snapshot)
    for person in printed.speakers(snapshot, language):
        found = [(keys[session.uid], _short_title(session, words)) for session in sittings.get(person.uid, [])]
        yield Entry(printed.family_first(person), found)


def _short_title(session: Session, words: Wording) -> Text:
    return Text(_shortened(words.title(session)), words.chosen(session.title).language)


def _changes(previous: Snapshot | None, snapshot: Snapshot) -> Iterator[Paragraph]:
    """What is new since the release before; nothing in the first."""
    if previous is None:
        return
    zone = snapshot.event.time_zone
    for change in differences.difference(previous, snapshot):
        yield Paragraph(one_line(differences.headline(change, zone)), differences.in_words(change, zone))


def _shortened(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _RUNNING_TITLE else text[:_RUNNING_TITLE].rsplit(" ", 1)[0] + "…"
