"""The browser's language, where nobody has said another."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from inser_events.accounts.models import User
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import commit
from inser_events.events.models import Event, TeamRole
from inser_events.languages import preferred
from inser_events.registration import operations, queries
from tests.factories import make_event, make_member, make_session, make_user
from tests.registration.factories import make_open_event, someone
from tests.web.test_links import inner_links

MAROCAIN = {"Accept-Language": "fr-MA,fr;q=0.9,ar;q=0.8,en;q=0.7"}
PAGES = ["/", "/events/launch", "/events/launch/agenda", "/events/launch/speakers", "/events/launch/live", "/nowhere"]


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(slug="launch", languages=["en", "fr", "ar"], published_at=now())
    make_session(event)
    publish_agenda(event, at=now())
    commit()
    return event


def language_of(page: str) -> str:
    return "".join(re.findall(r'<html lang="(\w+)"', page))


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        *(("fr-FR", "fr"), ("zh-TW", "zh"), ("zh-Hant-TW", "zh"), ("FR", "fr"), ("es_MX", "es"), ("en-US", "en")),
        *(("xx", "ru"), ("french", "ru"), ("", "ru"), ("-", "ru"), ("../fr", "ru")),
    ],
)
def test_a_region_in_the_address_falls_to_its_language(app: Flask, event: Event, asked: str, language: str) -> None:
    client = app.test_client()
    for path in ("/", f"/events/{event.slug}/agenda", "/nowhere"):
        page = client.get(path, query_string={"lang": asked}, headers={"Accept-Language": "ru"})
        assert (path, language_of(page.text)) == (path, language)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-MA,fr;q=0.9,en;q=0.8", "fr"),
        ("de-DE,de;q=0.9,ar;q=0.5,en;q=0.4", "ar"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("ru;q=0.2, es ; q=0.7", "es"),
        ("ZH-Hant-TW", "zh"),
        ("fr;q=0,en", "en"),
        ("fr;q=0", ""),
        ("de, it-CH", ""),
        ("*", ""),
        ("", ""),
        ("fr;q=much, ar;q=1", "ar"),
        ("fr" + ",de" * 500 + ",ar", "fr"),
        (";;;,,q=1", ""),
    ],
)
def test_the_language_a_browser_likes_best(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_is_in_the_language_of_the_browser(event: Event, client: FlaskClient, path: str) -> None:
    for headers, language in [(MAROCAIN, "fr"), ({}, "en"), ({"Accept-Language": "ar"}, "ar")] * 2:
        answer = client.get(path, headers=headers)
        assert (language_of(answer.text), "Accept-Language" in answer.headers["Vary"]) == (language, True)


def test_the_address_goes_before_the_browser(event: Event, client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.get("/events/launch/agenda?lang=en", headers=MAROCAIN)
        assert (language_of(answer.text), answer.headers["Vary"]) == ("en", "Accept-Encoding")
    away = [link for link in inner_links(answer.text) if "lang=en" not in link]
    assert away == []


def test_links_say_the_language_that_the_browser_chose(event: Event, client: FlaskClient) -> None:
    page = client.get("/events/launch/agenda", headers=MAROCAIN).text
    assert 'href="/events/launch/agenda.ics?lang=fr"' in page
    assert 'href="/events/launch/agenda.ics"' in client.get("/events/launch/agenda", headers={}).text


@pytest.mark.parametrize("name", ["agenda.ics", "schedule.json", "schedule.xml"])
def test_a_file_is_the_same_for_every_browser(event: Event, client: FlaskClient, name: str) -> None:
    for _ in range(2):
        answers = [client.get(f"/events/launch/{name}", headers=headers) for headers in ({}, MAROCAIN)]
        assert answers[0].data == answers[1].data
        assert [answer.headers["Vary"] for answer in answers] == ["Accept-Encoding"] * 2


def test_the_form_offers_to_write_in_the_language_of_the_page(app: Flask, client: FlaskClient) -> None:
    event = make_open_event()
    commit()
    page = client.get(f"/events/{event.slug}/register", headers=MAROCAIN).text
    assert re.findall(r'<option[^>]* selected[^>]* value="(\w\w)"|<option value="(\w\w)"[^>]* selected', page) == [
        ("fr", "")
    ]


def test_an_english_ticket_keeps_its_reader_in_english(app: Flask, client: FlaskClient) -> None:
    registration = operations.register(make_open_event(), someone(language="en"), at=now())
    home = f"/tickets/{queries.link_of(registration)}"
    commit()
    page = client.get(home, headers=MAROCAIN).text
    away = [link for link in inner_links(page) if link.startswith("/events/")]
    assert (language_of(page), len(away) > 0) == ("en", True)
    assert [link for link in away if "lang=en" not in link] == []


@pytest.mark.parametrize("path", ["/scan/door", "/scan/manifest.webmanifest"])
def test_what_works_without_a_network_is_the_same_for_all(app: Flask, client: FlaskClient, path: str) -> None:
    assert client.get(path).data == client.get(path, headers=MAROCAIN).data


def test_organisers_download_in_the_language_of_their_pages(app: Flask, sign_in: Callable[[User], FlaskClient]) -> None:
    owner, event = make_user(), make_open_event()
    make_member(event, owner, TeamRole.OWNER)
    browser = sign_in(owner)
    home = f"/manage/{event.slug}/delegations"
    assert language_of(browser.get(home, headers=MAROCAIN).text) == "fr"
    books = [browser.get(f"{home}/export.xlsx", headers=headers).data for headers in (MAROCAIN, {})]
    assert [load_workbook(BytesIO(book)).sheetnames[0] for book in books] == ["Délégations", "Delegations"]


def test_the_choice_of_an_account_goes_before_the_browser(app: Flask, sign_in: Callable[[User], FlaskClient]) -> None:
    browser = sign_in(make_user())
    browser.post("/manage/account/language", data={"language": "ar"})
    assert language_of(browser.get("/manage", headers=MAROCAIN).text) == "ar"
    browser.post("/manage/account/language", data={"language": "en"})
    page = browser.get("/manage", headers=MAROCAIN).text
    assert (language_of(page), 'href="/?lang=en"' in page) == ("en", True)
