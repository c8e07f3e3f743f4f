"""Every page of the demo, as people see it: no accessibility findings, nothing cut off, no errors in the console."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, DESK, OF_LOOKS, PHONE, Demo, axe_findings, sign_in
from tests.live import ready

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
PUBLIC = (
    "/",
    "/networks/inser",
    "/events/inser-launch",
    "/events/inser-launch/agenda",
    "/events/inser-launch/speakers",
    "/events/inser-launch/changes",
    "/events/inser-launch/live",
    "/events/inser-launch/register",
    "/events/gsp-plenary",
    "/events/gsp-plenary/agenda",
    "/events/gsp-plenary/documents",
    "/events/sample-workshop",
    "/events/sample-workshop/register",
    "/tickets/lost",
    "/login",
    "/reset",
)
MANAGE = (
    "/manage",
    "/manage/new",
    "/manage/users",
    "/manage/account",
    "/manage/account/second-step",
    "/manage/inser-launch",
    "/manage/inser-launch/agenda",
    "/manage/inser-launch/agenda/sessions/new",
    "/manage/inser-launch/agenda/paste",
    "/manage/inser-launch/speakers",
    "/manage/inser-launch/agenda/shift",
    "/manage/inser-launch/publish",
    "/manage/inser-launch/publish/releases/1",
    "/manage/inser-launch/run",
    "/manage/inser-launch/registrations",
    "/manage/inser-launch/registrations/new",
    "/manage/inser-launch/print",
    "/manage/inser-launch/badges",
    "/manage/inser-launch/badges/print",
    "/manage/inser-launch/badges/log",
    "/manage/inser-launch/badges/calibrate",
    "/manage/inser-launch/kiosks",
    "/manage/inser-launch/door",
    "/manage/inser-launch/door/inbox",
    "/manage/inser-launch/door/scans",
    "/manage/inser-launch/door/checkpoints",
    "/manage/inser-launch/messages",
    "/manage/inser-launch/outbox",
    "/manage/inser-launch/statistics",
    "/manage/inser-launch/attendance",
    "/manage/inser-launch/privacy",
    "/manage/inser-launch/form",
    "/manage/inser-launch/import",
    "/manage/inser-launch/limits",
    "/manage/inser-launch/delegations",
    "/manage/inser-launch/delegations/new",
    "/manage/inser-launch/delegations/several",
    "/manage/inser-launch/bulk",
    "/manage/inser-launch/team",
    "/manage/inser-launch/settings",
    "/manage/inser-launch/history",
    "/manage/inser-launch/cancel",
    "/manage/gsp-plenary/agenda/items",
    "/manage/gsp-plenary/agenda",
    "/scan",
    "/kiosk",
)
AT_REST = """() => Promise.allSettled(
    document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished)
).then(() => true)"""
"""Colours that still change are not the page's."""


def looks_right(page: Page, address: str) -> list[str]:
    """What is wrong with a page."""
    answer = page.goto(address)
    wrong = [*axe_findings(page), *_layout(page)]
    if answer is None or answer.status != 200:
        wrong.append(f"status {answer.status if answer else None}")
    if page.locator("h1").count() != 1:
        wrong.append(f"{page.locator('h1').count()} headings of the first level")
    return wrong


def _layout(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return ["scrolls sideways"] if wide else []


def looks_right_both_ways(page: Page, address: str) -> list[str]:
    """What is wrong with a page on a desk in light colours, then on a phone in dark ones.

    Colours do not depend on the size, nor the layout on the colours: two looks show all four. It is opened once; how
    pages open on a phone is seen from right to left.
    """
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)  # type: ignore[arg-type] # plain words
    wrong = looks_right(page, address)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type] # plain words
    page.evaluate(AT_REST)
    return [*wrong, *(f"dark, on a phone: {one}" for one in (*axe_findings(page, OF_LOOKS), *_layout(page)))]


def walking(page: Page) -> Page:
    """The page for many addresses: axe comes with each."""
    page.context.add_init_script(AXE)
    return page


def test_public_pages(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = walking(open_page())
    wrong = {}
    for path in (
        *PUBLIC,
        demo.ticket,
        f"{demo.ticket}/cancel",
        f"{demo.ticket}/edit",
        f"{demo.ticket}/mode",
        f"{demo.ticket}/agenda",
    ):
        if found := looks_right_both_ways(page, demo.live.url + path):
            wrong[path] = found
    assert wrong == {}


def test_organisers_pages(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, demo.live.url, demo.organiser)
    walking(page)
    wrong = {}
    for path in MANAGE:
        if found := looks_right_both_ways(page, demo.live.url + path):
            wrong[path] = found
    assert wrong == {}


def test_nothing_leaves_the_screen_where_text_is_twice_as_large(demo: Demo, open_page: Callable[..., Page]) -> None:
    """A phone of 390 pixels with letters of 32 is, in the measure of the letters, one of 195 with letters of 16."""
    page = open_page(size={"width": 195, "height": 422})
    wrong = []
    for path in ("/", "/networks/inser", "/events/inser-launch", "/events/inser-launch/agenda", demo.ticket):
        page.goto(demo.live.url + path)
        ready(page)
        wrong += [f"{path} {one}" for one in _layout(page)]
    assert wrong == []


def test_no_page_is_forgotten(demo: Demo) -> None:
    assert demo.forgotten == []


@pytest.mark.parametrize("signed_in", [False, True], ids=["public", "behind the sign-in"])
def test_every_page_from_right_to_left_on_a_phone(
    demo: Demo, open_page: Callable[..., Page], *, signed_in: bool
) -> None:
    page = open_page(size=PHONE)
    if signed_in:
        sign_in(page, demo.live.url, demo.organiser)
    walking(page)
    wrong = {}
    for shown in (shown for shown in demo.pages if shown.signed_in == signed_in):
        if found := looks_right(page, f"{demo.live.url}{shown.address}?lang=ar"):
            wrong[shown.address] = found
        elif page.locator("html").get_attribute("dir") != "rtl":
            wrong[shown.address] = ["reads from the left"]
    assert wrong == {}
