"""A Release as files, pure: a Snapshot and a few words about the reader in, bytes out, the same every time.

The spreadsheet is written here; calendars, schedules and search markup have modules of their own and are found here
too, so that callers know one place.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import pgettext

from inser_events.agenda.calendars import (
    Placed,
    agenda_ics,
    event_entry,
    event_ics,
    event_sequence,
    session_entry,
    session_ics,
)
from inser_events.agenda.reading import Wording, appearances, programme_days, speaking
from inser_events.agenda.schedules import schedule_json, schedule_xml
from inser_events.agenda.snapshot import Session, Slot, Snapshot
from inser_events.agenda.structured import Places, json_ld
from inser_events.documents.sheets import Cell, Sheet, xlsx
from inser_events.documents.text import one_line
from inser_events.languages import direction
from inser_events.web.positions import job_title

__all__ = [
    "Placed",
    "Places",
    "agenda_ics",
    "agenda_xlsx",
    "event_entry",
    "event_ics",
    "event_sequence",
    "json_ld",
    "schedule_json",
    "schedule_xml",
    "session_entry",
    "session_ics",
]


def agenda_xlsx(snapshot: Snapshot, language: str) -> bytes:
    """The agenda as a workbook: a row for each session and each slot, and a sheet of the speakers."""
    with speaking(language):
        wording = Wording(snapshot, [language])
        mirrored = direction(language) == "rtl"
        agenda = Sheet(
            name=_("Agenda"),
            header=[
                *(_("Day"), _("Starts"), _("Ends"), _("Room"), _("Session"), _("Slot"), _("Kind"), _("Items")),
                *(_("Speakers"), _("Track"), _("Languages"), _("Interpretation"), _("Online"), _("Status")),
            ],
            rows=list(_agenda_rows(snapshot, wording)),
            widths=[12, 8, 8, 20, 36, 36, 14, 8, 44, 14, 14, 16, 9, 12],
            right_to_left=mirrored,
        )
        speakers = Sheet(
            name=_("Speakers"),
            header=[pgettext("person", "Name"), _("Position"), _("Organisation"), _("Country"), _("Sessions")],
            rows=list(_speaker_rows(snapshot, wording)),
            widths=[28, 32, 36, 10, 48],
            right_to_left=mirrored,
        )
    return xlsx([agenda, speakers], created=snapshot.published_at)


def _agenda_rows(snapshot: Snapshot, wording: Wording) -> Iterator[list[Cell]]:
    for day, sessions in programme_days(snapshot.sessions, snapshot.event.time_zone).items():
        for session in sessions:
            room = snapshot.room_named(session.room)
            where: list[Cell] = [one_line(wording.text(room.name)) if room else "", wording.title(session)]
            how: list[Cell] = [
                one_line(session.track),
                ", ".join(map(wording.language, session.languages)),
                ", ".join(map(wording.language, session.interpretation)),
                _("Yes") if session.online else _("No"),
                pgettext("session", "Cancelled") if session.status == "cancelled" else pgettext("session", "Confirmed"),
            ]
            parts: list[Session | Slot] = [session, *session.slots]
            for part in parts:
                yield [day, *_part_cells(part, where, wording), *how]


def _part_cells(part: Session | Slot, where: Sequence[Cell], wording: Wording) -> list[Cell]:
    return [
        *_clock_cells(part.starts_at, part.ends_at, wording),
        *where,
        one_line(wording.text(part.title)) if isinstance(part, Slot) else "",
        wording.kind(part.kind),
        ", ".join(part.items),
        "\n".join(wording.people(part.speakers)),
    ]


def _clock_cells(starts_at: datetime, ends_at: datetime, wording: Wording) -> list[Cell]:
    return [at.astimezone(wording.clock).time() for at in (starts_at, ends_at)]


def _speaker_rows(snapshot: Snapshot, wording: Wording) -> Iterator[list[Cell]]:
    titles: dict[str, dict[str, None]] = {}
    for session in snapshot.live_sessions:
        for appearance in appearances(session):
            titles.setdefault(appearance.person, {})[wording.title(session)] = None
    for uid, sessions in titles.items():
        person = snapshot.people.get(uid)
        if person:
            name = one_line(f"{person.honorific} {person.name}")
            yield [
                name,
                job_title(person, wording.languages[0]),
                person.organisation,
                person.country,
                "\n".join(sessions),
            ]
