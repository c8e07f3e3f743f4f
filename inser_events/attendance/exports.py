"""Letters and certificates as PDF. Pure: words in, bytes out."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inser_events.agenda.programme import Identity, colours
from inser_events.agenda.reading import speaking
from inser_events.attendance.models import LetterKind
from inser_events.documents import pdf, qr
from inser_events.documents.paper import STYLES, page


@dataclass(frozen=True, slots=True)
class Sheet:
    """One letter, every text filled in."""

    title: str
    paragraphs: Sequence[str]
    signatory: str
    number: str
    """Kind and number in words, such as ``Certificate 12``."""
    issued_on: str
    verify_url: str
    network: str = ""
    event: str = ""
    person: str = ""
    """To make the name stand out where it stands alone."""
    is_sample: bool = False


def letters_pdf(
    sheets: Sequence[Sheet], kind: str, *, language: str, title: str, identifier: bytes, when: datetime,
    identity: Identity | None = None,
) -> bytes:  # fmt: skip
    """A tagged page (or more) for each letter, the same bytes for the same input. Raises PdfUnavailable."""
    codes = [_code(sheet.verify_url) for sheet in sheets]
    with speaking(language):
        html = page(
            "letters.html",
            language,
            {
                "letters": list(zip(sheets, codes, strict=True)),
                "title": title,
                "is_certificate": kind == LetterKind.CERTIFICATE,
                "identity": identity or Identity(),
            },
        )
    style = "certificate" if kind == LetterKind.CERTIFICATE else "letter"
    return pdf.render(
        html,
        css=[STYLES / "letters.css", STYLES / f"letters-{style}.css"],
        title=title,
        identifier=identifier,
        when=when,
        uploads=identity.folder if identity else None,
        more_css=colours(identity) + _title(identity) if identity and identity.primary else "",
    )


def _title(identity: Identity) -> str:
    return f"h1,h2{{color:{identity.primary};border-color:{identity.primary}}}"


def _code(address: str) -> str:
    # A small picture, not a drawing: WeasyPrint needs five times as long for the drawing.
    return "data:image/png;base64," + b64encode(qr.png(address)).decode()
