"""Registering on a phone, as people do it: what does not concern them is not there, and nothing typed is lost."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.demo.loading import SignIn
from inser_events.events.models import TeamRole
from inser_events.registration import form_operations
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.models import Registration
from tests.browser.conftest import PHONE, axe_findings, chrome, open_page, sign_in  # noqa: F401 — two are fixtures
from tests.factories import PASSWORD, make_member, make_user
from tests.live import Live, box_of, drag, serving
from tests.registration.factories import make_open_event

pytestmark = pytest.mark.browser
PDF = FilePayload(name="note verbale.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 nomination")
Open = Callable[..., Page]


@pytest.fixture
def live(tmp_path: Path, database_url: str) -> Iterator[Live]:
    """An event with questions of its own, served."""
    with serving(tmp_path, database_url) as running:
        with running.app.app_context():
            db.create_all()
            event = make_open_event(slug="soil-days")
            make_member(event, make_user("registrar@example.org"), TeamRole.REGISTRAR)
            form_operations.set_categories(event, ["participant", "delegate"])
            form_operations.set_rules(event, "delegate", {"organisation": "required"})
            lunch = QuestionData(
                kind="choice",
                label={"en": "Lunch", "ar": "الغداء"},
                options=[("", {"en": "Meat", "ar": "لحم"}), ("", {"en": "Other", "ar": "غير ذلك"})],
                required=True,
                modes=["in_person"],
            )
            question = form_operations.add_question(event, lunch, at=now())
            other = question.wording.keys[1]
            which = QuestionData(kind="text", label={"en": "Which?"}, depends_on=question.uid, depends_values=[other])
            form_operations.add_question(event, which, at=now())
            note = QuestionData(kind="file", label={"en": "Note verbale"}, categories=["delegate"], required=True)
            form_operations.add_question(event, note, at=now())
            commit()
            db.session.remove()
        yield running


def fill_in(page: Page) -> None:
    page.locator("[name=given_name]").fill("أمينة")
    page.locator("[name=family_name]").fill("بنعلي")
    page.locator("[name=email]").fill("amina@example.org")
    page.locator("[name=accept_privacy]").check()


def fits(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return not wide


def states(live: Live) -> list[tuple[str, str]]:
    with live.app.app_context():
        rows = db.session.query(Registration).order_by(Registration.id)
        found = [(row.category, row.mode) for row in rows]
        db.session.remove()
        return found


def test_a_delegate_registers_on_a_phone(live: Live, chrome: Browser) -> None:  # noqa: F811 — the fixture
    # Not `open_page`: Chromium notes the refused form, which is meant here, as an error in its console.
    page = chrome.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type] # plain words
    page.goto(f"{live.url}/events/soil-days/register")
    expect(page.get_by_text("Lunch", exact=True)).to_be_hidden()
    page.get_by_label("In the room").check()
    expect(page.get_by_text("Lunch", exact=True)).to_be_visible()
    expect(page.get_by_label("Which?")).to_be_hidden()
    page.get_by_label("Other", exact=True).check()
    expect(page.get_by_label("Which?")).to_be_visible()
    page.get_by_label("I take part as").select_option("delegate")
    expect(page.get_by_label("Note verbale")).to_be_visible()
    assert (axe_findings(page), fits(page)) == ([], True)

    fill_in(page)
    page.get_by_label("Note verbale").set_input_files([PDF])
    page.get_by_role("button", name="Register").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_text("Enter your organisation.").first).to_be_visible()
    expect(page.get_by_text("note verbale.pdf")).to_be_visible()
    assert axe_findings(page) == []

    page.locator("[name=organisation]").fill("INRA")
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/registered\?ticket="))
    assert axe_findings(page) == []
    page.context.close()
    assert states(live) == [("delegate", "in_person")]


def test_switching_to_online_takes_the_room_s_questions_away(live: Live, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page(size=PHONE)
    page.goto(f"{live.url}/events/soil-days/register")
    page.get_by_label("In the room").check()
    page.get_by_label("Other", exact=True).check()
    page.get_by_label("Online").check()
    expect(page.get_by_label("Which?")).to_be_hidden()
    fill_in(page)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/registered\?ticket="))
    assert states(live) == [("participant", "online")]


def test_the_form_reads_from_right_to_left(live: Live, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page(size=PHONE, scheme="dark")
    page.goto(f"{live.url}/events/soil-days/register?lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("[name=mode][value=in_person]").check()
    expect(page.get_by_text("الغداء", exact=True)).to_be_visible()
    assert (axe_findings(page), fits(page)) == ([], True)
    page.locator(".radio, .check").get_by_text("لحم").click()
    fill_in(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/registered\?.*ticket="))
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert (axe_findings(page), states(live)) == ([], [("participant", "in_person")])


def test_without_javascript_everything_is_there_and_only_what_applies_counts(live: Live, chrome: Browser) -> None:  # noqa: F811 — the fixture
    context = chrome.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type] # plain words
    page = context.new_page()
    page.goto(f"{live.url}/events/soil-days/register")
    expect(page.get_by_label("Note verbale")).to_be_visible()
    expect(page.get_by_text("For: Delegate.")).to_be_visible()
    page.get_by_label("Online").check()
    fill_in(page)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/registered\?ticket="))
    context.close()
    assert states(live) == [("participant", "online")]


def question_order(page: Page) -> list[str]:
    return page.locator(".question__label").all_inner_texts()


def test_questions_are_put_in_order_by_hand_and_by_keys(live: Live, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page()
    sign_in(page, live.url, SignIn("registrar@example.org", PASSWORD))
    page.goto(f"{live.url}/manage/soil-days/form")
    assert (question_order(page), axe_findings(page)) == (["Lunch", "Which?", "Note verbale"], [])
    page.get_by_role("button", name="Move up: Note verbale").press("Enter")
    expect(page.get_by_role("link", name="Note verbale")).to_be_focused()
    assert question_order(page) == ["Lunch", "Note verbale", "Which?"]

    handle = page.locator("[data-question]").nth(1).locator("[data-handle]")
    target, box = box_of(page.locator("[data-question]").nth(0)), box_of(handle)
    drag(page, (box["x"] + 10, box["y"] + 10), (box["x"] + 10, target["y"] + 2))
    with page.expect_navigation():
        page.mouse.up()
    assert question_order(page) == ["Note verbale", "Lunch", "Which?"]


@pytest.mark.parametrize(
    "path", ["form", "form/preview?category=delegate", "form/questions/new?kind=choice", "limits", "duplicates"]
)
def test_the_registrar_s_pages_have_no_findings(live: Live, open_page: Open, path: str) -> None:  # noqa: F811 — the fixture
    page = open_page(size=PHONE, scheme="dark")
    sign_in(page, live.url, SignIn("registrar@example.org", PASSWORD))
    page.goto(f"{live.url}/manage/soil-days/{path}")
    assert (axe_findings(page), fits(page)) == ([], True)
