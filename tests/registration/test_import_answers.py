"""Importing answers to an event's own questions, telephone numbers and gender; new questions; rows to correct."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.tables import table_from
from inser_events.events.models import Event, TeamRole
from inser_events.registration import answers, form_operations, import_plans, imports, operations
from inser_events.registration.errors import UnusableAnswer
from inser_events.registration.form_models import Question, QuestionKind, Wording
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.import_answers import answer_of, askable, headings_of, kind_of
from inser_events.registration.import_batches import find_batch
from inser_events.registration.import_headings import guess, is_heading
from inser_events.registration.import_models import ImportMemory
from inser_events.registration.import_reading import LOOKS, Defaults, read_row, read_rows
from inser_events.registration.models import Registration
from inser_events.registration.questions import questions_of
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone
from tests.registration.test_imports import send

ROOM = Defaults(mode="in_person")
FORMS = (
    '"ID","Start time","Completion time","Email","Name","Last modified time","Lunch","Which sessions?",'
    '"How many nights?","Arrival","I agree to be photographed"\r\n'
)


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=None)


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def ask(event: Event, kind: str, label: str, *options: str, **values: Any) -> Question:
    data = QuestionData(kind=kind, label={"en": label}, options=[("", {"en": one}) for one in options], **values)
    return form_operations.add_question(event, data, at=now())


@pytest.fixture
def questions(event: Event) -> list[Question]:
    return [
        ask(event, "choice", "Lunch", "Meat", "Fish"),
        ask(event, "choices", "Which sessions?", "Soil", "Water", "Air"),
        ask(event, "number", "How many nights?"),
        ask(event, "date", "Arrival"),
        ask(event, "consent", "I agree to be photographed"),
    ]


def plan(event: Event, content: str) -> list[import_plans.Planned]:
    table = table_from(content.encode(), "a.csv", is_heading=is_heading)
    own = {question.field: question for question in askable(event)}
    columns = guess(table, LOOKS, None, headings_of(own.values()))
    return import_plans.planned(event, list(read_rows(table, columns, own)), ROOM)


def bring_in(event: Event, content: str) -> list[import_plans.Planned]:
    rows = plan(event, content)
    imports.carry_out(event, import_plans.chosen_of(rows, None), ROOM, at=now())
    return rows


def answered(email: str = "a@example.org") -> dict[str, str]:
    """What somebody answered, in words."""
    person = db.session.scalars(select(Registration).where(Registration.email == email)).one()
    return {one.question["en"]: "; ".join(text.get("en", text.get("", "")) for text in one.words)
            for one in answers.shown_answers(person)}  # fmt: skip


# What cells mean


def question(kind: str, *options: str) -> Question:
    wording = Wording(
        options=[{"key": f"k{n}", "label": {"en": one, "fr": f"{one} (fr)"}} for n, one in enumerate(options)]
    )
    return Question(kind=kind, wordings=[wording])


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "No nuts, please", "No nuts, please"),
        ("number", "3", 3),
        ("number", "1,5", 1.5),
        ("number", "12,500", 12500),
        ("date", "2025-09-14", "2025-09-14"),
        ("date", "2025-09-14 00:00", "2025-09-14"),
        ("date", "14.09.2025", "2025-09-14"),
        ("date", "14/09/2025", "2025-09-14"),
        ("date", "09/14/2025", "2025-09-14"),
        ("choice", "MEAT", "k0"),
        ("choice", "Fish (fr)", "k1"),
        ("choices", "Meat;Fish;", ["k0", "k1"]),
        ("choices", "Fish, meat", ["k0", "k1"]),
        ("choices", "Fish", ["k1"]),
        ("consent", "Yes", True),
        ("consent", "oui", True),
        ("consent", "No", False),
    ],
)
def test_a_cell_is_read_by_the_kind_of_its_question(kind: str, text: str, value: Any) -> None:
    assert answer_of(question(kind, "Meat", "Fish"), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", "x" * 301),
        ("number", "three"),
        ("number", "inf"),
        ("date", "3/4/2025"),
        ("date", "soon"),
        ("date", "31.02.2025"),
        ("choice", "Meat and fish"),
        ("choices", "Meat;Stone"),
        ("choices", ";"),
    ],
)
def test_what_is_no_answer_is_refused(kind: str, text: str) -> None:
    if (kind, text) == ("choices", ";"):
        assert answer_of(question(kind, "Meat", "Fish"), text) is None
        return
    with pytest.raises(UnusableAnswer):
        answer_of(question(kind, "Meat", "Fish"), text)


@pytest.mark.parametrize(
    ("cells", "kind", "options"),
    [
        (["Meat", "Fish", "Meat", "Meat"], QuestionKind.CHOICE, ["Meat", "Fish"]),
        (["Soil;Water;", "Soil;", "Water;", "Soil;Water;"], QuestionKind.CHOICES, ["Soil", "Water"]),
        (["1", "2", "2"], QuestionKind.NUMBER, []),
        (["2025-09-14 00:00", "2025-09-15 00:00"], QuestionKind.DATE, []),
        (["A", "B", "C"], QuestionKind.TEXT, []),
        (["x" * 301], QuestionKind.LONG_TEXT, []),
        ([], QuestionKind.TEXT, []),
    ],
)
def test_the_kind_of_a_new_question_follows_its_cells(cells: list[str], kind: str, options: list[str]) -> None:
    assert kind_of(cells) == (kind, options)


@pytest.mark.parametrize(
    ("cells", "number"),
    [
        ({"phone": "+212 537 00 00 00"}, "+212 5 37 00 00 00"),
        ({"phone": "0537000000", "country": "Maroc"}, "+212 537-000000"),
        ({"phone": "212537000000"}, "+212 537-000000"),
    ],
)
def test_telephone_numbers_become_international(app: Flask, cells: dict[str, str], number: str) -> None:
    row = read_row(2, {"email": "a@example.org", **cells})
    assert (str(row.values["phone"]).replace(" ", "").replace("-", ""), row.problems) == (
        number.replace(" ", "").replace("-", ""),
        [],
    )


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"phone": "ask me"}, "“ask me” is no telephone number with the code of its country."),
        ({"gender": "perhaps"}, "“perhaps” is none of the answers about gender."),
    ],
)
def test_a_faulty_detail_is_told(app: Flask, cells: dict[str, str], problem: str) -> None:
    assert read_row(2, {"email": "a@example.org", **cells}).problems == [problem]


@pytest.mark.parametrize(
    ("text", "gender"), [("Female", "woman"), ("Homme", "man"), ("女", "woman"), ("Prefer not to say", "undisclosed")]
)
def test_gender_in_words(app: Flask, text: str, gender: str) -> None:
    assert read_row(2, {"email": "a@example.org", "gender": text}).values["gender"] == gender


# What rows do


def test_the_answers_of_a_microsoft_forms_export_arrive(event: Event, questions: list[Question]) -> None:
    bring_in(event, FORMS + "1,x,x,a@example.org,Zoë Li,,Fish,Soil;Air;,2,2025-09-14,Yes\r\n")
    assert answered() == {
        "Lunch": "Fish",
        "Which sessions?": "Soil; Air",
        "How many nights?": "2",
        "Arrival": "2025-09-14",
        "I agree to be photographed": "Yes",
    }


def test_importing_answers_twice_changes_nothing_more(event: Event, questions: list[Question]) -> None:
    content = FORMS + "1,x,x,a@example.org,Zoë Li,,Fish,Soil;Air;,2,2025-09-14,Yes\r\n"
    bring_in(event, content)
    assert [one.outcome for one in plan(event, content)] == ["same"]


def test_a_changed_answer_is_shown_in_words_and_the_others_stay(event: Event, questions: list[Question]) -> None:
    bring_in(event, FORMS + "1,x,x,a@example.org,Zoë Li,,Fish,Soil;,2,,Yes\r\n")
    rows = bring_in(event, "E-mail,Lunch,I agree to be photographed\na@example.org,meat,no\n")
    assert rows[0].changes == {questions[0].field: ("Fish", "Meat"), questions[4].field: ("Yes", "")}
    assert answered() == {"Lunch": "Meat", "Which sessions?": "Soil", "How many nights?": "2"}


def test_a_wrong_answer_makes_the_row_faulty(event: Event, questions: list[Question]) -> None:
    rows = plan(event, FORMS + "1,x,x,a@example.org,Zoë Li,,Stone,Soil;,many,,Yes\r\n")
    assert rows[0].problems == ["“Stone” is no answer to “Lunch”.", "“many” is no answer to “How many nights?”."]


def test_an_answer_that_does_not_concern_the_person_is_left_out(event: Event) -> None:
    ask(event, "text", "Hotel", modes=["in_person"])
    content = "E-mail,Family name,Mode,Hotel\na@example.org,Li,online,Atlas\nb@example.org,Wu,in person,Atlas\n"
    bring_in(event, content)
    assert (answered(), answered("b@example.org")) == ({}, {"Hotel": "Atlas"})
    assert [one.outcome for one in plan(event, content)] == ["same", "same"]


def test_a_change_of_mode_and_its_answers_arrive_together(event: Event) -> None:
    ask(event, "text", "Hotel", modes=["in_person"])
    operations.register(event, someone(email="a@example.org", mode="online"), at=now())
    bring_in(event, "E-mail,Mode,Hotel\na@example.org,in person,Atlas\n")
    assert answered() == {"Hotel": "Atlas"}


def test_our_own_export_can_be_imported_again(event: Event, registrar: FlaskClient, questions: list[Question]) -> None:
    bring_in(event, FORMS + "1,x,x,a@example.org,Zoë Li,,Fish,Soil;Air;,2,2025-09-14,Yes\r\n")
    for ending in ("csv", "xlsx"):
        body = registrar.get(f"/manage/{event.slug}/registrations.{ending}").get_data()
        table = table_from(body, f"a.{ending}", is_heading=is_heading)
        own = {question.field: question for question in askable(event)}
        columns = guess(table, LOOKS, None, headings_of(own.values()))
        rows = import_plans.planned(event, list(read_rows(table, columns, own)), ROOM)
        assert ([one.outcome for one in rows], set(own) <= set(columns.values())) == (["same"], True)


# The pages


def columns_of(client: FlaskClient, event: Event, content: bytes, **chosen: str) -> str:
    """Upload a table and say which column holds what; the address of the preview."""
    address = send(client, event, content)
    data = {name.replace("_", "-"): value for name, value in chosen.items()}
    assert client.post(f"{address}/columns", data=data).status_code == 303
    return address


def test_columns_become_questions_with_the_import(event: Event, registrar: FlaskClient) -> None:
    content = (
        b"E-mail,Family name,Meal,Remarks\na@example.org,Li,Fish,=1+1\nb@example.org,Wu,Meat,\n"
        b"c@example.org,Ka,Fish,\nd@example.org,Mu,Fish,late\n"
    )
    chosen = {"column_0": "email", "column_1": "family_name", "column_2": "new", "column_3": "new"}
    address = columns_of(registrar, event, content, **chosen)
    page = registrar.get(address).get_data(as_text=True)
    assert ("Meal · Remarks" in page, questions_of(event.id)) == (True, [])
    registrar.post(f"{address}/run", data={"which": "all"})
    found = [(one.wording.label["en"], one.kind, one.required) for one in questions_of(event.id)]
    assert found == [("Meal", "choice", False), ("Remarks", "text", False)]
    assert (answered(), answered("b@example.org")) == ({"Meal": "Fish", "Remarks": "=1+1"}, {"Meal": "Meat"})


def test_a_column_that_became_a_question_is_known_the_next_time(event: Event, registrar: FlaskClient) -> None:
    content = b"E-mail,Family name,Meal\na@example.org,Li,Fish\n"
    chosen = {"column_0": "email", "column_1": "family_name", "column_2": "new"}
    address = columns_of(registrar, event, content, **chosen)
    registrar.post(f"{address}/run", data={"which": "all"})
    again = send(registrar, event, content.replace(b"Fish", b"Meat"))
    batch = find_batch(event, again.rpartition("/")[2])
    memory = db.session.get_one(ImportMemory, event.id)
    field = questions_of(event.id)[0].field
    assert (batch.columns["2"], memory.headings["meal"], len(questions_of(event.id))) == (field, field, 1)
    assert registrar.get(again).status_code == 200


def test_a_column_without_a_heading_becomes_no_question(event: Event, registrar: FlaskClient) -> None:
    content = b"E-mail,Family name,,Pay\na@example.org,Li,Fish,x\n"
    address = columns_of(registrar, event, content, column_0="email", column_1="family_name", column_2="new")
    page = registrar.get(address).get_data(as_text=True)
    assert "A column without a heading cannot become a question." in page
    registrar.post(f"{address}/run", data={"which": "all"})
    assert questions_of(event.id) == []


def test_a_column_corrected_by_hand_answers_a_question(event: Event, registrar: FlaskClient) -> None:
    meal = ask(event, "text", "What do you eat?")
    content = b"E-mail,Family name,Meal\na@example.org,Li,Fish\n"
    address = columns_of(registrar, event, content, column_0="email", column_1="family_name", column_2=meal.field)
    registrar.post(f"{address}/run", data={"which": "all"})
    assert answered() == {"What do you eat?": "Fish"}


def rows_to_correct(client: FlaskClient, address: str) -> list[list[Any]]:
    body = client.get(f"{address}/faulty.xlsx").get_data()
    return [list(row) for row in load_workbook(BytesIO(body)).worksheets[0].iter_rows(values_only=True)]


@pytest.mark.parametrize("done", [False, True])
def test_faulty_rows_are_given_back_with_the_reason(event: Event, registrar: FlaskClient, done: bool) -> None:
    address = send(registrar, event, b"E-mail,Family name,Pay\na@example.org,Li,FAO\nnobody,=Ka,\n")
    if done:
        registrar.post(f"{address}/run", data={"which": "all"})
    assert rows_to_correct(registrar, address) == [
        ["E-mail", "Family name", "Pay", "What is wrong"],
        ["nobody", "=Ka", None, "“nobody” is not an e-mail address."],
    ]
    assert (
        registrar.get(f"{address}/faulty.csv").get_data().decode("utf-8-sig").splitlines()[1].startswith("nobody,'=Ka,")
    )


def test_corrected_rows_come_in_with_the_same_file(event: Event, registrar: FlaskClient) -> None:
    address = send(registrar, event, b"E-mail,Family name\na@example.org,Li\nnobody,Ka\n")
    body = registrar.get(f"{address}/faulty.csv").get_data().replace(b"nobody,", b"b@example.org,")
    again = send(registrar, event, body)
    registrar.post(f"{again}/run", data={"which": "all"})
    assert db.session.scalars(select(Registration.email)).all() == ["b@example.org"]


def test_rows_of_a_dropped_import_are_gone(event: Event, registrar: FlaskClient) -> None:
    address = send(registrar, event, b"E-mail,Family name\nnobody,Ka\n")
    registrar.post(f"{address}/drop")
    assert registrar.get(f"{address}/faulty.csv").status_code == 404


def test_only_registrars_see_rows_to_correct(event: Event, registrar: FlaskClient, client: FlaskClient) -> None:
    address = send(registrar, event, b"E-mail,Family name\nnobody,Ka\n")
    assert client.get(f"{address}/faulty.csv").status_code == 302


def test_new_columns_in_the_file_are_kept_apart_from_guesses() -> None:
    table = table_from(b"E-mail,Name,Lunch\na@example.org,x,y\n", "a.csv")
    assert guess(table, LOOKS, None, {"lunch": "q_1"}) == {0: "email", 1: "name", 2: "q_1"}
    assert guess(table, LOOKS, {"lunch": ""}, {"lunch": "q_1"}) == {0: "email", 1: "name"}
    assert guess(table, LOOKS, {"lunch": "q_gone"}, {}) == {0: "email", 1: "name"}
