"""An organiser's first event: from signing in to a published page, with nothing but the pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inser_events.database import commit, db
from inser_events.demo.loading import SignIn
from tests.browser.conftest import PHONE, sign_in
from tests.factories import PASSWORD, make_event, make_user, soon
from tests.live import Live, ready, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def live(tmp_path: Path, database_url: str) -> Iterator[Live]:
    """An empty instance with one user, served."""
    with serving(tmp_path, database_url) as running:
        with running.app.app_context():
            make_user("organiser@example.org", administrator=True)
            commit()
            db.session.remove()
        yield running


def test_an_organiser_creates_an_event_and_publishes_it(live: Live, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, live.url, SignIn("organiser@example.org", PASSWORD))

    page.goto(f"{live.url}/manage/new")
    page.get_by_label("Name", exact=True).fill("Soil days")
    page.get_by_label("First day").fill(soon().isoformat())
    page.get_by_label("Time zone").select_option("Africa/Casablanca")
    page.get_by_label("Rooms").fill("Main hall, 120")
    page.get_by_role("button", name="Create event").click()
    expect(page.locator("h1")).to_contain_text("Soil days")
    assert page.request.get(f"{live.url}/events/soil-days").status == 404

    page.goto(f"{live.url}/manage/soil-days/agenda/sessions/new")
    page.get_by_label("Title", exact=True).first.fill("Opening")
    page.get_by_label("Starts").fill("09:00")
    page.locator("main").get_by_role("button", name="Add session").first.click()
    expect(page.locator("h1")).to_contain_text("Opening")
    assert page.request.get(f"{live.url}/events/soil-days").status == 404

    page.goto(f"{live.url}/manage/soil-days/publish")
    page.locator("main").get_by_role("button", name="Publish").click()
    page.goto(f"{live.url}/events/soil-days/agenda")
    expect(page.get_by_text("09:00").first).to_be_visible()
    expect(page.get_by_role("link", name="Opening").or_(page.get_by_text("Opening")).first).to_be_visible()


def test_the_time_zone_of_a_new_event_starts_as_the_readers_own(live: Live, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, live.url, SignIn("organiser@example.org", PASSWORD))
    page.goto(f"{live.url}/manage/new")
    own = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    expect(page.get_by_label("Time zone")).to_have_value(own)


def managing(live: Live, page: Page, path: str = "") -> Page:
    """A page of an event, signed in."""
    with live.app.app_context():
        make_event(slug="launch")
        commit()
        db.session.remove()
    sign_in(page, live.url, SignIn("organiser@example.org", PASSWORD))
    page.goto(f"{live.url}/manage/launch{path}")
    ready(page)
    return page


def test_on_a_phone_the_pages_of_an_event_open_as_a_sheet(live: Live, open_page: Callable[..., Page]) -> None:
    page = managing(live, open_page(size=PHONE))
    agenda = page.get_by_role("navigation").get_by_role("link", name="Agenda")
    expect(agenda).to_be_hidden()
    page.get_by_role("button", name="Overview").click()
    expect(agenda).to_be_visible()
    page.keyboard.press("Escape")
    expect(agenda).to_be_hidden()
    page.get_by_role("button", name="Overview").click()
    agenda.click()
    expect(page.locator("h1")).to_have_text("Agenda")


def test_a_colour_is_typed_or_picked(live: Live, open_page: Callable[..., Page]) -> None:
    page = managing(live, open_page(), "/identity")
    typed, picked = page.locator("#primary"), page.locator("input[type=color]").first
    typed.fill("#3d5c2f")
    expect(picked).to_have_value("#3d5c2f")
    picked.fill("#2a5673")
    expect(typed).to_have_value("#2a5673")
