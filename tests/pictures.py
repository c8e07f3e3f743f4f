"""Pictures of papers for the documentation, from the demo: ``python -m tests.pictures [FOLDER]``.

A programme, a sheet of badges and a name plate in four languages, each a small PNG of few colours. The demo is built
anew in a temporary folder, so the pictures show what the application makes today.
"""

import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
from flask_babel import force_locale
from msgspec.structs import replace
from PIL import Image
from sqlalchemy import select

from inser_events import create_app
from inser_events.agenda.programme import programme_pdf
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Snapshot
from inser_events.badges.exports import badges_pdf
from inser_events.badges.faces import face_of
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.nameplates import Plate, nameplates_pdf
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.demo.loading import LAUNCH, load_demo
from inser_events.events.models import Event, Mode
from inser_events.registration.models import Registration
from tests.settings import settings_for

LANGUAGES = ("en", "fr", "ar", "zh")
BASE_URL = "https://events.example.org"
WIDTH, GAP, COLOURS = 1200, 12, 48
DESK = (214, 207, 196)


def main(folder: Path) -> None:
    """Write the pictures into *folder*."""
    with tempfile.TemporaryDirectory() as instance:
        app = create_app(settings_for(Path(instance), base_url=BASE_URL))
        with app.app_context():
            db.create_all()
            load_demo()
            commit()
            for language in LANGUAGES:
                for name, document, pages in papers(language):
                    path = folder / f"{name}-{language}.png"
                    path.write_bytes(picture(document, pages))
                    print(f"{path} {path.stat().st_size // 1024} kB")  # noqa: T201 — for whoever runs it
            db.session.remove()
            db.engine.dispose()


def papers(language: str) -> Iterator[tuple[str, bytes, list[int]]]:
    """Name, document and the pages of it to show."""
    event = db.session.scalars(select(Event).where(Event.slug == LAUNCH)).one()
    snapshot = latest_snapshot(event)
    if snapshot is None:
        return
    people = list(people_speaking(event, language))
    spoken = in_language(snapshot, language)
    yield "programme", programme_pdf(snapshot, language=language, base_url=BASE_URL), [0, 1, 3]
    with force_locale(language):
        faces = [face_of(person, spoken) for person in people]
    sheet = badges_pdf(faces, LAYOUTS["a4-sheet"], title="Badges", when=now(), language=language)
    yield "badges", sheet, [0]
    plates = [Plate(person.name, person.name_latin, person.organisation, language) for person in people[:2]]
    yield "name-plates", nameplates_pdf(plates, title="Name plates", when=now(), language=language), [0, 1]


def in_language(snapshot: Snapshot, language: str) -> Snapshot:
    """The release of an event whose main language this is."""
    return replace(snapshot, event=replace(snapshot.event, languages=[language, *snapshot.event.languages]))


def people_speaking(event: Event, language: str) -> Iterator[Registration]:
    """Four of those in the room who registered in a language."""
    mine = select(Registration).where(Registration.event_id == event.id, Registration.language == language)
    yield from db.session.scalars(mine.where(Registration.mode == Mode.IN_PERSON).order_by(Registration.id).limit(4))


def picture(document: bytes, pages: list[int]) -> bytes:
    """The pages side by side as a small PNG."""
    opened = pypdfium2.PdfDocument(document)
    shown = [opened[number] for number in pages if number < len(opened)]
    wide = sum(page.get_width() for page in shown)
    scale = (WIDTH - GAP * (len(shown) + 1)) / wide
    drawn = [page.render(scale=scale).to_pil().convert("RGB") for page in shown]
    sheet = Image.new("RGB", (WIDTH, max(each.height for each in drawn) + 2 * GAP), DESK)
    left = GAP
    for each in drawn:
        sheet.paste(each, (left, GAP))
        left += each.width + GAP
    written = BytesIO()
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
