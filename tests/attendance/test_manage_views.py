"""Letters and certificates, as organisers make them."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from inser_events.accounts.models import User
from inser_events.attendance import issuing, runs
from inser_events.attendance.models import LetterRun, RunState
from inser_events.clock import now
from inser_events.database import commit, db, expect_writing
from inser_events.events.models import Event, TeamRole
from inser_events.jobs import run_waiting
from inser_events.registration.models import Registration
from tests.attendance.factories import make_attendee, make_published
from tests.checkin.factories import make_registration
from tests.factories import make_member, make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user()


@pytest.fixture
def event(owner: User) -> Event:
    return make_published(owner=owner, slug="launch", languages=["en", "ar"])


def text(document: bytes) -> str:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document))
    return " ".join(" ".join(pages).split())


def test_page_tells_what_can_be_issued(event: Event, owner: User, sign_in: SignIn) -> None:
    make_attendee(event)
    page = sign_in(owner).get("/manage/launch/letters").get_data(as_text=True)
    assert ["1 person attended" in page, "/letters/invitation" in page] == [True, True]


def test_wording_is_saved_and_printed(event: Event, owner: User, sign_in: SignIn) -> None:
    client = sign_in(owner)
    form = {"title": "Attestation", "body": "We saw {{ name }}.", "signatory": "A. Director\nINSER", "version": "1"}
    assert client.post("/manage/launch/letters/certificate?text=en", data=form).status_code == 303
    words = text(client.get("/manage/launch/letters/certificate/preview.pdf?text=en").data)
    assert [
        word for word in ("Attestation", "We saw Amina Benali.", "A. Director", "Sample") if word not in words
    ] == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("One\n{{ naem }}", "Line 2: There is no “naem” to put here."),
        ("{% include 'x' %}", "Line 1: “{%” stands alone."),
        ("{{ name.__class__ }}", "Line 1: “name.__class__” is not a name."),
    ],
)
def test_what_is_not_understood_comes_back_with_its_line(
    body: str, message: str, event: Event, owner: User, sign_in: SignIn
) -> None:
    form = {"title": "", "body": body, "version": "1"}
    answer = sign_in(owner).post("/manage/launch/letters/certificate", data=form)
    assert (answer.status_code, message in answer.get_data(as_text=True)) == (422, True)


def test_text_changed_by_somebody_else_is_not_overwritten(event: Event, owner: User, sign_in: SignIn) -> None:
    client = sign_in(owner)
    for version, status in (("1", 303), ("1", 422), ("nonsense", 422)):
        form = {"body": f"Version {version}", "version": version}
        assert client.post("/manage/launch/letters/invitation", data=form).status_code == status


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
@pytest.mark.parametrize("kind", ["invitation", "certificate"])
def test_proposed_wording_can_be_printed(kind: str, language: str, event: Event, owner: User, sign_in: SignIn) -> None:
    answer = sign_in(owner).get(f"/manage/launch/letters/{kind}/preview.pdf?text={language}")
    with pikepdf.open(BytesIO(answer.data)) as opened:
        assert [str(opened.Root.Lang), len(opened.pages)] == [language, 1]


def test_letter_for_one_person_is_issued_and_withdrawn(event: Event, owner: User, sign_in: SignIn) -> None:
    person = make_registration(event, family_name="Roe")
    client = sign_in(owner)
    address = client.post(f"/manage/launch/letters/invitation/for/{person.uid}").location
    assert "Invitation no. 1" in text(client.get(address).data)
    assert client.post(address.removesuffix(".pdf") + "/withdraw").status_code == 303
    assert "Withdrawn" in client.get("/manage/launch/letters").get_data(as_text=True)


def test_certificate_without_presence_is_refused(event: Event, owner: User, sign_in: SignIn) -> None:
    person = make_registration(event)
    assert sign_in(owner).post(f"/manage/launch/letters/certificate/for/{person.uid}").status_code == 404


def test_certificates_of_everyone_are_made_part_by_part(
    app: Flask, event: Event, owner: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PART", 2)
    for number in range(5):
        make_attendee(event, language=("ar", "en")[number % 2], family_name=f"Person {number}")
    client = sign_in(owner)
    address = client.post("/manage/launch/letters/runs").location
    waiting = client.get(address)
    assert (waiting.headers["Refresh"], "0 of 5 made" in waiting.get_data(as_text=True)) == ("2", True)
    assert client.get(f"{address}.pdf").status_code == 404
    assert run_waiting(app) == 6
    page = client.get(address)
    assert ("Refresh" in page.headers, "5 of 5 made" in page.get_data(as_text=True)) == (False, True)
    answer = client.get(f"{address}.pdf")
    document = answer.data
    answer.close()
    assert sorted(number for number in range(5) if f"PERSON {number}" in text(document)) == [0, 1, 2, 3, 4]
    assert len(list(issuing.folder_of_runs().iterdir())) == 1


def test_part_that_is_asked_for_twice_is_made_once(app: Flask, event: Event) -> None:
    make_attendee(event)
    run = LetterRun(event_id=event.id, kind="certificate", total=1, started_at=now(), touched_at=now())
    db.session.add(run)
    commit()
    for _ in range(2):
        runs.make_part(run.id, 0)
    commit()
    run_waiting(app)
    db.session.expire_all()
    assert (run.done, run.state, run.parts) == (1, RunState.DONE, 1)


def test_others_may_write_while_certificates_are_laid_out(
    app: Flask, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = make_attendee(event)
    run = LetterRun(event_id=event.id, kind="certificate", total=1, started_at=now(), touched_at=now())
    db.session.add(run)
    db.session.flush()
    runs.begin(run)
    commit()
    lay_out = issuing.paper_of

    def meanwhile(*arguments: Any) -> bytes:
        with db.engine.connect() as other:
            expect_writing()
            other.execute(update(Registration).values(job_title="Written meanwhile"))
            other.commit()
            expect_writing(expected=False)
        return lay_out(*arguments)

    monkeypatch.setattr(issuing, "paper_of", meanwhile)
    run_waiting(app)
    db.session.expire_all()
    assert (run.state, registration.job_title) == (RunState.DONE, "Written meanwhile")


def test_run_that_stopped_with_the_machine_goes_on(app: Flask, event: Event) -> None:
    make_attendee(event)
    long_ago = now() - runs.STUCK_AFTER * 2
    run = LetterRun(event_id=event.id, kind="certificate", total=1, started_at=long_ago, touched_at=long_ago)
    db.session.add(run)
    runs.continue_runs()
    commit()
    run_waiting(app)
    db.session.expire_all()
    assert run.state == RunState.DONE


def test_door_staff_and_strangers_issue_nothing(event: Event, sign_in: SignIn) -> None:
    colleague, stranger = make_user(), make_user()
    make_member(event, colleague, TeamRole.DOOR)
    assert [sign_in(user).get("/manage/launch/letters").status_code for user in (colleague, stranger)] == [403, 404]


def test_registrars_issue_but_do_not_write(event: Event, sign_in: SignIn) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    client = sign_in(registrar)
    paths = ("/manage/launch/letters", "/manage/launch/letters/certificate")
    assert [client.get(path).status_code for path in paths] == [200, 403]
