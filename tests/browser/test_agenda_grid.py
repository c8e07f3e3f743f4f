"""The agenda as a grid in a real browser: drag, see what clashes, take it back, publish."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from inser_events.agenda.models import Session
from inser_events.database import commit, db
from inser_events.demo.loading import SignIn
from inser_events.events.models import Room
from tests.browser.conftest import axe_findings, sign_in
from tests.factories import LAUNCH_DAY, NINE, PASSWORD, make_event, make_session, make_slot, make_user
from tests.live import Live, box_of, drag, ready, serving

pytestmark = pytest.mark.browser
DESK: ViewportSize = {"width": 1280, "height": 900}
TALL: ViewportSize = {"width": 1280, "height": 1600}
"""The calendar scrolls when something is dragged to its edge; here nothing has to."""
PHONE: ViewportSize = {"width": 390, "height": 844}
GRID = "/manage/launch/agenda?view=grid"
HOUR = 96
"""Pixels."""


@pytest.fixture
def live(tmp_path: Path, database_url: str) -> Iterator[Live]:
    """An event with two rooms and three sessions, served."""
    with serving(tmp_path, database_url) as running:
        with running.app.app_context():
            owner = make_user("owner@example.org", name="Owner")
            event = make_event(slug="launch", owner=owner, starts_on=LAUNCH_DAY, ends_on=LAUNCH_DAY)
            event.rooms.append(Room(name={"en": "Foyer"}, position=1))
            db.session.flush()
            make_session(event, title={"en": "Opening"}, kind="opening")
            make_session(event, title={"en": "Goals"}, starts_at=NINE + timedelta(hours=2))
            make_session(event, title={"en": "Coffee"}, kind="break", minutes=30, starts_at=NINE + timedelta(hours=1))
            commit()
            db.session.remove()
        yield running


def entry(page: Page, title: str) -> Locator:
    return page.locator(".ec-event[data-session]:not(.ec-ghost)").filter(
        has=page.locator(".grid-entry__title", has_text=title)
    )


def move(page: Page, title: str, *, hours: float = 0, columns: int = 0) -> None:
    """Drag an entry so many hours later and so many rooms further."""
    heads = page.locator(".ec-col-head")
    first, second, box = box_of(heads.nth(0)), box_of(heads.nth(1)), box_of(entry(page, title))
    x, y = (
        box["x"] + box["width"] / 2,
        box["y"] + box["height"] - 25,
    )  # the calendar scrolls when the pointer comes near its upper edge
    drag(page, (x, y), (x, y + 12), (x + columns * (second["x"] - first["x"]), y + hours * HOUR))
    page.mouse.up()


def opened(live: Live, open_page: Callable[..., Page], **how: object) -> Page:
    page = open_page(**({"size": TALL} | how))
    sign_in(page, live.url, SignIn("owner@example.org", PASSWORD))
    page.goto(live.url + GRID)
    expect(entry(page, "Opening")).to_be_visible()
    ready(page)
    return page


def stored(live: Live, title: str) -> tuple[str, int, str]:
    """Start in UTC, minutes and room of a session of the draft."""
    with live.app.app_context():
        found = next(one for one in db.session.query(Session) if one.title["en"] == title)
        told = f"{found.starts_at:%H:%M}", found.minutes, found.room.name["en"] if found.room else ""
        db.session.remove()
    return told


def test_drag_see_the_clash_take_it_back_and_publish(live: Live, open_page: Callable[..., Page]) -> None:
    page = opened(live, open_page)
    expect(page.get_by_text("Everything fits.")).to_be_visible()

    move(page, "Goals", hours=-2)
    expect(page.locator("[data-said]")).to_contain_text("Moved “Goals” to 09:00–10:00, Plenary hall.")
    expect(page.locator(".conflict-panel summary")).to_contain_text("1 problem")
    expect(page.locator(".grid-bad")).to_have_count(2)
    expect(entry(page, "Goals")).to_contain_text("Problem")

    page.locator("[data-said]").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-said]")).to_contain_text("Taken back")
    expect(page.get_by_text("Everything fits.")).to_be_visible()
    assert stored(live, "Goals") == ("10:00", 60, "Plenary hall")

    move(page, "Goals", hours=0.5, columns=1)
    expect(page.locator("[data-said]")).to_contain_text("Moved “Goals” to 11:30–12:30, Foyer.")
    assert stored(live, "Goals") == ("10:30", 60, "Foyer")

    page.goto(f"{live.url}/manage/launch/publish")
    page.locator("main").get_by_role("button", name="Publish").click()
    page.goto(f"{live.url}/events/launch/agenda")
    expect(page.locator("main")).to_contain_text("11:30")
    expect(page.locator("main")).to_contain_text("Foyer")


def test_pulling_the_edge_and_redo_by_the_keyboard(live: Live, open_page: Callable[..., Page]) -> None:
    page = opened(live, open_page)
    box = box_of(entry(page, "Goals"))
    x, y = box["x"] + 60, box["y"] + box["height"] - 3
    drag(page, (x, y), (x, y + HOUR / 2))
    page.mouse.up()
    expect(page.locator("[data-said]")).to_contain_text("11:00–12:30")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-said]")).to_contain_text("Taken back")
    assert stored(live, "Goals")[1] == 60
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("[data-said]")).to_contain_text("Made again")
    assert stored(live, "Goals")[1] == 90


def test_a_stale_drag_goes_back_and_tells_what_the_other_did(live: Live, chrome: Browser) -> None:
    page = chrome.new_context(viewport=TALL).new_page()  # without the check of the console, which tells of the refusal
    sign_in(page, live.url, SignIn("owner@example.org", PASSWORD))
    page.goto(live.url + GRID)
    expect(entry(page, "Opening")).to_be_visible()
    ready(page)
    with live.app.app_context():
        goals = next(one for one in db.session.query(Session) if one.title["en"] == "Goals")
        goals.starts_at += timedelta(hours=3)
        goals.version += 1
        commit()
        db.session.remove()
    with page.expect_response("**/move") as answer:
        move(page, "Goals", hours=1)
    assert answer.value.status == 409
    expect(page.locator("[data-said]")).to_contain_text("“Goals” was not moved: somebody changed it meanwhile.")
    expect(entry(page, "Goals")).to_contain_text("14:00–15:00")
    assert stored(live, "Goals") == ("13:00", 60, "Plenary hall")
    page.context.close()


def test_drawing_over_an_empty_place_opens_the_form_filled_in(live: Live, open_page: Callable[..., Page]) -> None:
    page = opened(live, open_page)
    head, box = box_of(page.locator(".ec-col-head").nth(1)), box_of(entry(page, "Goals"))
    drag(page, (head["x"] + 40, box["y"] + 1), (head["x"] + 40, box["y"] + HOUR * 0.75 - 2))
    page.mouse.up()
    page.wait_for_url("**/sessions/new?**")
    expect(page.get_by_label("Starts at")).to_have_value("11:00")
    expect(page.get_by_label("Minutes")).to_have_value("45")
    expect(page.get_by_label("Room").locator("option:checked")).to_have_text("Foyer")


def test_an_entry_opens_by_the_keyboard(live: Live, open_page: Callable[..., Page]) -> None:
    page = opened(live, open_page)
    entry(page, "Goals").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Goals")


@pytest.mark.parametrize(("size", "scheme", "language"), [(DESK, "light", "en"), (PHONE, "dark", "ar")])
def test_the_grid_is_accessible_and_needs_nothing_inline(
    live: Live, chrome: Browser, size: ViewportSize, scheme: Literal["light", "dark"], language: str
) -> None:
    page = chrome.new_context(viewport=size, color_scheme=scheme).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    sign_in(page, live.url, SignIn("owner@example.org", PASSWORD))
    page.goto(f"{live.url}{GRID}&lang={language}")
    expect(entry(page, "Goals")).to_be_visible()
    ready(page)
    assert complaints == []
    assert axe_findings(page) == []  # axe itself sets styles inline, which the console tells of
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.context.close()


def test_from_right_to_left_the_rooms_are_where_they_look(live: Live, open_page: Callable[..., Page]) -> None:
    page = opened(live, open_page)
    page.goto(f"{live.url}{GRID}&lang=ar")
    expect(entry(page, "Goals")).to_be_visible()
    ready(page)
    with page.expect_response("**/move"):
        move(page, "Goals", hours=1, columns=1)
    expect(page.locator("[data-said] .notice")).to_be_visible()
    assert stored(live, "Goals") == ("11:00", 60, "Foyer")


def test_slots_are_put_in_order_by_dragging_their_grip(live: Live, open_page: Callable[..., Page]) -> None:
    with live.app.app_context():
        goals = next(one for one in db.session.query(Session) if one.title["en"] == "Goals")
        for title in ("One", "Two", "Three"):
            make_slot(goals, title={"en": title})
        uid = goals.uid
        commit()
        db.session.remove()
    page = opened(live, open_page)
    page.goto(f"{live.url}/manage/launch/agenda/sessions/{uid}")
    titles = page.locator(".slot-row__title")
    expect(page.locator(".slot-row__grip")).to_have_count(3)
    first, last = (box_of(page.locator(".slot-row__grip").nth(place)) for place in (0, 2))
    drag(page, (first["x"] + 8, first["y"] + first["height"] / 2), (last["x"] + 8, last["y"] + last["height"] - 4))
    with page.expect_navigation():
        page.mouse.up()
    expect(titles).to_have_text(["Two", "Three", "One"])


def test_what_a_colleague_moved_shows_by_itself(live: Live, open_page: Callable[..., Page]) -> None:
    page = open_page(size=TALL)
    page.clock.install()
    sign_in(page, live.url, SignIn("owner@example.org", PASSWORD))
    page.goto(live.url + GRID)
    expect(entry(page, "Opening")).to_be_visible()
    ready(page)
    entry(page, "Opening").get_by_role("link").focus()
    page.clock.fast_forward(21_000)
    expect(entry(page, "Opening").get_by_role("link")).to_be_focused()  # nothing new: nothing is drawn again
    with live.app.app_context():
        goals = next(one for one in db.session.query(Session) if one.title["en"] == "Goals")
        goals.starts_at += timedelta(hours=1)
        commit()
        db.session.remove()
    page.clock.fast_forward(21_000)
    expect(entry(page, "Goals")).to_contain_text("12:00–13:00")
