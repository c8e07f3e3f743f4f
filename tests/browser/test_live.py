"""A room's screen and the moderator's phone, on the day: taps reach the screen, and a lost network does not stop it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from inser_events.agenda.publishing import publish_agenda
from inser_events.config import OFFSET_VARIABLE
from inser_events.database import commit, db
from inser_events.demo.loading import SignIn
from tests.browser.conftest import DESK, PHONE, axe_findings, sign_in
from tests.factories import NINE, PASSWORD, make_event, make_session, make_user
from tests.live import Live, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
SCREEN = "/events/launch/live"


def set_clock(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    """Let the server believe that it is so many minutes after nine on the day of the launch."""
    away = (NINE - datetime.now(UTC)).total_seconds() + minutes * 60
    monkeypatch.setitem(os.environ, OFFSET_VARIABLE, str(away))


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """Two sessions in one room, published."""
    with serving(tmp_path, f"sqlite:///{tmp_path / 'inser.db'}") as live:
        with live.app.app_context():
            db.create_all()
            event = make_event(slug="launch", owner=make_user("owner@example.org"))
            make_session(event, title={"en": "First"})
            make_session(event, title={"en": "Second"}, starts_at=NINE.replace(hour=9))
            publish_agenda(event, at=NINE)
            commit()
            db.session.remove()
        yield live


@pytest.fixture
def screen(live: Live, chrome: Browser) -> Iterator[Page]:
    """The hall's big screen. It complains in its console while the network is away; that is no error here."""
    context = chrome.new_context(viewport={"width": 1920, "height": 1080})
    yield context.new_page()
    context.close()


def test_a_tap_on_the_phone_reaches_the_screen(
    live: Live, screen: Page, chrome: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, 40)
    screen.goto(live.url + SCREEN)
    screen.get_by_text("20 min left").wait_for()
    phone = chrome.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type] # plain words
    sign_in(phone, live.url, SignIn("owner@example.org", PASSWORD))
    phone.goto(f"{live.url}/manage/launch/run")
    assert axe_findings(phone) == []
    phone.get_by_role("button", name="+5 min: First").click()
    phone.get_by_text("25 min left").wait_for()
    screen.get_by_text("25 min left").wait_for()
    assert screen.get_by_text("until 10:05").is_visible()
    phone.context.close()


def test_the_screen_goes_on_while_the_network_is_away(
    live: Live, screen: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, 55)  # five minutes before the first session ends
    screen.clock.install()
    screen.goto(live.url + SCREEN)
    screen.get_by_role("heading", name="First").wait_for()
    screen.locator("[data-clock]").filter(has_text="09:5").wait_for()
    screen.context.set_offline(True)
    screen.clock.fast_forward("06:00")
    screen.get_by_role("heading", name="Second").wait_for()
    screen.get_by_text("No connection since 10:0").wait_for()
    set_clock(monkeypatch, 62)
    screen.context.set_offline(False)
    screen.clock.fast_forward("01:00")
    screen.locator("[data-lost-note]").wait_for(state="hidden")
    assert screen.get_by_role("heading", name="Second").is_visible()


def test_the_screen_has_no_accessibility_findings(live: Live, screen: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, 40)
    screen.goto(live.url + SCREEN)
    screen.get_by_text("20 min left").wait_for()
    assert axe_findings(screen) == []
    assert screen.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_without_javascript_the_screen_says_the_same(
    live: Live, chrome: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, 40)
    context = chrome.new_context(java_script_enabled=False, viewport=DESK)  # type: ignore[arg-type] # plain words
    page = context.new_page()
    page.goto(live.url + SCREEN)
    assert page.get_by_role("heading", name="First").is_visible()
    assert page.get_by_text("until 10:00").is_visible()
    context.close()
