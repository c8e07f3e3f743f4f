"""What everything is compared with: a bare Flask that says hello, under the very server that serves the product.

``python -m bench.hello PORT`` reads the same environment, so that it gets as many processes and threads.
"""

import sys
from typing import Any
from unittest.mock import patch

from flask import Flask

from inser_events import serving
from inser_events.config import settings_from

HELLO = "hello"


def make_app() -> Flask:
    """The application."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: HELLO, endpoint="hello")
    return app


def _nothing_to_do(_server: Any, _worker: Any) -> None:
    """It has neither a database nor a queue to open anew after a fork."""


if __name__ == "__main__":
    hello = make_app()
    hello.extensions["settings"] = settings_from()
    # All of the product's serving but its database.
    with patch.object(serving, "_forked", _nothing_to_do), patch.object(serving, "db"):
        serving.serve(hello, host="127.0.0.1", port=int(sys.argv[1]))
