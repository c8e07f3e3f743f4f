"""Organisers write biographies in every language of the event; nobody's words are overwritten silently."""

from collections.abc import Callable

import lxml.html
import pytest
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.gaps import gaps_of
from inser_events.audit import AuditEntry
from inser_events.database import db
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
