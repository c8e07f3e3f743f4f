"""The domains the application is made of, in their order: each may import only those before it."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Select, select

from inser_events.accounts import commands as account_commands
from inser_events.accounts import safety_views, security
from inser_events.accounts import views as account_views
from inser_events.agenda import (
    biography_views,
    choice_views,
    document_views,
    ending_views,
    gap_views,
    grid_views,
    live_views,
    paper_views,
    paste_views,
    release_views,
    restore_views,
    run_views,
    slot_views,
    speaker_call_views,
    speaker_desk,
    speaker_views,
    step_views,
)
from inser_events.agenda import commands as agenda_commands
from inser_events.agenda import front as agenda_front
from inser_events.agenda import manage_views as agenda_desk
from inser_events.agenda import views as agenda_views
from inser_events.agenda.gap_views import translation_steps
from inser_events.agenda.gaps import also_look
from inser_events.agenda.importing import commands as agenda_import_commands
from inser_events.agenda.importing import views as agenda_import_views
from inser_events.agenda.overview import agenda_steps
from inser_events.agenda.public_links import add_links
from inser_events.agenda.snapshot import Snapshot
from inser_events.api import checkin as checkin_api
from inser_events.attendance import commands as attendance_commands
from inser_events.attendance import import_views as attendance_import
from inser_events.attendance import manage_views as letter_desk
from inser_events.attendance import offers as letter_offers
from inser_events.attendance import online
from inser_events.attendance import report_commands as attendance_report_commands
from inser_events.attendance import report_views as attendance_report
from inser_events.attendance import views as attendance_views
from inser_events.attendance.ways_in import note_way_in
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
from inser_events.checkin import checkpoint_views as checkin_doors
from inser_events.checkin import inbox_views as checkin_inbox
from inser_events.checkin import kiosk_views as checkin_kiosk
from inser_events.checkin import manage_views as checkin_desk
from inser_events.checkin import views as checkin_views
from inser_events.checkin.models import Presence, Scan
from inser_events.database import db
from inser_events.delegations import manage_views as delegation_desk
from inser_events.delegations import one_views as delegation_page
from inser_events.delegations import people_views as delegation_people
from inser_events.delegations import upload_views as delegation_upload
from inser_events.delegations import views as delegation_views
from inser_events.delegations.news import hear
from inser_events.delegations.operations import delegation_named
from inser_events.delegations.privacy import delegation_told, forget_contacts, forget_people, something_left
from inser_events.delegations.queries import names_by_key
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
    agenda_views as my_agenda,
)
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
    walk_in_views,
)
from inser_events.registration import commands as registration_commands
from inser_events.registration import manage_views as registration_desk
from inser_events.registration import question_views as form_designer
from inser_events.registration import updates as registration_updates
from inser_events.registration import views as registration_views
from inser_events.registration.audiences import know_presence
from inser_events.registration.duplicates import also_hand_over
from inser_events.registration.favourites import forget_stars, stars_of
from inser_events.registration.further_links import offer_holders, offer_registrars
from inser_events.registration.groups import find_groups_with, name_groups_with
from inser_events.registration.joining import tell_of_joining
from inser_events.registration.message_letters import attach_with
from inser_events.registration.models import Registration
from inser_events.registration.notices import tell_group_with
from inser_events.registration.personal_data import also_erase, also_tell, plain
from inser_events.registration.queries import current_ticket
from inser_events.registration.question_gaps import texts_of_questions
from inser_events.registration.replies import commands as reply_commands
from inser_events.registration.retention import also_forget
from inser_events.registration.speaker_data import forget_as_speakers, speaking_of

ORDER = (
    "accounts",
    "people",
    "networks",
    "events",
    "agenda",
    "registration",
    "delegations",
    "badges",
    "checkin",
    "attendance",
    "plenary",
)

PARTS = (
    security,
    account_views,
    safety_views,
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
    step_views,
    grid_views,
    slot_views,
    biography_views,
    speaker_desk,
    speaker_views,
    speaker_call_views,
    paper_views,
    document_views,
    paste_views,
    release_views,
    ending_views,
    restore_views,
    run_views,
    gap_views,
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
    my_agenda,
    import_views,
    export_views,
    message_views,
    outbox_views,
    privacy_views,
    bulk_views,
    data_views,
    statistics_views,
    walk_in_views,
    registration_commands,
    reply_commands,
    delegation_views,
    delegation_people,
    delegation_upload,
    delegation_desk,
    delegation_page,
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
    checkin_doors,
    checkin_inbox,
    checkin_kiosk,
    checkin_api,
    attendance_views,
    attendance_report,
    attendance_report_commands,
    letter_desk,
    attendance_import,
    attendance_commands,
    demo_commands,
)
"""Everything that adds pages or commands; each has ``init_app(app)``."""


def init_app(app: Flask) -> None:
    """Register the pages and commands of every domain."""
    for part in PARTS:
        part.init_app(app)
    add_steps(agenda_steps)
    add_steps(translation_steps)
    also_look(texts_of_questions)
    attach_with("badge", _badge)
    know_presence(_who_came)
    know_presence(online.online_ids)
    tell_of_joining(note_way_in)
    also_tell("online", online.told)
    also_erase(online.forget_people)
    also_forget(online.something_left, online.forget_event)
    also_hand_over(online.hand_over)
    also_tell("scans", _scans_of)
    also_tell("starred_sessions", stars_of)
    also_tell("speaking", speaking_of)
    also_tell("badges", badges_printed)
    also_erase(_forget_names_in_scans)
    also_erase(forget_stars)
    also_erase(forget_as_speakers)
    find_groups_with(delegation_named)
    tell_group_with(hear)
    name_groups_with(names_by_key)
    also_tell("delegations", delegation_told)
    also_erase(forget_people)
    also_forget(something_left, forget_contacts)
    also_erase(forget_badge_texts)
    add_links(privacy_views.list_links)
    offer_holders(letter_offers.for_holder)
    offer_registrars(letter_offers.for_registrar)


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
