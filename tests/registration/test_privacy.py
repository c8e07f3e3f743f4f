"""Privacy: versions of the notice, one person's data, erasure, the public list, forgetting in time."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inser_events import jobs
from inser_events.accounts.models import User
from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at, now
from inser_events.database import commit, db
from inser_events.events.models import Event, Seats, TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import listed as listing
from inser_events.registration import operations, parties, queries, retention
from inser_events.registration.form_models import Answer, Question, Upload, Wording
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from inser_events.registration.personal_data import NOBODY, data_of, erase_person
from inser_events.registration.privacy_models import PrivacyText
from inser_events.registration.privacy_texts import (
    USUAL_VERSION,
    NoticeMissing,
    agreed_version,
    notice_for,
    settings_of,
    write_text,
)
from inser_events.registration.retention import TooEarly, change_settings
from inser_events.registration.uploads import folder
from inser_events.web.filters import moment
from tests.factories import make_member, make_user, soon
from tests.registration.factories import make_open_event, someone

DETAILS = {
    "honorific": "Professor",
    "given_name": "Aminatou",
    "family_name": "Benali",
    "name_latin": "Ben Ali",
    "email": "amina@example.org",
    "phone": "+212 5 37 11 22 33",
    "organisation": "Institute of Soils",
    "gender": "woman",
}
SECRET = (*DETAILS.values(), "Director", "vegetarian", "passport.pdf")
"""What must be found nowhere after an erasure."""


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=1)


@pytest.fixture
def editor(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.EDITOR)
    return sign_in(user)


def amina(event: Event, **values: Any) -> Registration:
    """Somebody with everything there can be: answers, a file, mails, a history."""
    values = {**DETAILS, **values}
    person = operations.register(event, someone(**values), at=now())
    operations.correct_details(person, {"job_title": "Director Benali", "email": "amina.b@example.org"})
    operations.correct_details(person, {"email": values["email"]})
    for kind, label, value in (("text", "Diet", "vegetarian"), ("file", "Passport", "some-uid")):
        question = Question(event_id=event.id, kind=kind)
        question.wordings = [Wording(label={"en": label}, worded_at=now())]
        db.session.add(question)
        db.session.flush()
        answer = Answer(
            registration_id=person.id,
            question_id=question.id,
            wording_id=question.wording.id,
            value=value,
            answered_at=now(),
        )
        db.session.add(answer)
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / f"stored-{person.id}").write_bytes(b"scan of a passport")
    upload = Upload(
        uid=f"some-uid-{person.id}",
        registration_id=person.id,
        stored_name=f"stored-{person.id}",
        filename="passport.pdf",
        media_type="application/pdf",
        size=18,
        received_at=now(),
    )
    db.session.add(upload)
    db.session.flush()
    return person


def everything() -> str:
    """Every text of the tables that may hold personal data."""
    db.session.expire_all()
    tables = (Registration, Answer, Upload, OutboxMail, AuditEntry)
    rows = [row for table in tables for row in db.session.execute(select(*table.__table__.columns)).all()]
    return repr(rows)


def found() -> list[str]:
    text = everything()
    return [word for word in SECRET if word in text]


# The notice


def test_without_a_text_of_ones_own_the_usual_version_is_agreed_to(event: Event) -> None:
    assert (agreed_version(event), notice_for(event, ["en"]).version) == (USUAL_VERSION, USUAL_VERSION)


def test_every_change_makes_a_version_and_old_ones_stay(event: Event) -> None:
    for text in ("First.", "Second.", "Second."):
        write_text(event, {"en": text, "fr": ""}, {"en": "I agree."}, author="a", at=now())
    versions = [notice_for(event, ["fr", "en"], version).notice for version in ("1", "2", "", "nonsense")]
    assert (agreed_version(event), versions[:3], len(db.session.scalars(select(PrivacyText)).all())) == (
        "2",
        ["First.", "Second.", "Second."],
        2,
    )


def test_each_is_told_the_wording_they_agreed_to(event: Event) -> None:
    write_text(event, {"en": "First."}, {"en": "I agree to the first."}, author="a", at=now())
    person = operations.register(event, someone(privacy_version=agreed_version(event)), at=now())
    write_text(event, {"en": "Second."}, {"en": "I agree to the second."}, author="a", at=now())
    told = data_of(person, at=now())["agreed_to"]
    assert told == {"version": "1", "notice": "First.", "consent": "I agree to the first."}


def test_a_notice_needs_the_main_language(event: Event) -> None:
    with pytest.raises(NoticeMissing):
        write_text(event, {"fr": "Avis"}, {}, author="a", at=now())


def test_the_notice_is_public_in_each_version(client: FlaskClient, event: Event) -> None:
    write_text(event, {"en": "We keep <b>little</b>."}, {}, author="a", at=now())
    page = client.get(f"/events/{event.slug}/privacy").get_data(as_text=True)
    assert "We keep &lt;b&gt;little&lt;/b&gt;." in page
    assert client.get(f"/events/{event.slug}/privacy?version=99").status_code == 200


# The public list


def test_the_list_is_hidden_until_it_is_switched_on(client: FlaskClient, event: Event) -> None:
    assert client.get(f"/events/{event.slug}/participants").status_code == 404
    change_settings(event, list_public=True, retain_until=None)
    assert client.get(f"/events/{event.slug}/participants").status_code == 200


def test_the_events_page_leads_to_the_list_while_it_is_public(client: FlaskClient, event: Event) -> None:
    pages = []
    for public in (False, True, False):
        change_settings(event, list_public=public, retain_until=None)
        page = client.get(f"/events/{event.slug}").get_data(as_text=True)
        pages.append(page.count(f'href="/events/{event.slug}/participants"'))
    assert pages == [0, 1, 0]


def test_only_confirmed_people_who_agreed_are_listed_without_address(client: FlaskClient, event: Event) -> None:
    change_settings(event, list_public=True, retain_until=None)
    operations.register(event, someone(family_name="Silent"), at=now())
    operations.register(event, someone(family_name="Waiting", listed=True), at=now())
    operations.register(
        event, someone(family_name="Named", listed=True, mode="online", email="n@example.org"), at=now()
    )
    page = client.get(f"/events/{event.slug}/participants").get_data(as_text=True)
    assert [word in page for word in ("Named", "Silent", "Waiting", "n@example.org")] == [True, False, False, False]


def names_on(client: FlaskClient, address: str) -> list[str]:
    return re.findall(r'<th scope="row"><bdi>(.*?)</bdi>', client.get(address).get_data(as_text=True))


@pytest.fixture
def listed(event: Event) -> list[str]:
    """People who agreed to be named, in the order of an English alphabet."""
    change_settings(event, list_public=True, retain_until=None)
    for family in ("de Vries", "Zhao", "Élodie", "Edel", "van Dam"):
        operations.register(event, someone(given_name="", family_name=family, listed=True, mode="online"), at=now())
    return ["de Vries", "Edel", "Élodie", "van Dam", "Zhao"]


def test_the_list_is_in_the_order_of_the_alphabet(client: FlaskClient, event: Event, listed: list[str]) -> None:
    assert names_on(client, f"/events/{event.slug}/participants") == listed


@pytest.mark.parametrize("most", [5, 4])
def test_every_name_is_on_one_page_whoever_puts_them_in_order(
    client: FlaskClient, event: Event, listed: list[str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(listing, "MOST_IN_ORDER", most)
    pages = [names_on(client, f"/events/{event.slug}/participants?page={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(name for page in pages for name in page) == sorted(listed)
    assert names_on(client, f"/events/{event.slug}/participants?page=99") == pages[2]


# One person's data


def test_whoever_agreed_to_be_listed_can_take_it_back(client: FlaskClient, event: Event) -> None:
    change_settings(event, list_public=True, retain_until=None)
    person = operations.register(event, someone(family_name="Benali", listed=True), at=now())
    page, link = f"/events/{event.slug}/participants", f"/tickets/{queries.link_of(person)}/edit"
    details = {"family_name": "Benali", "email": person.email, "language": "en"}
    seen = []
    for consent in ({}, {"list_consent": "y"}):
        assert client.post(link, data=details | consent).status_code == 303
        seen.append("Benali" in client.get(page).get_data(as_text=True))
    assert seen == [False, True]
    box = re.search(r'<input[^>]*name="list_consent"[^>]*>', client.get(link).get_data(as_text=True))
    assert box is not None
    assert " checked" in box[0]


def test_a_registrar_who_corrects_somebody_leaves_their_consent(event: Event, editor: FlaskClient) -> None:
    person = operations.register(event, someone(listed=True), at=now())
    details = {"family_name": "Benali", "email": person.email, "language": "en"}
    answer = editor.post(f"/manage/{event.slug}/registrations/{person.uid}/edit", data=details)
    assert (answer.status_code, person.family_name, person.listed) == (303, "Benali", True)


def test_a_person_is_told_everything(event: Event) -> None:
    data = data_of(amina(event, privacy_version=USUAL_VERSION), at=now())
    assert data["registration"]["email"] == "amina@example.org"
    assert data["answers"][0] == {"question": "Diet", "answer": "vegetarian"}
    assert (len(data["mails"]), len(data["history"]), len(data["tickets"]), data["files"][0]["name"]) == (
        3,
        3,
        1,
        "passport.pdf",
    )
    assert (data["agreed_to"]["version"], data["scans"]) == (USUAL_VERSION, [])


def test_ones_data_as_json_and_pdf_behind_ones_link(client: FlaskClient, event: Event) -> None:
    person = amina(event, given_name="Zoë", family_name="بنعلي", privacy_version=USUAL_VERSION)
    link = f"/tickets/{queries.link_of(person)}/data"
    assert client.get(link).status_code == 200
    told = client.post(link, data={"format": "json"})
    assert (json.loads(told.get_data())["registration"]["given_name"], told.headers["Cache-Control"]) == (
        "Zoë",
        "no-store",
    )
    paper = client.post(link, data={"format": "pdf"}).get_data()
    pages = pypdfium2.PdfDocument(paper)
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    pages.close()
    text = " ".join(text.split())
    assert "amina@example.org" in text
    assert "Takes part In person" in text
    assert "State Confirmed" in text
    assert f"Registered on {moment(person.created_at, event.time_zone)}" in text
    assert "They are erased when they are no longer needed for this event." in text
    assert re.findall(r"in_person|\d{4}-\d\d-\d\d|—", text) == []
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "export personal data")).all()
    assert len(actions) == 2


def test_the_registrar_can_export_and_erase_and_both_are_in_the_history(event: Event, editor: FlaskClient) -> None:
    person = amina(event)
    address = f"/manage/{event.slug}/registrations/{person.uid}"
    assert editor.get(f"{address}/data").status_code == 200
    assert editor.post(f"{address}/data", data={"format": "json"}).mimetype == "application/json"
    editor.post(f"{address}/erase")
    assert editor.get(f"{address}/data").status_code == 200
    acts = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert list(acts[-3:]) == ["export personal data", "cancel registration", "erase person"]


# Erasure


def test_after_an_erasure_nothing_is_found_and_the_number_is_kept(event: Event, tmp_path: Path) -> None:
    person = amina(event)
    assert found() == list(SECRET)
    numbers = erase_person(person, at=now())
    assert (found(), numbers) == ([], {"people": 1, "answers": 2, "files": 1, "mails": 3})
    commit()
    assert list((tmp_path / "uploads" / "answers").iterdir()) == []
    assert (person.state, person.mode, person.family_name) == ("cancelled", "in_person", NOBODY)


def test_what_a_person_cancelled_before_is_erased_with_the_rest(event: Event) -> None:
    earlier = operations.register(event, someone(email="Zora@example.org", family_name="Benali"), at=now())
    operations.cancel_registration(earlier, at=now())
    other = operations.register(event, someone(family_name="Idrissi"), at=now())
    later = operations.register(event, someone(email="zora@example.org", family_name="Benali"), at=now())
    erase_person(later, at=now())
    names = db.session.scalars(select(Registration.family_name).order_by(Registration.id)).all()
    assert names == [NOBODY, other.family_name, NOBODY]


@pytest.mark.parametrize("leaving", ["replaced", "replacing"])
def test_the_history_of_the_other_forgets_who_was_replaced(event: Event, leaving: str) -> None:
    old = operations.register(event, someone(given_name="Amina", family_name="Benali"), at=now())
    new = parties.replace_person(old, Entry(someone(given_name="Yusuf", family_name="Idrissi")), at=now())
    operations.correct_details(new, {"family_name": "Alaoui"})
    erase_person(old if leaving == "replaced" else new, at=now())
    said = json.dumps([[entry.before, entry.after] for entry in db.session.scalars(select(AuditEntry))])
    gone = {"replaced": "Benali", "replacing": "Idrissi"}[leaving]
    assert gone not in said


def test_who_has_no_address_gives_up_their_seat_with_their_data(event: Event) -> None:
    entry = Entry(someone(email="", mode="in_person"))
    [registration] = parties.register_together(event, [entry], at=now(), by_staff=True)
    erase_person(registration, at=now())
    taken = db.session.scalar(select(Seats.taken).where(Seats.event_id == event.id, Seats.mode == "in_person"))
    assert (registration.state, taken) == ("cancelled", 0)


def test_a_cancelled_ticket_still_leads_to_ones_data(client: FlaskClient, event: Event) -> None:
    registration = amina(event)
    link = f"/tickets/{queries.link_of(registration)}"
    operations.cancel_registration(registration, at=now())
    commit()
    assert f'href="{link}/data"' in client.get(link).get_data(as_text=True)
    assert client.post(f"{link}/erase").status_code == 200
    assert registration.family_name == NOBODY


def test_erasing_twice_finds_nothing_more(event: Event) -> None:
    person = amina(event)
    erase_person(person, at=now())
    assert erase_person(person, at=now()) == {"people": 0, "answers": 0, "files": 0, "mails": 0}


def test_erasing_gives_the_seat_to_the_next_and_mails_only_them(app: Flask, event: Event, tmp_path: Path) -> None:
    person = amina(event)
    waiting = operations.register(event, someone(email="next@example.org"), at=now(), notify=False)
    erase_person(person, at=now())
    commit()
    jobs.run_waiting(app)
    seats = db.session.execute(select(Seats.taken, Seats.waiting).where(Seats.mode == "in_person")).one()
    assert (waiting.state, tuple(seats)) == ("confirmed", (1, 0))
    recipients = [path.read_bytes() for path in (tmp_path / "mail").glob("*.eml")]
    assert [b"next@example.org" in mail for mail in recipients] == [True]


def test_erasing_somebody_without_an_address_gives_the_seat_to_the_next(event: Event) -> None:
    desk = operations.register(event, someone(), at=now())
    desk.email, desk.active_email = "", operations.active_key(desk.uid, "", through_focal_point=False)
    waiting = operations.register(event, someone(), at=now())
    erase_person(desk, at=now())
    assert (desk.state, desk.family_name, waiting.state) == ("cancelled", NOBODY, "confirmed")


def test_erasing_oneself_asks_first_and_closes_the_link(client: FlaskClient, event: Event) -> None:
    person = amina(event)
    link = f"/tickets/{queries.link_of(person)}"
    assert (client.get(f"{link}/erase").status_code, person.email) == (200, "amina@example.org")
    assert client.post(f"{link}/erase").status_code == 200
    assert (client.get(link).status_code, client.get(f"{link}/data").status_code, person.email) == (404, 404, "")


def test_an_erasure_sent_from_another_site_is_refused(client: FlaskClient, event: Event) -> None:
    person = amina(event)
    link = f"/tickets/{queries.link_of(person)}/erase"
    assert client.post(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert person.email == "amina@example.org"


def test_somebody_else_stays_as_they_were(event: Event) -> None:
    other = operations.register(event, someone(email="other@example.org", mode="online", family_name="Other"), at=now())
    erase_person(amina(event), at=now())
    mails = db.session.scalars(select(OutboxMail.recipient).where(OutboxMail.recipient != "")).all()
    assert (other.family_name, list(mails)) == ("Other", ["other@example.org"])


def test_an_erased_address_may_register_again(event: Event) -> None:
    erase_person(amina(event), at=now())
    assert operations.register(event, someone(email="amina@example.org"), at=now()).state == "confirmed"


# Forgetting in time


def test_the_date_must_leave_time_for_the_whole_event(app: Flask) -> None:
    event = make_open_event(ends_on=soon(32))
    with pytest.raises(TooEarly):
        change_settings(event, list_public=False, retain_until=soon(31))
    change_settings(event, list_public=False, retain_until=soon(32))
    assert settings_of(event).retain_until == soon(32)


def forget(app: Flask) -> None:
    retention.forget_in_time()
    commit()
    jobs.run_waiting(app)


def test_nothing_is_erased_on_the_last_day_and_everything_the_day_after(app: Flask, event: Event) -> None:
    amina(event)
    operations.register(event, someone(mode="online"), at=now())
    change_settings(event, list_public=True, retain_until=soon(60))
    before = retention.kept_numbers(event)
    noon = now().replace(hour=12)
    with fixed_at(noon + timedelta(days=60)):
        forget(app)
    assert found() == list(SECRET)
    with fixed_at(noon + timedelta(days=61)):
        forget(app)
    db.session.expire_all()
    settings = settings_of(event)
    assert (found(), retention.kept_numbers(event)) == ([], before)
    assert settings.report == {"people": 2, "answers": 2, "files": 1, "mails": 4}


def test_forgetting_again_changes_nothing(app: Flask, event: Event) -> None:
    amina(event)
    change_settings(event, list_public=False, retain_until=soon(60))
    for day in (61, 62):
        with fixed_at(now() + timedelta(days=day)):
            forget(app)
    entries = db.session.scalar(select(func.count()).where(AuditEntry.action == "erase after retention"))
    assert (settings_of(event).report["people"], entries) == (1, 1)


def test_people_of_other_events_are_not_forgotten(app: Flask, event: Event) -> None:
    amina(event)
    other = operations.register(make_open_event(), someone(email="amina@example.org"), at=now())
    change_settings(event, list_public=False, retain_until=soon(60))
    with fixed_at(now() + timedelta(days=61)):
        forget(app)
    db.session.expire_all()
    kept = db.session.scalars(select(OutboxMail.recipient).where(OutboxMail.recipient != "")).all()
    assert (other.email, list(kept)) == ("amina@example.org", ["amina@example.org"])


# The organiser's page


def test_the_page_saves_and_shows_what_is_wrong(event: Event, editor: FlaskClient) -> None:
    address = f"/manage/{event.slug}/privacy"
    assert editor.get(address).status_code == 200
    assert editor.post(address, data={"retain_until": "2001-01-01"}).status_code == 422
    assert editor.post(address, data={"retain_until": "soon"}).status_code == 422
    assert editor.post(address, data={"retain_until": soon(90).isoformat(), "list_public": "on"}).status_code == 303
    assert editor.post(f"{address}/text", data={"notice-en": ""}).status_code == 422
    editor.post(f"{address}/text", data={"notice-en": "Ours.", "consent-en": "Yes."})
    db.session.expire_all()
    settings = settings_of(event)
    assert (settings.list_public, settings.retain_until, agreed_version(event)) == (True, soon(90), "1")


def test_registrars_may_not_decide_about_privacy(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    assert sign_in(user).get(f"/manage/{event.slug}/privacy").status_code == 403
