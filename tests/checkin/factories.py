"""People with tickets, and a door that scans them."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inser_events.checkin.pairing import ensure_entrance, pair_device
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.registration.models import Registration, Ticket
from inser_events.tokens import new_ticket_number, ticket_token
from tests.factories import make_event

NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
_numbers = count(1)


def make_registration(event: Event, **values: Any) -> Registration:
    """A confirmed participant in the room, with one ticket."""
    number = next(_numbers)
    email = f"guest{number}@example.org"
    values = {
        "given_name": "Amina",
        "family_name": f"Benali {number}",
        "email": email,
        "active_email": email,
        "organisation": "INRA Maroc",
        "country": "MA",
        "created_at": NINE - timedelta(days=30),
        **values,
    }
    registration = Registration(event=event, **values)
    registration.tickets.append(Ticket(number=new_ticket_number(), issued_at=NINE - timedelta(days=30)))
    db.session.add(registration)
    db.session.flush()
    return registration


def code_of(registration: Registration, place: int = -1) -> str:
    """The thirty letters of a ticket, the last one unless told."""
    return ticket_token(registration.tickets[place].number, registration.event.ticket_key)


class Door:
    """A paired device and the test client it speaks through."""

    def __init__(self, client: FlaskClient, event: Event, name: str = "East door") -> None:
        self.client = client
        self.device, self.token = pair_device(event, None, name)
        self.checkpoint = ensure_entrance(event).uid
        commit()
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def scan(self, ticket: str, **values: Any) -> dict[str, Any]:
        """One scan, unless told otherwise at the first checkpoint at nine."""
        return {
            "id": str(uuid4()),
            "checkpoint": self.checkpoint,
            "ticket": ticket,
            "direction": "in",
            "scanned_at": "2025-09-15T08:00:00Z",
            "offline": False,
            **values,
        }

    def post(self, *scans: Any, **more: Any) -> TestResponse:
        """Upload scans."""
        body = json.dumps({"scans": list(scans), **more})
        return self.client.post(
            "/api/v1/checkin/scans", data=body, headers=self.headers, content_type="application/json"
        )

    def results(self, *scans: Any, **more: Any) -> list[dict[str, Any]]:
        """Upload scans and read the results."""
        answer = self.post(*scans, **more)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return results

    def outcomes(self, *scans: Any, **more: Any) -> list[str]:
        """Upload scans and read their outcomes."""
        return [result["outcome"] for result in self.results(*scans, **more)]

    def snapshot(self, since: str = "", **headers: str) -> TestResponse:
        """Ask for the snapshot."""
        return self.client.get(f"/api/v1/checkin/snapshot?since={since}", headers={**self.headers, **headers})


def make_door(client: FlaskClient, event: Event | None = None, name: str = "East door") -> Door:
    """A paired device for an event."""
    return Door(client, event or make_event(), name)


def at(minutes: float) -> str:
    """A moment so many minutes after nine, as a device writes it."""
    return (NINE + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
