"""A screen with more rooms than fit in large type."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import Demo

FRAME = "() => new Promise((seen) => requestAnimationFrame(() => seen(1)))"
FRAMES = 600


def until(page: Page, holds: str) -> None:
    """Look again with each picture the browser draws. Playwright's own waiting is code that our pages forbid."""
    for _ in range(FRAMES):
        if page.evaluate(holds):
            return
        page.evaluate(FRAME)
    raise AssertionError(holds)


def test_a_screen_is_made_to_fit_whatever_its_height(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(size={"width": 1280, "height": 340})
    page.goto(f"{demo.live.url}/events/sample-workshop/live")
    until(page, "document.documentElement.scrollHeight <= innerHeight")
    small = page.evaluate("getComputedStyle(document.querySelector('.live__screen')).getPropertyValue('--fit')")
    page.set_viewport_size({"width": 1280, "height": 1600})
    until(page, "getComputedStyle(document.querySelector('.live__screen')).getPropertyValue('--fit') === '1'")
    assert float(small) < 1
