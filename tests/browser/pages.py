"""An address for every page of the application, found by walking its map of routes.

A route with arguments needs to be told what to put there (`_values`), a route that answers with something else than a
page is named in NOT_PAGES with the reason; what is in neither fails a test, so that no new page is forgotten.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from inser_events.accounts.models import User
from inser_events.accounts.operations import find_user, password_link
from inser_events.agenda.models import Document, Item, Session, Slot, Speaker
from inser_events.agenda.speaker_invitations import link_for, token_of
from inser_events.attendance.models import LetterKind, LetterRun
from inser_events.attendance.operations import issue_letters
from inser_events.attendance.queries import verify_url
from inser_events.badges import designing
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.models import BadgeRun
from inser_events.checkin.models import Checkpoint
from inser_events.clock import now
from inser_events.database import Model, commit, db
from inser_events.delegations.queries import page_url
from inser_events.demo.loading import LAUNCH, SignIn
from inser_events.documents.tables import table_from
from inser_events.events.models import Event
from inser_events.registration import queries
from inser_events.registration.form_operations import QuestionData, add_question
from inser_events.registration.import_files import keep_table
from inser_events.registration.messages import MessageData, write_message
from inser_events.registration.models import Registration
from inser_events.registration.retention import change_settings
from inser_events.web.access import access_of
from tests.attendance.meetings_made import import_stays, people, stay
from tests.delegations.factories import make_delegation, name_people, nominee

PLENARY, WORKSHOP = "gsp-plenary", "sample-workshop"
KEY = "0123456789abcdef"
NOT_PAGES = {
    "checkin_api.snapshot": "for devices",
    "openapi.openapi": "for programs",
    "health.healthz": "for machines",
    "health.readyz": "for machines",
    "health.metrics": "for machines",
    "registration.join": "leads to the call",
    "networks.join": "leads to the network’s own form",
    "exports.export": "a file",
    "assets.file": "a file",
    "identity.file": "a file",
    "desk.sent_file": "a file",
    "speaker.slides": "a file",
    "speaker_desk.slides": "a file",
    "documents.public_file": "a file",
    "documents.draft_file": "a file",
    "delegation.own_letter": "a file",
    "delegation_page.read_letter": "a file",
    "checkin_api.photo": "for devices",
    "security.two_factor_setup": "a step of signing in",
    "security.two_factor_token_validation": "a step of signing in",
    "security.mf_recovery": "a step of signing in",
    "security.tf_select": "a step of signing in",
    "security.two_factor_rescue": "ours instead",
    "security.mf_recovery_codes": "ours instead",
    "security.wan_delete": "ours instead",
    "security.wan_register": "for the module of passkeys",
}
WITHOUT_SIGN_IN = {"security.login", "security.forgot_password", "security.reset_password", "security.wan_signin"}


class Shown(NamedTuple):
    """A page and whether it is behind the sign-in."""

    address: str
    signed_in: bool


class Unknown(AssertionError):
    """The demo is not as it should be."""


def pages_of(app: Flask, account: SignIn) -> tuple[list[Shown], list[str]]:
    """Every page, in the order of addresses; the rules that nobody said how to open.

    Makes the few things that the demo does not have.
    """
    given = {endpoint: {"slug": LAUNCH, **values} for endpoint, values in _values(app, account)}
    pages, forgotten = [], []
    for rule in filter(_is_page, app.url_map.iter_rules()):
        values = given.get(rule.endpoint, {"slug": LAUNCH})
        if rule.arguments <= values.keys():
            pages.append(_shown(app, rule, values))
        else:
            forgotten.append(rule.rule)
    return sorted(pages), sorted(forgotten)


def _is_page(rule: Rule) -> bool:
    has_ending = "." in rule.rule.rpartition("/")[2]
    return "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES and not has_ending


def _shown(app: Flask, rule: Rule, values: Mapping[str, object]) -> Shown:
    with app.test_request_context():
        built = rule.build({name: values[name] for name in rule.arguments})
    access = access_of(app.view_functions[rule.endpoint])
    return Shown((built or ("", ""))[1], access not in {"public", "link"} and rule.endpoint not in WITHOUT_SIGN_IN)


def _values(app: Flask, account: SignIn) -> Iterator[tuple[str, dict[str, object]]]:
    launch, plenary = (db.session.scalars(select(Event).where(Event.slug == slug)).one() for slug in (LAUNCH, PLENARY))
    registration = db.session.scalars(select(Registration).where(Registration.event_id == launch.id)).first()
    user = find_user(account.email)
    if registration is None or user is None:
        msg = "the demo is not loaded"
        raise Unknown(msg)
    yield from _of_agenda(launch, plenary)
    yield from _of_people(launch, registration, user)
    yield from _of_letters(launch, registration)
    yield from _of_badges(launch)
    yield from _of_delegations()
    commit()
    yield from _of_uploads(app, account)
    yield "manage.texts", {"language": "fr"}
    yield "restore.restore", {"number": 1}
    yield "events.network", {"slug": "inser"}


def _first(model: type[Model], event: Event) -> str:
    return str(db.session.scalars(select(model).filter_by(event_id=event.id)).first().uid)  # type: ignore[union-attr] # the demo has one of each


def _of_agenda(launch: Event, plenary: Event) -> Iterator[tuple[str, dict[str, object]]]:
    speaker = db.session.scalars(select(Speaker).join(Session).where(Session.event_id == launch.id)).first()
    slot = db.session.scalars(select(Slot).join(Session).where(Session.event_id == launch.id)).first()
    if speaker is None or slot is None:
        msg = "the demo has no speakers"
        raise Unknown(msg)
    session = _first(Session, launch)
    yield "manage_agenda.session", {"uid": session}
    yield "manage_agenda.edit_session", {"uid": session}
    yield "manage_slots.add_speaker", {"place": "sessions", "uid": session}
    yield "manage_slots.edit_slot", {"uid": slot.uid}
    yield "manage_slots.edit_speaker", {"uid": speaker.uid}
    yield "manage_papers.items", {"slug": PLENARY}
    yield "manage_papers.new", {"slug": PLENARY, "sort": "items"}
    yield "manage_papers.edit", {"slug": PLENARY, "sort": "items", "uid": _first(Item, plenary)}
    yield "documents.files", {"slug": PLENARY, "uid": _first(Document, plenary)}
    yield "speaker.page", {"token": token_of(link_for(launch, speaker.person, at=now()))}
    yield "biographies.edit", {"uid": speaker.person.uid}
    yield "manage_staff.room", {"uid": launch.rooms[0].uid}


def _of_people(event: Event, registration: Registration, user: User) -> Iterator[tuple[str, dict[str, object]]]:
    link, code = queries.link_of(registration), queries.badge_code(registration)
    for endpoint in ("ticket", "cancel", "edit", "mode"):
        yield f"registration.{endpoint}", {"token": link}
    for endpoint in ("data.own", "data.own_erasure", "places.sessions", "my_agenda.page", "ticket_papers.show"):
        yield endpoint, {"token": link}
    for endpoint in ("desk.one", "desk.edit", "data.of_one", "badge_print.person"):
        yield endpoint, {"uid": registration.uid}
    yield "checkin.badge", {"code": code.rpartition("/")[2]}
    yield "checkin.check", {"code": code.rpartition("/")[2]}
    yield "doors.change", {"uid": _first(Checkpoint, event)}
    yield "security.reset_password", {"token": password_link(user).rpartition("/")[2]}
    options = [("", {"en": "Fish"}), ("", {"en": "Rice"})]
    change_settings(event, list_public=True, retain_until=None)
    meeting = import_stays(event, stay("Somebody Else", row=2), stay(registration.name, registration.email, row=3))
    yield "attendance_import.show", {"uid": meeting.uid}
    yield "attendance_import.find_person", {"uid": meeting.uid, "number": people(meeting)[0].id}
    yield "attendance_report.person", {"uid": registration.uid}
    question = add_question(event, QuestionData(kind="choice", label={"en": "Meal"}, options=options), at=now())
    yield "form_designer.change", {"uid": question.uid}
    message = write_message(
        event, MessageData(subject={"en": "News"}, body={"en": "Come early."}), author=user.email, at=now()
    )
    yield "messages.one", {"uid": message.uid}
    yield "messages.edit", {"uid": message.uid}


def _of_letters(event: Event, registration: Registration) -> Iterator[tuple[str, dict[str, object]]]:
    letter = issue_letters(event, [registration], LetterKind.INVITATION, at=now())[0]
    yield "letters.edit", {"kind": "invitation"}
    yield "attendance.verify", {"token": verify_url(letter).rpartition("/")[2]}
    run = LetterRun(event_id=event.id, kind=LetterKind.CERTIFICATE, total=3, started_at=now(), touched_at=now())
    db.session.add(run)
    db.session.flush()  # the page is found by what the database gives it
    yield "letters.progress", {"uid": run.uid}


def _of_badges(event: Event) -> Iterator[tuple[str, dict[str, object]]]:
    own = designing.create(event, "Our own", LAYOUTS["a6"], 0)
    yield "badge_design.design", {"uid": own.uid}
    run = BadgeRun(event_id=event.id, layout="a6", layout_name="A6", total=3, created_at=now())
    db.session.add(run)
    db.session.flush()  # the page is found by what the database gives it
    yield "badge_print.run", {"uid": run.uid}


def _of_delegations() -> Iterator[tuple[str, dict[str, object]]]:
    """A focal point's pages, in an event that is still to come."""
    event = db.session.scalars(select(Event).where(Event.slug == WORKSHOP)).one()
    delegation = make_delegation(event)
    (head,) = name_people(delegation, nominee("head"))
    token = page_url(delegation).rpartition("/")[2]
    for endpoint in ("delegation_page.one", "delegation_desk.edit"):
        yield endpoint, {"slug": WORKSHOP, "uid": delegation.uid}
    for endpoint in ("delegation.page", "delegation_upload.upload"):
        yield endpoint, {"token": token}
    for endpoint in ("delegates.one", "delegates.correct", "delegates.replace"):
        yield endpoint, {"token": token, "uid": head.uid}
    table = table_from(b"Family name,E-mail\nBenali,new.delegate@example.org\n", "people.csv")
    keep_table(current_app.extensions["settings"], f"{delegation.uid}-{KEY}", table)
    yield "delegation_upload.preview", {"token": token, "key": KEY}


def _of_uploads(app: Flask, account: SignIn) -> Iterator[tuple[str, dict[str, object]]]:
    """Files that wait to be looked through."""
    client = app.test_client()
    client.post("/login", data={"email": account.email, "password": account.password})
    schedule = client.get(f"/events/{LAUNCH}/schedule.json").data
    people = b"Family name,E-mail\nBenali,new.person@example.org\n,broken\n"
    answer = _sent(client, "/manage/import", "schedule.json", schedule)
    yield "agenda_import.create", {"token": answer.location.rpartition("/")[2]}
    answer = _sent(client, f"/manage/{LAUNCH}/agenda/import", "schedule.json", schedule)
    yield "agenda_import.apply", {"token": answer.location.rpartition("/")[2]}
    answer = _sent(client, f"/manage/{LAUNCH}/import", "people.csv", people)
    yield "imports.preview", {"uid": answer.location.rpartition("/")[2]}


def _sent(client: FlaskClient, address: str, name: str, content: bytes) -> TestResponse:
    return client.post(address, data={"file": (BytesIO(content), name)}, content_type="multipart/form-data")
