"""Importing registrations: what is guessed, what each row would do, all or nothing."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from openpyxl import Workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inser_events import jobs
from inser_events.accounts.models import User
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.documents.sheets import csv
from inser_events.documents.tables import Table, table_from
from inser_events.events.models import Event, Seats, TeamRole
from inser_events.languages import INTERFACE
from inser_events.mail import OutboxMail
from inser_events.registration import import_batches, import_plans, imports, operations
from inser_events.registration.capacity_models import CategorySeats
from inser_events.registration.column_words import column_words, page_words
from inser_events.registration.import_headings import FIELDS, guess, is_heading
from inser_events.registration.import_models import ImportBatch, ImportMemory
from inser_events.registration.import_reading import LOOKS, Defaults, read_row, read_rows
from inser_events.registration.import_words import country_of, mode_of
from inser_events.registration.models import Registration
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "names" / "blns.json"
FORMS = (
    "ID,Start time,Completion time,Email,Name,Last modified time,"
    '"How will you take part? (in the room, or online)",Your organisation,"Which country,\ndo you come from?"\r\n'
)
ROOM = Defaults(mode="in_person")


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=3)


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def forms_file(*rows: str) -> bytes:
    return (FORMS + "".join(f"{row}\r\n" for row in rows)).encode("cp1252")


def fields(table: Table) -> dict[str, str]:
    return {table.header[place]: name for place, name in guess(table, LOOKS).items()}


def plan(event: Event, content: bytes, defaults: Defaults = ROOM) -> list[import_plans.Planned]:
    table = table_from(content, "a.csv", is_heading=is_heading)
    return import_plans.planned(event, list(read_rows(table, guess(table, LOOKS))), defaults)


def outcomes(event: Event, content: bytes) -> list[tuple[str, list[str]]]:
    return [(str(one.outcome), list(one.problems)) for one in plan(event, content)]


def bring_in(event: Event, content: bytes, defaults: Defaults = ROOM) -> None:
    imports.carry_out(event, plan(event, content, defaults), defaults, at=now())


def people() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Registration.family_name, Registration.state).order_by(Registration.id))
    return [(name, state) for name, state in rows]


def send_raw(client: FlaskClient, event: Event, content: bytes, name: str) -> TestResponse:
    """Upload a file of any size: the test client's own way leaves large ones open."""
    head = f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return client.post(
        f"/manage/{event.slug}/import",
        data=head.encode() + content + b"\r\n--cut--\r\n",
        content_type="multipart/form-data; boundary=cut",
    )


def send(client: FlaskClient, event: Event, content: bytes, name: str = "list.csv") -> str:
    """Upload a file; the address of its preview."""
    answer = send_raw(client, event, content, name)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


# What columns hold


def test_a_microsoft_forms_export_is_understood() -> None:
    table = table_from(forms_file("1,9/1/25 10:02,9/1/25 10:04,a@example.org,Zoë Li,,Online,FAO,Morocco"), "a.csv")
    assert fields(table) == {
        "Email": "email",
        "Name": "name",
        "How will you take part? (in the room, or online)": "mode",
        "Your organisation": "organisation",
        "Which country, do you come from?": "country",
    }


def test_the_addresses_of_an_anonymous_form_are_those_of_the_question() -> None:
    table = table_from(b"ID,Email,Name,What is your e-mail?\n1,anonymous,,a@example.org\n", "a.csv")
    assert fields(table) == {"What is your e-mail?": "email", "Name": "name"}


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Prénom;Nom;Adresse e-mail;Pays", ["given_name", "family_name", "email", "country"]),
        ("Nombre;Apellidos;Correo electrónico;País", ["given_name", "family_name", "email", "country"]),
        ("Имя;Фамилия;Электронная почта;Страна", ["given_name", "family_name", "email", "country"]),
        ("名;姓;电子邮件;国家", ["given_name", "family_name", "email", "country"]),
        ("الاسم الأول;اسم العائلة;البريد الإلكتروني;البلد", ["given_name", "family_name", "email", "country"]),
        ("NOM ET PRENOM;Courriel;x;x", ["name", "email"]),
        ("Nom;E-mail;x;x", ["name", "email"]),
        ("First name;Name;E-mail;x", ["given_name", "family_name", "email"]),
    ],
)
def test_headings_in_many_languages(heading: str, expected: list[str]) -> None:
    table = table_from(f"{heading}\na;b;c;d\n".encode(), "a.csv")
    found = guess(table, LOOKS)
    assert [found[place] for place in sorted(found)] == expected


@pytest.mark.parametrize("language", INTERFACE)
@pytest.mark.usefixtures("app")
def test_our_own_words_head_columns_in_every_language(language: str) -> None:
    with force_locale(language):
        words = {field: word for field, word in column_words().items() if field in FIELDS and field != "name"}
        short = page_words()
    assert guess(Table(list(words.values()), []), {}) == dict(enumerate(words))
    few = [words["email"], *short.values()]
    assert guess(Table(few, []), {}) == {0: "email", 1: "name", 2: "phone", 3: "mode"}


def test_a_question_that_only_speaks_of_countries_is_not_one() -> None:
    table = table_from(b"E-mail,Which country did you like most?\na@example.org,the one by the sea\n", "a.csv")
    assert fields(table) == {"E-mail": "email"}


def test_remembered_columns_win_over_guesses() -> None:
    table = table_from(b"E-mail,Name,Title\na@example.org,x,y\n", "a.csv")
    assert guess(table, LOOKS, {"title": "job_title", "name": ""}) == {0: "email", 2: "job_title"}


# What cells mean


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Maroc", "MA"),
        ("MA", "MA"),
        ("MAR", "MA"),
        ("المغرب", "MA"),
        ("Türkiye", "TR"),
        ("中国", "CN"),
        ("Atlantis", ""),
    ],
)
def test_countries_by_code_or_name(text: str, code: str) -> None:
    assert country_of(text) == code


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("In person (Rabat)", "in_person"),
        ("En présentiel", "in_person"),
        ("Online via Zoom", "online"),
        ("à distance", "online"),
        ("عن بعد", "online"),
        ("In person or online", ""),
        ("perhaps", ""),
    ],
)
def test_modes_in_words(text: str, mode: str) -> None:
    assert mode_of(text) == mode


def test_a_whole_name_is_taken_apart() -> None:
    row = read_row(2, {"email": "a@example.org", "name": "Prof. Dr Amina BENALI"})
    assert row.values == {
        "email": "a@example.org",
        "honorific": "Prof. Dr",
        "given_name": "Amina",
        "family_name": "BENALI",
    }


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"email": ""}, "There is no e-mail address."),
        ({"email": "anonymous"}, "Answered without signing in: there is no e-mail address."),
        ({"email": "amina at example"}, "“amina at example” is not an e-mail address."),
        ({"email": "a@example.org", "country": "Atlantis"}, "No country is called “Atlantis”."),
        ({"email": "a@example.org", "mode": "maybe"}, "“maybe” is neither in the room nor online."),
        ({"email": "a@example.org", "category": "emperor"}, "There is no category “emperor”."),
        ({"email": "a@example.org", "language": "Elvish"}, "“Elvish” is none of the six languages of our mails."),
        ({"email": "a@example.org", "family_name": "x" * 151}, f"“{'x' * 20}…” is longer than 150 letters."),
    ],
)
def test_a_faulty_cell_is_told_in_one_sentence(app: Flask, cells: dict[str, str], problem: str) -> None:
    assert read_row(2, cells).problems == [problem]


# What rows do


def test_each_row_is_new_changed_the_same_or_faulty(event: Event) -> None:
    operations.register(event, someone(email="known@example.org", family_name="Li", organisation="FAO"), at=now())
    operations.register(event, someone(email="moved@example.org", family_name="Wu", organisation="FAO"), at=now())
    content = (
        "E-mail;Family name;Organisation\nnew@example.org;Ito;FAO\nKNOWN@example.org;Li;\n"
        "moved@example.org;Wu;INRA\nnobody;Ka;FAO\nlate@example.org;;FAO\n"
    )
    assert outcomes(event, content.encode()) == [
        ("new", []),
        ("same", []),
        ("changed", []),
        ("faulty", ["“nobody” is not an e-mail address."]),
        ("faulty", ["There is no name."]),
    ]


def test_of_two_rows_with_one_address_the_last_counts(event: Event) -> None:
    content = b"E-mail;Family name\na@example.org;Li\nA@Example.org;Wu\n"
    assert outcomes(event, content) == [("faulty", ["Row 3 has the same address; that one counts."]), ("new", [])]


def test_an_empty_cell_leaves_things_as_they_are(event: Event) -> None:
    person = operations.register(event, someone(email="a@example.org", organisation="FAO"), at=now())
    bring_in(event, b"E-mail;Organisation;Position\na@example.org;;Director\n")
    db.session.refresh(person)
    assert (person.organisation, person.job_title) == ("FAO", "Director")


def test_those_without_a_seat_wait_in_the_order_of_the_table(event: Event) -> None:
    rows = "".join(f"p{n}@example.org;Person {n}\n" for n in range(5))
    bring_in(event, f"E-mail;Family name\n{rows}".encode())
    states = [state for _name, state in people()]
    seats = db.session.execute(select(Seats.taken, Seats.waiting).where(Seats.mode == "in_person")).one()
    assert (states, tuple(seats)) == (["confirmed"] * 3 + ["waitlisted"] * 2, (3, 2))


def test_nobody_is_imported_past_those_who_wait(event: Event) -> None:
    for _n in range(4):
        operations.register(event, someone(), at=now())
    event.seats[0].capacity = 10
    bring_in(event, b"E-mail;Family name\na@example.org;Li\n")
    assert people()[-1] == ("Li", "waitlisted")


def test_imported_people_have_a_working_ticket_and_a_history(event: Event) -> None:
    bring_in(event, b"E-mail;Family name\na@example.org;Li\n")
    person = db.session.scalars(select(Registration)).one()
    operations.cancel_registration(person, at=now())
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"registration:{person.id}"))
    assert (len(person.tickets), list(actions)) == (1, ["import registration", "cancel registration"])


def test_a_change_of_mode_takes_a_seat_there(event: Event) -> None:
    person = operations.register(event, someone(email="a@example.org"), at=now())
    bring_in(event, b"E-mail;Mode\na@example.org;online\n")
    db.session.refresh(person)
    seats = dict(db.session.execute(select(Seats.mode, Seats.taken)).all())
    assert (person.mode, seats) == ("online", {"in_person": 0, "online": 1})


def test_importing_a_file_twice_changes_nothing_more(event: Event) -> None:
    content = forms_file("1,,,a@example.org,Zoë Li,,In the room,FAO,Morocco", "2,,,b@example.org,Al Wu,,Online,FAO,")
    bring_in(event, content)
    assert [one.outcome for one in plan(event, content)] == ["same", "same"]


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="needs ../shared/data")
def test_hostile_names_are_only_names(event: Event, registrar: FlaskClient) -> None:
    event.seats[0].capacity = None
    names = [text for text in json.loads(NAUGHTY.read_text()) if text.strip() and len(text) < 150]
    rows = [["E-mail", "Family name"], *([f"p{n}@example.org", name] for n, name in enumerate(names))]
    address = send(registrar, event, csv(rows))
    for page in range(1, 8):
        assert registrar.get(f"{address}?show=new&page={page}").status_code == 200
    plan_now = plan(event, csv(rows))
    imports.carry_out(event, import_plans.chosen_of(plan_now, None), ROOM, at=now())
    commit()
    assert registrar.get(f"/manage/{event.slug}/registrations").status_code == 200


# The pages


def test_from_the_upload_to_the_imported_rows(event: Event, registrar: FlaskClient) -> None:
    address = send(registrar, event, b"E-mail;Family name\na@example.org;Li\nb@example.org;Wu\nnobody;Ka\n")
    assert (registrar.get(address).status_code, people()) == (200, [])
    answer = registrar.post(f"{address}/run", data={"which": "all"}, follow_redirects=True)
    assert (answer.status_code, people()) == (200, [("Li", "confirmed"), ("Wu", "confirmed")])
    assert db.session.scalar(select(func.count(OutboxMail.id))) == 0


def test_only_the_ticked_rows_are_imported(event: Event, registrar: FlaskClient) -> None:
    address = send(registrar, event, b"E-mail;Family name\na@example.org;Li\nb@example.org;Wu\n")
    registrar.post(f"{address}/run", data={"which": "ticked", "row": ["3"]})
    assert people() == [("Wu", "confirmed")]


def test_starting_twice_imports_once(event: Event, registrar: FlaskClient) -> None:
    address = send(registrar, event, b"E-mail;Family name\na@example.org;Li\n")
    answers = [registrar.post(f"{address}/run", data={"which": "all"}).status_code for _n in range(2)]
    assert (answers, people()) == ([303, 409], [("Li", "confirmed")])


def test_corrected_columns_are_used_and_remembered(event: Event, registrar: FlaskClient) -> None:
    content = b"E-mail;Name;Who pays\na@example.org;Li;FAO\n"
    address = send(registrar, event, content)
    corrected = {"column-0": "email", "column-1": "family_name", "column-2": "organisation", "mode": "online"}
    registrar.post(f"{address}/columns", data=corrected)
    again = send(registrar, event, content)
    batch = db.session.scalars(select(ImportBatch).where(ImportBatch.uid == again.rpartition("/")[2])).one()
    assert batch.columns == {"0": "email", "1": "family_name", "2": "organisation"}
    registrar.post(f"{again}/run", data={"which": "all"})
    person = db.session.scalars(select(Registration)).one()
    assert (person.organisation, person.mode, db.session.scalar(select(func.count()).select_from(ImportMemory))) == (
        "FAO",
        "online",
        1,
    )


def test_new_people_are_mailed_their_ticket_when_asked(app: Flask, event: Event, registrar: FlaskClient) -> None:
    operations.register(event, someone(email="old@example.org", family_name="Old"), at=now(), notify=False)
    address = send(registrar, event, b"E-mail;Family name\na@example.org;Li\nold@example.org;Older\n")
    registrar.post(f"{address}/run", data={"which": "all", "send_tickets": "on"})
    jobs.run_waiting(app)
    assert db.session.scalars(select(OutboxMail.recipient)).all() == ["a@example.org"]


def test_many_rows_are_a_job_with_a_progress_page(app: Flask, event: Event, registrar: FlaskClient) -> None:
    event.seats[0].capacity = None
    rows = [["E-mail", "Family name"], *([f"p{n}@example.org", f"Person {n}"] for n in range(300))]
    address = send(registrar, event, csv(rows))
    registrar.post(f"{address}/run", data={"which": "all"})
    assert (people(), "poll" in registrar.get(address).get_data(as_text=True)) == ([], True)
    jobs.run_waiting(app)
    db.session.expire_all()
    batch = db.session.scalars(select(ImportBatch)).one()
    assert (len(people()), batch.state, batch.counts["new"]) == (300, "done", 300)


def test_a_job_that_fails_leaves_nothing_behind(
    app: Flask, event: Event, registrar: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    event.seats[0].capacity = None
    rows = [["E-mail", "Family name"], *([f"p{n}@example.org", f"Person {n}"] for n in range(700))]
    address = send(registrar, event, csv(rows))
    registrar.post(f"{address}/run", data={"which": "all"})
    enter = imports._enter

    def enter_once(event: Event, rows: list[object], *more: object) -> None:
        enter(event, rows, *more)  # type: ignore[arg-type] # passed on as it came
        raise import_batches.NotReady

    monkeypatch.setattr(imports, "_enter", enter_once)
    jobs.run_waiting(app)
    db.session.expire_all()
    batch = db.session.scalars(select(ImportBatch)).one()
    assert (people(), batch.state, bool(batch.error)) == ([], "failed", True)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture.xlsx"),
        (b"PK\x03\x04 torn", "torn.xlsx"),
        (b"E-mail;Family name\n", "headings.csv"),
        (b"x" * (10 * 1024 * 1024), "big.csv"),
    ],
)
def test_a_file_that_is_no_table_is_refused_kindly(
    event: Event, registrar: FlaskClient, content: bytes, name: str
) -> None:
    answer = send_raw(registrar, event, content, name)
    assert (answer.status_code, db.session.scalar(select(func.count(ImportBatch.id)))) == (422, 0)


def test_a_post_beyond_the_limit_is_refused(event: Event, registrar: FlaskClient) -> None:
    assert send_raw(registrar, event, b"x" * (13 * 1024 * 1024), "big.csv").status_code == 413


def test_a_workbook_with_formula_cells_is_previewed_by_its_values(event: Event, registrar: FlaskClient) -> None:
    book = Workbook()
    book.active.append(["E-mail", "Family name", "Organisation"])  # type: ignore[union-attr] # it has a sheet
    book.active.append(["a@example.org", "Li", '=HYPERLINK("http://evil.example","FAO")'])  # type: ignore[union-attr] # a new book has a sheet
    buffer = io.BytesIO()
    book.save(buffer)
    address = send(registrar, event, buffer.getvalue(), "list.xlsx")
    assert "HYPERLINK" not in registrar.get(address).get_data(as_text=True)


def test_another_events_import_is_not_found(event: Event, registrar: FlaskClient) -> None:
    other = make_open_event()
    address = send(registrar, event, b"E-mail;Family name\na@example.org;Li\n")
    assert registrar.get(address.replace(event.slug, other.slug)).status_code == 404


def test_a_dropped_upload_leaves_no_file(event: Event, registrar: FlaskClient, tmp_path: Path) -> None:
    address = send(registrar, event, b"E-mail;Family name\na@example.org;Li\n")
    registrar.post(f"{address}/drop")
    assert (list((tmp_path / "uploads" / "imports").iterdir()), registrar.get(address).status_code) == ([], 404)


def test_a_categorys_share_of_the_seats_holds_for_imports_too(event: Event) -> None:
    db.session.add(CategorySeats(event_id=event.id, mode="in_person", category="press", capacity=1))
    content = b"E-mail;Family name;Category\na@example.org;A;press\nb@example.org;B;press\nc@example.org;C;delegate\n"
    bring_in(event, content)
    assert people() == [("A", "confirmed"), ("B", "waitlisted"), ("C", "confirmed")]
