"""What a kiosk does: it is paired, reads a code, says whose it is, prints the badge once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.audit import Actor, acting, record
from inser_events.badges import log
from inser_events.badges.errors import NoSuchLayout
from inser_events.badges.exports import Printing, badges_pdf
from inser_events.badges.faces import face_of
from inser_events.badges.layouts import Layout
from inser_events.badges.runs import published
from inser_events.badges.stock import USUAL, find_layout, layout_names, pictures_of, shift_of
from inser_events.checkin.checking import held_by
from inser_events.checkin.devices import hash_of
from inser_events.checkin.errors import NameMissing
from inser_events.checkin.kiosk_models import Kiosk
from inser_events.checkin.pairing import LONGEST_NAME, expiry
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.raster import page_png
from inser_events.documents.text import one_line
from inser_events.errors import NotFound, Refused
from inser_events.events.models import Event
from inser_events.events.queries import of_event
from inser_events.registration.models import Registration, State
from inser_events.web.filters import category_label, moment

DOTS_PER_MM = 400 / 25.4
"""400 dots to an inch: more than label printers have, and quick to send."""
LONGEST_CODE = 500


class NotPrinted(Refused):
    """No badge for this code now; the message is for whoever holds it."""

    title = "No badge"


class KioskClosed(Refused):
    """This machine is not, or no longer, a kiosk."""

    status = 401
    title = "Not a kiosk"

    def __init__(self) -> None:
        super().__init__(_("This kiosk is closed. Please ask the staff."))


@dataclass(frozen=True)
class Greeting:
    """Whose badge it is."""

    name: str
    organisation: str
    category: str


def layouts_for(event: Event) -> list[tuple[str, str]]:
    """Layouts with one badge to a sheet: a kiosk prints one at a time."""
    return [(name, words) for name, words in layout_names(event) if find_layout(event, name).per_page == 1]


def open_kiosk(event: Event, user: User | None, name: str, layout: str) -> tuple[Kiosk, str]:
    """Allow a machine to print badges; return it and its token, of which only a hash is kept. Raises NameMissing."""
    name = one_line(name)[:LONGEST_NAME]
    if not name:
        raise NameMissing
    find_layout(event, layout)
    token, opened = secrets.token_urlsafe(32), now()
    kiosk = Kiosk(
        event=event,
        name=name,
        layout=layout,
        token_hash=hash_of(token),
        created_at=opened,
        expires_at=expiry(event, opened),
    )
    db.session.add(kiosk)
    db.session.flush()  # the audit entry needs the id
    record("open kiosk", kiosk, event_id=event.id, after={"name": name, "by": user.email if user else ""})
    return kiosk, token


def close_kiosk(kiosk: Kiosk) -> None:
    """Take a machine its right to print."""
    if kiosk.revoked_at is None:
        kiosk.revoked_at = now()
        record("close kiosk", kiosk, event_id=kiosk.event_id, after={"name": kiosk.name})


def kiosks_of(event: Event) -> Sequence[Kiosk]:
    """The event's kiosks, the newest first."""
    mine = select(Kiosk).where(Kiosk.event_id == event.id)
    return db.session.scalars(mine.order_by(Kiosk.id.desc()).limit(50)).all()


def find_kiosk(event: Event, uid: str) -> Kiosk:
    """One of the event's kiosks. Raises NotFound."""
    return of_event(Kiosk, event, uid, NotFound(_("There is no such kiosk.")))


def kiosk_with(token: str) -> Kiosk:
    """The open kiosk that holds this token. Raises KioskClosed."""
    found = db.session.scalar(select(Kiosk).where(Kiosk.token_hash == hash_of(token))) if token else None
    if found is None or found.revoked_at is not None or now() >= found.expires_at:
        raise KioskClosed
    return found


def greet(kiosk: Kiosk, code: str) -> Greeting:
    """Say whose code it is, if a badge can be printed for it. Raises NotPrinted."""
    registration = _holder(kiosk, code)
    return Greeting(registration.name, registration.organisation, category_label(registration.category))


def _holder(kiosk: Kiosk, code: str, *, to_print: bool = False) -> Registration:
    held = held_by(code[:LONGEST_CODE])
    if held is None or held.registration.event_id != kiosk.event_id:
        raise NotPrinted(_("This is not a ticket of this event. Look for the code in the mail you got from us."))
    if held.revoked:
        raise NotPrinted(_("This is an old code. The code in our last mail to you works."))
    registration = held.registration
    if to_print:
        # Two kiosks at the same moment: the second waits here and then sees what the first has printed.
        db.session.scalar(select(Registration.id).where(Registration.id == registration.id).with_for_update())
    if registration.state == State.CANCELLED:
        raise NotPrinted(_("This registration was cancelled. Please ask the staff at the desk."))
    if registration.state != State.CONFIRMED:
        raise NotPrinted(_("This registration is not confirmed yet. Please ask the staff at the desk."))
    standing = log.standing_of(registration)
    if standing is not None:
        at = moment(standing.printed_at, kiosk.event.time_zone)
        raise NotPrinted(_("This badge was printed before (%(time)s). Please ask the staff at the desk.", time=at))
    return registration


def print_badge(kiosk: Kiosk, code: str) -> bytes:
    """Print a badge once: the sheet as PNG, and a line in the log. Raises NotPrinted."""
    registration = _holder(kiosk, code, to_print=True)
    layout = layout_of(kiosk)
    snapshot = published(kiosk.event)
    language = layout.language or snapshot.event.languages[0]
    body = badges_pdf(
        [face_of(registration, snapshot, language=layout.language)],
        layout,
        title=registration.name,
        when=now(),
        language=language,
        printing=Printing(shift=shift_of(kiosk.event_id, layout.name), pictures=pictures_of(layout)),
    )
    picture = page_png(body, width=round(layout.page[0] * DOTS_PER_MM))
    with acting(Actor(kiosk.name)):
        log.note(
            kiosk.event_id, [log.as_printed(registration)], at=now(), actor=kiosk.name, layout_name=layout.description
        )
        record("print badge at kiosk", registration, event_id=kiosk.event_id, after={"name": registration.name})
    kiosk.printed += 1
    kiosk.last_seen_at = now()
    return picture


def layout_of(kiosk: Kiosk) -> Layout:
    """The layout it prints on; A6 when that was removed. Only the front: nobody turns the sheet over."""
    try:
        layout = find_layout(kiosk.event, kiosk.layout)
    except NoSuchLayout:
        layout = find_layout(kiosk.event, USUAL)
    return msgspec.structs.replace(layout, is_duplex=False)
