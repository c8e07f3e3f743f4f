"""A load generator: keep-alive connections driven by one loop, a few microseconds of work per request.

It runs in the process of the bench, never in the server's. ``http.client`` would cost more per request than a bare
Flask needs to answer one, and would then be what is measured.
"""

import gc
import re
import selectors
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import quantiles
from time import perf_counter

HOST = "127.0.0.1"
CLIENTS = 8
PATIENCE = 40.0
"""Seconds without any answer after which a load is given up."""
CHUNK = 1 << 18
NO_BODY = frozenset({204, 304})

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class Broken(Exception):
    """The server answered something that is no answer, or nothing at all."""


def request(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """One HTTP request as it goes over the wire, made once and sent often."""
    fields = {"Host": HOST, **(headers or {})}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _nothing_wrong(_status: int, _body: bytes) -> bool:
    return False


@dataclass(frozen=True)
class Stream:
    """What some clients send: each its next request as soon as it has its answer."""

    requests: Iterator[bytes]
    clients: int = CLIENTS
    is_wrong: Callable[[int, bytes], bool] = _nothing_wrong
    """Whether an answer (status, body) is not what was meant to be measured."""


@dataclass
class Load:
    """What came back. ``seconds``: of each request, in the order of the answers."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    received: int = 0
    """Bytes."""
    wrong: int = 0
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.seconds) / self.elapsed if self.elapsed else 0.0

    def percentile(self, percent: int) -> float:
        """Seconds within which this share of the requests was answered."""
        return percentile(self.seconds, percent)

    def must_be(self, *statuses: int) -> "Load":
        """The same load. Raises Broken when it holds other answers."""
        others = {status: count for status, count in self.statuses.items() if status not in statuses}
        if others or self.wrong or not self.seconds:
            raise Broken(f"answers by status {dict(self.statuses)}, of them {self.wrong} with the wrong content")
        return self


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which this share of *values* lies."""
    if len(values) < 2:  # noqa: PLR2004 — quantiles needs two
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]


class _Client:
    """One connection and the answer that is arriving on it."""

    def __init__(self, port: int, stream: Stream, load: Load) -> None:
        self.port, self.stream, self.load = port, stream, load
        self.socket = self._connected()
        self.started = 0.0
        self._buffer = bytearray()
        self._closing = False

    def _connected(self) -> socket.socket:
        connection = socket.create_connection((HOST, self.port), timeout=PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def send(self, content: bytes) -> None:
        """Send the next request."""
        self._buffer.clear()
        self.started = perf_counter()
        self.socket.sendall(content)

    def receive(self) -> bool:
        """Take what has arrived; whether the answer is complete. Raises Broken."""
        arrived = self.socket.recv(CHUNK)
        if not arrived:
            raise Broken("the server closed the connection instead of answering")
        self._buffer += arrived
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[:end])
        status = int(head[9:12])
        length = 0 if status in NO_BODY else _length(head)
        if len(self._buffer) < end + 4 + length:
            return False
        self._closing = _CLOSE.search(head) is not None
        self._note(status, bytes(self._buffer[end + 4 :]))
        return True

    def _note(self, status: int, body: bytes) -> None:
        self.load.seconds.append(perf_counter() - self.started)
        self.load.statuses[status] += 1
        self.load.received += len(self._buffer)
        self.load.wrong += self.stream.is_wrong(status, body)

    @property
    def is_closing(self) -> bool:
        """Whether the server ends the connection after this answer."""
        return self._closing

    def reconnect(self) -> None:
        """Open the connection anew."""
        self.socket.close()
        self.socket = self._connected()


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    if found is None:
        raise Broken(f"an answer without a length: {head[:200]!r}")
    return int(found[1])


def etag_of(port: int, path: str, headers: Mapping[str, str]) -> str:
    """The ETag that a server gives a page."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request("GET", path, headers=dict(headers))
    etag = connection.getresponse().headers.get("ETag", "")
    connection.close()
    return etag


def drive(port: int, *streams: Stream, seconds: float | None = None) -> list[Load]:
    """Drive all *streams* at once, for so many *seconds* or until they end; one load each. Raises Broken, OSError."""
    loads = [Load() for _ in streams]
    clients = [
        _Client(port, stream, load) for stream, load in zip(streams, loads, strict=True) for _ in range(stream.clients)
    ]
    gc.collect()
    gc.disable()  # a collection in the middle would look like a slow answer
    try:
        _run(clients, seconds)
    finally:
        gc.enable()
        for client in clients:
            client.socket.close()
    return loads


def _run(clients: Sequence[_Client], seconds: float | None) -> None:
    begun = perf_counter()
    deadline = begun + seconds if seconds is not None else float("inf")
    with selectors.DefaultSelector() as selector:
        for client in clients:
            if _next(client, deadline):
                selector.register(client.socket, selectors.EVENT_READ, client)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise Broken(f"no answer within {PATIENCE:.0f} s")
            for key, _events in ready:
                client = key.data
                if client.receive():
                    client.load.elapsed = perf_counter() - begun
                    _go_on(selector, client, deadline)


def _go_on(selector: selectors.BaseSelector, client: _Client, deadline: float) -> None:
    if client.is_closing:
        selector.unregister(client.socket)
        client.reconnect()
        selector.register(client.socket, selectors.EVENT_READ, client)
    if not _next(client, deadline):
        selector.unregister(client.socket)


def _next(client: _Client, deadline: float) -> bool:
    if perf_counter() >= deadline:
        return False
    content = next(client.stream.requests, None)
    if content is None:
        return False
    client.send(content)
    return True
