"""Stars in a real browser: kept on the device without a ticket, and with the ticket once it was opened there."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Demo

AGENDA = "/events/inser-launch/agenda"


def test_stars_of_a_device_go_to_the_ticket_when_the_person_asks(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(size=PHONE)
    page.goto(demo.live.url + AGENDA)
    first, second = page.locator(".star").nth(0), page.locator(".star").nth(1)
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    page.goto(f"{demo.live.url}{demo.ticket}/agenda?show=all&lang=en")
    expect(page.locator(".star[aria-pressed=true]")).to_have_count(0)
    page.get_by_role("button", name="Add them to my ticket").click()
    page.goto(f"{demo.live.url}{demo.ticket}/agenda?show=all&lang=en")
    expect(page.locator(".star[aria-pressed=true]")).to_have_count(1)
    expect(page.locator(".device-stars")).to_be_hidden()
    page.goto(demo.live.url + AGENDA)
    with page.expect_response(lambda answer: answer.url.endswith("/agenda/stars")):
        second.click()
    page.locator(".agenda-bar__mine a").click()
    page.wait_for_url(f"**{demo.ticket}/agenda")
    page.goto(f"{demo.live.url}{demo.ticket}/agenda?show=all&lang=en")
    expect(page.locator(".star[aria-pressed=true]")).to_have_count(2)
