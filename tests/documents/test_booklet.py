"""Booklets: which page stands where, on both sides of every sheet."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from inser_events.documents import booklet, pdf
from tests.documents.accessible import held_content, problems


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


WHEN = datetime(2025, 9, 14, 17, 0, tzinfo=UTC)


def letter(language: str, heading: str = "") -> bytes:
    """A tagged document of three A5 pages with links within it and out of it."""
    parts = "".join(
        f'<h2 id="p{number}" style="break-before:page">Part {number}</h2><p><a href="https://example.org/">out</a></p>'
        for number in (1, 2)
    )
    html = (
        f'<!doctype html><html lang="{language}"><title>x</title><style>@page{{size:A5}}</style><body>'
        f'<h1>{heading or language}</h1><p><a href="#p2">to the end</a></p>{parts}</body></html>'
    )
    return pdf.render(html, title=f"Letter {language}", identifier=b"id", when=WHEN)


def test_a_folded_book_is_read_in_the_order_of_the_book(tmp_path: Path) -> None:
    document = booklet.folded(letter("en"))
    assert problems(document, tmp_path) == []
    with pikepdf.open(BytesIO(document)) as opened:
        drawings = [form for page in opened.pages for form in page["/Resources"]["/XObject"].values()]
        held = held_content(opened)
        assert [sorted(held[form.objgen]) for form in drawings] == [[0, 1], [0, 1], [0, 1]]


def test_links_of_a_folded_book_stand_over_their_words_and_lead_on() -> None:
    document = booklet.folded(letter("en"))
    with pikepdf.open(BytesIO(document)) as opened:
        sheets: list[object] = [page.objgen for page in opened.pages]
        name, target, *_others = opened.Root.Names.Dests.Names[2:]
        links = [list(page.get("/Annots", [])) for page in opened.pages]
        boxes = [[float(side) for side in link.Rect] for side_of_sheet in links for link in side_of_sheet]
    assert (str(name), sheets.index(target[0].objgen)) == ("p2", 1)
    shown = pypdfium2.PdfDocument(document)
    texts = [
        page.get_textpage().get_text_bounded(*box)
        for page, box in zip((shown[0], shown[1], shown[1]), boxes, strict=True)
    ]
    assert [text.strip() for text in texts] == ["to the end", "out", "out"]


def test_joined_letters_are_still_read_aloud_each_in_its_language(tmp_path: Path) -> None:
    parts = [tmp_path / f"{language}.pdf" for language in ("en", "fr", "ar")]
    for part in parts:
        part.write_bytes(letter(part.stem))
    target = tmp_path / "all.pdf"
    booklet.joined(parts, target, when=WHEN)
    assert problems(target.read_bytes(), tmp_path, titles=3) == []
    with pikepdf.open(target) as opened:
        languages = [str(each.Lang) for each in opened.Root.StructTreeRoot.K]
        assert (len(opened.pages), str(opened.docinfo["/Title"]), languages) == (9, "Letter en", ["en", "fr", "ar"])


def test_joined_letters_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    part = tmp_path / "part.pdf"
    part.write_bytes(letter("en"))
    targets = [tmp_path / name for name in ("a.pdf", "b.pdf")]
    for target in targets:
        booklet.joined([part, part], target, when=WHEN)
    assert targets[0].read_bytes() == targets[1].read_bytes()
