"""Somebody who speaks and is erased: photo, files, link and address as a speaker go too."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from inser_events import jobs
from inser_events.agenda import speaker_files
from inser_events.agenda.pictures import folder as photo_folder
from inser_events.agenda.pictures import set_photo
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.speaker_invitations import link_for, page_url
from inser_events.agenda.speaker_models import SpeakerFile, SpeakerPhoto
from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at, now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.people.models import Person
from inser_events.people.operations import change_person
from inser_events.people.operations import data_of as details_of
from inser_events.registration import operations
from inser_events.registration.models import Registration
from inser_events.registration.person_papers import person_pdf
from inser_events.registration.personal_data import data_of, erase_person
from inser_events.registration.retention import change_settings, forget_in_time
from tests.factories import make_event, make_person, make_session, make_slot, soon
from tests.registration.factories import someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(slug="launch", starts_on=soon(), ends_on=soon())


@pytest.fixture
def person(event: Event) -> Person:
    """A speaker with a photo, public slides, a private paper and a link."""
    person = make_person(email="Li@example.org")
    make_slot(make_session(event), person=person)
    buffer = BytesIO()
    Image.new("RGB", (400, 300), "red").save(buffer, "JPEG")
    buffer.seek(0)
    set_photo(person, buffer, event_id=event.id)
    for name in ("slides-of-li.pdf", "paper-of-li.pdf"):
        speaker_files.add_file(event, person, BytesIO(b"%PDF-1.7"), name)
    speaker_files.show_file(db.session.scalars(select(SpeakerFile)).first() or SpeakerFile(), public=True)
    change_person(person, details_of(person), event_id=event.id)
    link_for(event, person, at=now())
    publish_agenda(event, at=now())
    return person


@pytest.fixture
def registration(event: Event, person: Person) -> Registration:
    return operations.register(event, someone(email="li@example.org", family_name="Li"), at=now())


def left() -> tuple[int, int, int, int]:
    """Rows of files and photos, and files on the disk of both."""
    commit()
    rows = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (SpeakerFile, SpeakerPhoto)]
    disk = [len(list(place.glob("*"))) for place in (speaker_files.folder(), photo_folder())]
    return (rows[0], rows[1], disk[0], disk[1])


def test_erasing_forgets_the_speaker(
    client: FlaskClient, event: Event, person: Person, registration: Registration
) -> None:
    uid = db.session.scalars(select(SpeakerFile.uid)).first()
    page = page_url(link_for(event, person, at=now())).removeprefix("https://events.example.org")
    assert left() == (2, 1, 2, 1)
    erase_person(registration, at=now())
    assert (left(), person.email, person.family_name) == ((0, 0, 0, 0), "", "Li")
    paths = (page, f"/events/launch/files/{uid}", f"/events/launch/people/{person.uid}.jpg")
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "forget speaker")).one()
    assert entry.after == {"files": 2, "links": 1, "photos": 1}
    told = " ".join(str((one.before, one.after)) for one in db.session.scalars(select(AuditEntry)))
    assert [told.count(words) for words in ("slides-of-li", "paper-of-li", "li@example.org")] == [0, 0, 0]


def test_ones_data_tells_what_is_kept_of_the_speaker(registration: Registration, person: Person) -> None:
    told = data_of(registration, at=now())
    assert [entry.get("name") or entry.get("act") for entry in told["speaking"]] == [
        *("Lifeng Li", "link", "photo"),
        *("slides-of-li.pdf", "paper-of-li.pdf"),
    ]
    assert person_pdf(told, language="en", identifier="x", when=now())[:5] == b"%PDF-"


def test_other_people_and_other_events_keep_theirs(event: Event, person: Person, registration: Registration) -> None:
    other = make_event(slug="other")
    make_slot(make_session(other), person=person)
    speaker_files.add_file(other, person, BytesIO(b"%PDF-1.7"), "other.pdf")
    erase_person(operations.register(event, someone(), at=now()), at=now())
    assert left() == (3, 1, 3, 1)
    erase_person(registration, at=now())
    assert (left(), person.email) == ((1, 1, 1, 1), "Li@example.org")


def test_who_registered_again_stays_a_speaker(event: Event, person: Person, registration: Registration) -> None:
    operations.cancel_registration(registration, at=now())
    operations.register(event, someone(email="li@example.org"), at=now())
    erase_person(registration, at=now())
    assert left() == (2, 1, 2, 1)


def test_the_end_of_retention_forgets_them_too(app: Flask, event: Event, registration: Registration) -> None:
    change_settings(event, list_public=False, retain_until=event.ends_on)
    commit()
    with fixed_at(now() + timedelta(days=40)):
        forget_in_time()
        commit()
        jobs.run_waiting(app)
    assert left() == (0, 0, 0, 0)
