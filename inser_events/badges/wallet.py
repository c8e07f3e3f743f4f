"""Passes for Apple's Wallet: offered only where an organiser's certificate is installed.

Google's needs an account and a network to be of use, so it is not offered.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, pgettext
from flask_babel import gettext as _

from inser_events.agenda.reading import span
from inser_events.agenda.snapshot import Snapshot
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.documents.passes import MEDIA_TYPE, Line, Pass, Signer, UnusableCertificate, pkpass, signer_from
from inser_events.errors import NotFound
from inser_events.events.models import Mode
from inser_events.languages import text_in
from inser_events.registration.models import Registration
from inser_events.registration.queries import badge_code, current_ticket
from inser_events.registration.views import holder, private
from inser_events.tokens import grouped, qr_text
from inser_events.web.access import by_link
from inser_events.web.filters import category_label, date_range

FILES = ("certificate.pem", "key.pem", "above.pem")
LARGEST = 100_000
blueprint = Blueprint("wallet", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _folder() -> Path:
    return _settings().instance / "wallet"


def signer() -> Signer | None:
    """What signs passes here; None where nothing is installed, or its time is over."""
    try:
        found = signer_from(*((_folder() / name).read_bytes() for name in FILES))
    except (OSError, UnusableCertificate):
        return None
    return found if found.is_valid_at(now()) else None


@blueprint.get("/tickets/<token>/ticket.pkpass")
@by_link
def one(token: str) -> ResponseReturnValue:
    """The ticket for a phone's wallet."""
    registration, snapshot = holder(token)
    signs = signer()
    if signs is None or not registration.active:
        raise NotFound(_("There is no pass for this ticket."))
    response = private(pkpass(_pass(registration, snapshot), signs), MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{snapshot.event.slug}.pkpass"'
    return response


def _pass(registration: Registration, snapshot: Snapshot) -> Pass:
    event, code = snapshot.event, badge_code(registration)
    languages = [registration.language, *event.languages]
    zone = ZoneInfo(event.time_zone)
    starts_at, ends_at = span(snapshot) or (now(), now())
    name = text_in(event.name, languages).value
    with force_locale(languages[0]):
        venue = event.venue
        more = [Line("category", _("Category"), category_label(registration.category))]
        if venue and registration.mode == Mode.IN_PERSON:
            where = ", ".join(
                part for part in (text_in(venue.name, languages).value, text_in(venue.city, languages).value) if part
            )
            more.append(Line("where", _("Where"), where))
        more.append(Line("event", _("Event"), name))
        head = [Line("when", _("When"), date_range(event.starts_on, event.ends_on))]
        main = [Line("name", pgettext("person", "Name"), registration.name)]
    return Pass(
        serial=f"{registration.uid}-{current_ticket(registration).id}",
        organisation=text_in(event.organiser, languages).value or name,
        description=name,
        code=qr_text(_settings().base_url, code),
        spoken=grouped(code),
        starts_at=starts_at.astimezone(zone),
        ends_at=ends_at.astimezone(zone),
        head=head,
        main=main,
        more=more,
        place=(venue.latitude, venue.longitude)
        if venue and venue.latitude is not None and venue.longitude is not None
        else None,
    )


@click.command("wallet")
@click.argument("certificate", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.argument("key", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.argument("above", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def wallet_command(certificate: Path, key: Path, above: Path) -> None:
    """Offer tickets for Apple's Wallet: CERTIFICATE and KEY of a pass type, and Apple's certificate ABOVE it (PEM)."""
    contents = [path.read_bytes()[:LARGEST] for path in (certificate, key, above)]
    try:
        found = signer_from(*contents)
    except UnusableCertificate as error:
        raise click.UsageError(str(error)) from error
    if not found.is_valid_at(now()):
        raise click.UsageError("This certificate is not valid today.")
    _folder().mkdir(parents=True, exist_ok=True)
    _folder().chmod(0o700)
    for name, content in zip(FILES, contents, strict=True):
        path = _folder() / name
        path.touch(mode=0o600)
        path.write_bytes(content)
    click.echo(f"Tickets can be added to Apple Wallet as {found.pass_type}.")


def init_app(app: Flask) -> None:
    """Register the page and the command."""
    app.register_blueprint(blueprint)
    app.cli.add_command(wallet_command)
