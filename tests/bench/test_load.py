"""The load generator against a server that answers in awkward ways."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat

import pytest

from bench.load import CHUNK, Broken, Stream, drive, percentile, request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
UNCHANGED = b"HTTP/1.1 304 NOT MODIFIED\r\nContent-Length: 5\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def answering(*answers: Sequence[bytes]) -> Iterator[int]:
    """A server that answers request after request with the given pieces; after ``Connection: close`` it hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)  # a client that never comes must not keep the test waiting
        thread = threading.Thread(target=_answer, args=(server, list(answers)))
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            thread.join()


def _answer(server: socket.socket, answers: list[Sequence[bytes]]) -> None:
    while answers:
        connection, _address = server.accept()
        with connection:
            while answers and connection.recv(65536):
                pieces = answers.pop(0)
                for piece in pieces:
                    connection.sendall(piece)
                if b"close" in pieces[0]:
                    break


def test_answers_are_counted_by_status() -> None:
    with answering([OK], [UNCHANGED], [OK]) as port:
        [load] = drive(port, Stream(repeat(request("GET", "/"), 3), clients=1))
    assert load.statuses == {200: 2, 304: 1}
    assert len(load.seconds) == 3
    assert load.received == 2 * len(OK) + len(UNCHANGED)


def test_an_answer_in_pieces_is_one_answer() -> None:
    body = bytes(3 * CHUNK)  # more than one read returns
    large = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    with answering([large[:9], large[9:]], [OK]) as port:
        [load] = drive(port, Stream(repeat(request("GET", "/"), 2), clients=1))
    assert load.statuses == {200: 2}
    assert load.received == len(large) + len(OK)


def test_a_connection_the_server_ends_is_opened_anew() -> None:
    with answering([LAST], [OK]) as port:
        [load] = drive(port, Stream(repeat(request("GET", "/"), 2), clients=1))
    assert load.statuses == {200: 2}


def test_wrong_content_breaks_a_load() -> None:
    with answering([OK]) as port:
        stream = Stream(iter([request("GET", "/")]), clients=1, is_wrong=lambda _status, body: body != b"bye")
        [load] = drive(port, stream)
    with pytest.raises(Broken, match="1 with the wrong content"):
        load.must_be(200)


def test_another_status_breaks_a_load() -> None:
    with answering([UNCHANGED]) as port:
        [load] = drive(port, Stream(iter([request("GET", "/")]), clients=1))
    with pytest.raises(Broken, match="304: 1"):
        load.must_be(200)


def test_a_request_says_how_long_its_body_is() -> None:
    assert request("POST", "/x", {"A": "b"}, b"123") == (
        b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\r\nContent-Length: 3\r\n\r\n123"
    )


def test_percentile_of_one_value_is_the_value() -> None:
    assert percentile([3.0], 99) == 3.0
    assert percentile([float(value) for value in range(101)], 99) == 99.0
