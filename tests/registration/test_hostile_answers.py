"""Any text can be an answer, a question or the name of a file: kept, shown as text, exported without running."""

import csv
import json
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events import jobs
from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.documents.sheets import FORMULA_STARTS, Sheet, xlsx
from inser_events.documents.sheets import csv as write_csv
from inser_events.documents.text import one_line, printable, tidy
from inser_events.events.models import Event, TeamRole
from inser_events.registration import answers, form_operations, import_plans, operations, queries, uploads
from inser_events.registration.errors import UnusableQuestion
from inser_events.registration.form_models import Answer, Question
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.import_batches import find_batch, rows_of
from inser_events.registration.import_reading import Defaults
from inser_events.registration.models import Registration
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone
from tests.registration.test_imports import send
from tests.registration.test_views import FORM

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "names" / "blns.json"
TEXTS: list[str] = json.loads(STRINGS.read_text()) if STRINGS.is_file() else []

pytestmark = pytest.mark.skipif(not TEXTS, reason="the list of hostile strings is not here")


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event(in_person=None)
    commit()
    return event


def ask(event: Event, kind: str, label: str = "Anything else?", **values: object) -> Question:
    data = QuestionData(kind=kind, label={"en": label}, **values)  # type: ignore[arg-type] # as QuestionData has them
    return form_operations.add_question(event, data, at=now())


def answered(event: Event, kind: str) -> Iterator[tuple[Registration, dict[str, str]]]:
    """Register people who answer several questions each, until every text was an answer; what each typed."""
    questions = [ask(event, kind, f"Question {number}") for number in range(8)]
    for start in range(0, len(TEXTS), len(questions)):
        typed = {question.uid: text for question, text in zip(questions, TEXTS[start:], strict=False)}
        yield operations.register(event, someone(), at=now(), answers=typed, notify=False), typed


def test_answers_come_back_as_they_were_typed(event: Event) -> None:
    wrong, number = [], 0
    for registration, typed in answered(event, "long_text"):
        kept = answers.values_of(registration)
        wrong += [text for uid, text in typed.items() if kept.get(uid, "") != printable(text).strip()]
        number += len(typed)
    assert (wrong, number) == ([], len(TEXTS))


def test_the_export_starts_no_formula(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    people = len(list(answered(event, "text")))
    body = sign_in(registrar).get(f"/manage/{event.slug}/registrations.csv").get_data().decode("utf-8-sig")
    lines = list(csv.reader(StringIO(body)))
    assert len(lines) == 1 + people
    assert [cell for line in lines for cell in line if cell.startswith(FORMULA_STARTS)] == []
    assert sum(bool(cell) for line in lines[1:] for cell in line[-8:]) > len(TEXTS) * 0.9


def test_questions_and_their_answers_are_text_on_the_form(client: FlaskClient, event: Event) -> None:
    asked = []
    for text in TEXTS[::12]:
        try:
            asked.append(ask(event, "choice", text, options=[("", {"en": text})]))
        except UnusableQuestion:  # nothing of it can be read
            assert one_line(text) == ""
    page = client.get(f"/events/{event.slug}/register").get_data(as_text=True)
    assert [one.wording.label["en"] for one in asked if one.wording.label["en"] not in unescape(page)] == []
    assert "<script>alert" not in page


def test_the_form_answers_every_text_with_a_page(client: FlaskClient, event: Event) -> None:
    asked = [ask(event, kind) for kind in ("number", "date", "consent", "file")]
    asked.append(ask(event, "choice", options=[("", {"en": "Yes"})]))
    outcomes = set()
    for number, text in enumerate(TEXTS[::9]):
        sent = FORM | {"email": f"n{number}@example.org"} | {question.field: text for question in asked}
        outcomes.add(client.post(f"/events/{event.slug}/register", data=sent | {"category": text}).status_code)
        outcomes.add(client.post(f"/events/{event.slug}/register", data=sent).status_code)
    assert outcomes <= {303, 422}


def test_a_file_may_have_any_name(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    question = ask(event, "file")
    browser = sign_in(registrar)
    wrong = []
    for text in TEXTS[::15]:
        file = uploads.receive(BytesIO(b"%PDF-1.7"), text)
        registration = operations.register(event, someone(), at=now(), answers={question.uid: file}, notify=False)
        uid, home = answers.values_of(registration)[question.uid], f"/manage/{event.slug}/registrations"
        answer = browser.get(f"{home}/{registration.uid}/files/{uid}")
        if (answer.status_code, answer.get_data()) != (200, b"%PDF-1.7"):
            wrong.append(text)
    assert wrong == []


def test_a_session_of_any_name_is_not_found(client: FlaskClient, event: Event) -> None:
    registration = operations.register(event, someone(), at=now(), notify=False)
    link = f"/tickets/{queries.link_of(registration)}"
    outcomes = {
        client.post(f"{link}/sessions", data={"session": text, "act": "take"}).status_code for text in TEXTS[::12]
    }
    assert outcomes == {404}
    assert db.session.scalars(select(Registration.state)).all() == ["confirmed"]


def test_imported_answers_come_out_as_they_were_read(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    browser = sign_in(registrar)
    ask(event, "long_text")
    texts = [text for text in TEXTS if tidy(text)]
    rows = [[f"p{number}@example.org", "Li", text] for number, text in enumerate(texts)]
    for ending, body in (
        ("csv", write_csv([["E-mail", "Family name", "Anything else?"], *rows])),
        ("xlsx", xlsx([Sheet(name="People", header=["E-mail", "Family name", "Anything else?"], rows=rows)])),
    ):
        address = send(browser, event, body, f"list.{ending}")
        plan = import_plans.planned(
            event, rows_of(find_batch(event, address.rpartition("/")[2])), Defaults("in_person")
        )
        assert [one.problems for one in plan if one.problems] == []
        assert [one.outcome for one in plan] == (["new"] if ending == "csv" else ["same"]) * len(texts)
        assert browser.get(f"{address}?show=new&page=3").status_code == 200
        assert browser.post(f"{address}/run", data={"which": "all"}).status_code == 303
        jobs.run_waiting(browser.application)
        db.session.expire_all()
    answered = select(Registration.email, Answer.value).join(Answer, Answer.registration_id == Registration.id)
    kept = {row[0]: row[1] for row in db.session.execute(answered)}
    wanted = {f"p{number}@example.org": printable(text).strip() for number, text in enumerate(texts)}
    assert {email: text for email, text in kept.items() if wanted[email] != text} == {}
    assert len(kept) == len(texts)
