"""What goes with every answer: how long it may be kept, and by whom."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.web.caching import takes_gzip
from tests.factories import make_event, make_user


@pytest.mark.parametrize("path", ["/nowhere", "/healthz", "/B/BBBB", "/manage", "/api/v1/checkin/snapshot"])
def test_what_nobody_thought_of_is_kept_by_no_cache_that_others_share(
    app: Flask, client: FlaskClient, path: str
) -> None:
    assert client.get(path).headers["Cache-Control"] == "private, no-cache"


def test_a_page_behind_the_sign_in_is_asked_for_again(app: Flask, sign_in: object) -> None:
    owner = make_user()
    make_event(owner=owner, slug="soil-days")
    page = sign_in(owner).get("/manage/soil-days")  # type: ignore[operator] # the fixture has no type of its own
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-cache")


def test_the_sign_in_is_kept_nowhere(app: Flask, client: FlaskClient) -> None:
    assert client.get("/login").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/tickets/x", "/slots/x/answer", "/delegations/x", "/b/BBBB", "/B/BBBB"])
def test_an_address_that_is_a_secret_is_told_to_no_other_page(app: Flask, client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("", False),
        ("br, zstd", False),
        ("gzip", True),
        ("br, gzip, deflate", True),
        ("gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0, identity", False),
        ("br;q=0, gzip", True),
    ],
)
def test_who_refuses_gzip_gets_none(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


def test_another_method_names_those_there_are(app: Flask, client: FlaskClient) -> None:
    page, problem = client.post("/events/soil-days"), client.put("/api/v1/checkin/scans")
    assert (page.status_code, set(page.allow)) == (405, {"GET", "HEAD", "OPTIONS"})
    assert (problem.status_code, set(problem.allow)) == (405, {"OPTIONS", "POST"})
    assert problem.content_type == "application/problem+json"
