"""Answers that depend on a release only: made and compressed once, then served from memory or as ``304``."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass

from flask import Response, request
from werkzeug.http import parse_accept_header

ENTRIES = 512


@dataclass(frozen=True)
class Rendered:
    """One finished answer."""

    body: bytes
    zipped: bytes
    etag: str
    content_type: str


_cache: OrderedDict[Hashable, Rendered] = OrderedDict()
_lock = threading.Lock()
_for_everyone: ContextVar[bool] = ContextVar("made for everyone", default=False)


def forget_all() -> None:
    """Empty the cache of this process."""
    with _lock:
        _cache.clear()


def is_for_everyone() -> bool:
    """Whether what is being made will be kept for all readers."""
    return _for_everyone.get()


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the reader can unpack it; ``gzip;q=0`` says no (RFC 9110 section 12.5.3). Hardly anybody weighs."""
    if "gzip" not in accept_encoding or "q=0" not in accept_encoding:
        return "gzip" in accept_encoding
    return parse_accept_header(accept_encoding)["gzip"] > 0


def rendered(key: Hashable, content_type: str, make: Callable[[], bytes]) -> Rendered:
    """The answer kept under *key*, made now if need be. The key must name everything the answer depends on."""
    with _lock:
        found = _cache.get(key)
        if found is not None:
            _cache.move_to_end(key)
            return found
    mark = _for_everyone.set(True)
    try:
        body = make()
    finally:
        _for_everyone.reset(mark)
    # mtime=0: the same content gives the same bytes
    entry = Rendered(body, gzip.compress(body, 6, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:20]}"', content_type)
    with _lock:
        _cache[key] = entry
        while len(_cache) > ENTRIES:
            _cache.popitem(last=False)
    return entry


def respond(entry: Rendered, *, max_age: int = 0, filename: str = "") -> Response:
    """Send a kept answer: ``304`` when the reader has it, compressed when the reader can."""
    if entry.etag in request.headers.get("If-None-Match", ""):
        response = Response(status=304)
    elif takes_gzip(request.headers.get("Accept-Encoding", "")):
        response = Response(entry.zipped, content_type=entry.content_type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(entry.body, content_type=entry.content_type)
    response.headers["ETag"] = entry.etag
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = f"public, max-age={max_age}" if max_age else "public, no-cache"
    if filename:
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
