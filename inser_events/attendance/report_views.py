"""Who attended, for those who hand it in the day after: numbers, people one by one, and files."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.reading import speaking
from inser_events.attendance import report_counts, report_people
from inser_events.attendance.presence import attendances
from inser_events.attendance.report import report_of
from inser_events.attendance.report_counts import Count
from inser_events.attendance.report_exports import people_csv, workbook
from inser_events.attendance.report_numbers import numbers_of
from inser_events.audit import record
from inser_events.checkin.queries import checkpoints_of
from inser_events.clock import now
from inser_events.database import db
from inser_events.delegations.models import Delegation
from inser_events.delegations.queries import names_by_key
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event, Room
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import INTERFACE, text_in
from inser_events.registration.export_views import XLSX_TYPE
from inser_events.registration.forms import gender_label
from inser_events.registration.queries import find_registration
from inser_events.web.access import allowed
from inser_events.web.filters import endonym, plain
from inser_events.web.languages import page_language

HERE = "attendance"
MOST_ROWS = 15
blueprint = Blueprint("attendance_report", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/attendance")
@for_registrars
def overview(event: Event) -> ResponseReturnValue:
    """Whom a door or a call has seen; ``?q=&seen=&page=`` choose among the people."""
    counted, wanted = numbers_of(event, at=now()), report_people.wanted_from(request.args)
    numbers = counted.figures
    members = report_counts.member_delegations(event)
    is_known = bool(numbers.whole.attended)
    page = report_people.listing(event, wanted)
    ids = [one.id for one in page.rows]
    return render_managed(
        "attendance/report.html",
        event,
        HERE,
        numbers=numbers,
        is_known=is_known,
        network_members=counted.members,
        days=counted.days,
        present_on={one.day: len(one.groups & {each.uid for each in members}) for one in counted.days},
        sessions=counted.sessions,
        countries=_top(report_counts.largest(numbers.countries)),
        organisations=_top(counted.organisations),
        categories=[(key, count) for key, count in report_counts.largest(numbers.categories) if count.attended],
        genders=_genders(numbers),
        fewest=report_counts.FEWEST,
        groups=_delegations(event, members, numbers),
        page=page,
        wanted=wanted,
        there=attendances(event, ids),
        traces=report_people.traces(event, ids),
        address=lambda **changed: _address(wanted, **changed),
        import_page=_import_page(event),
        languages=[(code, endonym(code)) for code in INTERFACE],
        language=page_language(),
    )


def _import_page(event: Event) -> str:
    """Where reports of meetings are read; empty in an installation without that page."""
    address = f"/manage/{event.slug}/attendance/import"
    return address if current_app.url_map.bind("").test(address, "GET") else ""


def _top(rows: Sequence[tuple[str, Count]]) -> tuple[list[tuple[str, Count]], int, Count]:
    """The first rows of those who attended, how many more there are, and the people of those."""
    there = [row for row in rows if row[1].attended]
    rest = Count()
    for _key, count in there[MOST_ROWS:]:
        rest.registered += count.registered
        rest.room += count.room
        rest.online += count.online
        rest.both += count.both
    return there[:MOST_ROWS], len(there[MOST_ROWS:]), rest


def _genders(numbers: report_counts.Figures) -> list[tuple[str, int | None, bool]]:
    """Words (empty: did not say), number (None: hidden) and whether it is hidden for being small."""
    if not numbers.asks_gender:
        return []
    return [
        (gender_label(key) if key else "", number, numbers.genders[key] < report_counts.FEWEST)
        for key, number in report_counts.protected(numbers.genders).items()
    ]


def _delegations(
    event: Event, members: Sequence[Delegation], numbers: report_counts.Figures
) -> list[tuple[str, str, Count]]:
    """Members by name: key, name, numbers."""
    names, known = names_by_key(event, page_language()), {one.uid for one in members}
    return [(key, name, numbers.groups.get(key, Count())) for key, name in names.items() if key in known]


def _address(wanted: report_people.Wanted, **changed: str | int) -> str:
    values = {"q": wanted.query, "seen": wanted.seen} | changed
    chosen = urlencode({name: value for name, value in values.items() if value})
    return f"?{chosen}#people" if chosen else "?#people"


@blueprint.get("/manage/<slug>/attendance/people/<uid>")
@for_registrars
def person(event: Event, uid: str) -> ResponseReturnValue:
    """When one person was seen where."""
    registration = find_registration(event, uid)
    return render_managed(
        "attendance/report_person.html",
        event,
        HERE,
        registration=registration,
        there=attendances(event, [registration.id]).get(registration.id),
        trace=report_people.traces(event, [registration.id]).get(registration.id),
        places=_places(event),
    )


def _places(event: Event) -> dict[str, str]:
    """What each area is called; the venue as a whole is not among them."""
    rooms = db.session.scalars(select(Room).where(Room.event_id == event.id))
    found = {door.area: plain(door.name) for door in checkpoints_of(event)}
    found |= {f"room:{room.id}": plain(room.name) for room in rooms}
    snapshot = latest_snapshot(event)
    wanted = [page_language(), *event.languages]
    for session in snapshot.sessions if snapshot else ():
        found[f"session:{session.uid}"] = text_in(session.title, wanted).value
    return found


@blueprint.post("/manage/<slug>/attendance/report")
@for_registrars
def download(event: Event) -> ResponseReturnValue:
    """The report as a file; that somebody took it stays in the history."""
    asked = request.form.get("lang", "")
    language = asked if asked in INTERFACE else page_language()
    everyone, contacts = request.form.get("who") == "everyone", "contacts" in request.form
    as_table = request.form.get("format") == "csv"
    with speaking(language):
        report = report_of(event, language, everyone=everyone, contacts=contacts, at=now())
        body = people_csv(report) if as_table else workbook(report)
    record("export attendance", event, event_id=event.id, after={"everyone": everyone, "contacts": contacts})
    response = Response(body, mimetype="text/csv" if as_table else XLSX_TYPE)
    name = f"{event.slug}-attendance-{language}.{'csv' if as_table else 'xlsx'}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
