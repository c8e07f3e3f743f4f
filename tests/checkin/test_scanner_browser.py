"""The scanner in a real Chromium: through a camera, with the network cut, on two devices."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import qrcode
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from qrcode.image.pil import PilImage
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.agenda.pictures import set_photo
from inser_events.badges.exports import Face, badges_pdf
from inser_events.badges.layouts import LAYOUTS
from inser_events.checkin.models import Checkpoint, Device, Scan
from inser_events.checkin.pairing import add_checkpoint, ensure_entrance, pair_device, revoke_device
from inser_events.checkin.queries import conflicts
from inser_events.checkin.words import outcome_words
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from inser_events.tokens import grouped, qr_text
from tests.checkin.factories import code_of, make_registration
from tests.factories import PASSWORD, make_event, make_person, make_session, make_slot, make_user
from tests.live import Live, chromium

pytestmark = pytest.mark.browser
FRAMES = 3
PICTURE = (1280, 720)


def camera_file(folder: Path, picture: Image.Image) -> Path:
    """A film of one picture, as Chromium's fake camera wants it."""
    frame = BytesIO()
    picture.convert("RGB").save(frame, "JPEG", quality=92)
    path = folder / "camera.mjpeg"
    path.write_bytes(frame.getvalue() * FRAMES)
    return path


def badge_picture(text: str) -> Image.Image:
    """A page of our own badge PDF, printed and held in front of a camera."""
    face = Face(
        name="Lamiae Ghaouti",
        event_name="INSER launch",
        event_place_date="Rabat",
        category="Participant",
        category_colour="participant",
        qr_text=text,
        code=grouped(text.rpartition("/")[2]),
    )
    page = pdfium.PdfDocument(badges_pdf([face], LAYOUTS["a6"], title="Badge", when=now()))[0]
    badge = page.render(scale=PICTURE[1] * 2 / page.get_height()).to_pil().convert("RGB")
    lower = badge.crop((0, badge.height - PICTURE[1], badge.width, badge.height))
    picture = Image.new("RGB", PICTURE, "#7a6a58")
    picture.paste(lower, ((PICTURE[0] - lower.width) // 2, 0))
    return picture


@dataclass
class Hall:
    """An event under way, and somebody with a badge."""

    event: Event
    owner: User
    guest: Registration
    code: str


@pytest.fixture
def hall(live: Live) -> Iterator[Hall]:
    with live.app.app_context():
        owner = make_user("staff@example.org")
        event = make_event(owner=owner, slug="launch")
        guest = make_registration(event, given_name="Lamiae", family_name="Ghaouti", organisation="INRA")
        make_registration(event, given_name="Élodie", family_name="Benaïssa", organisation="FAO")
        code = code_of(guest)
        commit()
        yield Hall(event, owner, guest, code)
        db.session.remove()


def signed_in(context: BrowserContext, live: Live) -> Page:
    page = context.new_page()
    page.goto(f"{live.url}/scan")
    page.fill('[name="email"]', "staff@example.org")
    page.fill('[name="password"]', PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start scanning")).to_be_visible()
    return page


def paired(context: BrowserContext, live: Live) -> Page:
    page = signed_in(context, live)
    page.click("text=Start scanning")
    page.wait_for_url("**/scan/door")
    expect(page.locator('[data-part="status"]')).to_contain_text("2 people")
    return page


def outcomes(live: Live) -> list[str]:
    with live.app.app_context():
        return list(db.session.scalars(select(Scan.outcome).order_by(Scan.scanned_at)))


def type_code(page: Page, code: str) -> None:
    """As a USB scanner does: anywhere on the page, ended by Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_a_badge_in_front_of_the_camera_is_admitted(
    live: Live, hall: Hall, playwright: Playwright, tmp_path: Path
) -> None:
    film = camera_file(tmp_path, badge_picture(qr_text(live.url, hall.code)))
    browser = chromium(
        playwright,
        (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ),
    )
    context = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["camera"])
    page = paired(context, live)
    answer = page.locator('[data-part="answer"]')
    expect(answer).to_have_attribute("data-outcome", "admitted")
    expect(answer).to_contain_text("Lamiae Ghaouti")
    expect(answer).to_have_attribute("data-phase", "confirmed")
    browser.close()
    assert outcomes(live) == ["admitted"]


def test_two_badges_in_one_picture_are_both_read_once(
    live: Live, hall: Hall, playwright: Playwright, tmp_path: Path
) -> None:
    with live.app.app_context():
        event = db.session.get(Event, hall.event.id)
        assert event is not None
        other = code_of(make_registration(event))
        commit()
    picture = Image.new("RGB", PICTURE, "white")
    for place, code in enumerate((hall.code, other)):
        badge = qrcode.make(qr_text(live.url, code), image_factory=PilImage).get_image()
        picture.paste(badge.convert("RGB").resize((330, 330)), (300 + place * 350, 190))
    film = camera_file(tmp_path, picture)
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    browser = chromium(playwright, (*fake, f"--use-file-for-fake-video-capture={film}"))
    context = browser.new_context(permissions=["camera"])
    page = context.new_page()
    page.goto(pairing_address(live, hall, "North gate"))
    rows = page.locator('[data-part="recent"] li')
    expect(rows).to_have_count(2)
    page.wait_for_timeout(3_000)  # longer than a badge counts as the same one
    expect(rows).to_have_count(2)
    expect(page.locator('[data-part="status"]')).to_contain_text("0 scans waiting")
    browser.close()
    assert outcomes(live) == ["admitted", "admitted"]


@pytest.fixture
def phone(playwright: Playwright) -> Iterator[BrowserContext]:
    """A phone without a camera."""
    browser = chromium(playwright)
    yield browser.new_context(viewport={"width": 390, "height": 844})
    browser.close()


def test_a_usb_scanner_works_anywhere_on_the_page(live: Live, hall: Hall, phone: BrowserContext) -> None:
    page = paired(phone, live)
    type_code(page, qr_text(live.url, hall.code))
    expect(page.locator('[data-part="answer"]')).to_have_attribute("data-outcome", "admitted")
    expect(page.locator('[data-part="answer"]')).to_have_attribute("data-phase", "confirmed")
    assert outcomes(live) == ["admitted"]


def test_a_usb_scanner_works_after_the_door_and_the_direction_were_chosen(
    live: Live, hall: Hall, phone: BrowserContext
) -> None:
    with live.app.app_context():
        event = db.session.get(Event, hall.event.id)
        assert event is not None
        ensure_entrance(event)
        add_checkpoint(event, {"en": "Hall C"})
        commit()
    page = paired(phone, live)
    page.select_option('[data-part="door"]', label="Hall C")
    page.check('[value="out"]')
    type_code(page, hall.code)
    answer = page.locator('[data-part="answer"]')
    expect(answer).to_have_attribute("data-outcome", "left")
    page.check('[value="in"]')
    page.locator('[data-part="code"]').focus()
    type_code(page, hall.code)
    expect(answer).to_have_attribute("data-outcome", "admitted")
    expect(page.locator('[data-part="code"]')).to_have_value("")
    expect(answer).to_have_attribute("data-phase", "confirmed")
    with live.app.app_context():
        places = db.session.execute(select(Checkpoint.name, Scan.direction).join(Scan).order_by(Scan.scanned_at)).all()
    assert [tuple(row) for row in places] == [({"en": "Hall C"}, "out"), ({"en": "Hall C"}, "in")]


LAYOUT = """(keys) => {
    for (const [key, code] of [...keys, ["Enter", "Enter"]]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true }));
    }
}"""


def test_an_arabic_keyboard_is_read_by_its_keys_and_a_garbled_code_is_explained(
    live: Live, hall: Hall, phone: BrowserContext
) -> None:
    page = paired(phone, live)
    page.evaluate(LAYOUT, [["ش", f"Key{letter}"] for letter in hall.code])
    answer = page.locator('[data-part="answer"]')
    expect(answer).to_have_attribute("data-outcome", "admitted")
    page.evaluate(LAYOUT, [["ش", ""] for _letter in hall.code])
    expect(answer).to_have_attribute("data-outcome", "unknown_ticket")
    expect(answer).to_contain_text(f"The scanner typed “{'ش' * 14}…”")


def test_the_scanner_speaks_the_language_chosen_on_it_also_without_a_network(
    live: Live, hall: Hall, phone: BrowserContext
) -> None:
    page = paired(phone, live)
    page.select_option('[data-part="language"]', "ar")
    expect(page).to_have_url(re.compile(r"/scan/door\?lang=ar$"))
    page.evaluate("() => navigator.serviceWorker.ready")
    phone.set_offline(True)
    page.goto(f"{live.url}/scan/door")
    expect(page).to_have_url(re.compile(r"/scan/door\?lang=ar$"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator('[data-part="paired"]')).to_be_visible()
    type_code(page, hall.code)
    answer = page.locator('[data-part="answer"]')
    expect(answer).to_have_attribute("data-outcome", "admitted")
    with live.app.test_request_context("/?lang=ar"):
        welcome = outcome_words()["admitted"]
    expect(answer).to_contain_text(welcome)


def test_a_speakers_photo_shows_also_without_a_network(live: Live, hall: Hall, phone: BrowserContext) -> None:
    with live.app.app_context():
        event, guest = db.session.get(Event, hall.event.id), db.session.get(Registration, hall.guest.id)
        assert event is not None
        assert guest is not None
        person = make_person(email=guest.email.upper())
        make_slot(make_session(event), person=person)
        picture = BytesIO()
        Image.new("RGB", (300, 300), "#7a4b2a").save(picture, "PNG")
        set_photo(person, BytesIO(picture.getvalue()), event_id=event.id)
        commit()
    page = phone.new_page()
    with page.expect_response("**/api/v1/checkin/photos/*"):
        page.goto(pairing_address(live, hall, "North gate"))
    expect(page.locator('[data-part="status"]')).to_contain_text("2 people")
    phone.set_offline(True)
    type_code(page, hall.code)
    photo = page.locator('[data-part="photo"]')
    expect(photo).to_be_visible()
    expect(photo).to_have_js_property("naturalWidth", 240)


def test_a_device_that_comes_back_says_what_it_had_kept(live: Live, hall: Hall, phone: BrowserContext) -> None:
    page = paired(phone, live)
    page.evaluate("() => navigator.serviceWorker.ready")
    phone.set_offline(True)
    type_code(page, hall.code)
    expect(page.locator('[data-part="status"]')).to_contain_text("1 scan waiting")
    page.close()
    again = phone.new_page()
    again.goto(f"{live.url}/scan/door")
    left = again.locator('[data-part="leftovers"]')
    expect(left).to_have_text("1 scan from before was kept. It is sent as soon as there is a network.")
    phone.set_offline(False)
    expect(left).to_have_text("1 scan from before was kept and has arrived.")
    assert outcomes(live) == ["admitted"]


def test_without_a_network_scans_wait_and_are_sent_later(live: Live, hall: Hall, phone: BrowserContext) -> None:
    page = paired(phone, live)
    page.evaluate("() => navigator.serviceWorker.ready")
    phone.set_offline(True)
    page.reload()
    expect(page.locator('[data-part="status"]')).to_contain_text("Ready offline · 2 people")
    type_code(page, hall.code)
    answer = page.locator('[data-part="answer"]')
    expect(answer).to_have_attribute("data-outcome", "admitted")
    expect(answer).to_contain_text("Lamiae Ghaouti")
    expect(page.locator('[data-part="status"]')).to_contain_text("1 scan waiting")
    assert outcomes(live) == []
    phone.set_offline(False)
    expect(page.locator('[data-part="status"]')).to_contain_text("0 scans waiting")
    assert outcomes(live) == ["admitted"]


def test_somebody_without_a_badge_is_found_without_accents(live: Live, hall: Hall, phone: BrowserContext) -> None:
    page = paired(phone, live)
    page.fill('[data-part="code"]', "elodie benai")
    page.click("text=Élodie Benaïssa")
    expect(page.locator('[data-part="answer"]')).to_have_attribute("data-outcome", "admitted")


def test_a_scan_can_be_taken_back(live: Live, hall: Hall, phone: BrowserContext) -> None:
    page = paired(phone, live)
    type_code(page, hall.code)
    expect(page.locator('[data-part="answer"]')).to_have_attribute("data-phase", "confirmed")
    page.click("text=Undo")
    expect(page.locator('[data-part="answer"]')).to_have_attribute("data-outcome", "taken_back")
    expect(page.locator('[data-part="status"]')).to_contain_text("0 scans waiting")
    type_code(page, hall.code)
    expect(page.locator('[data-part="answer"]')).to_have_attribute("data-outcome", "admitted")


def test_staff_let_somebody_in_anyway_with_a_reason_where_that_is_allowed(
    live: Live, hall: Hall, phone: BrowserContext
) -> None:
    with live.app.app_context():
        event = db.session.get(Event, hall.event.id)
        assert event is not None
        ensure_entrance(event).rules = {"override": True}
        online = make_registration(event, mode="online")
        code = code_of(online)
        commit()
    page = phone.new_page()
    page.goto(pairing_address(live, hall, "Desk"))
    expect(page.locator('[data-part="status"]')).to_contain_text("3 people")
    type_code(page, code)
    answer = page.locator('[data-part="answer"]')
    expect(answer).to_have_attribute("data-outcome", "wrong_mode")
    page.click("text=Let in anyway")
    page.fill('[data-part="reason"]', "Spoke to the chair")
    page.keyboard.press("Enter")
    expect(answer).to_have_attribute("data-outcome", "admitted")
    expect(answer).to_have_attribute("data-phase", "confirmed")
    with live.app.app_context():
        kept = db.session.execute(select(Scan.outcome, Scan.reason).order_by(Scan.received_at)).all()
    assert [tuple(row) for row in kept] == [("wrong_mode", ""), ("admitted", "Spoke to the chair")]


def pairing_address(live: Live, hall: Hall, name: str) -> str:
    """What an organiser's pairing code opens."""
    with live.app.app_context():
        event = db.session.get(Event, hall.event.id)
        assert event is not None
        _device, token = pair_device(event, None, name)
        door = ensure_entrance(event).uid
        commit()
    return f"{live.url}/scan/door#pair={token}&door={door}"


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator('[data-part="status"]')).to_contain_text("2 people")
    return page


def test_a_phone_is_paired_by_an_address_without_signing_in(live: Live, hall: Hall, phone: BrowserContext) -> None:
    page = opened(phone, pairing_address(live, hall, "North gate"))
    assert page.url == f"{live.url}/scan/door"
    expect(page.locator('[data-part="device-name"]')).to_have_text("North gate")


def test_a_device_that_is_signed_off_forgets_everything(live: Live, hall: Hall, phone: BrowserContext) -> None:
    page = opened(phone, pairing_address(live, hall, "North gate"))
    phone.set_offline(offline=True)  # else it might hear of it before the scan
    type_code(page, hall.code)
    with live.app.app_context():
        for device in db.session.scalars(select(Device)):
            revoke_device(device)
        commit()
    phone.set_offline(offline=False)
    expect(page.locator('[data-part="unpaired-why"]')).to_have_text(
        "The organisers have signed this device off. Names and codes were removed from it."
        " 1 scan was not sent and is lost."
    )
    kept = page.evaluate(
        """async () => {
            const db = await new Promise((done) => {
                const request = indexedDB.open("inser-door");
                request.onsuccess = () => done(request.result);
            });
            const count = (name) => new Promise((done) => {
                const request = db.transaction(name).objectStore(name).count();
                request.onsuccess = () => done(request.result);
            });
            return Promise.all([...db.objectStoreNames].map(count));
        }"""
    )
    assert kept == [0, 0, 0, 0, 0]


def test_two_devices_without_a_network_admit_one_badge_and_the_conflict_shows(
    live: Live, hall: Hall, playwright: Playwright
) -> None:
    browser = chromium(playwright)
    contexts = [browser.new_context() for _ in range(2)]
    pages = [opened(context, pairing_address(live, hall, f"Door {n}")) for n, context in enumerate(contexts)]
    for context, page in zip(contexts, pages, strict=True):
        context.set_offline(True)
        type_code(page, hall.code)
        expect(page.locator('[data-part="answer"]')).to_have_attribute("data-outcome", "admitted")
    for context, page in zip(contexts, pages, strict=True):
        context.set_offline(False)
        expect(page.locator('[data-part="status"]')).to_contain_text("0 scans waiting")
    expect(pages[1].locator('[data-part="answer"]')).to_have_attribute("data-outcome", "conflict")
    with live.app.app_context():
        event = db.session.get(Event, hall.event.id)
        assert event is not None
        assert [conflict.minutes_apart for conflict in conflicts(event)] == [0]
    inbox = signed_in(browser.new_context(), live)
    inbox.goto(f"{live.url}/manage/launch/door/inbox")
    expect(inbox.get_by_text("0 minutes apart")).to_be_visible()
    expect(inbox.get_by_role("link", name="Lamiae Ghaouti")).to_be_visible()
    inbox.get_by_label("Note").fill("Two badges")
    inbox.get_by_role("button", name="Resolved").click()
    expect(inbox.get_by_text("Nothing to look at")).to_be_visible()
    browser.close()
