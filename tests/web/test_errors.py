"""What people see when something is refused or fails: a page in their language, with its own number and a way on."""

import re

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from inser_events.errors import Refused
from inser_events.web.access import public
from inser_events.web.errors import PAGES


class Full(Refused):
    """As a rule of the product says no."""

    status = 422


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    @public
    def fail(code: int) -> str:
        if code == 0:
            raise Full("No <seat> left.")
        if code == 1:
            raise RuntimeError("a secret of the machine")
        abort(code)

    app.add_url_rule("/fail/<int:code>", "fail", fail, methods=["GET", "POST"])
    app.add_url_rule("/tickets/<token>/fail", "fail on a ticket", public(lambda token: fail(409)), methods=["POST"])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def shown(page: str) -> tuple[str, str]:
    number = re.search(r'error-page__code">([^<]*)', page)
    title = re.search(r'error-page__title">([^<]*)', page)
    assert number is not None
    assert title is not None
    return number[1], title[1]


@pytest.mark.parametrize("code", sorted(PAGES | {401, 410, 415, 501}))
def test_every_error_has_a_page_with_its_own_number(client: FlaskClient, code: int) -> None:
    answer = client.get(f"/fail/{code}")
    number, title = shown(answer.get_data(as_text=True))
    assert (answer.status_code, bool(title)) == (code, True)
    assert number == f"Error {code if code in PAGES or code < 500 else 500}"


def test_each_error_says_something_of_its_own(client: FlaskClient) -> None:
    titles = {code: shown(client.get(f"/fail/{code}").get_data(as_text=True))[1] for code in PAGES}
    assert len(set(titles.values())) == len(PAGES)


def test_what_is_withdrawn_reads_like_what_is_not_there(client: FlaskClient) -> None:
    assert shown(client.get("/fail/410").get_data(as_text=True)) == ("Error 410", "This page is not here")


def test_a_refusal_is_shown_as_text_below_a_title_that_fits_it(client: FlaskClient) -> None:
    page = client.get("/fail/0").get_data(as_text=True)
    assert shown(page) == ("Error 422", "Please check what you sent")
    assert "No &lt;seat&gt; left." in page


def test_an_error_speaks_the_language_that_was_asked_for(client: FlaskClient) -> None:
    page = client.get("/fail/404?lang=ar").get_data(as_text=True)
    assert ('<html lang="ar" dir="rtl">' in page, shown(page)[0]) == (True, "الخطأ 404")


def test_a_fault_of_ours_tells_the_reader_nothing_of_it(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/fail/1")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, shown(page)[1]) == (500, "Something went wrong on our side")
    assert "secret" not in page
    assert "a secret of the machine" in caplog.text


@pytest.mark.parametrize(
    ("path", "came_from", "way_back"),
    [
        ("/fail/409", "http://localhost/manage/launch/limits?x=1", "/manage/launch/limits?x=1"),
        ("/fail/409", "https://elsewhere.example/manage", ""),
        ("/fail/409", "http://localhost//elsewhere.example/", ""),
        ("/fail/409", "", ""),
        ("/fail/409", "http://localhost/", ""),
        ("/fail/413", "http://localhost/manage/launch/limits", ""),
        ("/tickets/ABCDEF/fail", "", "/tickets/ABCDEF"),
        ("/tickets/ABCDEF/fail", "http://localhost/", "/tickets/ABCDEF"),
    ],
)
def test_a_refusal_leads_back_to_the_page_it_came_from(
    client: FlaskClient, path: str, came_from: str, way_back: str
) -> None:
    page = client.post(path, headers={"Referer": came_from} if came_from else {}).get_data(as_text=True)
    found = re.search(r'href="([^"]*)"[^>]*><span>Back<', page)
    assert (found[1] if found else "") == way_back


def test_programs_get_a_problem_document(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert (answer.get_json()["status"], answer.headers.get("Set-Cookie")) == (404, None)
