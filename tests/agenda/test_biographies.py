"""Organisers write biographies in every language of the event; nobody's words are overwritten silently."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from inser_events.accounts.models import User
from inser_events.agenda.exports import agenda_xlsx
from inser_events.agenda.freezing import build_snapshot
from inser_events.agenda.gaps import gaps_of
from inser_events.agenda.publishing import publish_agenda
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event, TeamRole
from inser_events.people.models import Person
from tests.agenda.desk import text
from tests.factories import make_event, make_member, make_person, make_session, make_slot, make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def person(draft: Event) -> Person:
    """A speaker of an event in three languages, with a biography in one."""
    draft.languages = ["en", "fr", "ar"]
    person = make_person("Aba", biography={"en": "<p>Studies soil.</p>", "ru": "<p>Почвовед.</p>"})
    make_slot(make_session(draft), person=person)
    db.session.flush()
    return person


def address(person: Person) -> str:
    return f"/manage/launch/speakers/{person.uid}/biography"


def seen(owner: FlaskClient, person: Person) -> str:
    page = owner.get(address(person)).get_data(as_text=True)
    return page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]


def test_a_biography_is_written_in_another_language(owner: FlaskClient, person: Person) -> None:
    typed = {"seen": seen(owner, person), "bio_en": "Studies soil.", "bio_fr": "Étudie le sol.", "bio_ar": ""}
    answer = owner.post(address(person), data=typed)
    assert (answer.status_code, answer.location) == (303, f"/manage/launch/speakers#person-{person.uid}")
    assert person.biography == {
        "en": "<p>Studies soil.</p>",
        "fr": "<p>Étudie le sol.</p>",
        "ru": "<p>Почвовед.</p>",  # not a language of this event: it stays
    }


def test_each_field_says_its_language(owner: FlaskClient, person: Person) -> None:
    page = lxml.html.document_fromstring(owner.get(address(person)).get_data(as_text=True))
    said = [(field.get("name"), field.get("lang"), field.get("dir")) for field in page.iter("textarea")]
    assert said == [(f"bio_{code}", code, "auto") for code in ("en", "fr", "ar")]


def test_history_says_who_changed_it(owner: FlaskClient, person: Person) -> None:
    owner.post(address(person), data={"seen": seen(owner, person), "bio_en": "Works on erosion."})
    entry = db.session.query(AuditEntry).filter_by(action="change person").one()
    assert entry.after == {"biography": {"en": "<p>Works on erosion.</p>", "ru": "<p>Почвовед.</p>"}}
    assert text(owner.get("/manage/launch/history")).count("Works on erosion.") == 1


def test_what_the_speaker_wrote_meanwhile_is_shown_beside_what_was_typed(owner: FlaskClient, person: Person) -> None:
    before = seen(owner, person)
    person.biography = {"en": "<p>Theirs</p>"}
    answer = owner.post(address(person), data={"seen": before, "bio_en": "Mine"})
    page = text(answer)
    assert (answer.status_code, person.biography) == (409, {"en": "<p>Theirs</p>"})
    assert [page.count(words) for words in (">Theirs</td>", ">Mine</td>", "Mine</textarea>")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<script>alert(1)</script>Soil", "<p>&lt;script&gt;alert(1)&lt;/script&gt;Soil</p>"),
        (
            '<p onclick="x()">Soil <a href="javascript:x()">here</a></p>',
            '<p>Soil <a rel="noopener nofollow">here</a></p>',
        ),
    ],
)
def test_only_harmless_html_is_kept(owner: FlaskClient, person: Person, typed: str, stored: str) -> None:
    owner.post(address(person), data={"seen": seen(owner, person), "bio_en": typed})
    assert person.biography["en"] == stored


def test_too_long_a_text_is_refused_and_not_lost(owner: FlaskClient, person: Person) -> None:
    long = "soil " * 1000
    answer = owner.post(address(person), data={"seen": seen(owner, person), "bio_en": long})
    assert (answer.status_code, text(answer).count(long), person.biography["en"]) == (422, 1, "<p>Studies soil.</p>")


def test_only_those_who_may_edit_write_biographies(sign_in: SignIn, draft: Event, person: Person) -> None:
    registrar, stranger = make_user(), make_user()
    make_member(draft, registrar, TeamRole.REGISTRAR)
    for user, status in ((registrar, 403), (stranger, 404)):
        browser = sign_in(user)
        assert browser.get(address(person)).status_code == status
        assert browser.post(address(person), data={"bio_en": "Mine"}).status_code == status
    assert person.biography["en"] == "<p>Studies soil.</p>"


def test_somebody_of_another_event_is_not_found(owner: FlaskClient, draft: Event) -> None:
    other = make_person("Bela")
    make_slot(make_session(make_event(slug="other")), person=other)
    assert owner.get(address(other)).status_code == 404


def test_the_list_of_gaps_leads_to_the_field(draft: Event, person: Person) -> None:
    found, _coverage = gaps_of(draft)
    missing = next(gap.missing for gap in found if gap.what == "Biography")
    assert missing == [(code, f"{address(person)}#bio_{code}") for code in ("fr", "ar")]


def test_a_position_is_written_in_the_further_languages(owner: FlaskClient, person: Person) -> None:
    person.job_title, person.job_titles = "Director", {"ru": "Директор"}
    typed = {"seen": seen(owner, person), "bio_en": "Studies soil.", "job_fr": " Directrice générale ", "job_ar": ""}
    assert owner.post(address(person), data=typed).status_code == 303
    assert (person.job_title, person.job_titles) == ("Director", {"fr": "Directrice générale", "ru": "Директор"})
    entry = db.session.query(AuditEntry).filter_by(action="change person").one()
    assert entry.after["job_titles"] == person.job_titles


def test_the_main_language_has_its_position_elsewhere(owner: FlaskClient, person: Person) -> None:
    page = lxml.html.document_fromstring(owner.get(address(person)).get_data(as_text=True))
    fields = [field for field in page.iter("input") if str(field.get("name")).startswith("job_")]
    assert [(field.get("name"), field.get("lang"), field.get("dir")) for field in fields] == [
        ("job_fr", "fr", "auto"),
        ("job_ar", "ar", "auto"),
    ]


def test_a_position_written_meanwhile_is_not_overwritten(owner: FlaskClient, person: Person) -> None:
    before = seen(owner, person)
    person.job_titles = {"fr": "Directrice"}
    answer = owner.post(address(person), data={"seen": before, "bio_en": "Studies soil.", "job_fr": "Cheffe"})
    assert (answer.status_code, person.job_titles) == (409, {"fr": "Directrice"})
    assert [text(answer).count(words) for words in (">Directrice</td>", ">Cheffe</td>")] == [1, 1]


def test_too_long_a_position_is_refused_and_not_lost(owner: FlaskClient, person: Person) -> None:
    long = "x" * 300
    answer = owner.post(address(person), data={"seen": seen(owner, person), "job_fr": long})
    assert (answer.status_code, text(answer).count(f'value="{long}"'), person.job_titles) == (422, 1, {})


def test_the_list_of_gaps_names_positions_without_a_translation(draft: Event, person: Person) -> None:
    person.job_title, person.job_titles = "Director", {"fr": "Directrice"}
    db.session.flush()
    found, _coverage = gaps_of(draft)
    missing = next(gap.missing for gap in found if gap.what == "Position")
    assert missing == [("ar", f"{address(person)}#job_ar")]
    person.job_title, person.job_titles = "", {}
    db.session.flush()
    assert [gap for gap in gaps_of(draft)[0] if gap.what == "Position"] == []


@pytest.mark.parametrize(
    ("language", "position"), [("en", "Director"), ("fr", "Directrice"), ("ar", "Director"), ("zh", "Director")]
)
def test_readers_get_the_position_in_their_language(
    client: FlaskClient, draft: Event, person: Person, language: str, position: str
) -> None:
    person.job_title, person.job_titles = "Director", {"fr": "Directrice"}
    publish_agenda(draft, at=now())
    commit()
    for page in ("", "/agenda", "/speakers"):
        shown = client.get(f"/events/launch{page}?lang={language}").text
        assert {one for one in ("Director", "Directrice") if re.search(rf"\b{one}\b", shown)} == {position}
    assert json_ld(client.get(f"/events/launch?lang={language}").text)["jobTitle"] == position
    sheet = load_workbook(BytesIO(agenda_xlsx(build_snapshot(draft, number=1, at=now(), previous=None), language)))
    assert list(sheet.worksheets[1].values)[1][1] == position


def json_ld(page: str) -> dict[str, Any]:
    """The first performer of the page's structured data."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    performer: dict[str, Any] = json.loads(found[1])["performer"][0]
    return performer
