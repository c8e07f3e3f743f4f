"""The desk and the attendee's own pages as people use them: keyboard only at the desk, a phone in Arabic elsewhere."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.demo.loading import SignIn
from inser_events.events.models import TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import form_operations, operations, queries
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.models import Registration
from tests.browser.conftest import PHONE, axe_findings, chrome, open_page, sign_in  # noqa: F401 — two are fixtures
from tests.factories import PASSWORD, make_member, make_user
from tests.live import Live, serving
from tests.registration.factories import make_open_event, someone
from tests.registration.test_register_browser import fits

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def live(tmp_path: Path, database_url: str) -> Iterator[Live]:
    """An event in two languages, served."""
    with serving(tmp_path, database_url) as running:
        with running.app.app_context():
            db.create_all()
            event = make_open_event(slug="soil-days", languages=["en", "ar"])
            make_member(event, make_user("registrar@example.org"), TeamRole.REGISTRAR)
            lunch = QuestionData(kind="choice", label={"en": "Lunch"}, options=[("", {"en": "Fish"})], required=True)
            form_operations.add_question(event, lunch, at=now())
            for _n in range(3):
                operations.register(event, someone(), at=now(), notify=False)
            operations.register(event, someone(email="amina@example.org", language="ar"), at=now(), notify=False)
            commit()
            db.session.remove()
        yield running


def ticket(live: Live) -> str:
    """Address of Amina's own page."""
    with live.app.app_context():
        mine = db.session.query(Registration).filter_by(email="amina@example.org").one()
        address = f"{live.url}/tickets/{queries.link_of(mine)}"
        db.session.remove()
        return address


def standing(live: Live) -> tuple[str, str, list[str]]:
    """Amina's mode and state, and what she was mailed."""
    with live.app.app_context():
        mine = db.session.query(Registration).filter_by(email="amina@example.org").one()
        mails = db.session.query(OutboxMail).filter_by(recipient="amina@example.org").order_by(OutboxMail.id)
        found = mine.mode, mine.state, [mail.cause.partition(":")[0] for mail in mails]
        db.session.remove()
        return found


def test_somebody_at_the_desk_is_registered_by_keyboard_alone(live: Live, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page()
    sign_in(page, live.url, SignIn("registrar@example.org", PASSWORD))
    page.goto(f"{live.url}/manage/soil-days/registrations/new")
    assert axe_findings(page) == []
    expect(page.locator("[name=given_name]")).to_be_focused()
    page.keyboard.type("Zoë")
    page.keyboard.press("Tab")
    page.keyboard.type("Okafor")
    page.get_by_label("Fish").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?done="))
    expect(page.get_by_role("button", name="Open the badge")).to_be_focused()
    assert axe_findings(page) == []
    with page.context.expect_event("response", lambda answer: "/badges/runs/" in answer.url) as badge:
        page.keyboard.press("Enter")
    assert (badge.value.status, badge.value.headers["content-type"]) == (200, "application/pdf")
    for other in page.context.pages[1:]:
        other.close()
    page.goto(f"{live.url}/manage/soil-days/registrations?q=okafor")
    assert axe_findings(page) == []


def test_a_click_ticks_everyone_and_another_nobody(live: Live, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page()
    sign_in(page, live.url, SignIn("registrar@example.org", PASSWORD))
    page.goto(f"{live.url}/manage/soil-days/bulk")
    every = page.get_by_role("button", name="Tick everyone on this page")
    every.click()
    assert page.locator("[name=person]:checked").count() == 4
    every.click()
    assert page.locator("[name=person]:checked").count() == 0
    assert axe_findings(page) == []


def test_switching_and_cancelling_on_a_phone_in_arabic(live: Live, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page(size=PHONE)
    address = ticket(live)
    for path in ("mode", "cancel"):
        page.goto(f"{address}/{path}?lang=ar")
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert (axe_findings(page), fits(page)) == ([], True)
        page.locator("main form button[type=submit]").click()
        page.wait_for_url(re.compile(r"/tickets/[A-Z]+(\?.*)?$"))
        assert (axe_findings(page), fits(page)) == ([], True)
    assert standing(live) == ("online", "cancelled", ["switched", "cancelled"])


def test_a_lost_link_is_mailed_and_never_shown(live: Live, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page(size=PHONE, scheme="dark")
    shown = []
    for email in ("amina@example.org", "stranger@example.org"):
        page.goto(f"{live.url}/tickets/lost?lang=ar")
        assert (axe_findings(page), fits(page)) == ([], True)
        page.locator("[name=email]").fill(email)
        page.locator("main form button[type=submit]").click()
        expect(page.locator(".outcome__mark--good")).to_be_visible()
        shown.append(page.locator("main").inner_text())
    assert shown[0] == shown[1]
    assert standing(live)[2] == ["link-again"]
