"""Every script is drawn by a font that is served, also on a machine that has none for it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, Route

from tests.browser.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
NAMES = {
    "ar": ("فاطمة الزهراء", "Noto Sans Arabic"),
    "hi": ("प्रिया शर्मा", "Noto Sans Devanagari"),
    "he": ("יעל כהן", "Noto Sans Hebrew"),
    "ja": ("山田はなこ", "Noto Sans JP"),
    "ko": ("김민준", "Noto Sans KR"),
    "zh": ("王小明", "Noto Sans SC"),
    "zh-Hant": ("陳國華", "Noto Sans TC"),
}
WEIGHT = re.compile(r" (?:Thin|ExtraLight)$")
"""A variable font is named after its first weight."""

LATIN = {"Source Sans 3": True}
"""What draws blanks, and everything on other pages."""

OWN_CHARACTER = "骨直角誤"
"""Written differently in Japan, Korea, Taiwan and the mainland."""


def drawn_by(page: Page, selector: str) -> dict[str, bool]:
    """The fonts that drew an element's text, and whether each was served with the page."""
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    session.detach()
    return {WEIGHT.sub("", font["familyName"]): font["isCustomFont"] for font in fonts} | LATIN


def show(page: Page, url: str, html: str) -> None:
    """Open the home page with *html* at the end of its main part, as the server would have sent it."""

    def add(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{html}</main>"))

    page.route(url, add)
    page.goto(url)


@pytest.mark.parametrize("language", ["ar", "hi", "he"])
def test_a_name_is_drawn_by_the_served_font_of_its_script(
    demo: Demo, open_page: Callable[..., Page], language: str
) -> None:
    name, font = NAMES[language]
    page = open_page()
    show(page, f"{demo.live.url}/", f'<p id="name"><bdi lang="{language}">{name}</bdi></p>')
    assert drawn_by(page, "#name bdi") == {font: True} | LATIN


@pytest.mark.parametrize("language", ["ja", "ko", "zh", "zh-Hant"])
def test_a_name_and_a_shared_character_have_the_form_of_their_language(
    demo: Demo, open_page: Callable[..., Page], language: str
) -> None:
    name, font = NAMES[language]
    page = open_page()
    written = (
        f'<p id="name"><bdi lang="{language}">{name}</bdi></p><h2><span lang="{language}">{OWN_CHARACTER}</span></h2>'
    )
    show(page, f"{demo.live.url}/", written)
    assert [drawn_by(page, place) for place in ("#name bdi", "h2 > span")] == [{font: True} | LATIN] * 2


def test_the_chinese_interface_is_drawn_by_the_served_font(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{demo.live.url}/?lang=zh")
    assert drawn_by(page, ".site-nav a") == {"Noto Sans SC": True} | LATIN
    assert drawn_by(page, "h1") == {"Noto Sans SC": True} | LATIN


def test_a_name_that_comes_in_later_is_drawn_too(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{demo.live.url}/")
    page.wait_for_load_state("networkidle")
    with page.expect_response(lambda answer: "noto-sans-kr" in answer.url and answer.url.endswith(".woff2")):
        page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<p id=late>김민준</p>')")
    assert drawn_by(page, "#late") == {"Noto Sans KR": True} | LATIN


def test_a_page_in_latin_letters_asks_for_no_font_of_other_scripts(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{demo.live.url}/")
    page.wait_for_load_state("networkidle")
    assert sorted(name for name in asked if "noto" in name or name in {"wght.css", "scripts.js"}) == [
        "noto-sans-kr-112-wght-normal.woff2"  # the Chinese word for Chinese, at the foot of the page
    ]
    assert drawn_by(page, ".site-footer__languages [lang=zh]") == {"Noto Sans KR": True} | LATIN
