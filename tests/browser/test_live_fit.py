"""A screen with more rooms than fit in large type."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import Demo


def test_a_screen_is_made_to_fit_whatever_its_height(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(size={"width": 1280, "height": 340})
    page.goto(f"{demo.live.url}/events/sample-workshop/live")
    page.wait_for_function("document.documentElement.scrollHeight <= innerHeight")
    small = page.evaluate("getComputedStyle(document.querySelector('.live__screen')).getPropertyValue('--fit')")
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.wait_for_function(
        "getComputedStyle(document.querySelector('.live__screen')).getPropertyValue('--fit') === '1'"
    )
    assert float(small) < 1
