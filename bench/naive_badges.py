"""Badges as one would write them first: one WeasyPrint document, each page with a QR code as SVG.

Only what our badges are compared with; run by `bench.badge_run`.
"""

from collections.abc import Sequence
from html import escape

import weasyprint

from inser_events.badges.exports import Face
from inser_events.documents import qr

STYLE = """
@page { size: 105mm 148mm; margin: 8mm }
body { font-family: sans-serif; text-align: center; margin: 0 }
section { break-after: page }
h1 { font-size: 26pt; margin: 12mm 0 2mm }
svg { width: 34mm }
footer { background: #3d5c2f; color: #fff; padding: 3mm; margin-top: 4mm }
"""


def badges_pdf(faces: Sequence[Face]) -> bytes:
    """The badges as a PDF."""
    pages = "".join(_page(face) for face in faces)
    html = f"<!DOCTYPE html><html lang=en><title>Badges</title><style>{STYLE}</style><body>{pages}</body></html>"
    written: bytes = weasyprint.HTML(string=html).write_pdf()
    return written


def _page(face: Face) -> str:
    return (
        f"<section><p><strong>{escape(face.event_name)}</strong><br>{escape(face.event_place_date)}</p>"
        f"<h1>{escape(face.name)}</h1><p>{escape(face.organisation)}<br>{escape(face.country)}</p>"
        f"{qr.svg(face.qr_text, title=face.code)}<p><small>{escape(face.code)}</small></p>"
        f"<footer>{escape(face.category)} {escape(face.mode)}</footer></section>"
    )
