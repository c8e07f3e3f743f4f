"""Service workers: the part they share and their own part, behind what this version of the site has to keep."""

import hashlib
import json
from collections.abc import Sequence

from flask import Response

from inser_events.config import STATIC
from inser_events.web.assets import current_version

SHARED = "js/shell-worker.js"


def service_worker(path: str, shell: Sequence[str], *, prefix: str, scope: str, pages: str = "") -> Response:
    """The worker in static/ at *path*, allowed to serve *scope*; it keeps the addresses of *shell* in a cache.

    A browser takes the new one when a byte of it differs: when a static file does, or the content of *pages*.
    """
    version = hashlib.sha256(f"{current_version()}{pages}".encode()).hexdigest()[:12]
    values = {"VERSION": version, "SHELL": list(shell), "PREFIX": prefix}
    head = [f"const {name} = {json.dumps(value)};\n" for name, value in values.items()]
    parts = [(STATIC / name).read_text() for name in (SHARED, path)]
    response = Response("".join([*head, *parts]), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = scope
    return response
