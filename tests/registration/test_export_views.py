"""Exports with chosen columns."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import commit
from inser_events.documents.tables import table_from
from inser_events.events.models import Event, TeamRole
from inser_events.languages import INTERFACE
from inser_events.registration import form_operations, operations
from inser_events.registration.exports import COLUMNS
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.import_headings import FIELDS, guess
from inser_events.registration.import_reading import LOOKS
from tests.factories import make_member, make_user
from tests.queries import count_queries
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event()
    operations.register(event, someone(email="a@example.org", family_name='=cmd|"x"!A1', country="MA"), at=now())
    operations.register(event, someone(email="b@example.org", mode="online", family_name="Li"), at=now())
    return event


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def export(client: FlaskClient, event: Event, **data: object) -> bytes:
    return client.post(f"/manage/{event.slug}/export", data=data).get_data()


@pytest.mark.parametrize("language", INTERFACE)
def test_an_export_is_understood_by_an_import(registrar: FlaskClient, event: Event, language: str) -> None:
    body = registrar.post(
        f"/manage/{event.slug}/export?lang={language}", data={"column": list(COLUMNS), "format": "xlsx"}
    )
    table = table_from(body.get_data(), "a.xlsx")
    assert set(FIELDS) - set(guess(table, LOOKS).values()) <= {"name"}


def test_only_the_chosen_columns_are_written_in_their_order(event: Event, registrar: FlaskClient) -> None:
    table = table_from(export(registrar, event, column=["country", "email"], format="csv"), "a.csv")
    assert (table.header, table.rows) == (["email", "country"], [["b@example.org", ""], ["a@example.org", "MA"]])


def test_the_choice_is_remembered_for_the_user(event: Event, registrar: FlaskClient) -> None:
    export(registrar, event, column=["email", "country"], format="csv")
    export(registrar, event, column=["email"], format="csv")
    page = registrar.get(f"/manage/{event.slug}/export").get_data(as_text=True)
    assert page.count(" checked") == 1


def test_everything_is_chosen_until_somebody_chooses(event: Event, registrar: FlaskClient) -> None:
    form_operations.add_question(event, QuestionData(kind="text", label={"en": "Lunch"}), at=now())
    page = registrar.get(f"/manage/{event.slug}/export").get_data(as_text=True)
    boxes = re.findall(r'<input [^>]*name="column"[^>]*>', page)
    assert [box for box in boxes if "checked" not in box] == []
    assert len(boxes) == len(COLUMNS) + 1


def test_the_filters_choose_the_people(event: Event, registrar: FlaskClient) -> None:
    table = table_from(export(registrar, event, column=["email"], format="csv", mode="online"), "a.csv")
    assert table.rows == [["b@example.org"]]


def test_a_workbook_keeps_formulas_as_text(event: Event, registrar: FlaskClient) -> None:
    body = export(registrar, event, column=["family_name"], format="xlsx")
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    cell = sheet["A3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ('=cmd|"x"!A1', "s", True)


def test_without_a_column_nothing_is_downloaded(event: Event, registrar: FlaskClient) -> None:
    answer = registrar.post(f"/manage/{event.slug}/export", data={"format": "csv", "state": "waitlisted"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Choose at least one column." in page) == (422, True)
    assert '<option value="waitlisted" selected>' in page


def test_only_the_ticked_people_are_written(event: Event, registrar: FlaskClient) -> None:
    chosen, _other, stranger = (
        operations.register(one, someone(family_name=name), at=now())
        for one, name in ((event, "Ito"), (event, "Ka"), (make_open_event(), "Mu"))
    )
    page = registrar.get(f"/manage/{event.slug}/export?uid={chosen.uid}").get_data(as_text=True)
    assert "Only the person you ticked." in page
    body = export(registrar, event, column=["family_name"], format="csv", uid=[chosen.uid, stranger.uid])
    assert body.decode("utf-8-sig").splitlines() == ["family_name", "Ito"]


def test_more_people_need_no_more_queries(event: Event, registrar: FlaskClient) -> None:
    counts = []
    for _n in range(2):
        with count_queries() as queries:
            export(registrar, event, column=["email", "name"], format="csv")
        counts.append(len(queries))
        for _m in range(3):
            operations.register(event, someone(mode="online"), at=now())
        commit()
    assert counts[1] <= counts[0]


def test_door_staff_may_not_export(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    user = make_user()
    make_member(event, user, TeamRole.DOOR)
    assert sign_in(user).get(f"/manage/{event.slug}/export").status_code == 403
