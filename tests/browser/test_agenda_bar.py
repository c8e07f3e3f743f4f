"""The bar over the agenda in a real browser: the days, what is on now, and the lists to choose from."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Demo

LAUNCH, WORKSHOP = "/events/inser-launch/agenda", "/events/sample-workshop/agenda"


def marked(page: Page) -> list[str]:
    """Titles of the sessions that are on."""
    return page.locator(".session[data-now] .session__title").all_inner_texts()


def test_marks_what_is_on_and_moves_on_with_the_clock(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(size=PHONE)
    page.clock.install(time="2025-09-15T08:20:00Z")
    page.goto(demo.live.url + LAUNCH)
    expect(page.locator(".session__now")).to_have_text("Now")
    assert marked(page) == ["Opening"]
    assert page.locator(".session[data-past] .session__title").all_inner_texts() == ["Arrival and badges"]
    page.clock.run_for(11 * 60_000)
    assert marked(page) == ["INSER: vision and goals"]
    page.get_by_role("link", name="Now").click()
    expect(page.locator(".session:target .session__title")).to_have_text("INSER: vision and goals")


def test_marks_nothing_when_the_event_is_over(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(size=PHONE)
    page.clock.install(time="2025-09-16T08:20:00Z")
    page.goto(demo.live.url + LAUNCH)
    expect(page.locator(".star").first).to_be_visible()
    assert (marked(page), page.locator(".session[data-past]").count()) == ([], 0)
    expect(page.locator(".agenda-bar")).to_be_hidden()


def test_the_bar_stays_in_sight_and_names_the_day_that_is_read(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(size=PHONE)
    page.goto(demo.live.url + WORKSHOP)
    days = page.get_by_role("navigation", name="Days").get_by_role("link")
    expect(days.first).to_have_attribute("aria-current", "true")
    page.locator(".session__title").last.scroll_into_view_if_needed()
    expect(days.last).to_have_attribute("aria-current", "true")
    expect(days.first).not_to_have_attribute("aria-current", "true")
    expect(days.last).to_be_in_viewport()


def test_the_lists_are_folded_on_a_phone_and_open_where_there_is_room(
    demo: Demo, open_page: Callable[..., Page]
) -> None:
    phone, desk = open_page(size=PHONE), open_page(size=DESK)
    for page in (phone, desk):
        page.goto(f"{demo.live.url}{LAUNCH}?q=remarks")
    expect(phone.locator("select").first).to_be_hidden()
    phone.locator(".agenda-filter summary").click()
    expect(phone.locator("select").first).to_be_visible()
    expect(desk.locator("select").first).to_be_visible()
    expect(desk.locator(".agenda-filter summary")).to_be_hidden()
