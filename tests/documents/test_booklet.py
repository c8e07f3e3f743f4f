"""Booklets: which page stands where, on both sides of every sheet."""

from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from inser_events.documents import booklet


def pages(count: int) -> bytes:
    """A5 pages that say their number."""
    document = pikepdf.new()
    for number in range(1, count + 1):
        page = document.add_blank_page(page_size=(419.53, 595.28))
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
        page.Contents = document.make_stream(f"BT /F 40 Tf 100 300 Td (p{number}) Tj ET".encode())
    document.docinfo["/Title"] = "Numbers"
    written = BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (4, [(3, 0), (1, 2)]),
        (8, [(7, 0), (1, 6), (5, 2), (3, 4)]),
        (5, [(None, 0), (1, None), (None, 2), (3, 4)]),
        (1, [(None, 0), (None, None)]),
    ],
)
def test_pages_are_in_the_order_of_a_folded_book(count: int, expected: list[tuple[int | None, int | None]]) -> None:
    assert booklet.spreads(count) == expected


def test_a_book_read_from_the_right_has_its_spine_on_the_right() -> None:
    assert booklet.spreads(4, right_to_left=True) == [(0, 3), (2, 1)]


@pytest.mark.parametrize("count", [1, 3, 4, 17, 64, 65, 150])
def test_every_page_stands_on_paper_once(count: int) -> None:
    placed = [number for pair in booklet.spreads(count) for number in pair if number is not None]
    assert sorted(placed) == list(range(count))


def test_more_than_one_signature_starts_anew() -> None:
    assert booklet.spreads(72)[32:34] == [(71, 64), (65, 70)]


def test_pages_stand_side_by_side_on_a4() -> None:
    document = pypdfium2.PdfDocument(booklet.folded(pages(6)))
    sizes = {tuple(round(side * 25.4 / 72) for side in page.get_size()) for page in document}
    halves = []
    for page in document:
        width, height = page.get_size()
        letters = page.get_textpage()
        halves.append(tuple(letters.get_text_bounded(x, 0, x + width / 2, height).strip() for x in (0, width / 2)))
    assert (sizes, halves) == ({(297, 210)}, [("", "p1"), ("p2", ""), ("p6", "p3"), ("p4", "p5")])


def test_same_pages_give_the_same_bytes() -> None:
    source = pages(6)
    assert booklet.folded(source) == booklet.folded(source)


def test_booklet_keeps_the_title_and_is_turned_over_the_short_edge() -> None:
    with pikepdf.open(BytesIO(booklet.folded(pages(2)))) as opened:
        assert [str(opened.docinfo["/Title"]), str(opened.Root.ViewerPreferences.Duplex)] == [
            "Numbers",
            "/DuplexFlipShortEdge",
        ]
