"""Who else has to act on a release, in domains further right that the agenda must not know.

They register once, when the application is made. The page for publishing asks them first whom they would tell;
publishing tells them in the same transaction.
"""

from typing import Protocol

from flask import Flask, current_app

from inser_events.agenda.snapshot import Snapshot
from inser_events.events.models import Event


class Listener(Protocol):
    """A part of the product that a release concerns."""

    def preview(self, event: Event, old: Snapshot | None, new: Snapshot) -> list[str]:
        """Sentences that say who would be told what. Writes nothing."""
        ...

    def tell(self, event: Event, old: Snapshot | None, new: Snapshot) -> None:
        """A release was published; long work is left to a job."""
        ...


def listen(app: Flask, listener: Listener) -> None:
    """Have *listener* told of every release of this application."""
    app.extensions.setdefault("release_listeners", []).append(listener)


def listeners() -> list[Listener]:
    """Who listens."""
    found: list[Listener] = current_app.extensions.get("release_listeners", [])
    return found
