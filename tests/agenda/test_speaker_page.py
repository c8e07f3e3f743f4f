"""The speaker's own page: the link is the key, corrections change the draft, hostile files and texts do no harm."""

import io
import zipfile
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from inser_events.agenda import pictures
from inser_events.agenda.models import Release, Speaker, SpeakerState
from inser_events.agenda.pictures import photo_jpeg, photos_of, sweep_photos
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.speaker_files import files_of, path_of, sweep_speaker_files
from inser_events.agenda.speaker_invitations import link_for, revoke_link, token_of
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.people.models import Person
from inser_events.registration.models import Registration
from inser_events.registration.queries import link_of
from tests.factories import make_event, make_person, make_session, make_slot, soon
from tests.queries import count_queries

DETAILS = {"given_name": "Lifeng", "family_name": "Li", "job_title": "Director", "organisation": "FAO"}


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(slug="launch", languages=["en", "fr"], starts_on=soon(), ends_on=soon())


@pytest.fixture
def person(event: Event) -> Person:
    """Invited to the second slot of a session."""
    person = make_person(email="li@example.org")
    session = make_session(event)
    make_slot(session, minutes=20)
    slot = make_slot(session, person=person, title={"en": "Soil in danger"})
    slot.speakers[0].state = SpeakerState.INVITED
    db.session.flush()
    return person


@pytest.fixture
def home(event: Event, person: Person) -> str:
    return f"/slots/{token_of(link_for(event, person, at=now()))}"


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def part_of(person: Person) -> Speaker:
    return db.session.scalars(select(Speaker).where(Speaker.person_id == person.id)).one()


def picture(size: tuple[int, int] = (400, 300), kind: str = "JPEG", **more: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, kind, **more)
    return buffer.getvalue()


def upload(client: FlaskClient, path: str, field: str, content: bytes, name: str = "a.bin") -> Any:
    return client.post(path, data={field: (io.BytesIO(content), name)}, content_type="multipart/form-data")


def presentation(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", "ppt/presentation.xml", *names):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def test_the_page_shows_the_part_in_the_events_zone(client: FlaskClient, home: str) -> None:
    answer = client.get(home)
    page = text(answer)
    # the session starts at nine in Rabat, and the slot before takes twenty minutes
    assert (answer.status_code, page.count(">09:20–09:30</time>"), page.count("<h1")) == (200, 1, 1)
    assert page.count("Soil in danger</h3>") == 1


def test_the_page_is_private_and_sets_no_cookie(client: FlaskClient, home: str) -> None:
    headers = client.get(home).headers
    kept = [headers.get(name) for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy", "Set-Cookie")]
    assert kept == ["private, no-cache", "noindex", "strict-origin", None]


def test_a_wrong_ticket_or_revoked_link_opens_nothing(
    client: FlaskClient, home: str, event: Event, person: Person
) -> None:
    token = home.removeprefix("/slots/")
    forged = token[:-1] + ("C" if token[-1] != "C" else "B")
    answers = [client.get(f"/slots/{wrong}").status_code for wrong in (forged, "x", "B" * 30, "B" * 500)]
    revoke_link(event, person, at=now())
    answers.append(client.get(home).status_code)
    answers.append(client.get(f"/slots/{token_of(link_for(event, person, at=now()))}").status_code)
    assert answers == [404, 404, 404, 404, 404, 200]


def test_a_ticket_link_is_no_speaker_link(app: Flask, client: FlaskClient, home: str, event: Event) -> None:
    publish_agenda(event, at=now())
    client.post(f"{home}/register", data={"mode": "online"})
    registration = db.session.scalars(select(Registration)).one()
    assert client.get(f"/slots/{link_of(registration)}").status_code == 404
    assert client.get(home.replace("/slots/", "/tickets/")).status_code == 404


@pytest.mark.parametrize("answer", ["confirmed", "declined"])
def test_an_answer_is_kept_and_the_log_says_who_gave_it(
    client: FlaskClient, home: str, person: Person, answer: str
) -> None:
    given = client.post(f"{home}/answer", data={"speaker": part_of(person).uid, "answer": answer})
    assert (given.status_code, part_of(person).state) == (303, answer)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "answer")).one()
    assert (entry.actor, entry.after) == ("speaker", {"state": answer})


def test_nobody_answers_for_another(client: FlaskClient, home: str, event: Event) -> None:
    other = make_person("Ghaouti", "Lamiae")
    make_slot(make_session(event), person=other)
    uid = part_of(other).uid
    answers = [
        client.post(f"{home}/answer", data={"speaker": uid, "answer": "declined"}),
        client.post(f"{home}/answer", data={"speaker": "x", "answer": "declined"}),
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert part_of(other).state == "confirmed"


def test_a_speaker_says_from_where_they_join(client: FlaskClient, home: str, person: Person) -> None:
    speaker = part_of(person)
    name = f"{speaker.uid}-"
    sent = {f"{name}online": "y", f"{name}time_zone": "Asia/Shanghai"}
    answer = client.post(f"{home}/call/{speaker.uid}", data=sent)
    assert answer.location == f"{home}?done=details#part-{speaker.uid}"
    assert (speaker.online, speaker.time_zone) == (True, "Asia/Shanghai")
    page = text(client.get(home))
    assert page.count("I join by the call: Shanghai time, UTC+08:00") == 1
    entry = db.session.query(AuditEntry).filter_by(action="change speaker").one()
    assert (entry.actor, entry.after["time_zone"]) == ("speaker", "Asia/Shanghai")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc"])
def test_a_zone_that_is_none_changes_nothing(client: FlaskClient, home: str, person: Person, zone: str) -> None:
    speaker = part_of(person)
    answer = client.post(f"{home}/call/{speaker.uid}", data={f"{speaker.uid}-time_zone": zone})
    assert (answer.status_code, speaker.time_zone) == (404, "")


def test_nobody_says_it_for_another(client: FlaskClient, home: str, event: Event) -> None:
    other = make_slot(make_session(event), person=make_person("Tong")).speakers[0]
    answer = client.post(f"{home}/call/{other.uid}", data={f"{other.uid}-online": "y"})
    assert (answer.status_code, other.online) == (404, False)


def test_an_answer_that_is_none_changes_nothing(client: FlaskClient, home: str, person: Person) -> None:
    answer = client.post(f"{home}/answer", data={"speaker": part_of(person).uid, "answer": "invited\x00"})
    assert (answer.status_code, part_of(person).state) == (400, "invited")


def test_another_site_cannot_answer(client: FlaskClient, home: str, person: Person) -> None:
    data = {"speaker": part_of(person).uid, "answer": "declined"}
    answer = client.post(f"{home}/answer", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, part_of(person).state) == (403, "invited")


def seen(client: FlaskClient, home: str) -> str:
    return text(client.get(home)).split('name="seen" type="hidden" value="')[1].split('"')[0]


def test_corrections_change_the_draft_and_the_public_after_publishing(
    client: FlaskClient, home: str, event: Event, person: Person
) -> None:
    publish_agenda(event, at=now())
    data = {
        **DETAILS,
        "family_name": "李",
        "given_name": "",
        "name_latin": "Li Lifeng",
        "bio_en": "Soil.\n\nAnd water.",
    }
    answer = client.post(f"{home}/details", data={**data, "country": "IT", "seen": seen(client, home)})
    assert (answer.status_code, person.name, person.name_latin, person.country) == (303, "李", "Li Lifeng", "IT")
    assert person.biography == {"en": "<p>Soil.</p>\n<p>And water.</p>"}
    before = text(client.get("/events/launch/speakers")).count("Li Lifeng")
    publish_agenda(event, at=now())
    assert (before, text(client.get("/events/launch/speakers")).count("Li Lifeng")) == (0, 1)


def test_the_address_cannot_be_changed_by_the_page(client: FlaskClient, home: str, person: Person) -> None:
    client.post(f"{home}/details", data={**DETAILS, "email": "thief@example.org", "seen": seen(client, home)})
    assert (person.email, person.job_title) == ("li@example.org", "Director")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"family_name": " "}, "Enter your family name."),
        ({"organisation": "x" * 256}, "Use at most 255 characters."),
        ({"bio_en": "x" * 4001}, "Use at most 4000 characters."),
        ({"country": "XX"}, "Choose from what is shown."),
    ],
)
def test_details_that_cannot_be_are_shown_again_as_typed(
    client: FlaskClient, home: str, person: Person, wrong: dict[str, str], words: str
) -> None:
    data = {**DETAILS, "job_title": "As typed", "seen": seen(client, home), **wrong}
    answer = client.post(f"{home}/details", data=data)
    assert (answer.status_code, text(answer).count('value="As typed"'), person.job_title) == (422, 1, "")
    assert text(answer).count(words) >= 1


def test_what_an_organiser_changed_meanwhile_is_not_overwritten(client: FlaskClient, home: str, person: Person) -> None:
    old = seen(client, home)
    person.job_title = "Theirs"
    answer = client.post(f"{home}/details", data={**DETAILS, "job_title": "Mine", "seen": old})
    page = text(answer)
    assert (answer.status_code, person.job_title) == (409, "Theirs")
    assert (page.count(">Theirs<"), page.count(">Mine<"), page.count('value="Mine"')) == (1, 1, 1)
    again = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    client.post(f"{home}/details", data={**DETAILS, "job_title": "Mine", "seen": again})
    assert person.job_title == "Mine"


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e{{7*7}}"


def test_hostile_details_stay_text(client: FlaskClient, home: str, event: Event) -> None:
    hostile = dict.fromkeys(("given_name", "family_name", "name_latin", "job_title", "organisation", "bio_en"), HOSTILE)
    client.post(f"{home}/details", data={**hostile, "seen": seen(client, home)})
    publish_agenda(event, at=now())
    for address in (home, "/events/launch/speakers", "/events/launch/agenda"):
        page = client.get(address).get_data(as_text=True)
        assert [page.count(danger) for danger in ("<script>alert", "<img src=x", ">49<")] == [0, 0, 0], address


def test_a_photo_is_made_anew_without_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # lying on its side
    made = photo_jpeg(picture((400, 300), exif=exif, comment=b"secret words"))
    with Image.open(io.BytesIO(made)) as photo:
        assert (photo.format, photo.size, dict(photo.getexif())) == ("JPEG", (300, 400), {})
    assert made.count(b"secret") == 0


def test_a_large_photo_becomes_small_and_a_clear_one_gets_a_white_ground() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (2400, 1200), (0, 0, 0, 0)).save(buffer, "PNG")
    with Image.open(io.BytesIO(photo_jpeg(buffer.getvalue()))) as photo:
        assert (photo.size, photo.getpixel((5, 5))) == ((1200, 600), (255, 255, 255))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a picture first."),
        (b"%PDF-1.7", "This file could not be read as a picture. Send a photo as JPEG, PNG or WebP."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This file could not be read as a picture."),
        (picture()[:300], "This file could not be read as a picture."),
        (picture(kind="GIF"), "This file could not be read as a picture."),
        (picture((20, 20)), "This picture is too small. It needs at least 100 pixels on each side."),
        (picture((12_000, 12_000), "PNG"), "This picture has too many pixels."),
        (b"\xff\xd8" + bytes(460_000), "This picture is larger than 10 MB. Choose a smaller one."),
    ],
    ids=["empty", "pdf", "svg", "cut off", "gif", "tiny", "bomb", "heavy"],
)
def test_what_is_no_usable_photo_is_refused_in_words(
    client: FlaskClient, home: str, person: Person, content: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "LARGEST", 460_000)
    answer = upload(client, f"{home}/photo", "photo", content, "photo.jpg")
    assert (answer.status_code, photos_of([person.id])) == (422, {})
    assert text(answer).count(words) >= 1


def test_a_photo_is_public_only_when_a_release_shows_it(
    client: FlaskClient, home: str, event: Event, person: Person
) -> None:
    publish_agenda(event, at=now())
    public = f"/events/launch/people/{person.uid}.jpg"
    assert upload(client, f"{home}/photo", "photo", picture()).status_code == 303
    assert [client.get(address).status_code for address in (f"{home}/photo.jpg", public)] == [200, 404]
    publish_agenda(event, at=now())
    answer = client.get(public)
    assert (answer.status_code, answer.content_type, answer.headers["Cache-Control"]) == (
        *(200, "image/jpeg"),
        "public, no-cache",
    )
    digest = photos_of([person.id])[person.id]
    kept = client.get(f"{public}?v={digest[:12]}")
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(public, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert text(client.get("/events/launch/speakers")).count(f"{public}?v={digest[:12]}") == 1


def test_a_removed_photo_goes_from_the_disk_once_no_release_shows_it(
    client: FlaskClient, home: str, event: Event, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "KEPT_SECONDS", -10)
    upload(client, f"{home}/photo", "photo", picture())
    publish_agenda(event, at=now())
    client.post(f"{home}/photo/remove")
    sweep_photos()
    there = [len(list(pictures.folder().glob("*")))]
    db.session.query(Release).delete()
    sweep_photos()
    assert [*there, len(list(pictures.folder().glob("*")))] == [1, 0]


@pytest.mark.parametrize(
    ("content", "sent", "kept"),
    [
        (b"%PDF-1.7 slides", "../../etc/My slides.exe", "My slides.pdf"),
        (presentation(), "talk.zip", "talk.pptx"),
        (b"%PDF-1.7", "x", "x.pdf"),
        (b"%PDF-1.7", "عرض.pdf", "عرض.pdf"),
    ],
)
def test_slides_are_kept_under_a_random_name_for_organisers(
    client: FlaskClient, home: str, event: Event, content: bytes, sent: str, kept: str
) -> None:
    answer = upload(client, f"{home}/files", "file", content, sent)
    (file,) = files_of(event)
    assert (answer.status_code, file.filename, path_of(file).read_bytes()) == (303, kept, content)
    got = client.get(f"{home}/files/{file.uid}", buffered=True)
    assert (got.status_code, got.data, got.headers["Content-Disposition"].split(";")[0]) == (200, content, "attachment")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file first."),
        (b"MZ\x90", "Send slides or a paper as PDF or PowerPoint (PPTX)."),
        (b"PK\x03\x04 not a zip", "This file is damaged or was cut off on its way."),
        (presentation("ppt/vbaProject.bin"), "This file contains macros."),
        (picture(), "Send slides or a paper as PDF or PowerPoint (PPTX)."),
    ],
)
def test_other_files_are_refused_in_words(
    client: FlaskClient, home: str, event: Event, content: bytes, words: str
) -> None:
    answer = upload(client, f"{home}/files", "file", content, "slides.pdf")
    assert (answer.status_code, list(files_of(event))) == (422, [])
    assert text(answer).count(words) >= 1


def test_a_form_without_its_file_is_refused(client: FlaskClient, home: str) -> None:
    assert [client.post(f"{home}/{part}").status_code for part in ("photo", "files")] == [422, 422]


def test_there_are_at_most_five_files_and_a_removed_one_is_gone(client: FlaskClient, home: str, event: Event) -> None:
    answers = [upload(client, f"{home}/files", "file", b"%PDF-1.7", f"{n}.pdf").status_code for n in range(6)]
    first = files_of(event)[0]
    path = path_of(first)
    client.post(f"{home}/files/{first.uid}/remove")
    assert (answers, len(files_of(event)), path.exists()) == ([303] * 5 + [422], 4, False)


def test_a_speaker_opens_only_their_own_files(client: FlaskClient, home: str, event: Event) -> None:
    upload(client, f"{home}/files", "file", b"%PDF-1.7")
    (file,) = files_of(event)
    other = make_person("Ghaouti", "Lamiae")
    make_slot(make_session(event), person=other)
    theirs = f"/slots/{token_of(link_for(event, other, at=now()))}"
    tried = [client.get(f"{theirs}/files/{file.uid}"), client.post(f"{theirs}/files/{file.uid}/remove")]
    assert ([one.status_code for one in tried], len(files_of(event))) == ([404, 404], 1)


def test_files_that_no_row_names_are_swept(
    client: FlaskClient, home: str, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inser_events.agenda.speaker_files.KEPT_SECONDS", -10)
    upload(client, f"{home}/files", "file", b"%PDF-1.7")
    (file,) = files_of(event)
    (path_of(file).parent / "left.pdf").write_bytes(b"x")
    sweep_speaker_files()
    assert [path.name for path in path_of(file).parent.iterdir()] == [file.stored_name]


def test_the_page_asks_as_little_for_three_parts_as_for_one(
    app: Flask, client: FlaskClient, home: str, event: Event, person: Person
) -> None:
    client.get(home)
    with count_queries() as one:
        client.get(home)
    session = make_session(event)
    for _number in range(3):
        make_slot(session, person=person)
    client.get(home)
    with count_queries() as three:
        client.get(home)
    assert len(three) == len(one)
