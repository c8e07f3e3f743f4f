"""What a ticket holder can take along: a sheet to print, the code full-screen and offline, a picture of it."""

from collections.abc import Iterator

from flask import Blueprint, Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from inser_events.agenda.reading import event_url, programme_days
from inser_events.agenda.snapshot import Snapshot
from inser_events.badges.faces import face_of
from inser_events.badges.self_print import DAY, Panel, self_print_pdf
from inser_events.badges.wallet import signer
from inser_events.config import Settings
from inser_events.documents import qr
from inser_events.errors import NotFound
from inser_events.events.models import Mode
from inser_events.languages import INTERFACE, text_in
from inser_events.registration.models import Registration
from inser_events.registration.queries import badge_code, current_ticket
from inser_events.registration.views import holder, private
from inser_events.tokens import qr_text
from inser_events.web import workers
from inser_events.web.access import by_link, public
from inser_events.web.assets import asset
from inser_events.web.filters import clock_time, day

LARGE = 16
"""Pixels to a module: about 650 on a side, sharp on every phone and on paper."""
SHELL_FILES = (
    "bundle.css", "js/theme.js", "js/app.js", "js/show.js", "img/icons.svg",
    "vendor/fonts/source-sans-3/files/source-sans-3-latin-wght-normal.woff2",
    "vendor/fonts/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
)  # fmt: skip
blueprint = Blueprint("ticket_papers", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def _active(token: str) -> tuple[Registration, Snapshot]:
    registration, snapshot = holder(token)
    if not registration.active:
        raise NotFound(_("This registration was cancelled. It has no badge."))
    return registration, snapshot


def _code(registration: Registration) -> str:
    settings: Settings = current_app.extensions["settings"]
    return qr_text(settings.base_url, badge_code(registration))


@blueprint.get("/tickets/<token>/ticket.pdf")
@by_link
def sheet(token: str) -> ResponseReturnValue:
    """The sheet to print at home, in the language of the person."""
    registration, snapshot = _active(token)
    main = snapshot.event.languages[0]
    language = registration.language if registration.language in {*INTERFACE, *snapshot.event.languages} else main
    with force_locale(language):
        body = self_print_pdf(
            face_of(registration, snapshot, language=language),
            [_agenda(snapshot, language), _place(registration, snapshot, language), _folding()],
            title=registration.name,
            when=current_ticket(registration).issued_at,
            language=language,
        )
    response = private(body, "application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{snapshot.event.slug}-ticket.pdf"'
    return response


def _agenda(snapshot: Snapshot, language: str) -> Panel:
    settings: Settings = current_app.extensions["settings"]
    address = f"{event_url(settings.base_url, snapshot.event.slug)}/agenda"
    return Panel(_("Agenda"), list(_sessions(snapshot, language)), _("The latest agenda: %(address)s", address=address))


def _sessions(snapshot: Snapshot, language: str) -> Iterator[tuple[str, str]]:
    event = snapshot.event
    days = programme_days(snapshot.live_sessions, event.time_zone)
    rooms = {room.uid: text_in(room.name, [language, *event.languages]).value for room in snapshot.rooms}
    for on, sessions in days.items():
        if len(days) > 1:
            yield DAY, day(on)
        for session in sessions:
            times = f"{clock_time(session.starts_at, event.time_zone)}–{clock_time(session.ends_at, event.time_zone)}"
            title = text_in(session.title, [language, *event.languages]).value
            room = rooms.get(session.room or "", "") if len(rooms) > 1 else ""
            yield times, f"{title} · {room}" if room else title


def _place(registration: Registration, snapshot: Snapshot, language: str) -> Panel:
    event, languages = snapshot.event, [language, *snapshot.event.languages]
    lines: list[tuple[str, str]] = []
    venue = event.venue
    if venue and registration.mode == Mode.IN_PERSON:
        parts = (venue.name, {"": venue.address}, venue.city, venue.directions)
        lines += [("", text) for part in parts if (text := text_in(part, languages).value)]
        if venue.latitude is not None and venue.longitude is not None:
            lines.append(("", f"{venue.latitude:.5f}, {venue.longitude:.5f}"))
    if event.contact_email:
        lines.append(("", event.contact_email))
    return Panel(_("Where"), lines)


def _folding() -> Panel:
    steps = (
        _("Print this page on A4, at actual size."),
        _("Fold the lower half behind the upper half, then the right half behind the left."),
        _("Put it into a badge holder with the code to the front."),
        _("At the door, show the code. A phone that shows the same code does as well."),
    )
    return Panel(_("How to use this page"), [(f"{number}.", step) for number, step in enumerate(steps, start=1)])


@blueprint.get("/tickets/<token>/qr.png")
@by_link
def picture(token: str) -> ResponseReturnValue:
    """The code as a picture to save."""
    registration, snapshot = _active(token)
    response = private(qr.png(_code(registration), LARGE), "image/png")
    response.headers["Content-Disposition"] = f'attachment; filename="{snapshot.event.slug}-ticket.png"'
    return response


@blueprint.get("/tickets/<token>/show")
@by_link
def show(token: str) -> ResponseReturnValue:
    """The code over the whole screen, white and bright; kept by this phone for a place without a network."""
    registration, snapshot = holder(token)
    drawing = qr.svg(_code(registration), title=_("Ticket code")) if registration.active else ""
    page = render_template(
        "badges/show.html",
        registration=registration,
        snapshot=snapshot,
        badge_code=badge_code(registration),
        qr_svg=Markup(drawing),  # noqa: S704 — our own drawing
        ticket_url=f"/tickets/{token}",
        has_pass=signer() is not None,
    )
    return private(page)


@blueprint.get("/tickets/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """Keeps the full-screen tickets that were opened on this phone, and nothing else of anybody."""
    shell = [asset(path) for path in SHELL_FILES]
    return workers.service_worker("js/ticket-worker.js", shell, prefix="ticket-shell-", scope="/tickets/")
