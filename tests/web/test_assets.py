"""Static files: compressed where that helps, kept for ever under an address that changes with them."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.web.assets import asset, bundle


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return app.test_client()


def address(app: Flask, path: str) -> str:
    with app.app_context():
        return asset(path)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("bundle.css", "text/css; charset=utf-8"),
        ("js/app.js", "text/javascript; charset=utf-8"),
        ("vendor/fonts/noto-sans-sc/wght.css", "text/css; charset=utf-8"),
    ],
)
def test_text_is_compressed_for_readers_who_can(app: Flask, reader: FlaskClient, path: str, content_type: str) -> None:
    url = address(app, path)
    plain, zipped = reader.get(url), reader.get(url, headers={"Accept-Encoding": "gzip"})
    assert (plain.content_type, plain.headers.get("Content-Encoding")) == (content_type, None)
    assert (zipped.content_type, zipped.headers.get("Content-Encoding")) == (content_type, "gzip")
    assert gzip.decompress(zipped.data) == plain.data
    assert plain.headers["Vary"] == "Accept-Encoding"
    assert len(zipped.data) < len(plain.data)


def test_bundle_holds_every_sheet(app: Flask, reader: FlaskClient) -> None:
    assert reader.get(address(app, "bundle.css")).get_data(as_text=True) == bundle()


def test_a_file_that_is_compressed_already_is_sent_as_it_is(app: Flask, reader: FlaskClient) -> None:
    url = address(app, "vendor/fonts/noto-sans-hebrew/files/noto-sans-hebrew-hebrew-wght-normal.woff2")
    with reader.get(url, headers={"Accept-Encoding": "gzip"}) as answer:
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)


FONT = "vendor/fonts/source-sans-3/files/source-sans-3-latin-wght-normal.woff2"


@pytest.mark.parametrize("path", ["bundle.css", "js/app.js", "img/logo.svg", FONT])
def test_a_file_is_asked_for_once_and_again_when_it_may_have_changed(
    app: Flask, reader: FlaskClient, path: str
) -> None:
    url = address(app, path)
    with reader.get(url) as answer, reader.get(url.replace("/v-", "/v-older")) as older:
        kept = [one.headers["Cache-Control"] for one in (answer, older)]
    assert kept == ["public, max-age=31536000, immutable", "public, no-cache"]


def test_what_the_reader_has_is_not_sent_again(app: Flask, reader: FlaskClient) -> None:
    url = address(app, "js/app.js")
    etag = reader.get(url).headers["ETag"]
    assert reader.get(url, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    "path", ["no-such.js", "../pyproject.toml", "css/../../templates/base.html", "vendor/fonts-print/x.ttf"]
)
def test_nothing_else_is_handed_out(app: Flask, reader: FlaskClient, path: str) -> None:
    assert reader.get(address(app, path)).status_code == 404
