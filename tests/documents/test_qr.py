"""QR codes: every one is read back by an independent reader, in each form we write."""

from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from inser_events.documents import qr
from inser_events.documents.structure import artifact
from inser_events.documents.typeset import Press
from inser_events.tokens import key_from, qr_text, ticket_token

KEY = key_from(b"qr", "tests")
LONGEST_HOST = "https://" + "a" * 24 + ".test"
TEXTS = [qr_text("https://events.example.org", ticket_token(number * 7919, KEY)) for number in range(200)]


def read(picture: Image.Image) -> str:
    found = zxingcpp.read_barcode(picture)
    return found.text if found else ""


def version(grid: qr.Matrix) -> int:
    return (len(grid) - 17) // 4


def test_every_code_is_read_although_the_mask_is_fixed() -> None:
    assert [read(Image.open(BytesIO(qr.png(text, 4)))) for text in TEXTS] == TEXTS


@pytest.mark.parametrize(("host", "expected"), [("https://events.example.org", 3), (LONGEST_HOST, 4)])
def test_ticket_stays_small_enough_for_a_cheap_phone(host: str, expected: int) -> None:
    assert version(qr.matrix(qr_text(host, ticket_token(1, KEY)))) == expected


@pytest.mark.parametrize("error", ["L", "M", "Q", "H"])
def test_more_error_correction_is_read_too(error: str) -> None:
    grid = qr.matrix(TEXTS[0], error=error)  # type: ignore[arg-type] # the four letters
    side = len(grid) + 2 * qr.QUIET_ZONE
    picture = Image.new("L", (side, side), 255)
    for column, row, width in qr.bars(grid):
        picture.paste(0, (column, row, column + width, row + 1))
    assert read(picture.resize((side * 4, side * 4), Image.Resampling.NEAREST)) == TEXTS[0]


def test_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        qr.matrix("x" * 3000)


def test_png_has_the_quiet_zone_and_nothing_but_black_and_white() -> None:
    picture = Image.open(BytesIO(qr.png(TEXTS[0], 3)))
    side = (len(qr.matrix(TEXTS[0])) + 8) * 3
    assert (picture.size, picture.mode) == ((side, side), "1")
    assert picture.convert("L").point(lambda value: 255 - value).getbbox() == (12, 12, side - 12, side - 12)


def test_svg_names_itself_and_escapes_its_name() -> None:
    root = ET.fromstring(qr.svg(TEXTS[0], title='Badge of <b>"A" & B</b>'))
    assert [root.get("role"), root.get("aria-label"), root.get("shape-rendering")] == [
        "img",
        'Badge of <b>"A" & B</b>',
        "crispEdges",
    ]
    assert [child.tag.split("}")[1] for child in root] == ["title", "path", "path"]
    assert root[0].text == 'Badge of <b>"A" & B</b>'


def test_svg_has_no_style_attribute_for_a_strict_policy() -> None:
    assert "style" not in qr.svg(TEXTS[0], title="x")


def test_path_in_a_pdf_is_read_at_half_a_millimetre_to_a_module() -> None:
    grid = qr.matrix(TEXTS[0])
    side = (len(grid) + 8) * 0.5 / 25.4 * 72
    press = Press()
    press.add_page(side, side, [artifact(qr.path_operators(grid, x=0, y=0, side=side).decode())])
    page = pypdfium2.PdfDocument(press.pdf(title="x", when=datetime(2025, 9, 1, tzinfo=UTC), language="en"))[0]
    assert read(page.render(scale=300 / 72).to_pil()) == TEXTS[0]


def test_quiet_zone_is_the_same_on_every_side() -> None:
    found = qr.bars(qr.matrix(TEXTS[0]))
    side = len(qr.matrix(TEXTS[0])) + 2 * qr.QUIET_ZONE
    columns = min(column for column, _, _ in found), max(column + width for column, _, width in found)
    rows = min(row for _, row, _ in found), max(row + 1 for _, row, _ in found)
    assert (columns, rows) == ((4, side - 4), (4, side - 4))
