"""What was exported is imported again: nothing changes, whoever it is about; and corrections find their person."""

import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.sheets import Sheet, csv, xlsx
from inser_events.documents.tables import table_from
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.registration import (
    answers,
    exports,
    form_operations,
    import_plans,
    imports,
    operations,
    personal_data,
)
from inser_events.registration.errors import NotActive
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.import_answers import askable, headings_of
from inser_events.registration.import_headings import guess, is_heading
from inser_events.registration.import_reading import LOOKS, Defaults, read_rows
from inser_events.registration.models import Registration
from inser_events.registration.queries import Wanted, filtered
from tests.delegations.factories import make_delegation, name_people, nominee
from tests.registration.factories import make_open_event, someone

ROOM = Defaults(mode="in_person")
LINES = "Two lines:\n\nnuts and milk"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=None)


@pytest.fixture
def everybody(event: Event) -> dict[str, Registration]:
    """Somebody of every sort that a registrar's list holds."""
    note = form_operations.add_question(event, QuestionData(kind="long_text", label={"en": "Diet"}), at=now())
    found = {
        "plain": operations.register(
            event, someone(email="plain@example.org", phone="+212 5 37 00 00 00"), at=now(), answers={note.uid: LINES}
        ),
        "desk": operations.register(event, someone(email="desk@example.org", given_name="María José"), at=now()),
        "gone": operations.register(event, someone(email="gone@example.org"), at=now()),
        "before": operations.register(event, someone(email="back@example.org"), at=now()),
        "erased": operations.register(event, someone(email="erased@example.org"), at=now()),
    }
    found["desk"].email, found["desk"].active_email = "", operations.active_key("x", "", through_focal_point=False)
    for one in (found["gone"], found["before"]):
        operations.cancel_registration(one, at=now())
    found["back"] = operations.register(event, someone(email="back@example.org"), at=now())
    personal_data.erase_person(found["erased"], at=now())
    delegation = make_delegation(event)
    first, second = name_people(delegation, nominee("head", email=""), nominee(email=""))
    return found | {"first": first, "second": second}


def exported(event: Event, ending: str, *, without: tuple[str, ...] = ()) -> bytes:
    questions = answers.columns(event)
    titles = exports.header([question.wording.label["en"] for question in questions])
    people = db.session.scalars(filtered(event, Wanted())).all()
    rows = list(exports.table(answers.cells(event, questions, people), {}))
    places = [place for place, title in enumerate(titles) if title not in without]
    header, cells = [titles[place] for place in places], [[row[place] for place in places] for row in rows]
    return csv([header, *cells]) if ending == "csv" else xlsx([Sheet(name="Registrations", header=header, rows=cells)])


def plan(event: Event, content: bytes) -> list[import_plans.Planned]:
    table = table_from(content, "a", is_heading=is_heading, keep_breaks=True)
    own = {question.field: question for question in askable(event)}
    return import_plans.planned(
        event, list(read_rows(table, guess(table, LOOKS, None, headings_of(own.values())), own)), ROOM
    )


def corrected(event: Event, who: Registration, **cells: str) -> bytes:
    """The exported workbook with some cells of one row typed anew, as Excel saves it."""
    book = load_workbook(io.BytesIO(exported(event, "xlsx")))
    sheet = book.worksheets[0]
    names = {str(cell.value): place for place, cell in enumerate(sheet[1], start=1)}
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, names["uid"]).value == who.uid)
    for name, text in cells.items():
        sheet.cell(row, names[name], text)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def told(event: Event, content: bytes) -> list[tuple[str, list[str]]]:
    """What the rows do that are not the same, and the faults of those that cannot."""
    return [(str(one.outcome), list(one.problems)) for one in plan(event, content) if one.outcome != "same"]


def bring_in(event: Event, content: bytes) -> None:
    rows = plan(event, content)
    imports.carry_out(event, import_plans.chosen_of(rows, None), ROOM, at=now())


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("without", [(), ("state",), ("given_name", "family_name")], ids=["all", "no state", "names"])
def test_every_row_of_our_export_is_the_same(
    event: Event, everybody: dict[str, Registration], ending: str, without: tuple[str, ...]
) -> None:
    rows = plan(event, exported(event, ending, without=without))
    assert [(str(one.outcome), list(one.problems)) for one in rows] == [("same", [])] * len(everybody)


def test_people_of_one_address_are_told_apart(event: Event, everybody: dict[str, Registration]) -> None:
    bring_in(event, corrected(event, everybody["second"], job_title="Adviser"))
    assert [everybody[one].job_title for one in ("first", "second")] == ["", "Adviser"]


def test_somebody_without_an_address_is_corrected(event: Event, everybody: dict[str, Registration]) -> None:
    bring_in(event, corrected(event, everybody["desk"], organisation="FAO"))
    assert (everybody["desk"].organisation, everybody["desk"].email) == ("FAO", "")


def test_a_new_address_is_taken_over_and_gets_the_link(event: Event, everybody: dict[str, Registration]) -> None:
    bring_in(event, corrected(event, everybody["plain"], email="Right@example.org"))
    person = everybody["plain"]
    assert (person.email, person.active_email) == ("Right@example.org", "right@example.org")
    mails = select(func.count()).select_from(OutboxMail).where(OutboxMail.recipient == "Right@example.org")
    assert db.session.scalar(mails) == 1


def test_an_address_of_somebody_else_is_refused(event: Event, everybody: dict[str, Registration]) -> None:
    content = corrected(event, everybody["plain"], email="BACK@example.org")
    assert told(event, content) == [("faulty", ["Another registration for this event uses this address."])]


def test_one_new_address_for_two_people_is_refused(event: Event, everybody: dict[str, Registration]) -> None:
    table = "uid,email\r\n" + "".join(f"{everybody[one].uid},new@example.org\r\n" for one in ("plain", "back"))
    refused = "Row 3 has the same address; that one counts."
    assert told(event, table.encode()) == [("faulty", [refused]), ("changed", [])]


def test_two_rows_about_one_person_are_told(event: Event, everybody: dict[str, Registration]) -> None:
    person = everybody["plain"]
    table = f"uid,email,organisation\r\n{person.uid},,FAO\r\n,{person.email},IAEA\r\n"
    refused = "Row 3 has the same address; that one counts."
    assert told(event, table.encode()) == [("faulty", [refused]), ("changed", [])]


def test_a_row_about_somebody_who_cancelled_since_does_not_bring_them_back(
    event: Event, everybody: dict[str, Registration]
) -> None:
    content = corrected(event, everybody["plain"], organisation="FAO")
    operations.cancel_registration(everybody["plain"], at=now())
    assert told(event, content) == [("faulty", ["This registration was cancelled."])]
    with pytest.raises(NotActive):
        operations.correct_details(everybody["plain"], {"organisation": "FAO"})


def test_a_row_that_cancels_somebody_expected_is_refused(event: Event, everybody: dict[str, Registration]) -> None:
    refused = "The row says “Canceled”. Cancel people on their own page."
    assert told(event, corrected(event, everybody["plain"], state="Canceled")) == [("faulty", [refused])]


def test_a_number_of_another_event_says_nothing(event: Event, everybody: dict[str, Registration]) -> None:
    other = make_open_event()
    table = (
        f"uid,email,name\r\n{everybody['plain'].uid},,Ana Díaz\r\n{everybody['back'].uid},a@example.org,Ana Díaz\r\n"
    )
    assert told(other, table.encode()) == [("faulty", ["There is no e-mail address."]), ("new", [])]
