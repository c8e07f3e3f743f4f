"""The language of what a page says: its own words in its language, others' words marked with theirs.

The demo is shown with all its content in French only, so that whatever stands on a page is either a word of the
interface, a name, or French text that has to be marked (WCAG 2.2, 3.1.2).
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from babel.messages.pofile import read_po
from flask import Flask
from lxml.html import HtmlElement
from sqlalchemy import select, update

from inser_events import create_app
from inser_events.agenda.models import Release, Session, Speaker
from inser_events.config import PACKAGE
from inser_events.database import commit, db
from inser_events.delegations.mails import write_delegation_mail
from inser_events.delegations.models import Delegation
from inser_events.demo.loading import LAUNCH, SignIn, load_demo
from inser_events.languages import INTERFACE
from inser_events.registration.models import Registration
from inser_events.registration.notices import SUBJECTS, write_notice
from inser_events.web import caching
from tests.browser.pages import Shown, pages_of
from tests.browser.test_every_page import PUBLIC
from tests.settings import settings_for

SIGN = "§"
"""Stands before every French text."""

LEADS_ELSEWHERE = 300
NOT_SHOWN = {"script", "style", "title", "textarea"}
"""A title takes no marks within; what is in a field is typed, and the field says its language where it has one."""

QUOTING = {
    "/manage/inser-launch/publish": "sentences that quote what a title was",
    "/manage/inser-launch/history": "values as they were stored",
}


@dataclass
class French:
    """The demo with all its content in French only."""

    app: Flask
    organiser: SignIn
    pages: list[Shown]
    answers: dict[tuple[str, bool], list[tuple[str, str]]] = field(default_factory=dict)
    """What was shown already, by language and whether behind the sign-in: addresses and HTML."""


def in_french(value: Any) -> Any:
    """A stored value whose texts are in French only, whatever they were."""
    if isinstance(value, list):
        return [in_french(one) for one in value]
    if not isinstance(value, dict):
        return value
    if not value or not set(value) <= set(INTERFACE) or not all(isinstance(text, str) for text in value.values()):
        return {name: in_french(one) for name, one in value.items()}
    text = next((text for text in value.values() if text), "")
    signed = re.sub(r">([^<]+)<", rf">{SIGN} \1<", text) if text.startswith("<") else f"{SIGN} {text}"
    return {"fr": signed} if text else {}


def translate_everything() -> None:
    """Make every localized text of the database French."""
    for table in db.metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        for column in table.columns:
            for *key, value in db.session.execute(select(*keys, column)).all():
                frozen = column.name == "snapshot"
                french = in_french(json.loads(value) if frozen else value)
                if french != value:
                    where = [one == given for one, given in zip(keys, key, strict=True)]
                    stored = json.dumps(french) if frozen else french
                    db.session.execute(update(table).where(*where).values({column.name: stored}))
    # A release never changes, so what this process remembers of it is known by this time.
    for release in db.session.scalars(select(Release)):
        release.published_at += timedelta(seconds=1)


@pytest.fixture(scope="module")
def french(tmp_path_factory: pytest.TempPathFactory) -> Iterator[French]:
    folder = tmp_path_factory.mktemp("french")
    caching.forget_all()
    app = create_app(settings_for(folder, database_url=f"sqlite:///{folder / 'inser.db'}"))
    with app.app_context():
        db.create_all()
        organiser, *_others = load_demo()
        commit()
        pages, _forgotten = pages_of(app, organiser)
        commit()
        translate_everything()
        commit()
        db.session.remove()
    caching.forget_all()
    more = {Shown(address, signed_in=False) for address in PUBLIC}
    yield French(app, organiser, sorted({*pages, *more}))
    caching.forget_all()
    with app.app_context():
        db.engine.dispose()


def shown(french: French, language: str, *, signed_in: bool) -> Iterator[tuple[str, HtmlElement]]:
    """Every page in a language."""
    asked = language, signed_in
    if asked not in french.answers:
        french.answers[asked] = list(answered(french, language, signed_in=signed_in))
    for address, html in french.answers[asked]:
        yield address, lxml.html.document_fromstring(html)


def answered(french: French, language: str, *, signed_in: bool) -> Iterator[tuple[str, str]]:
    client = french.app.test_client()
    if signed_in:
        client.post("/login", data={"email": french.organiser.email, "password": french.organiser.password})
    for page in french.pages:
        if page.signed_in == signed_in:
            answer = client.get(page.address, query_string={"lang": language})
            if answer.status_code < LEADS_ELSEWHERE:
                yield page.address, answer.get_data(as_text=True)


def texts(page: HtmlElement) -> Iterator[tuple[str, str]]:
    """Each piece of text that is shown or read out, and the language it is said to be in."""
    for element in page.iter(lxml.etree.Element):
        parent = element.getparent()
        for text, around in ((element.text, element), (element.tail, parent)):
            if text and text.strip() and around is not None and around.tag not in NOT_SHOWN:
                yield text.strip(), language_of(around)


def language_of(element: HtmlElement) -> str:
    return str(next(one.get("lang") for one in (element, *element.iterancestors()) if one.get("lang")))


@pytest.mark.parametrize("signed_in", [False, True], ids=["readers", "organisers"])
@pytest.mark.parametrize("language", ["ar", "en", "zh"])
def test_text_in_another_language_than_the_page_is_marked(french: French, language: str, signed_in: bool) -> None:
    unmarked: dict[str, str] = {}
    found = 0
    for address, page in shown(french, language, signed_in=signed_in):
        for text, said_to_be in texts(page):
            found += text.startswith(SIGN)
            if text.startswith(SIGN) and said_to_be != "fr" and address not in QUOTING:
                unmarked[text] = address
    assert unmarked == {}
    assert found > 100


SAID = ("aria-label", "title", "placeholder", "alt")
HAN = re.compile("[\u4e00-\u9fff]")
SPOKEN_FOR = {"bdi", "code", "kbd", "samp"}


def english_sentences() -> Callable[[str], bool]:
    """Tell whether a text is one of the interface's English strings that Chinese has other words for."""
    with (PACKAGE / "translations" / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="zh") if message.id]
    ids = [str(one) for message in messages for one in ([message.id] if isinstance(message.id, str) else message.id)]
    same = {str(message.id) for message in messages if message.string == message.id}
    fixed = {one for one in ids if "%(" not in one and "{" not in one} - same
    holes = re.compile(r"%\\\(\w+\\\)[sd]|\\\{\w+\\\}")
    open_ended = [holes.sub(".+", re.escape(one)) for one in ids if "%(" in one or "{" in one]
    worded = [pattern for pattern in open_ended if re.search(r"[a-z]{3}", pattern)]
    sentence = re.compile("|".join(worded), re.DOTALL)
    return lambda text: text in fixed or bool(not HAN.search(text) and sentence.fullmatch(text))


@pytest.mark.parametrize("signed_in", [False, True], ids=["readers", "organisers"])
def test_no_english_is_left_in_the_chinese_interface(french: French, signed_in: bool) -> None:
    is_english = english_sentences()
    left: dict[str, str] = {}
    for address, page in shown(french, "zh", signed_in=signed_in):
        for element in page.iter(lxml.etree.Element):
            said = [element.get(name, "") for name in SAID]
            own = [element.text or "", *(child.tail or "" for child in element)]
            words = said + (own if element.tag not in NOT_SHOWN | SPOKEN_FOR else [])
            if language_of(element) == "zh":
                left |= {text.strip(): address for text in words if is_english(text.strip())}
    assert left == {}


@pytest.mark.parametrize("language", ["ar", "en", "zh"])
def test_mails_mark_what_they_quote_in_another_language(french: French, language: str) -> None:
    unmarked, found = {}, 0
    with french.app.test_request_context():
        for kind, html in mails_in(language):
            page = lxml.html.document_fromstring(html)
            assert (page.get("lang"), page.get("dir")) == (language, "rtl" if language == "ar" else "ltr")
            for text, said_to_be in texts(page):
                found += SIGN in text
                if SIGN in text and said_to_be != "fr":
                    unmarked[text] = kind
        db.session.rollback()
    assert unmarked == {}
    assert found > 20


def mails_in(language: str) -> Iterator[tuple[str, str]]:
    """The HTML of every mail to somebody who registered, and of those to the focal point of a delegation."""
    registration = db.session.scalars(select(Registration).where(Registration.event.has(slug=LAUNCH))).first()
    delegation = db.session.scalars(select(Delegation)).first()
    speaker = db.session.scalars(select(Speaker).join(Session).where(Session.event.has(slug=LAUNCH))).first()
    assert registration
    assert delegation
    assert speaker
    registration.language = delegation.language = language
    for kind in SUBJECTS:
        letter = write_notice(registration.id, kind, None, speaker.session.uid, reason="")
        yield kind, letter.html if letter else ""
    for kind in ("delegation_invite", "delegation_entered", "delegation_news"):
        letter = write_delegation_mail(delegation.id, kind)
        yield kind, letter.html if letter else ""
