"""A demo instance that is served, and pages of a real Chromium to open it with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from inser_events.database import commit, db
from inser_events.demo.loading import SignIn, load_demo
from inser_events.registration.models import Registration
from inser_events.registration.queries import link_of
from tests.browser.pages import Shown, pages_of
from tests.live import Live, chromium, ready, serving

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass
class Demo:
    """The sample data, served."""

    live: Live
    organiser: SignIn
    ticket: str
    """Address of a ticket page."""
    pages: list[Shown]
    """Every page of the application."""
    forgotten: list[str]
    """Routes that nobody said how to open."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo on SQLite, loaded once for all tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    with serving(folder, f"sqlite:///{folder / 'inser.db'}") as live:
        with live.app.app_context():
            db.create_all()
            organiser, *_others = load_demo()
            commit()
            pages, forgotten = pages_of(live.app, organiser)
            link = link_of(db.session.query(Registration).order_by(Registration.id).first() or Registration())
            commit()
            db.session.remove()
        yield Demo(live, organiser, f"/tickets/{link}", pages, forgotten)


@pytest.fixture(scope="session")
def chrome(playwright: Playwright) -> Iterator[Browser]:
    """Chromium."""
    browser = chromium(playwright)
    yield browser
    browser.close()


@pytest.fixture
def open_page(chrome: Browser) -> Iterator[Callable[..., Page]]:
    """Make a page of a given size and colour scheme; errors in its console fail the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def opened(*, scheme: str = "light", size: dict[str, int] | None = None) -> Page:
        context = chrome.new_context(viewport=size or DESK, color_scheme=scheme)  # type: ignore[arg-type] # plain words
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.context.close()
    assert complaints == []


def sign_in(page: Page, url: str, account: SignIn) -> None:
    """Sign in with the form."""
    page.goto(f"{url}/login")
    page.get_by_label("E-mail").fill(account.email)
    page.locator("[name=password]").fill(account.password)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/manage")


AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_LOOKS = ("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable")
"""The rules whose answer may be another in other colours or on another screen; the rest ask about the document."""


def axe_findings(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA on the page as it stands; by some *rules* alone if any are named."""
    ready(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)  # evaluated by the debugger, so the page's own policy does not forbid it
    chosen = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(WCAG)}
    found: list[str] = page.evaluate(
        """async chosen => {
            // No rule of these reads style sheets, and nobody here reads what is in order.
            const options = {runOnly: chosen, resultTypes: ["violations"], preload: {assets: ["media"]}};
            const result = await axe.run(document, options);
            return result.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ")).join(" | ")}`);
        }""",
        chosen,
    )
    return found
