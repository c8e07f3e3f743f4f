"""The kiosk in a real Chromium: paired by its address, a code typed as scanners do, the badge on paper."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from inser_events.agenda.publishing import publish_agenda
from inser_events.checkin.kiosk import open_kiosk
from inser_events.clock import now
from inser_events.database import commit, db
from tests.browser.conftest import axe_findings
from tests.checkin.factories import code_of, make_registration
from tests.factories import make_event, make_session
from tests.live import Live, chromium

pytestmark = pytest.mark.browser


@dataclass
class Hall:
    """A kiosk's token and a guest's code."""

    token: str
    code: str


@pytest.fixture
def desk_context(playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser on a desk."""
    browser = chromium(playwright)
    yield browser.new_context(viewport={"width": 1280, "height": 900})
    browser.close()


@pytest.fixture
def hall(live: Live) -> Iterator[Hall]:
    with live.app.app_context():
        event = make_event(slug="launch")
        make_session(event)
        publish_agenda(event, at=now())
        guest = make_registration(event, family_name="Ghaouti")
        _kiosk, token = open_kiosk(event, None, "East kiosk", "a6")
        code = code_of(guest)
        commit()
        yield Hall(token, code)
        db.session.remove()


@pytest.fixture
def kiosk(live: Live, hall: Hall, desk_context: BrowserContext) -> Page:
    page = desk_context.new_page()
    page.goto(f"{live.url}/kiosk#{hall.token}")
    ready(page)
    page.evaluate("window.print = () => { window.sheet = document.querySelector('[data-kiosk-sheet]').naturalWidth; }")
    return page


def ready(page: Page) -> None:
    """Wait until it listens: this browser has no camera, which is said then."""
    expect(page.get_by_text("Use the scanner in front of you.")).to_be_visible()


def scanned(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_badge_is_printed_after_a_look_at_the_name(kiosk: Page, hall: Hall) -> None:
    scanned(kiosk, hall.code)
    expect(kiosk.get_by_role("heading", name="Amina Ghaouti")).to_be_visible()
    assert axe_findings(kiosk) == []
    kiosk.get_by_role("button", name="Print my badge").click()
    expect(kiosk.get_by_role("heading", name="Your badge is being printed")).to_be_visible()
    assert kiosk.evaluate("window.sheet") == 1654


def test_token_does_not_stay_in_the_address(kiosk: Page, hall: Hall) -> None:
    assert kiosk.url.endswith("/kiosk")
    assert kiosk.evaluate("document.cookie") == ""


def test_second_time_is_sent_to_the_staff(kiosk: Page, hall: Hall) -> None:
    scanned(kiosk, hall.code)
    kiosk.get_by_role("button", name="Print my badge").click()
    expect(kiosk.get_by_role("heading", name="Your badge is being printed")).to_be_visible()
    kiosk.reload()
    ready(kiosk)
    scanned(kiosk, hall.code)
    expect(kiosk.get_by_role("alert")).to_contain_text("This badge was printed before")
    kiosk.get_by_role("button", name="Start again").click()
    expect(kiosk.get_by_role("heading", name="Print your badge")).to_be_visible()


def test_without_a_network_it_says_so(kiosk: Page, hall: Hall, desk_context: BrowserContext) -> None:
    desk_context.set_offline(offline=True)
    scanned(kiosk, hall.code)
    expect(kiosk.get_by_role("alert")).to_contain_text("There is no network just now.")
