"""What 100,000 registrations cost: every page of the desk and the door, against the same with 1,000."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from statistics import median
from urllib.parse import urlencode

from bench.door import Uploads, door
from bench.events import LARGE, OWNER, PASSWORD
from bench.load import HOST, PATIENCE, Broken, Stream, drive, request
from bench.stage import Stage
from bench.table import Line, at_most, milliseconds

FEW, MANY, QUICK_MANY = 1_000, 100_000, 20_000
GROWTH = 2.0
AT_A_TIME = 5
FOUND = 302
DESK = {
    "list page": f"/manage/{LARGE}/registrations",
    "search, common name": f"/manage/{LARGE}/registrations?q=diallo",
    "search, one person": f"/manage/{LARGE}/registrations?q=guest777%40",
    "statistics": f"/manage/{LARGE}",
    "door's statistics": f"/manage/{LARGE}/door",
}
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Site:
    """One server as somebody who has signed in uses it."""

    def __init__(self, port: int, uploads: Uploads) -> None:
        self.port = port
        self._cookie = _signed_in(port)
        self._scans = uploads.of(1)

    def seconds(self, path: str, times: int) -> list[float]:
        """How long a page takes, each time."""
        content = request("GET", path, {"Cookie": self._cookie})
        return self._driven([content] * times)

    def scanned(self, times: int) -> list[float]:
        """How long a scan takes, each time."""
        return self._driven([next(self._scans) for _ in range(times)])

    def _driven(self, contents: Sequence[bytes]) -> list[float]:
        return drive(self.port, Stream(iter(contents), clients=1))[0].must_be(200).seconds


def measure(stage: Stage) -> Iterator[Line]:
    """Each page's time with many against its time with few, by turns."""
    many = QUICK_MANY if stage.quick else MANY
    small, large = stage.instance(), stage.instance()
    uploads = [door(small, FEW), door(large, many)]
    with small.served() as first, large.served() as second:
        sites = [Site(server.port, of) for server, of in zip((first, second), uploads, strict=True)]
        for name, path in DESK.items():
            yield _line(stage, f"{name}, {many:,} registrations", [partial(site.seconds, path) for site in sites])
        yield _line(stage, f"scan, {many:,} registrations", [site.scanned for site in sites])


def _line(stage: Stage, what: str, both: Sequence[Callable[[int], list[float]]]) -> Line:
    """*both* measured by turns: with few, with many."""
    times: tuple[list[float], list[float]] = [], []
    try:
        for warm_up in both:
            warm_up(2)
        for _ in range(stage.rounds):
            for measured, taken in zip(both, times, strict=True):
                taken.extend(measured(AT_A_TIME))
    except Broken as error:
        return Line(what, str(error), ok=False)
    before, after = (median(seconds) for seconds in times)
    told = f"{milliseconds(after)}, with {FEW:,} {milliseconds(before)}"
    return at_most(what, told, after / before, GROWTH, f"{FEW:,}")


def _signed_in(port: int) -> str:
    """Sign the owner in by the form; the cookie. Raises Broken."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    cookie = _cookie(answer)
    found = _CSRF.search(answer.read().decode())
    form = {"email": OWNER, "password": PASSWORD, "csrf_token": found[1] if found else ""}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/login", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != FOUND:
        raise Broken(f"signing in was answered with {answer.status}")
    return _cookie(answer) or cookie


def _cookie(answer: HTTPResponse) -> str:
    return "; ".join(value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])
