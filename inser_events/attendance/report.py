"""What a report of attendance says, gathered for an event."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, select

from inser_events.attendance import report_counts, report_people
from inser_events.attendance.presence import AT_ONCE, attendances
from inser_events.attendance.report_exports import Line, Report
from inser_events.attendance.report_numbers import count
from inser_events.badges import papers
from inser_events.badges.guests import Guest, guests
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.languages import text_in
from inser_events.registration.models import Registration
from inser_events.web.filters import date_range


def report_of(event: Event, language: str, *, everyone: bool, contacts: bool, at: datetime) -> Report:
    """The report in *language*, which must be spoken while it is gathered and written.

    *everyone*: also those who were not seen. *contacts*: with addresses and telephones of those who agreed.
    """
    wanted = [language, *event.languages]
    numbers, delegations = count(event, at=at), report_counts.member_delegations(event)
    return Report(
        name=text_in(event.name, wanted).value,
        dates=date_range(event.starts_on, event.ends_on),
        zone=event.time_zone,
        languages=wanted,
        figures=numbers.figures,
        network=event.network.acronym if event.network else "",
        members=numbers.members,
        delegations=(report_counts.present(delegations, numbers.figures.groups), len(delegations)),
        organisations=numbers.organisations,
        days=numbers.days,
        sessions=numbers.sessions,
        people=_lines(event, language, everyone=everyone, contacts=contacts),
        contacts=contacts,
        made_at=at,
    )


def _lines(event: Event, language: str, *, everyone: bool, contacts: bool) -> Iterator[Line]:
    """In the order of the list of participants: Members by country, then observers and the others."""
    people = guests(event, language, among=report_people.reported(event, everyone=everyone))
    in_order = [
        (group.heading, guest)
        for group in papers.groups(people, language)
        for _heading, members in group.parts
        for guest in members
    ]
    for place in range(0, len(in_order), AT_ONCE):
        yield from _with_presence(event, in_order[place : place + AT_ONCE], contacts=contacts)


def _with_presence(event: Event, some: Sequence[tuple[str, Guest]], *, contacts: bool) -> Iterator[Line]:
    ids = [guest.number for _part, guest in some]
    there, traces = attendances(event, ids), report_people.traces(event, ids)
    phones = _phones(ids) if contacts else {}
    for part, guest in some:
        attendance = there.get(guest.number)
        yield Line(
            part=part,
            guest=guest,
            attendance=attendance,
            trace=traces.get(guest.number) if attendance else None,
            phone=phones.get(guest.number, ""),
        )


def _phones(ids: list[int]) -> dict[int, str]:
    chosen: Select[int, str] = select(Registration.id, Registration.phone).where(
        Registration.id.in_(ids), Registration.listed
    )
    return {row[0]: row[1] for row in db.session.execute(chosen)}
