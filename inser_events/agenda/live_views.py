"""Room and lobby screens: what is on now, what is next, and for how long."""

from datetime import datetime

import msgspec
from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from msgspec.structs import replace

from inser_events.agenda import onscreen
from inser_events.agenda.queries import find_published, is_called_off, snapshot_of
from inser_events.agenda.snapshot import Snapshot
from inser_events.agenda.views import HTML, JSON
from inser_events.clock import now
from inser_events.events.errors import NoSuchRoom
from inser_events.web.access import public
from inser_events.web.caching import rendered, respond
from inser_events.web.languages import variant

blueprint = Blueprint("live", __name__)
EVERY = 15
"""Seconds between two looks for a new release."""
CLOCK = "X-Server-Time"
"""The header that tells the screen what time it is here: milliseconds since 1970. Its own clock may be wrong."""
UID_LENGTH = 64


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/events/<slug>/live")
@public
def live(slug: str) -> ResponseReturnValue:
    """The screen of a room (``?room=``), or of all rooms; the same bytes until something begins or ends."""
    published = find_published(slug)
    called_off = is_called_off(published.event_id)
    room = request.args.get("room", "")[:UID_LENGTH]
    at = now()
    about = (published.event_id, published.release_id)
    kept = rendered((*about, "live moments", room), JSON, lambda: _moments(snapshot_of(published.release_id), room))
    changes = msgspec.json.decode(kept.body, type=list[datetime])
    number = onscreen.position(changes, at)

    def make() -> bytes:
        snapshot = snapshot_of(published.release_id)
        if called_off:  # this does not wait for a release
            snapshot = replace(snapshot, event=replace(snapshot.event, status="cancelled"))
        return _page(snapshot, room, changes, number)

    response = respond(rendered((*about, variant(), "live", room, number, called_off), HTML, make))
    response.headers[CLOCK] = str(int(at.timestamp() * 1000))
    return response


def _moments(snapshot: Snapshot, room: str) -> bytes:
    return msgspec.json.encode(onscreen.moments(snapshot, _known(snapshot, room)))


def _known(snapshot: Snapshot, room: str) -> str | None:
    """The room asked for; None for all. Raises NoSuchRoom, so that invented rooms are not kept."""
    if room and snapshot.room_named(room) is None:
        raise NoSuchRoom
    return room or None


def _page(snapshot: Snapshot, asked: str, changes: list[datetime], number: int) -> bytes:
    room = _known(snapshot, asked)
    first = onscreen.frame(snapshot, room, changes, number)
    last = min(len(changes), number + onscreen.frames_ahead(len(first.lanes)) - 1)
    frames = [first, *(onscreen.frame(snapshot, room, changes, each) for each in range(number + 1, last + 1))]
    return render_template(
        "agenda/live.html",
        snapshot=snapshot,
        room=snapshot.room_named(room),
        frames=frames,
        every=EVERY,
    ).encode()
