"""Papers for rooms and desks, made when they are asked for."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda import printed
from inser_events.agenda.printing import identity_for
from inser_events.agenda.programme import Identity
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.reading import Wording, appearances, programme_days, speaking
from inser_events.agenda.snapshot import Person, Snapshot
from inser_events.badges import papers
from inser_events.badges.guests import Guest, guests
from inser_events.badges.nameplates import Plate, nameplates_pdf
from inser_events.config import Settings
from inser_events.documents.text import one_line
from inser_events.errors import NotFound
from inser_events.events.access import may_register, may_see
from inser_events.events.identity import look_of
from inser_events.events.models import Category, Event, Mode
from inser_events.events.queries import find_event
from inser_events.languages import INTERFACE
from inser_events.registration import audiences
from inser_events.registration.views import private
from inser_events.web.access import allowed

blueprint = Blueprint("papers", __name__)


class Wanted(NamedTuple):
    """What paper is asked for."""

    event: Event
    snapshot: Snapshot
    language: str
    on: date | None
    who: str
    """Name plates: ``speakers``, ``agenda`` (speakers in the order they speak), ``room`` or ``countries``; the list of
    participants: ``attended`` for those who came."""


Maker = Callable[[Wanted], bytes]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/papers/<name>.pdf")
@allowed(find_event, may_register, may_see)
def one(event: Event, name: str) -> ResponseReturnValue:
    """A paper by its name: ``?lang=``, and where it has days ``?day=2025-09-15``, for name plates ``?who=``."""
    maker = MAKERS.get(name)
    snapshot = latest_snapshot(event)
    if maker is None or snapshot is None:
        raise NotFound(_("There is no such paper."))
    wanted = Wanted(event, snapshot, language_for(snapshot), _day(), request.args.get("who", "speakers"))
    response = private(maker(wanted), "application/pdf")
    parts = [event.slug, name, *([str(wanted.on)] if wanted.on else []), wanted.language]
    response.headers["Content-Disposition"] = f'inline; filename="{"-".join(parts)}.pdf"'
    return response


def language_for(snapshot: Snapshot, argument: str = "lang") -> str:
    """The language asked for, if it is one of the interface or of the event; else the event's main one."""
    asked = request.args.get(argument, "")
    return asked if asked in {*INTERFACE, *snapshot.event.languages} else snapshot.event.languages[0]


def event_days(snapshot: Snapshot) -> list[date]:
    """The days on which something takes place; the first day of an event without sessions."""
    days = list(programme_days(snapshot.live_sessions, snapshot.event.time_zone))
    return days or [snapshot.event.starts_on]


def _day() -> date | None:
    text = request.args.get("day", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NotFound(_("There is no such day.")) from error


def _look(wanted: Wanted) -> Identity:
    settings: Settings = current_app.extensions["settings"]
    return identity_for(look_of(wanted.event.id), settings.uploads)


def _door_signs(wanted: Wanted) -> bytes:
    settings: Settings = current_app.extensions["settings"]
    return papers.door_signs(
        wanted.snapshot,
        language=wanted.language,
        base_url=settings.base_url,
        on=wanted.on,
        identity=_look(wanted),
    )


def _signatures(wanted: Wanted) -> bytes:
    here = guests(wanted.event, wanted.language, mode=Mode.IN_PERSON)
    on = wanted.on or event_days(wanted.snapshot)[0]
    return papers.signature_sheets(wanted.snapshot, here, language=wanted.language, on=on, identity=_look(wanted))


def _participants(wanted: Wanted) -> bytes:
    came = wanted.who == "attended"
    people = guests(wanted.event, wanted.language, among=audiences.present(wanted.event.id) if came else None)
    return papers.participant_list(
        wanted.snapshot, people, language=wanted.language, identity=_look(wanted), attended=came
    )


def _run_sheet(wanted: Wanted) -> bytes:
    return papers.run_sheet(wanted.snapshot, language=wanted.language, on=wanted.on, identity=_look(wanted))


def _order_of_the_day(wanted: Wanted) -> bytes:
    return papers.order_of_the_day(wanted.snapshot, language=wanted.language, on=wanted.on, identity=_look(wanted))


def _name_plates(wanted: Wanted) -> bytes:
    with speaking(wanted.language):
        plates = list(_plates(wanted))
    name = printed.cleaned(Wording(wanted.snapshot, [wanted.language]).chosen(wanted.snapshot.event.name))
    return nameplates_pdf(
        plates, title=f"{name.value}: {_('Name plates')}", when=wanted.snapshot.published_at, language=wanted.language
    )


def _plates(wanted: Wanted) -> Iterator[Plate]:
    snapshot, language = wanted.snapshot, wanted.language
    if wanted.who == "room":
        yield from (_guest_plate(guest, language) for guest in guests(wanted.event, language, mode=Mode.IN_PERSON))
    elif wanted.who == "countries":
        delegates = guests(wanted.event, language, mode=Mode.IN_PERSON, categories=[Category.DELEGATE])
        for group in papers.groups(delegates, language):
            for country, members in group.parts:
                yield from (Plate(country or member.organisation, member.name, language=language) for member in members)
    elif wanted.who == "agenda":
        yield from (_speaker_plate(person, language) for person in _in_order(snapshot))
    else:
        yield from (_speaker_plate(person, language) for person in printed.speakers(snapshot, language))


def _in_order(snapshot: Snapshot) -> Iterator[Person]:
    """Speakers in the order in which they first appear, as they sit."""
    ordered = sorted(snapshot.live_sessions, key=lambda session: session.starts_at)
    uids = dict.fromkeys(each.person for session in ordered for each in appearances(session))
    yield from (snapshot.people[uid] for uid in uids if uid in snapshot.people)


def _speaker_plate(person: Person, language: str) -> Plate:
    latin = one_line(person.name_latin)
    return Plate(printed.full_name(person), latin, one_line(person.organisation), language)


def _guest_plate(guest: Guest, language: str) -> Plate:
    return Plate(
        one_line(f"{guest.honorific} {guest.name}"),
        guest.name_latin,
        printed.joined(guest.organisation, guest.country),
        language,
    )


MAKERS: Mapping[str, Maker] = {
    "door-signs": _door_signs,
    "run-sheet": _run_sheet,
    "order-of-the-day": _order_of_the_day,
    "signature-sheet": _signatures,
    "participants": _participants,
    "name-plates": _name_plates,
}
