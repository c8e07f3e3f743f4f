"""The short way to answers that depend on a release alone, before Flask and its extensions wake up.

A calendar feed is asked for every hour by every subscriber, and an agenda by everybody at once when a room changes.
Whether what is kept is still the last release is asked of the database each time, so nothing served here is ever
stale, in however many processes; only the making, the hooks and the objects are saved. Whatever is not kept goes the
long way, and its answer is kept for the next one.
"""

import threading
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, NamedTuple

from flask import Flask
from prometheus_client import Counter, Histogram
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from inser_events.database import db, only_reading
from inser_events.languages import INTERFACE, preferred
from inser_events.web.caching import takes_gzip
from inser_events.web.health import answers, seconds
from inser_events.web.languages import is_negotiated

PREFIX = "/events/"
ENDPOINTS = {
    "agenda": "agenda.agenda",
    "agenda.ics": "agenda.agenda_ics",
    "schedule.json": "agenda.schedule_json",
    "schedule.xml": "agenda.schedule_xml",
    "speakers": "agenda.speakers",
    "changes": "agenda.changes",
    "documents": "documents.documents",
}
QUERIES = frozenset({"", *(f"lang={language}" for language in INTERFACE)})
ENTRIES = 128
NOT_IN_304 = frozenset({"content-length", "content-type", "content-encoding", "content-disposition"})
LAST_RELEASE = (
    'SELECT "event".id, "release".id FROM "event" JOIN "release" ON "release".event_id = "event".id '
    'WHERE "event".slug = {} AND "event".published_at IS NOT NULL ORDER BY "release".number DESC LIMIT 1'
)

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Answer(NamedTuple):
    """A finished answer."""

    headers: Headers
    short_headers: Headers
    """Of the ``304``."""
    etag: str
    body: bytes


class Wanted(NamedTuple):
    """What a request asks for; the key under which its answer is kept."""

    event_id: int
    release_id: int
    path: str
    query: str
    language: str
    """What the browser prefers, where that counts."""
    scheme: str
    zipped: bool


class Front:
    """WSGI middleware that keeps and gives answers."""

    def __init__(self, application: Application, engine: Engine) -> None:
        self._application = application
        self._engine = engine
        self._sql = LAST_RELEASE.format("?" if engine.dialect.name == "sqlite" else "%s")
        self._kept: dict[Wanted, Answer] = {}
        self._lock = threading.Lock()
        self._counters: dict[tuple[str, str], Counter] = {}
        self._times: dict[str, Histogram] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or go the long way."""
        started = perf_counter()
        wanted = self._wanted(environ)
        if wanted is None:
            return self._application(environ, start_response)
        answer = self._kept.get(wanted)
        if answer is None:
            return self._made(wanted, environ, start_response)
        return self._given(answer, wanted, environ, start_response, started)

    def _given(
        self, answer: Answer, wanted: Wanted, environ: Environ, start_response: StartResponse, started: float
    ) -> Iterable[bytes]:
        unchanged = answer.etag in environ.get("HTTP_IF_NONE_MATCH", "")
        self._count(wanted.path, "304" if unchanged else "200", started)
        if unchanged:
            start_response("304 NOT MODIFIED", answer.short_headers)
            return []
        start_response("200 OK", answer.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _wanted(self, environ: Environ) -> Wanted | None:
        path: str = environ["PATH_INFO"]
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        slug, _slash, name = path[len(PREFIX) :].partition("/")
        query = environ.get("QUERY_STRING", "")
        if name not in ENDPOINTS or query not in QUERIES:
            return None
        row = self._last_release(slug)
        if row is None:
            return None
        zipped = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        liked = "" if query or not is_negotiated(path) else preferred(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return Wanted(row[0], row[1], path, query, liked, environ["wsgi.url_scheme"], zipped)

    def _last_release(self, slug: str) -> tuple[int, int] | None:
        """Event and release, by the bare driver: a session of SQLAlchemy would cost more than the whole answer."""
        try:
            with only_reading():
                connection = self._engine.raw_connection()
        except SQLAlchemyError:
            return None  # the long way says what is wrong
        try:
            cursor = connection.cursor()
            cursor.execute(self._sql, (slug,))
            row: tuple[int, int] | None = cursor.fetchone()
            cursor.close()
        except self._engine.dialect.loaded_dbapi.Error:
            return None  # the same
        finally:
            connection.close()
        return row

    def _made(self, wanted: Wanted, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application answer in full, and keep what everybody else may have too."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return self._application(environ, start_response)
        known: str = environ.pop("HTTP_IF_NONE_MATCH", "")
        told: list[tuple[Any, ...]] = []
        chunks = self._application(environ, lambda *arguments: told.append(arguments))
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers, *_more = told[-1]
        named = {name.lower(): value for name, value in headers}
        etag = named.get("etag", "")
        if status.startswith("200") and "set-cookie" not in named and etag:
            answer = self._keep(wanted, headers, etag, body)
            if etag in known:
                start_response("304 NOT MODIFIED", answer.short_headers)
            else:
                start_response(status, answer.headers)
            return [] if etag in known else [body]
        start_response(*told[-1])
        return [body]

    def _keep(self, wanted: Wanted, headers: Headers, etag: str, body: bytes) -> Answer:
        # Extensions look for a session while a page is made, and Flask then warns caches of the cookie; what is kept
        # here is the same for everybody.
        vary = (
            "Accept-Encoding" if wanted.query or not is_negotiated(wanted.path) else "Accept-Encoding, Accept-Language"
        )
        headers = [(name, vary if name.lower() == "vary" else value) for name, value in headers]
        short = [(name, value) for name, value in headers if name.lower() not in NOT_IN_304]
        answer = Answer(headers, short, etag, body)
        with self._lock:
            self._kept[wanted] = answer
            while len(self._kept) > ENTRIES:
                del self._kept[next(iter(self._kept))]
        return answer

    def _count(self, path: str, status: str, started: float) -> None:
        endpoint = ENDPOINTS[path.rpartition("/")[2]]
        counter = self._counters.get((endpoint, status))
        if counter is None:
            counter = self._counters[endpoint, status] = answers.labels(endpoint, status)
            self._times[endpoint] = seconds.labels(endpoint)
        counter.inc()
        self._times[endpoint].observe(perf_counter() - started)


def init_app(app: Flask) -> None:
    """Put it before the application."""
    with app.app_context():
        front = Front(app.wsgi_app, db.engine)
    app.wsgi_app = front  # type: ignore[method-assign] # the place Flask documents for middleware
