"""A focal point on a phone and an organiser at a desk: no findings, nothing cut off, also from right to left."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.delegations.queries import people_of, token_of
from inser_events.demo.loading import SignIn
from inser_events.events.models import TeamRole
from inser_events.registration import capacities, operations
from inser_events.registration.capacities import Limits
from tests.browser.conftest import DESK, PHONE, axe_findings, chrome, open_page, sign_in  # noqa: F401 — two are fixtures
from tests.delegations.factories import make_delegation, name_people, nominee
from tests.factories import PASSWORD, make_member, make_user
from tests.live import Live, serving
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SLUG = "soil-assembly"


class Served:
    """A served event with delegations; its focal point's page and one person in it."""

    live: Live
    focal: str
    person: str
    manage: str


@pytest.fixture
def served(tmp_path: Path, database_url: str) -> Iterator[Served]:
    found = Served()
    with serving(tmp_path, database_url) as live:
        with live.app.app_context():
            db.create_all()
            event = make_open_event(slug=SLUG)
            make_member(event, make_user("registrar@example.org"), TeamRole.REGISTRAR)
            capacities.set_limits(event, Limits(group_approval=True, party_size=3), at=now())
            delegation = make_delegation(event, room_cap=9)
            name_people(delegation, nominee("head"), nominee(email=""), nominee(mode="online"))
            operations.register(event, someone(organisation="Morocco"), at=now())
            found.live, found.focal = live, f"{live.url}/delegations/{token_of(delegation)}"
            found.person = f"{found.focal}/people/{people_of(delegation)[1].registration.uid}"
            found.manage = f"{live.url}/manage/{SLUG}/delegations"
            commit()
            db.session.remove()
        yield found


def findings(page: Page, address: str) -> list[str]:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found = axe_findings(page)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways")
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_focal_points_pages_look_right_on_a_phone(served: Served, open_page: Open, language: str) -> None:  # noqa: F811 — the fixture
    page = open_page(size=PHONE, scheme="dark")
    paths = (served.focal, served.person, f"{served.person}/replace", f"{served.focal}/upload")
    assert [(path, found) for path in paths if (found := findings(page, f"{path}?lang={language}"))] == []


def test_two_people_are_entered_on_a_phone(served: Served, chrome: Browser) -> None:  # noqa: F811 — the fixture
    # A page of its own: the console tells of every answer above 400.
    page = chrome.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(served.focal)
    page.locator("#p0-family_name").fill("Ghaouti")
    page.locator("#p0-email").fill("nowhere")
    page.locator("#p1-family_name").fill("Sadiki")
    page.get_by_role("button", name="Enter these people").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody was entered yet.")
    assert axe_findings(page) == []
    page.locator("#p0-email").fill("lamiae@example.org")
    page.get_by_role("button", name="Enter these people").click()
    expect(page.get_by_role("status")).to_contain_text("2 people are entered.")
    expect(page.get_by_role("link", name="Ghaouti", exact=True)).to_be_visible()
    page.context.close()


def test_the_organisers_pages_look_right(served: Served, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page(size=DESK)
    sign_in(page, served.live.url, SignIn("registrar@example.org", PASSWORD))
    page.goto(served.manage)
    one = page.get_by_role("link", name="Morocco").get_attribute("href") or ""
    paths = (served.manage, f"{served.live.url}{one}", f"{served.live.url}{one}/edit", f"{served.manage}/several")
    assert [(path, found) for path in paths if (found := findings(page, path))] == []


def test_colleagues_open_one_after_the_other(served: Served, open_page: Open) -> None:  # noqa: F811 — the fixture
    page = open_page(size=PHONE)
    assert findings(page, f"{served.live.url}/events/{SLUG}/register") == []
    second = page.locator("#colleague2-email")
    page.get_by_text("Add a colleague").click()
    expect(page.locator("#colleague1-email")).to_be_visible()
    expect(second).not_to_be_visible()
    page.get_by_text("Add another colleague").click()
    expect(second).to_be_visible()
