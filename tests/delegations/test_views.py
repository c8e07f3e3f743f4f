"""The focal point's page: table entry, spreadsheet, one person, letter. Nothing typed is lost; nothing half is done."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from inser_events import jobs
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.delegations import letters, queries
from inser_events.delegations.models import Delegation
from inser_events.documents.tables import table_from
from inser_events.events.models import Event, Seats
from inser_events.registration import capacities, form_operations, operations
from inser_events.registration.capacities import Limits
from inser_events.registration.form_models import QuestionKind
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.models import Registration
from tests.delegations.factories import delegate_of, make_delegation, name_people, nominee
from tests.registration.factories import make_open_event, someone

PDF = b"%PDF-1.7\nnote verbale"
ROW = {"role": "representative", "mode": "in_person", "language": "en"}


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event()


@pytest.fixture
def delegation(event: Event) -> Delegation:
    return make_delegation(event, room_cap=3)


@pytest.fixture
def home(delegation: Delegation) -> str:
    return f"/delegations/{queries.token_of(delegation)}"


def rows(*people: dict[str, str]) -> dict[str, str]:
    """A table as a browser sends it, with an empty row at its end."""
    sent = {"rows": str(len(people) + 1)}
    for place, person in enumerate([*people, {}]):
        sent |= {f"p{place}-{name}": value for name, value in (ROW | person).items()}
    return sent


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def named(delegation: Delegation) -> list[tuple[str, str]]:
    return [(one.registration.name, one.role) for one in queries.people_of(delegation)]


def test_the_page_says_what_is_asked_and_remembers_that_it_was_opened(
    app: Flask, client: FlaskClient, delegation: Delegation, home: str
) -> None:
    answer = client.get(home)
    assert (answer.status_code, "3 places left" in text_of(answer), answer.headers["Cache-Control"]) == (
        200,
        True,
        "private, no-cache",
    )
    jobs.run_waiting(app)
    db.session.expire_all()
    assert delegation.opened_at is not None


@pytest.mark.parametrize(
    "path", ["", "/people/x", "/upload", "/template.xlsx", "/letter/x", "/upload/0123456789abcdef"]
)
def test_a_wrong_link_opens_nothing(client: FlaskClient, delegation: Delegation, path: str) -> None:
    assert client.get(f"/delegations/{'C' * 30}{path}").status_code == 404


def test_several_people_are_entered_at_once(client: FlaskClient, delegation: Delegation, home: str) -> None:
    sent = rows(
        {"family_name": "Sadiki", "given_name": "Mohammed", "email": "m@example.org", "role": "head"},
        {"family_name": "Ghaouti", "given_name": "Lamiae", "mode": "online"},
    )
    answer = client.post(f"{home}/people", data=sent)
    assert (answer.status_code, answer.location) == (303, f"{home}?done=named&count=2#people")
    assert named(delegation) == [("Mohammed Sadiki", "head"), ("Lamiae Ghaouti", "representative")]
    assert "2 people are entered." in text_of(client.get(answer.location))


def test_a_faulty_row_keeps_everything_typed_and_enters_nobody(
    client: FlaskClient, delegation: Delegation, home: str
) -> None:
    sent = rows({"family_name": "Sadiki", "email": "not an address"}, {"given_name": "Lamiae"})
    answer = client.post(f"{home}/people", data=sent)
    page = text_of(answer)
    assert answer.status_code == 422
    assert [piece in page for piece in ('value="not an address"', 'value="Lamiae"', 'href="#row-2"')] == [True] * 3
    assert named(delegation) == []


def test_what_the_rules_refuse_is_said_at_the_row(client: FlaskClient, delegation: Delegation, home: str) -> None:
    sent = rows(*({"family_name": f"Person {number}"} for number in range(4)))
    answer = client.post(f"{home}/people", data=sent)
    assert (answer.status_code, named(delegation)) == (422, [])
    assert text_of(answer).count("Your delegation has 3 places in the room.") == 1


def test_an_empty_table_is_answered_kindly(client: FlaskClient, home: str) -> None:
    answer = client.post(f"{home}/people", data=rows({}))
    assert (answer.status_code, "Fill in at least one row first." in text_of(answer)) == (422, True)


def test_another_site_cannot_send_the_table(client: FlaskClient, delegation: Delegation, home: str) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(f"{home}/people", data=rows({"family_name": "Sadiki"}), headers=elsewhere)
    assert (answer.status_code, named(delegation)) == (403, [])


def ask(event: Event, kind: QuestionKind = QuestionKind.CHOICE) -> str:
    """A required question for delegates; its field's name."""
    data = QuestionData(
        kind=kind,
        label={"en": "Diet", "fr": "Régime"},
        options=[("", {"en": "Vegetarian", "fr": "Végétarien"}), ("", {"en": "Any"})],
        required=True,
        categories=["delegate"],
    )
    return form_operations.add_question(event, data, at=now()).field


def test_the_event_s_own_questions_are_asked_of_each(client: FlaskClient, delegation: Delegation, home: str) -> None:
    field = ask(delegation.event)
    answer = client.post(f"{home}/people", data=rows({"family_name": "Sadiki"}))
    assert (answer.status_code, "Choose an answer." in text_of(answer)) == (422, True)
    assert db.session.scalar(select(Registration.id)) is None
    page = text_of(client.get(home))
    option = page.split(f'name="p0-{field}"')[1].split('value="')[1].split('"')[0]
    assert client.post(f"{home}/people", data=rows({"family_name": "Sadiki", field: option})).status_code == 303


def upload(client: FlaskClient, home: str, content: str | bytes, name: str = "people.csv") -> TestResponse:
    body = content.encode() if isinstance(content, str) else content
    return client.post(f"{home}/upload", data={"file": (BytesIO(body), name)}, content_type="multipart/form-data")


GOOD = "Rôle;Prénom;Nom;Courriel;Mode de participation\nchef;Ali;BABA;ali@example.org;en ligne\n;Sara;NAJI;;in person\n"


def test_a_spreadsheet_is_shown_row_by_row_and_entered_whole(
    client: FlaskClient, delegation: Delegation, home: str
) -> None:
    preview = upload(client, home, GOOD)
    page = text_of(client.get(preview.location))
    assert ("2 people can be entered" in page, named(delegation)) == (True, [])
    assert client.post(preview.location).status_code == 303
    assert named(delegation) == [("Ali BABA", "head"), ("Sara NAJI", "representative")]
    assert [one.registration.mode for one in queries.people_of(delegation)] == ["online", "in_person"]
    assert client.post(preview.location).status_code == 422


def test_rows_with_faults_say_why_and_nothing_is_entered(
    client: FlaskClient, delegation: Delegation, home: str
) -> None:
    preview = upload(client, home, GOOD + "king;;NOBODY;x@;mars\nhead;Ana;LI;ana@example.org;online\n")
    page = text_of(client.get(preview.location))
    said = [
        "“king” is no role we know: head, alternate, representative or adviser.",
        "“mars” is neither in the room nor online.",
        "“x@” is not an e-mail address.",
        "A delegation has one head. Here it is Ali BABA.",
    ]
    assert [words in page for words in said] == [True] * 4
    assert (client.post(preview.location).status_code, named(delegation)) == (422, [])


def test_answers_in_a_spreadsheet_are_judged_by_the_form(
    client: FlaskClient, delegation: Delegation, home: str
) -> None:
    ask(delegation.event)
    preview = upload(client, home, "Name;Diet\nAli BABA;végétarien\nSara NAJI;everything\nOmar ALAMI;\n")
    page = text_of(client.get(preview.location))
    said = ("“everything” is not one of the answers to “Diet”.", "Diet: Choose an answer.", "2 rows need a correction")
    assert [words in page for words in said] == [True] * 3


def test_the_empty_table_can_be_filled_in_and_read_again(
    client: FlaskClient, delegation: Delegation, home: str
) -> None:
    ask(delegation.event)
    for language in ("en", "fr", "ar", "zh", "ru", "es"):
        answer = client.get(f"{home}/template.xlsx?lang={language}")
        table = table_from(answer.data, "template.xlsx")
        assert (answer.status_code, len(table.header), len(table.rows)) == (200, 11, 1)
    untouched = upload(client, home, client.get(f"{home}/template.xlsx").data, "template.xlsx")
    assert (untouched.status_code, "The file has headings but no rows." in text_of(untouched)) == (422, True)


def test_the_example_in_the_template_is_nobody(client: FlaskClient, delegation: Delegation, home: str) -> None:
    book = load_workbook(BytesIO(client.get(f"{home}/template.xlsx").data))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    sheet.append([{"Given name": "Ali", "Family name": "BABA"}.get(str(title), "") for title in titles])
    filled = BytesIO()
    book.save(filled)
    client.post(upload(client, home, filled.getvalue(), "template.xlsx").location)
    assert named(delegation) == [("Ali BABA", "representative")]


def test_a_row_of_somebody_who_does_not_come_is_not_entered(
    client: FlaskClient, delegation: Delegation, home: str
) -> None:
    preview = upload(client, home, "Name;Status\nAli BABA;confirmed\nSara NAJI;Cancelled\n")
    assert "The row says “Cancelled”." in text_of(client.get(preview.location))
    assert (client.post(preview.location).status_code, named(delegation)) == (422, [])


@pytest.mark.parametrize("content", ["", "Name\n", b"PK\x03\x04 broken", b"\x89PNG"])
def test_an_unreadable_file_is_answered_in_words(client: FlaskClient, home: str, content: str | bytes) -> None:
    answer = upload(client, home, content)
    assert (answer.status_code, 'class="field__error"' in text_of(answer)) == (422, True)


@pytest.mark.parametrize("key", ["..", "0123456789abcdeX", "0123456789abcdef"])
def test_a_forged_upload_address_opens_nothing(client: FlaskClient, home: str, key: str) -> None:
    assert client.get(f"{home}/upload/{key}").status_code in {404, 422}


def test_one_delegation_cannot_open_the_upload_of_another(client: FlaskClient, event: Event, home: str) -> None:
    other = f"/delegations/{queries.token_of(make_delegation(event, country='FR'))}"
    key = upload(client, home, GOOD).location.rpartition("/")[2]
    assert client.get(f"{other}/upload/{key}").status_code == 422


@pytest.fixture
def person(delegation: Delegation) -> Registration:
    return name_people(delegation, nominee(given_name="Ali", family_name="Baba"), nominee())[0]


def test_details_are_corrected(client: FlaskClient, home: str, person: Registration) -> None:
    path = f"{home}/people/{person.uid}"
    assert "Ali" in text_of(client.get(path))
    sent = {
        "given_name": "Ali",
        "family_name": "Babá",
        "email": person.email,
        "language": "fr",
        "job_title": "Director",
    }
    assert client.post(path, data=sent | {"mode": "online"}).status_code == 303
    db.session.refresh(person)
    assert (person.family_name, person.language, person.mode) == ("Babá", "fr", "in_person")
    answer = client.post(path, data=sent | {"family_name": "", "job_title": "Kept"})
    assert (answer.status_code, 'value="Kept"' in text_of(answer)) == (422, True)


def test_an_address_taken_by_a_third_is_refused_at_the_field(
    client: FlaskClient, event: Event, home: str, person: Registration
) -> None:
    other = operations.register(event, someone(), at=now())
    sent = {"family_name": "Baba", "email": other.email, "language": "en"}
    answer = client.post(f"{home}/people/{person.uid}", data=sent)
    assert (answer.status_code, "Somebody is registered with this address already." in text_of(answer)) == (422, True)


def test_role_place_and_withdrawal(
    client: FlaskClient, delegation: Delegation, home: str, person: Registration
) -> None:
    path = f"{home}/people/{person.uid}"
    assert client.post(f"{path}/move", data={"way": "down"}).status_code == 303
    assert named(delegation)[1] == ("Ali Baba", "representative")
    assert client.post(f"{path}/role", data={"role": "head"}).status_code == 303
    assert named(delegation)[0] == ("Ali Baba", "head")
    assert client.post(f"{path}/role", data={"role": "king"}).status_code == 422
    assert client.post(f"{path}/withdraw").status_code == 303
    assert (len(named(delegation)), client.get(path).status_code) == (1, 404)


def test_somebody_else_takes_the_place(
    client: FlaskClient, delegation: Delegation, home: str, person: Registration
) -> None:
    path = f"{home}/people/{person.uid}/replace"
    assert "instead of Ali Baba" in text_of(client.get(path))
    wrong = client.post(path, data={"given_name": "Omar", "family_name": "", "language": "en"})
    assert (wrong.status_code, 'value="Omar"' in text_of(wrong)) == (422, True)
    sent = {"given_name": "Omar", "family_name": "Idrissi", "email": "o@example.org", "language": "en"}
    assert client.post(path, data=sent | {"mode": "online"}).status_code == 303
    assert named(delegation)[0] == ("Omar Idrissi", "representative")
    assert queries.people_of(delegation)[0].registration.mode == "in_person"


def test_those_who_ask_are_answered(client: FlaskClient, event: Event, delegation: Delegation, home: str) -> None:
    capacities.set_limits(event, Limits(group_approval=True), at=now())
    people = [operations.register(event, someone(organisation="Morocco"), at=now()) for _ in range(2)]
    commit()
    assert "Do they come with you?" in text_of(client.get(home))
    for registration, said in zip(people, ("yes", "no"), strict=True):
        assert client.post(f"{home}/people/{registration.uid}/answer", data={"answer": said}).status_code == 303
        db.session.refresh(registration)
    assert [one.state for one in people] == ["confirmed", "declined"]
    assert client.post(f"{home}/people/{people[0].uid}/answer", data={"answer": "yes"}).status_code == 409


def test_a_person_of_another_delegation_cannot_be_opened(
    client: FlaskClient, event: Event, home: str, person: Registration
) -> None:
    (stranger,) = name_people(make_delegation(event, country="FR"))
    commit()
    assert client.get(f"{home}/people/{stranger.uid}").status_code == 404
    assert client.post(f"{home}/people/{stranger.uid}/withdraw").status_code == 404


def test_only_tickets_that_go_through_the_focal_point_are_shown(
    client: FlaskClient, delegation: Delegation, home: str
) -> None:
    name_people(delegation, nominee(), nominee(email=""))
    commit()
    assert text_of(client.get(home)).count(">ticket</a>") == 1


def test_a_letter_is_sent_and_only_its_own_delegation_reads_it(
    client: FlaskClient, event: Event, delegation: Delegation, home: str
) -> None:
    sent = {"letter": (BytesIO(PDF), "note.pdf")}
    assert client.post(f"{home}/letter", data=sent, content_type="multipart/form-data").status_code == 303
    (letter,) = queries.letters_of(delegation)
    answer = client.get(f"{home}/letter/{letter.uid}")
    assert (answer.data, answer.headers["Content-Disposition"]) == (PDF, "attachment; filename=note.pdf")
    other = queries.token_of(make_delegation(event, country="FR"))
    assert client.get(f"/delegations/{other}/letter/{letter.uid}").status_code == 404


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<svg>"])
def test_what_is_no_letter_is_refused_at_the_field(
    client: FlaskClient, delegation: Delegation, home: str, content: bytes
) -> None:
    sent = {"letter": (BytesIO(content), "note.pdf")}
    answer = client.post(f"{home}/letter", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, 'class="field__error"' in text_of(answer)) == (422, True)
    assert (queries.letters_of(delegation), list(letters.folder().glob("*"))) == ([], [])


def test_a_returned_letter_says_why(client: FlaskClient, delegation: Delegation, home: str) -> None:
    letter = letters.send_letter(delegation, BytesIO(PDF), "note.pdf", at=now())
    letters.return_letter(delegation, letter, "The <stamp> is missing.", at=now())
    commit()
    assert "The &lt;stamp&gt; is missing." in text_of(client.get(home))


def test_after_the_deadline_the_page_offers_no_more_rows(client: FlaskClient, event: Event) -> None:
    late = make_delegation(event, country="FR", deadline=now())
    home = f"/delegations/{queries.token_of(late)}"
    commit()
    page = text_of(client.get(home))
    assert ("The time for naming people is over." in page, "p0-family_name" in page) == (True, False)
    assert client.post(f"{home}/people", data=rows({"family_name": "Sadiki"})).status_code == 409


def test_a_name_of_any_letters_stands_as_typed(client: FlaskClient, delegation: Delegation, home: str) -> None:
    name = "<b>علي</b> & \u202eeve"
    assert client.post(f"{home}/people", data=rows({"family_name": name})).status_code == 303
    (delegate,) = queries.people_of(delegation)
    assert (delegate_of(delegate.registration) is delegate, "<b>علي" in text_of(client.get(home))) == (True, False)


def test_the_focal_point_answers_for_those_whose_seats_are_kept(
    client: FlaskClient, event: Event, delegation: Delegation, home: str
) -> None:
    capacities.set_limits(event, Limits(offer_hours=24), at=now())
    db.session.execute(update(Seats).where(Seats.event_id == event.id, Seats.mode == "in_person").values(capacity=2))
    seated = operations.register(event, someone(), at=now())
    people = name_people(delegation, nominee(given_name="<Amina>", email=""), nominee(email=""))
    operations.cancel_registration(seated, at=now())
    page = text_of(client.get(home))
    assert ("2 seats are kept" in page, "&lt;Amina&gt;" in page) == (True, True)
    address = f"{home}/people/{people[1].uid}/offer"
    assert client.post(address, data={"answer": "perhaps"}).status_code == 303
    accept = {"answer": "accept", "mode": "in_person"}
    assert [client.post(address, data=accept).status_code for _n in range(2)] == [303, 303]
    assert ([one.state for one in people], "seats are kept" in text_of(client.get(home))) == (["confirmed"] * 2, False)
    assert client.post(address, data={"answer": "decline", "mode": "in_person"}).status_code == 409
