"""What is on a badge, from a registration and what its event has published."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from inser_events.agenda.snapshot import Snapshot
from inser_events.badges.face import Face
from inser_events.config import Settings
from inser_events.database import db
from inser_events.delegations.models import Delegate, DelegationKind
from inser_events.delegations.names import name_of, role_words
from inser_events.delegations.queries import delegates_by_registration
from inser_events.events.identity import folder, look_of
from inser_events.events.models import Event
from inser_events.languages import text_in
from inser_events.people.countries import country_name
from inser_events.registration.models import Registration, State
from inser_events.registration.queries import badge_code
from inser_events.tokens import grouped, qr_text
from inser_events.web.filters import category_label, date_range, mode_label

AT_ONCE = 200


class Marks(NamedTuple):
    """An event's own logo and colours, read once for a whole run."""

    logo: bytes = b""
    colours: tuple[str, ...] = ()


def marks_of(event_id: int) -> Marks:
    """What an event's badges carry of its looks; a logo that is gone is left out."""
    look = look_of(event_id)
    path = folder() / look.logo
    logo = path.read_bytes() if look.logo and path.is_file() else b""
    return Marks(logo, tuple(colour.removeprefix("#") for colour in (look.primary, look.secondary) if colour))


def face_of(
    registration: Registration,
    snapshot: Snapshot,
    marks: Marks | None = None,
    language: str = "",
    delegate: Delegate | None = None,
) -> Face:
    """The badge of one person, in the event's main language unless told otherwise; with their delegation and role."""
    if delegate is None and registration.group_key:
        delegate = db.session.get(Delegate, registration.id)
    marks = marks if marks is not None else marks_of(registration.event_id)
    settings: Settings = current_app.extensions["settings"]
    event = snapshot.event
    language = language or (event.languages[0] if event.languages else "en")
    languages = [language, *event.languages]
    code = badge_code(registration)
    with force_locale(language):
        city = text_in(event.venue.city, languages).value if event.venue else ""
        when = date_range(event.starts_on, event.ends_on)
        country = country_name(registration.country, language) if registration.country else ""
        return Face(
            name=registration.name,
            name_latin=registration.name_latin,
            honorific=registration.honorific,
            **_standing(registration, delegate, country, language),
            event_name=text_in(event.name, languages).value,
            event_place_date=f"{city} · {when}" if city else when,
            category=category_label(registration.category),
            category_colour=registration.category,
            mode=mode_label(registration.mode),
            qr_text=qr_text(settings.base_url, code),
            code=grouped(code),
            language=registration.language,
            alt=_("QR code of this badge"),
            logo_alt=_("Logo of %(event)s", event=text_in(event.name, languages).value) if marks.logo else "",
            logo=marks.logo,
            colours=marks.colours,
        )


def _standing(registration: Registration, delegate: Delegate | None, country: str, language: str) -> dict[str, str]:
    """What stands beneath the name: role and position, organisation, country."""
    title, organisation = registration.job_title, registration.organisation
    if delegate is not None and not delegate.asked:
        title = " · ".join(text for text in (role_words()[delegate.role], title) if text)
        name = name_of(delegate.delegation, language)
        if delegate.delegation.kind == DelegationKind.MEMBER:
            country = name
        else:
            organisation = organisation or name
    return {"job_title": title, "organisation": organisation, "country": country}


def faces(event: Event, snapshot: Snapshot, *, offset: int = 0, limit: int | None = None) -> Iterator[Face]:
    """The badges of everyone confirmed, by family name; never all registrations in memory at once."""
    marks = marks_of(event.id)
    return (face_of(one, snapshot, marks, delegate=delegate) for one, delegate in _confirmed(event, offset, limit))


def faces_of(registrations: Iterable[Registration], snapshot: Snapshot, language: str = "") -> Iterator[Face]:
    """The badges of these people."""
    marks: Marks | None = None
    for registration in registrations:
        marks = marks if marks is not None else marks_of(registration.event_id)
        yield face_of(registration, snapshot, marks, language)


def confirmed_count(event: Event) -> int:
    """How many badges there are to print."""
    confirmed = select(func.count()).where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
    return db.session.scalar(confirmed) or 0


def _confirmed(event: Event, offset: int, limit: int | None) -> Iterable[tuple[Registration, Delegate | None]]:
    confirmed = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
        .order_by(Registration.family_name, Registration.given_name, Registration.id)
        .options(selectinload(Registration.tickets))
    )
    done = 0
    while limit is None or done < limit:
        size = AT_ONCE if limit is None else min(AT_ONCE, limit - done)
        rows = db.session.scalars(confirmed.offset(offset + done).limit(size)).all()
        delegates = delegates_by_registration([row.id for row in rows if row.group_key])
        yield from ((row, delegates.get(row.id)) for row in rows)
        done += len(rows)
        if len(rows) < size:
            return
        # What was printed is no longer needed; ten thousand people would fill the memory.
        for row in rows:
            db.session.expunge(row)
