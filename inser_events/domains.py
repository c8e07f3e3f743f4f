"""The domains the application is made of, in their order: each may import only those before it."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Select, select

from inser_events.accounts import commands as account_commands
from inser_events.accounts import security
from inser_events.accounts import views as account_views
from inser_events.agenda import (
    choice_views,
    live_views,
    paper_views,
    paste_views,
    release_views,
    restore_views,
    run_views,
    slot_views,
    speaker_desk,
    speaker_views,
)
from inser_events.agenda import commands as agenda_commands
from inser_events.agenda import front as agenda_front
from inser_events.agenda import manage_views as agenda_desk
from inser_events.agenda import views as agenda_views
from inser_events.agenda.importing import commands as agenda_import_commands
from inser_events.agenda.importing import views as agenda_import_views
from inser_events.agenda.overview import agenda_steps
from inser_events.agenda.snapshot import Snapshot
from inser_events.api import checkin as checkin_api
from inser_events.attendance import manage_views as letter_desk
from inser_events.attendance import views as attendance_views
from inser_events.badges import commands as badge_commands
from inser_events.badges import design_views as badge_design
from inser_events.badges import paper_views as badge_papers
from inser_events.badges import preview_views as badge_previews
from inser_events.badges import print_views as badge_print
from inser_events.badges import ticket_views as ticket_papers
from inser_events.badges import views as badge_views
from inser_events.badges import wallet as ticket_wallet
from inser_events.badges.exports import badges_pdf
from inser_events.badges.faces import face_of
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.log import forget as forget_badge_texts
from inser_events.badges.log import told as badges_printed
from inser_events.checkin import kiosk_views as checkin_kiosk
from inser_events.checkin import manage_views as checkin_desk
from inser_events.checkin import views as checkin_views
from inser_events.checkin.models import Presence, Scan
from inser_events.database import db
from inser_events.demo import commands as demo_commands
from inser_events.events import identity_views as event_looks
from inser_events.events import manage_views as event_desk
from inser_events.events import staff_views as event_staff
from inser_events.events import views as event_views
from inser_events.events.overview import add_steps
from inser_events.mail import Attachment
from inser_events.networks import commands as network_commands
from inser_events.networks import views as network_views
from inser_events.registration import (
    bulk_views,
    capacity_views,
    data_views,
    export_views,
    import_views,
    message_views,
    outbox_views,
    place_views,
    privacy_views,
    speaker_registration,
    statistics_views,
)
from inser_events.registration import commands as registration_commands
from inser_events.registration import manage_views as registration_desk
from inser_events.registration import question_views as form_designer
from inser_events.registration import updates as registration_updates
from inser_events.registration import views as registration_views
from inser_events.registration.audiences import know_presence
from inser_events.registration.message_letters import attach_with
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import also_erase, also_tell, plain
from inser_events.registration.queries import current_ticket
from inser_events.registration.replies import commands as reply_commands

ORDER = (
    "accounts",
    "people",
    "networks",
    "events",
    "agenda",
    "registration",
    "badges",
    "checkin",
    "attendance",
    "plenary",
)

PARTS = (
    security,
    account_views,
    account_commands,
    network_views,
    network_commands,
    event_views,
    event_desk,
    event_staff,
    event_looks,
    agenda_views,
    choice_views,
    agenda_desk,
    slot_views,
    speaker_desk,
    speaker_views,
    paper_views,
    paste_views,
    release_views,
    restore_views,
    run_views,
    live_views,
    agenda_commands,
    agenda_import_views,
    agenda_import_commands,
    agenda_front,
    registration_views,
    speaker_registration,
    registration_updates,
    registration_desk,
    form_designer,
    capacity_views,
    place_views,
    import_views,
    export_views,
    message_views,
    outbox_views,
    privacy_views,
    bulk_views,
    data_views,
    statistics_views,
    registration_commands,
    reply_commands,
    badge_views,
    badge_print,
    badge_design,
    badge_previews,
    ticket_papers,
    ticket_wallet,
    badge_papers,
    badge_commands,
    checkin_views,
    checkin_desk,
    checkin_kiosk,
    checkin_api,
    attendance_views,
    letter_desk,
    demo_commands,
)
"""Everything that adds pages or commands; each has ``init_app(app)``."""


def init_app(app: Flask) -> None:
    """Register the pages and commands of every domain."""
    for part in PARTS:
        part.init_app(app)
    add_steps(agenda_steps)
    attach_with("badge", _badge)
    know_presence(_who_came)
    also_tell("scans", _scans_of)
    also_tell("badges", badges_printed)
    also_erase(_forget_names_in_scans)
    also_erase(forget_badge_texts)


def _badge(registration: Registration, snapshot: Snapshot) -> Attachment:
    """The badge that travels with a message."""
    face, when = face_of(registration, snapshot), current_ticket(registration).issued_at
    body = badges_pdf([face], LAYOUTS["a6"], title=registration.name, when=when, language=snapshot.event.languages[0])
    return Attachment(f"{snapshot.event.slug}-badge.pdf", "application/pdf", body)


def _who_came() -> Select[int]:
    """Ids of the registrations of people whom a door has let in."""
    return select(Presence.registration_id).where(Presence.first_at.is_not(None))


def _scans_of(registration: Registration) -> list[dict[str, Any]]:
    """What the doors saw of a person."""
    mine = select(Scan).where(Scan.registration_id == registration.id).order_by(Scan.scanned_at)
    return [
        {"at": plain(scan.scanned_at), "direction": scan.direction, "outcome": scan.outcome}
        for scan in db.session.scalars(mine)
    ]


def _forget_names_in_scans(ids: Sequence[int]) -> None:
    """Take the person out of the answers that scans were given; who was inside is still known by number."""
    for scan in db.session.scalars(select(Scan).where(Scan.registration_id.in_(ids))):
        scan.result = json.dumps(json.loads(scan.result) | {"registration": None}, separators=(",", ":"))
        scan.ticket_text = ""
