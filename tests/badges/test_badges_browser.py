"""Badges in a real Chromium: fields moved with mouse and keys, a ticket without a network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from sqlalchemy import select

from inser_events.agenda.publishing import publish_agenda
from inser_events.badges.designing import create
from inser_events.badges.designs import Field
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.models import BadgeLayout
from inser_events.badges.stock import layout_from
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.registration.models import Registration
from inser_events.registration.operations import cancel_registration
from inser_events.registration.queries import link_of
from tests.browser.conftest import axe_findings
from tests.checkin.factories import make_registration
from tests.factories import PASSWORD, make_event, make_session, make_user
from tests.live import Live, box_of, chromium, drag, ready

pytestmark = pytest.mark.browser


@pytest.fixture
def desk_context(playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser on a desk."""
    browser = chromium(playwright)
    yield browser.new_context(viewport={"width": 1280, "height": 900})
    browser.close()


@pytest.fixture
def hall(live: Live) -> Iterator[Registration]:
    """A published event with a layout of its own and a guest."""
    with live.app.app_context():
        event = make_event(owner=make_user("staff@example.org"), slug="launch")
        make_session(event)
        publish_agenda(event, at=now())
        create(event, "Our badge", LAYOUTS["a6"])
        guest = make_registration(event, family_name="Ghaouti")
        commit()
        yield guest
        db.session.remove()


def field(live: Live, kind: str = "qr") -> Field:
    with live.app.app_context():
        layout = layout_from(db.session.scalars(select(BadgeLayout)).one())
    return next(one for one in layout.fields if one.kind == kind)


@pytest.fixture
def designer(live: Live, hall: Registration, desk_context: BrowserContext) -> Page:
    """The designer, with the owner signed in."""
    page = desk_context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{live.url}/manage/launch/badges")
    page.fill('[name="email"]', "staff@example.org")
    page.fill('[name="password"]', PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Our badge").last.click()
    expect(page.locator("#badge-designer")).to_be_visible()
    ready(page)
    return page


def test_field_is_moved_with_the_arrow_keys(live: Live, designer: Page) -> None:
    before = field(live)
    box = designer.locator("[data-field=qr]")
    box.focus()
    with designer.expect_response("**/place"):
        box.press("ArrowRight")
        box.press("Shift+ArrowUp")
    expect(box).to_be_focused()
    assert (field(live).left, field(live).top) == (round(before.left + 0.5, 1), round(before.top - 5, 1))


def test_field_is_dragged_and_the_step_taken_back(live: Live, designer: Page) -> None:
    before = field(live)
    box = box_of(designer.locator("[data-field=qr] .badge-field__box"))
    drag(designer, (box["x"] + 20, box["y"] + 20), (box["x"] - 30, box["y"] + 20))
    with designer.expect_response("**/place"):
        designer.mouse.up()
    expect(designer.get_by_role("button", name="Undo")).to_be_enabled()
    assert field(live).left < before.left - 3
    with designer.expect_response("**/step"):
        designer.get_by_role("button", name="Undo").click()
    expect(designer.get_by_role("button", name="Redo")).to_be_enabled()
    assert field(live) == before


def test_mistake_is_told_at_the_input_without_leaving(live: Live, designer: Page) -> None:
    designer.locator(".badge-fields__one", has_text="QR code").click()
    designer.fill("#width", "10")
    designer.get_by_role("button", name="Save").click()
    expect(designer.locator("#width-error")).to_contain_text("Too small to scan.")
    assert designer.input_value("#width") == "10"


def test_designer_has_no_accessibility_findings(designer: Page) -> None:
    designer.locator(".badge-fields__one", has_text="Person").click()
    designer.wait_for_selector("#field-title")
    assert axe_findings(designer) == []


def test_ticket_opens_without_a_network_until_it_is_cancelled(
    live: Live, hall: Registration, desk_context: BrowserContext
) -> None:
    with live.app.app_context():
        address = f"{live.url}/tickets/{link_of(db.session.get_one(Registration, hall.id))}/show"
    page = desk_context.new_page()
    page.goto(address)
    expect(page.get_by_text("This page also opens without a network")).to_be_visible()
    desk_context.set_offline(offline=True)
    page.goto(address)
    expect(page.get_by_role("heading", name="Amina Ghaouti")).to_be_visible()
    desk_context.set_offline(offline=False)
    with live.app.app_context():
        cancel_registration(db.session.get_one(Registration, hall.id), at=now())
        commit()
    page.goto(address)
    expect(page.get_by_role("heading", name="This registration is cancelled")).to_be_visible()
    kept = "caches.open('tickets').then((cache) => cache.keys()).then((keys) => keys.length)"
    assert page.evaluate(kept) == 0
