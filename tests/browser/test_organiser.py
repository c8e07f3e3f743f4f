"""An organiser's first event: from signing in to a published page, with nothing but the pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inser_events.database import commit, db
from inser_events.demo.loading import SignIn
from tests.browser.conftest import sign_in
from tests.factories import PASSWORD, make_user, soon
from tests.live import Live, serving

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
