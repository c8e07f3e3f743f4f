"""The registration rush: 300 people for 100 seats through the public form, eight at a time."""

from collections.abc import Iterator
from urllib.parse import urlencode

from bench.events import RUSH, SEATS, states_of
from bench.load import CLIENTS, Load, Stream, drive, percentile, request
from bench.people import people
from bench.rounds import compare
from bench.stage import Stage
from bench.table import Line, at_least, milliseconds
from inser_events.registration.models import State

ATTEMPTS, ROUNDS, FEWER_ROUNDS = 300, 3, 1
SPEED = 0.08
REGISTERED = 303
EXACTLY = {State.CONFIRMED: SEATS, State.WAITLISTED: ATTEMPTS - SEATS}


def measure(stage: Stage) -> Iterator[Line]:
    """Who got a seat, and how fast."""
    instance = stage.instance()
    rounds = FEWER_ROUNDS if stage.quick else ROUNDS
    slugs = iter([f"{RUSH}-{number}" for number in range(rounds)])
    with instance.served() as server:
        form = f"/events/{RUSH}-0/register"
        drive(server.port, Stream(iter([request("GET", form)] * CLIENTS)))[0].must_be(200)
        found = compare(stage, lambda: _rush(server.port, next(slugs)), rounds)
    with instance.opened():
        states = [states_of(f"{RUSH}-{number}") for number in range(rounds)]
    errors = sum(count for load in found.loads for status, count in load.statuses.items() if status != REGISTERED)
    told = "; ".join(
        f"{one.get(State.CONFIRMED, 0)} confirmed, {one.get(State.WAITLISTED, 0)} waiting" for one in states[:1]
    )
    exact = not errors and all(one == EXACTLY for one in states)
    yield Line(f"{ATTEMPTS} attempts for {SEATS} seats, 8 clients", f"{told}, {errors} errors", "", "exactly", exact)
    slow = milliseconds(percentile(found.seconds, 99))
    yield at_least("registration rush, speed", f"{found.rate:.0f} requests/s, p99 {slow}", found.ratios, SPEED)


def registrations(slug: str, count: int) -> Iterator[bytes]:
    """So many people who each send the public form of an event once."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for number, sample in enumerate(people(count, slug)):
        fields = {
            **sample._asdict(),
            "mode": "in_person",
            "language": "en",
            "accept_privacy": "y",
            "form_key": f"{slug}-{number}",
        }
        yield request("POST", f"/events/{slug}/register", headers, urlencode(fields).encode())


def _rush(port: int, slug: str) -> Load:
    return drive(port, Stream(iter(list(registrations(slug, ATTEMPTS))), CLIENTS))[0]
