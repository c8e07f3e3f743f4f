"""An event's own form: what is asked of whom, how answers are judged, kept, shown and exported."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.clock import fixed_at, now
from inser_events.database import commit, db
from inser_events.documents import pictures
from inser_events.events.models import Event, TeamRole
from inser_events.registration import answers, form_operations, operations, queries, uploads
from inser_events.registration.errors import QuestionNeeded, UnusableAnswer, UnusableFile, UnusableQuestion
from inser_events.registration.form_models import Answer, FormSettings, Question, Upload
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import erase_person
from inser_events.registration.questions import given, plan_of, questions_of, settings_of
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone
from tests.registration.test_views import FORM

pytestmark = pytest.mark.usefixtures("app")
PDF = b"%PDF-1.7\n% a letter of nomination"


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event()
    commit()
    return event


def ask(event: Event, kind: str = "text", label: str = "Diet", **values: Any) -> Question:
    if "options" in values:
        values["options"] = [("", {"en": text}) for text in values["options"]]
    return form_operations.add_question(event, QuestionData(kind=kind, label={"en": label}, **values), at=now())


def key(question: Question, text: str) -> str:
    return next(str(option["key"]) for option in question.wording.options if option["label"]["en"] == text)


def data_of(question: Question, **changes: Any) -> QuestionData:
    wording = question.wording
    values = {
        "kind": question.kind,
        "label": wording.label,
        "options": [(option["key"], option["label"]) for option in wording.options],
        "required": question.required,
        "depends_on": question.depends_on,
        "depends_values": question.depends_values,
    }
    return QuestionData(**values | changes)  # type: ignore[arg-type] # the values' types are those of QuestionData


def send(client: FlaskClient, event: Event, **values: Any) -> Any:
    return client.post(f"/events/{event.slug}/register", data=FORM | values)


def only_registration() -> Registration:
    return db.session.scalars(select(Registration)).one()


def answered(registration: Registration) -> dict[str, Any]:
    return {answer.wording.label["en"]: answer.value for answer in answers.answers_of(registration)}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, "brown").save(buffer, kind)
    return buffer.getvalue()


def test_an_untouched_event_asks_what_it_always_asked(event: Event) -> None:
    plan = plan_of(event)
    assert ([field for field in ("phone", "gender", "country") if plan.rule(field, "participant") != "off"]) == [
        "country"
    ]
    assert (list(plan.categories), list(plan.questions)) == (["participant"], [])
    assert db.session.scalars(select(FormSettings)).all() == []


@pytest.mark.parametrize(
    ("value", "is_answer"),
    [(0, True), (0.0, True), ("", False), (None, False), ([], False), (False, False), ("0", True)],
)
def test_zero_is_an_answer_and_nothing_is_none(value: Any, is_answer: bool) -> None:
    assert given(value) is is_answer


def test_a_condition_looks_at_mode_category_and_the_answer_before(event: Event) -> None:
    meal = ask(event, "choice", options=["Meat", "Vegetarian", "Other"], modes=["in_person"])
    which = ask(event, "text", "Which?", depends_on=meal.uid, depends_values=[key(meal, "Other")])
    press = ask(event, "text", "Medium", categories=["press"])
    plan = plan_of(event)

    def asked(mode: str, category: str, values: dict[str, Any]) -> list[Question]:
        return plan.asked(mode, category, values)

    assert asked("in_person", "participant", {meal.uid: key(meal, "Other")}) == [meal, which]
    assert asked("in_person", "participant", {meal.uid: key(meal, "Meat")}) == [meal]
    assert asked("online", "press", {meal.uid: key(meal, "Other")}) == [press]


def test_a_missing_answer_is_named_and_a_required_one_that_does_not_apply_is_not(
    client: FlaskClient, event: Event
) -> None:
    diet = ask(event, required=True, modes=["in_person"])
    answer = send(client, event)
    assert (answer.status_code, f'href="#{diet.field}"' in answer.get_data(as_text=True)) == (422, True)
    assert send(client, event, mode="online").status_code == 303


def test_answers_are_kept_with_the_wording_they_were_given_to(client: FlaskClient, event: Event) -> None:
    diet = ask(event)
    assert send(client, event, **{diet.field: "None"}).status_code == 303
    form_operations.change_question(event, diet, data_of(diet, label={"en": "Dietary needs"}), at=now())
    shown = answers.shown_answers(only_registration())
    assert [(one.question, one.words, one.outdated) for one in shown] == [({"en": "Diet"}, [{"": "None"}], True)]


def test_new_words_before_any_answer_make_no_new_version(event: Event) -> None:
    diet = ask(event)
    form_operations.change_question(event, diet, data_of(diet, label={"en": "Dietary needs"}), at=now())
    assert (diet.wording.version, diet.wording.label) == (1, {"en": "Dietary needs"})


def test_a_renamed_answer_keeps_its_key_and_a_new_one_never_takes_an_old_one(event: Event) -> None:
    meal = ask(event, "choice", options=["Meat", "Fish"])
    meat, fish = meal.wording.keys
    options = [(fish, {"en": "Fish or seafood"}), ("", {"en": "Meat"})]
    form_operations.change_question(event, meal, data_of(meal, options=options), at=now())
    assert meal.wording.keys[0] == fish
    assert meal.wording.keys[1] not in {meat, fish}


def test_every_kind_of_answer_is_stored_as_what_it_is(client: FlaskClient, event: Event) -> None:
    asked = {kind: ask(event, kind, kind) for kind in ("text", "long_text", "number", "date", "consent")}
    meal = ask(event, "choice", "choice", options=["Meat", "Fish"])
    days = ask(event, "choices", "choices", options=["Monday", "Tuesday", "Wednesday"])
    sent = {
        asked["text"].field: " Halal\t ",
        asked["long_text"].field: "one\r\ntwo",
        asked["number"].field: "2.50",
        asked["date"].field: "2025-09-14",
        asked["consent"].field: "y",
        meal.field: key(meal, "Fish"),
        days.field: [key(days, "Wednesday"), key(days, "Monday")],
    }
    assert send(client, event, **sent).status_code == 303
    assert answered(only_registration()) == {
        "text": "Halal",
        "long_text": "one\ntwo",
        "number": 2.5,
        "date": "2025-09-14",
        "consent": True,
        "choice": key(meal, "Fish"),
        "choices": [key(days, "Monday"), key(days, "Wednesday")],
    }


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("number", "many", "Enter a number."),
        ("number", "nan", "Enter a number."),
        ("number", "1e999", "Enter a number."),
        ("date", "tomorrow", "Enter a date."),
        ("text", "x" * 301, "Use at most 300 characters."),
    ],
)
def test_an_unusable_answer_is_named_and_nothing_is_registered(
    client: FlaskClient, event: Event, kind: str, typed: str, said: str
) -> None:
    question = ask(event, kind)
    answer = send(client, event, **{question.field: typed})
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)
    assert db.session.scalars(select(Registration)).all() == []


def test_a_forged_choice_is_refused(client: FlaskClient, event: Event) -> None:
    meal = ask(event, "choice", options=["Meat"])
    assert send(client, event, **{meal.field: "caviar"}).status_code == 422
    with pytest.raises(UnusableAnswer):
        operations.register(event, someone(), at=now(), answers={meal.uid: "caviar"})


def test_a_consent_that_is_needed_must_be_ticked(client: FlaskClient, event: Event) -> None:
    photo = ask(event, "consent", "I agree to photographs", required=True)
    assert send(client, event).status_code == 422
    assert send(client, event, **{photo.field: "y"}).status_code == 303


def test_rules_of_fields_hold_on_the_form(client: FlaskClient, event: Event) -> None:
    form_operations.set_rules(event, "", {"organisation": "required", "country": "off", "phone": "required"})
    page = client.get(f"/events/{event.slug}/register").get_data(as_text=True)
    assert ('name="phone"' in page, 'name="country"' in page) == (True, False)
    refused = send(client, event, country="MA").get_data(as_text=True)
    assert ("Enter your organisation." in refused, "Enter your telephone number." in refused) == (True, True)
    assert send(client, event, organisation="INRA", phone="+212537000000", country="MA").status_code == 303
    registration = only_registration()
    assert (registration.phone, registration.country) == ("+212 5 37 00 00 00", "")


@pytest.mark.parametrize("typed", ["12", "call me", "+999999999999999999"])
def test_an_unusable_telephone_number_is_refused(client: FlaskClient, event: Event, typed: str) -> None:
    form_operations.set_rules(event, "", {"phone": "optional"})
    assert send(client, event, phone=typed).status_code == 422


def test_a_category_has_a_set_of_its_own(client: FlaskClient, event: Event) -> None:
    form_operations.set_categories(event, ["participant", "press"])
    form_operations.set_rules(event, "press", {"organisation": "required"})
    medium = ask(event, "text", "Medium", categories=["press"], required=True)
    assert send(client, event, category="press").status_code == 422
    sent = {"category": "press", "organisation": "Radio", medium.field: "Radio", "email": "press@example.org"}
    assert send(client, event, **sent).status_code == 303
    assert send(client, event, category="participant").status_code == 303
    assert sorted(db.session.scalars(select(Registration.category))) == ["participant", "press"]


@pytest.mark.parametrize("category", ["staff", "organiser", "press", "<b>"])
def test_nobody_registers_as_what_is_not_offered(client: FlaskClient, event: Event, category: str) -> None:
    assert send(client, event, category=category).status_code == 422


def test_a_link_can_choose_the_category(client: FlaskClient, event: Event) -> None:
    form_operations.set_categories(event, ["participant", "press"])
    page = client.get(f"/events/{event.slug}/register?category=press").get_data(as_text=True)
    assert re.search(r'<option selected value="press">', page) is not None


def test_without_javascript_a_line_says_whom_a_question_is_for(client: FlaskClient, event: Event) -> None:
    ask(event, modes=["online"])
    page = client.get(f"/events/{event.slug}/register").get_data(as_text=True)
    assert "For people taking part: Online." in page
    condition = re.search(r"data-when='([^']+)'|data-when=\"([^\"]+)\"", page)
    assert condition is not None
    assert json.loads((condition[1] or condition[2]).replace("&#34;", '"')) == {"modes": ["online"]}


def test_an_attendee_sees_and_corrects_answers(client: FlaskClient, event: Event) -> None:
    diet, medium = ask(event), ask(event, "text", "Medium", categories=["press"])
    send(client, event, **{diet.field: "None"})
    link = f"/tickets/{queries.link_of(only_registration())}/edit"
    page = client.get(link).get_data(as_text=True)
    assert ('value="None"' in page, medium.field in page) == (True, False)
    assert client.post(link, data=FORM | {diet.field: "Vegan"}).status_code == 303
    assert answered(only_registration()) == {"Diet": "Vegan"}


def test_correcting_details_keeps_a_field_that_is_no_longer_asked(client: FlaskClient, event: Event) -> None:
    registration = operations.register(event, someone(phone="+212 5 37 00 00 00"), at=now())
    client.post(f"/tickets/{queries.link_of(registration)}/edit", data=FORM)
    assert only_registration().phone == "+212 5 37 00 00 00"


def test_a_question_moves_but_never_before_the_one_it_hangs_on(event: Event) -> None:
    first, parent = ask(event, "text", "First"), ask(event, "consent", "Bus?")
    child = ask(event, "text", "From where?", depends_on=parent.uid, depends_values=["yes"])
    form_operations.move_question(event, first, 2)
    assert [one.uid for one in questions_of(event.id)] == [parent.uid, child.uid, first.uid]
    with pytest.raises(QuestionNeeded):
        form_operations.move_question(event, child, 0)
    with pytest.raises(QuestionNeeded):
        form_operations.remove_question(event, parent, at=now())


def test_an_answer_that_another_question_hangs_on_cannot_be_removed(event: Event) -> None:
    meal = ask(event, "choice", options=["Meat", "Other"])
    ask(event, "text", "Which?", depends_on=meal.uid, depends_values=[key(meal, "Other")])
    with pytest.raises(UnusableQuestion):
        form_operations.change_question(
            event, meal, data_of(meal, options=[(key(meal, "Meat"), {"en": "Meat"})]), at=now()
        )


@pytest.mark.parametrize(
    "values",
    [{"label": {"en": "  "}}, {"kind": "choice"}, {"depends_on": "nothing"}, {"kind": "choice", "options": [("", {})]}],
)
def test_an_unusable_question_is_refused(event: Event, values: dict[str, Any]) -> None:
    with pytest.raises(UnusableQuestion):
        form_operations.add_question(
            event, QuestionData(**{"kind": "text", "label": {"en": "Diet"}} | values), at=now()
        )


def test_a_removed_question_keeps_its_answers_and_one_without_goes(client: FlaskClient, event: Event) -> None:
    diet, never = ask(event), ask(event, "text", "Never answered")
    send(client, event, **{diet.field: "None"})
    for question in (diet, never):
        form_operations.remove_question(event, question, at=now())
    assert (list(questions_of(event.id)), [one.uid for one in questions_of(event.id, removed=True)]) == ([], [diet.uid])
    assert answered(only_registration()) == {"Diet": "None"}


def test_exports_have_a_column_for_each_question(sign_in: Callable[[User], FlaskClient], event: Event) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    meal = ask(event, "choices", "Meal", options=["Meat", "=Fish"])
    ask(event, "number", "Guests")
    ask(event, "text", "Meal")
    mine = {meal.uid: meal.wording.keys, questions_of(event.id)[1].uid: 2}
    operations.register(event, someone(), at=now(), answers=mine)
    operations.register(event, someone(), at=now() - timedelta(minutes=1))
    browser = sign_in(registrar)
    text = browser.get(f"/manage/{event.slug}/registrations.csv").get_data().decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    assert [line[-3:] for line in lines] == [
        ["Meal", "Guests", "Meal (2)"],
        ["Meat; =Fish", "2", ""],
        ["", "", ""],
    ]
    book = load_workbook(BytesIO(browser.get(f"/manage/{event.slug}/registrations.xlsx").get_data()))
    assert [cell.value for cell in book.active[2]][-3:] == ["Meat; =Fish", 2, None]  # type: ignore[index] # a worksheet


def test_hostile_words_are_text_everywhere(
    client: FlaskClient, event: Event, sign_in: Callable[[User], FlaskClient]
) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    hostile = "<script>alert(1)</script>{{7*7}}' onload=\"x"
    question = ask(event, "choice", hostile, options=[hostile], help={"en": hostile})
    ask(event, "text", hostile, depends_on=question.uid, depends_values=question.wording.keys)
    send(client, event, **{question.field: question.wording.keys[0]})
    browser = sign_in(registrar)
    pages = [
        client.get(f"/events/{event.slug}/register"),
        browser.get(f"/manage/{event.slug}/form"),
        browser.get(f"/manage/{event.slug}/form/preview"),
        browser.get(f"/manage/{event.slug}/form/questions/{question.uid}"),
        browser.get(f"/manage/{event.slug}/registrations/{only_registration().uid}"),
    ]
    assert [page.status_code for page in pages] == [200] * 5
    assert [page for page in pages if "<script>alert" in page.get_data(as_text=True)] == []


def upload_form(question: Question, content: bytes, name: str) -> dict[str, Any]:
    return {question.field: (BytesIO(content), name)}


def test_a_file_is_kept_under_another_name_and_given_to_registrars_only(
    client: FlaskClient, event: Event, sign_in: Callable[[User], FlaskClient], tmp_path: Path
) -> None:
    registrar, door = make_user(), make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    make_member(event, door, TeamRole.DOOR)
    note = ask(event, "file", "Note verbale", required=True)
    assert send(client, event, **upload_form(note, PDF, "../../note verbale.exe")).status_code == 303
    upload = db.session.scalars(select(Upload)).one()
    assert (upload.filename, [path.name for path in (tmp_path / "uploads" / "answers").iterdir()]) == (
        "note verbale.pdf",
        [upload.stored_name],
    )
    address = f"/manage/{event.slug}/registrations/{only_registration().uid}/files/{upload.uid}"
    answer = sign_in(registrar).get(address)
    assert (answer.get_data(), answer.content_type, answer.headers["Content-Disposition"].split(";")[0]) == (
        PDF,
        "application/pdf",
        "attachment",
    )
    assert [sign_in(user).get(address).status_code for user in (door, make_user())] == [403, 404]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_written_anew(kind: str) -> None:
    hidden = picture(kind) + b"<?php evil() ?>"
    file = uploads.receive(BytesIO(hidden), "me.gif")
    kept = (uploads.folder() / file.stored_name).read_bytes()
    assert (b"evil" in kept, Image.open(BytesIO(kept)).size) == (False, (40, 20))


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ an executable", b"<svg onload='x'/>", picture("GIF"), picture()[:60], b"\x89PNG\r\n\x1a\n" + b"0" * 99],
    ids=["empty", "program", "svg", "gif", "cut off", "only a head"],
)
def test_what_is_no_pdf_or_picture_is_refused(content: bytes) -> None:
    with pytest.raises(UnusableFile):
        uploads.receive(BytesIO(content), "photo.png")


def test_a_picture_that_would_fill_the_memory_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(UnusableFile, match="too many pixels"):
        uploads.receive(BytesIO(picture()), "photo.png")


def test_who_changes_a_question_reads_what_becomes_of_the_answers(
    client: FlaskClient, event: Event, sign_in: Callable[[User], FlaskClient]
) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    question = ask(event)
    browser, path = sign_in(registrar), f"/manage/{event.slug}/form/questions/{question.uid}"
    before = browser.get(path).get_data(as_text=True)
    send(client, event, **{question.field: "Vegetarian"})
    after = browser.get(path).get_data(as_text=True)
    assert ["1 person has answered" in page for page in (before, after)] == [False, True]


def test_a_large_file_is_refused_at_the_field(
    client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", uploads.MEGABYTE // 4)
    note = ask(event, "file", "Note verbale")
    answer = send(client, event, **upload_form(note, PDF + b"0" * uploads.LARGEST, "note.pdf"))
    assert (answer.status_code, "This file is too large." in answer.get_data(as_text=True)) == (422, True)


def test_a_file_is_chosen_once_although_the_form_comes_back(client: FlaskClient, event: Event) -> None:
    note = ask(event, "file", "Note verbale", required=True)
    answer = client.post(
        f"/events/{event.slug}/register", data=FORM | {"family_name": ""} | upload_form(note, PDF, "note.pdf")
    )
    carried = re.search(rf'type="hidden" name="{note.field}" value="([^"]+)"', answer.get_data(as_text=True))
    assert (answer.status_code, carried is not None) == (422, True)
    assert carried is not None
    assert send(client, event, **{note.field: carried[1]}).status_code == 303
    assert db.session.scalars(select(Upload.filename)).all() == ["note.pdf"]


def test_a_file_that_two_people_sent_stays_for_the_other(client: FlaskClient, event: Event) -> None:
    """Somebody goes back to the form that carries the file already, and enters a colleague."""
    note = ask(event, "file", "Note verbale")
    page = send(client, event, family_name="", **upload_form(note, PDF, "note.pdf")).get_data(as_text=True)
    ticket = re.search(rf'name="{note.field}" value="([^"]+)"', page)
    assert ticket is not None
    for name in ("amina", "yusuf"):
        send(client, event, email=f"{name}@example.org", **{note.field: ticket[1]})
    amina, yusuf = db.session.scalars(select(Registration).order_by(Registration.id)).all()
    kept = []
    for person in (amina, yusuf):
        erase_person(person, at=now())
        commit()
        kept.append(len(list(uploads.folder().iterdir())))
    assert kept == [1, 0]


@pytest.mark.parametrize("ticket", ["forged", "eyJhIjoxfQ.aaaa.bbbb"])
def test_a_forged_file_ticket_is_refused(client: FlaskClient, event: Event, ticket: str) -> None:
    note = ask(event, "file", "Note verbale")
    assert send(client, event, **{note.field: ticket}).status_code == 422


def test_a_file_ticket_signed_by_others_opens_no_file(client: FlaskClient, event: Event) -> None:
    note = ask(event, "file", "Note verbale")
    theirs = uploads.receive(BytesIO(PDF), "note.pdf")
    forged = URLSafeTimedSerializer("another secret", salt="file waiting for its form").dumps(asdict(theirs))
    assert send(client, event, **{note.field: forged}).status_code == 422
    assert send(client, event, **{note.field: uploads.ticket_for(theirs)}).status_code == 303


def test_correcting_without_a_new_file_keeps_the_old_one(client: FlaskClient, event: Event) -> None:
    note = ask(event, "file", "Note verbale", required=True)
    send(client, event, **upload_form(note, PDF, "first.pdf"))
    link = f"/tickets/{queries.link_of(only_registration())}/edit"
    assert client.post(link, data=FORM).status_code == 303
    assert db.session.scalars(select(Upload.filename)).all() == ["first.pdf"]
    assert client.post(link, data=FORM | upload_form(note, PDF, "second.pdf")).status_code == 303
    assert db.session.scalars(select(Upload.filename)).all() == ["second.pdf"]


def test_files_of_unfinished_forms_are_swept_after_a_day(event: Event) -> None:
    note = ask(event, "file", "Note verbale")
    forgotten, sent = (uploads.receive(BytesIO(PDF), name) for name in ("forgotten.pdf", "sent.pdf"))
    operations.register(event, someone(), at=now(), answers={note.uid: sent})
    uploads.sweep_uploads()
    assert len(list(uploads.folder().iterdir())) == 2
    with fixed_at(now() + timedelta(days=2)):
        uploads.sweep_uploads()
    assert [path.name for path in uploads.folder().iterdir()] == [sent.stored_name]
    assert forgotten.stored_name != sent.stored_name


def test_cascade_leaves_no_answers_behind(client: FlaskClient, event: Event) -> None:
    diet = ask(event)
    send(client, event, **{diet.field: "None"})
    db.session.delete(only_registration())
    db.session.flush()
    assert db.session.scalars(select(Answer)).all() == []


def test_settings_survive_beside_each_other(event: Event) -> None:
    form_operations.set_rules(event, "", {"phone": "required"})
    form_operations.set_rules(event, "press", {"phone": "off", "email": "off", "nonsense": "off", "country": ""})
    assert settings_of(event.id).rules == {"": {"phone": "required"}, "press": {"phone": "off"}}
