"""One print run in a process of its own: ``python -m bench.badge_run ours|designed|naive SLUG COUNT FILE``.

Prints the seconds it took, without the start of Python and with the text engine loaded.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import msgspec

from bench import naive_badges
from inser_events import create_app
from inser_events.agenda.queries import latest_snapshot
from inser_events.badges.designs import Field, Kind
from inser_events.badges.exports import Face, badges_pdf
from inser_events.badges.faces import faces
from inser_events.badges.layouts import LAYOUTS
from inser_events.clock import now
from inser_events.events.queries import find_event

_LINES = (Kind.NAME, Kind.NAME_LATIN, Kind.JOB_TITLE, Kind.ORGANISATION, Kind.COUNTRY)
DESIGNED = msgspec.structs.replace(
    LAYOUTS["a6"],
    front=tuple(
        Field(key=f"a{top}", kind=kind, left=8, top=35 + 11 * top, width=89, height=10, size=20, least=7, bold=not top)
        for top, kind in enumerate(_LINES)
    )
    + tuple(field for field in LAYOUTS["a6"].fields if field.kind != Kind.PERSON),
)
"""An organiser's own layout, with a field for each line about the person."""


def run(kind: str, slug: str, count: int, path: Path) -> float:
    """Print *count* badges of an event into *path*; the seconds from the query to the file."""
    event = find_event(slug)
    snapshot = latest_snapshot(event)
    assert snapshot is not None  # noqa: S101 — the bench has published it
    _print(kind, list(faces(event, snapshot, limit=1)))
    started = perf_counter()
    path.write_bytes(_print(kind, list(faces(event, snapshot, limit=count))))
    return perf_counter() - started


def _print(kind: str, chosen: Sequence[Face]) -> bytes:
    if kind == "naive":
        return naive_badges.badges_pdf(chosen)
    layout = DESIGNED if kind == "designed" else LAYOUTS["a6"]
    return badges_pdf(chosen, layout, title="Badges", when=now())


if __name__ == "__main__":
    with create_app().app_context():
        print(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])))
