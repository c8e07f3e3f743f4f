"""A language chosen in the address stays, without scripts and without cookies."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import commit
from inser_events.events.models import Event
from inser_events.registration import operations, queries
from inser_events.web.links import address, kept
from tests.factories import make_event, make_session
from tests.registration.factories import make_open_event, someone

_LINK = re.compile(r'<(?:a|form)\b[^>]*?\s(?:href|action)="([^"]*)"')


def inner_links(page: str) -> list[str]:
    """The addresses on a page that stay with us and do not choose a language themselves."""
    found = [unescape(each) for each in _LINK.findall(page)]
    return [each for each in found if each.startswith(("/", "?")) and not re.fullmatch(r"\?(.*&)?lang=\w\w", each)]


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(languages=["en", "fr", "ar"], published_at=now())
    make_session(event)
    publish_agenda(event, at=now())
    commit()
    return event


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/", "/?lang=ar"),
        ("/events/soil#top", "/events/soil?lang=ar#top"),
        ("/manage?page=2#x", "/manage?page=2&lang=ar#x"),
        ("?page=2", "?page=2&lang=ar"),
        ("?lang=fr", "?lang=fr"),
        ("/a?b=1&amp;lang=fr", "/a?b=1&amp;lang=fr"),
        ("#main", "#main"),
        ("", ""),
        ("//elsewhere.example", "//elsewhere.example"),
        ("https://fao.example/", "https://fao.example/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("/static/v-1/bundle.css", "/static/v-1/bundle.css"),
    ],
)
def test_an_address_of_ours_takes_the_language(before: str, after: str) -> None:
    assert address(before, "ar") == after


def test_forms_keep_it_in_their_address_or_in_a_field() -> None:
    page = '<form method="get" action="/search"><form method="post" action="/x?a=1&amp;b=2"><button formaction="/y">'
    assert kept(page, "fr") == (
        '<form method="get" action="/search?lang=fr"><input type="hidden" name="lang" value="fr">'
        '<form method="post" action="/x?a=1&amp;b=2&amp;lang=fr"><button formaction="/y?lang=fr">'
    )


def test_words_that_look_like_links_are_left_alone() -> None:
    page = "<p>&lt;a href=&#34;/x&#34;&gt;</p><img src='/x'><link href=\"/x\">"
    assert kept(page, "fr") == page


@pytest.mark.parametrize("path", ["", "/agenda", "/agenda?q=soil", "/speakers", "/changes", "/live", "/register"])
def test_every_link_of_a_page_keeps_the_language(client: FlaskClient, event: Event, path: str) -> None:
    page = client.get(f"/events/{event.slug}{path}{'&' if '?' in path else '?'}lang=ar").text
    links = inner_links(page)
    assert [link for link in links if "lang=" not in link] == []
    assert links


def test_without_a_language_addresses_stay_short(client: FlaskClient, event: Event) -> None:
    pages = [client.get(f"/events/{event.slug}{path}").text for path in ("?lang=fr", "")]
    assert [any("lang=" in link for link in inner_links(page)) for page in pages] == [True, False]


def test_an_error_keeps_the_language(client: FlaskClient) -> None:
    answer = client.get("/events/nothing?lang=fr")
    assert (answer.status_code, 'lang="fr"' in answer.text) == (404, True)
    assert [link for link in inner_links(answer.text) if "lang=fr" not in link] == []


def test_a_form_that_is_sent_stays_in_the_language_on_errors_and_after(client: FlaskClient, app: Flask) -> None:
    event = make_open_event()
    home = f"/events/{event.slug}/register?lang=fr"
    typed = {"mode": "in_person", "given_name": "Amina", "family_name": "Benali", "language": "fr"}
    refused = client.post(home, data=typed)
    assert (refused.status_code, '<html lang="fr"' in refused.text) == (422, True)
    answer = client.post(home, data={**typed, "email": "amina@example.org", "accept_privacy": "y"})
    assert urlsplit(answer.location).query.endswith("&lang=fr")
    assert '<html lang="fr"' in client.get(answer.location).text


def test_other_parts_of_the_address_survive_a_change_of_language(client: FlaskClient, event: Event) -> None:
    page = client.get(f"/events/{event.slug}/agenda?q=soil&lang=fr").text
    assert 'href="?q=soil&amp;lang=ar"' in page


def test_what_is_kept_for_everybody_repeats_nothing_of_an_address(client: FlaskClient, event: Event) -> None:
    pages = [client.get(f"/events/{event.slug}/speakers{query}").text for query in ("?seen=me&lang=fr", "?lang=fr")]
    assert ("seen" in pages[0], pages[0]) == (False, pages[1])


def test_a_ticket_opens_in_the_language_of_its_holder(client: FlaskClient, app: Flask) -> None:
    registration = operations.register(make_open_event(), someone(language="fr"), at=now())
    home = f"/tickets/{queries.link_of(registration)}"
    commit()
    languages = [re.findall(r'<html lang="(\w+)"', client.get(home + query).text) for query in ("", "?lang=ar")]
    assert languages == [["fr"], ["ar"]]
    away = [link for link in inner_links(client.get(home).text) if link.startswith("/events/")]
    assert (len(away) > 0, [link for link in away if "lang=fr" not in link]) == (True, [])
