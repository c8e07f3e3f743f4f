"""A real server on a free port, and Chromium, for tests that need a browser."""

import logging
import os
import random
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, FloatRect, Locator, Page, Playwright, expect
from werkzeug.serving import make_server

from inser_events import create_app
from inser_events.database import db
from inser_events.web import caching
from tests import once
from tests.settings import settings_for

CALM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SECONDS = 30
"""To wait for what is to be seen: a machine with other work takes longer than Playwright's five seconds."""

expect.set_options(timeout=SECONDS * 1000)
delay = {"up to": 0.0}
"""Seconds that an answer may be late, and scripts always are by a part of them. See ``--slow-server``."""

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Live:
    """A running server."""

    app: Flask
    url: str
    _server: Any

    def stop(self) -> None:
        """Take the server away, as when the network fails."""
        self._server.shutdown()


def _whole(application: Flask) -> Any:
    """Answers in one piece: a browser that leaves in the middle of a file would leave the file open."""

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        is_script = environ["PATH_INFO"].endswith(".js")
        time.sleep(random.random() ** (1 if is_script else 3) * delay["up to"])
        chunks = application(environ, start_response)
        try:
            return [b"".join(chunks)]
        finally:
            getattr(chunks, "close", lambda: None)()

    return answer


@contextmanager
def serving(folder: Path, database_url: str, **values: object) -> Iterator[Live]:
    """Serve an application on a free port, each request in a thread of its own; *values* are further settings."""
    caching.forget_all()  # what another instance in this process has published under the same numbers
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    url = f"http://127.0.0.1:{server.server_port}"
    app = create_app(settings_for(folder, database_url=database_url, base_url=url, **values))
    with app.app_context():
        once.share(app)
    server.app = _whole(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Live(app, url, server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def chromium(playwright: Playwright, more: Sequence[str] = ()) -> Browser:
    """Debian's Chromium where there is one, else Playwright's own."""
    installed = os.environ.get("CHROMIUM") or next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=installed, args=[*CALM, *more])


def ready(page: Page) -> None:
    """Wait until the page does what it promises: its modules have run, and letters have their last width."""
    expect(page.locator("[data-module]:not([data-ready])")).to_have_count(0)
    page.evaluate("document.fonts.ready.then(() => true)")


def box_of(thing: Locator) -> FloatRect:
    """Where something is on the screen, once it does not move any more."""
    ready(thing.page)
    thing.scroll_into_view_if_needed()
    box = thing.bounding_box()
    assert box is not None
    return box


def drag(page: Page, *places: tuple[float, float]) -> None:
    """Press the mouse at the first of these places and lead it over the others. Whoever calls lets go."""
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
