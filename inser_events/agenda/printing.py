"""Printed programmes, kept in a folder: one takes seconds to lay out and never changes."""

import threading
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple, get_args

from inser_events.agenda.programme import Identity, Paper, Variant, programme_pdf
from inser_events.agenda.snapshot import Snapshot
from inser_events.documents.pictures import is_whole
from inser_events.events.identity import Look

PAPERS: frozenset[str] = frozenset(get_args(Paper))
VARIANTS: frozenset[str] = frozenset(get_args(Variant))

# Everybody asks at once when a release is new: the first lays it out, the others wait and take what is kept.
_one_at_a_time = threading.Lock()


class Print(NamedTuple):
    """Which print of a programme."""

    language: str
    paper: str
    variant: str
    base_url: str


def kept_programme(
    snapshot: Snapshot,
    wanted: Print,
    *,
    folder: Path,
    previous: Snapshot | None = None,
    identity: Identity | None = None,
) -> bytes:
    """The programme of a release from *folder*, laid out now if it is not there. Raises PdfUnavailable.

    Programmes of the event's earlier releases are deleted, as nobody can ask for them any more.
    """
    folder = folder / "programmes" / snapshot.event.uid
    stamp = f"{snapshot.published_at:%Y%m%d%H%M%S}"
    look = sha256(repr(identity).encode()).hexdigest()[:8]
    kind = f"{wanted.language}-{wanted.paper}-{wanted.variant or 'print'}"
    path = folder / f"{snapshot.number}-{stamp}-{kind}-{look}.pdf"
    if path.is_file():
        return path.read_bytes()
    with _one_at_a_time:
        if path.is_file():
            return path.read_bytes()
        pdf = programme_pdf(
            snapshot,
            language=wanted.language,
            paper=paper_of(wanted.paper),
            variant=variant_of(wanted.variant),
            base_url=wanted.base_url,
            previous=previous,
            identity=identity,
        )
        _keep(path, pdf)
    for old in folder.glob("*.pdf"):
        if not old.name.startswith(f"{snapshot.number}-{stamp}-"):
            old.unlink(missing_ok=True)
    return pdf


def identity_for(look: Look, uploads: Path) -> Identity:
    """An event's looks for paper: addresses of those of its pictures that can be shown."""

    def address(name: str) -> str:
        path = uploads / "identity" / name
        return path.as_uri() if name and is_whole(path) else ""

    partners = [(partner.name, address(partner.file)) for partner in look.partners]
    return Identity(
        logo=address(look.logo),
        cover=address(look.cover),
        primary=look.primary,
        secondary=look.secondary,
        partners=tuple((name, picture) for name, picture in partners if picture),
        folder=uploads,
    )


def paper_of(name: str) -> Paper:
    """The paper of this name, A4 when there is none."""
    return next((paper for paper in get_args(Paper) if paper == name), "a4")


def variant_of(name: str) -> Variant:
    """The variant of this name, the usual one when there is none."""
    return next((variant for variant in get_args(Variant) if variant == name), "")


def _keep(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, also for other processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
