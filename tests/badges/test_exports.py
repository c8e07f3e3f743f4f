"""Badges read back from the PDF: codes by an independent reader, words by another library, boxes by their place."""

import dataclasses
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from inser_events.badges.designs import Field, Kind
from inser_events.badges.exports import BANDS, Face, badges_pdf
from inser_events.badges.layouts import LAYOUTS, Layout
from inser_events.documents import fonts, qr
from inser_events.documents.typeset import MM
from inser_events.tokens import grouped, key_from, qr_text, ticket_token
from tests.agenda.sample import naughty_strings

WHEN = datetime(2025, 9, 14, 17, 0, tzinfo=UTC)
KEY = key_from(b"badges", "tests")
A6 = LAYOUTS["a6"]

needs_print_fonts = pytest.mark.skipif(fonts.fonts_problem() is not None, reason="the print fonts are not installed")
every_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def face(name: str = "Amina El Idrissi", number: int = 1, **values: str) -> Face:
    token = ticket_token(number, KEY)
    filled = {
        "job_title": "Soil scientist",
        "organisation": "Institut National de la Recherche Agronomique",
        "country": "Morocco",
        "category": "Speaker",
        "category_colour": "speaker",
        "mode": "In person",
        "event_name": "Launch of the International Network on Soil Erosion",
        "event_place_date": "Rabat, 15 September 2025",
        "qr_text": qr_text("https://events.example.org", token),
        "code": grouped(token),
        **values,
    }
    return Face(name=name, **filled)  # type: ignore[arg-type] # texts only


def printed(faces: Iterable[Face], layout: Layout = A6) -> bytes:
    return badges_pdf(faces, layout, title="Badges", when=WHEN)


def words(document: bytes, page: int = 0) -> str:
    text = pypdfium2.PdfDocument(document)[page].get_textpage().get_text_range()
    return " ".join(text.split())


def pages(document: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole millimetres."""
    sizes = (page.get_size() for page in pypdfium2.PdfDocument(document))
    return [(round(width / MM), round(height / MM)) for width, height in sizes]


def codes(document: bytes, scale: float = 200 / 72) -> list[str]:
    """Text of every QR code on every page."""
    pictures = (page.render(scale=scale).to_pil() for page in pypdfium2.PdfDocument(document))
    return [found.text for picture in pictures for found in zxingcpp.read_barcodes(picture)]


def letters_outside(document: bytes, left: float, foot: float, right: float, top: float) -> list[str]:
    """Letters on the first page whose ink leaves a box, in millimetres."""
    text = pypdfium2.PdfDocument(document)[0].get_textpage()
    found = []
    for number in range(text.count_chars()):
        box = text.get_charbox(number)
        inside = box[0] >= left * MM and box[1] >= foot * MM and box[2] <= right * MM and box[3] <= top * MM
        if not inside and text.get_text_range(number, 1).strip():
            found.append(text.get_text_range(number, 1))
    return found


@every_layout
def test_every_code_is_read_from_paper(layout: Layout) -> None:
    faces = [face(number=number * 104_729) for number in range(10)]
    expected = sorted(one.qr_text for one in faces for _ in range(layout.copies))
    assert sorted(codes(printed(faces, layout))) == expected


@every_layout
def test_sheets_hold_what_they_should(layout: Layout) -> None:
    document = printed([face(number=number) for number in range(11)], layout)
    expected = -(-11 // layout.per_page)
    assert pages(document) == [tuple(round(side) for side in layout.page)] * expected


@every_layout
def test_badges_stand_on_the_sheet_without_touching(layout: Layout) -> None:
    width, height = layout.badge
    places = layout.places()
    assert len(set(places)) == layout.columns * layout.rows
    for x, y in places:
        assert -0.01 <= x <= layout.page[0] - width + 0.01
        assert -0.01 <= y <= layout.page[1] - height + 0.01
    for one in places:
        for other in places:
            assert one == other or abs(one[0] - other[0]) >= width - 0.01 or abs(one[1] - other[1]) >= height - 0.01


@pytest.mark.parametrize(
    ("name", "count"), [("a6", 0), ("a4-sheet", 4), ("86x54-sheet", 18), ("a6-folded", 0), ("labels-80x50", 0)]
)
def test_cut_marks_lie_outside_the_cards_or_on_their_edges(name: str, count: int) -> None:
    layout = LAYOUTS[name]
    marks = list(layout.cut_marks())
    width, height = layout.badge
    assert len(marks) == count
    for x, y, u, v in marks:
        middle = ((x + u) / 2, (y + v) / 2)
        within = [place for place in layout.places() if place[0] + 0.1 < middle[0] < place[0] + width - 0.1
                  and place[1] + 0.1 < middle[1] < place[1] + height - 0.1]  # fmt: skip
        assert within == []


@every_layout
def test_code_has_modules_of_half_a_millimetre(layout: Layout) -> None:
    modules = len(qr.matrix(qr_text("https://" + "a" * 24 + ".test", ticket_token(1, KEY)))) + 2 * qr.QUIET_ZONE
    sides = [min(field.width, field.height) for field in layout.fields if field.kind == Kind.QR]
    assert [side / modules >= 0.5 for side in sides] == [True]


def test_badge_says_who_where_and_what() -> None:
    one = face(honorific="Dr", name_latin="Amina Idrissi")
    assert words(printed([one])) == (
        "Launch of the International Network on Soil Erosion Rabat, 15 September 2025 Speaker In person "
        "Dr Amina El Idrissi Amina Idrissi Soil scientist Institut National de la Recherche Agronomique Morocco "
        + one.code
    )


def test_name_in_latin_letters_is_not_said_twice() -> None:
    assert words(printed([face(name_latin="Amina El Idrissi")])).count("Amina") == 1


def test_card_carries_the_same_words() -> None:
    one = face()
    assert sorted(words(printed([one], LAYOUTS["86x54-sheet"])).split()) == sorted(words(printed([one])).split())


@needs_print_fonts
@pytest.mark.parametrize(
    "name", ["محمد بن عبد الرحمن", "童裕鑫", "山田 太郎", "Светлана Петровна Иванова", "Nguyễn Thị Minh Khai", "김철수"]
)
def test_name_in_its_own_script_reads_in_its_own_order(name: str) -> None:
    assert name in words(printed([face(name, name_latin="Somebody")]))


@needs_print_fonts
def test_arabic_name_that_wraps_begins_on_its_first_line() -> None:
    name = "محمد بن عبد الرحمن بن يوسف بن إبراهيم بن سعيد"
    text = pypdfium2.PdfDocument(printed([face(name)]))[0].get_textpage().get_text_range()
    lines = [line.strip() for line in text.splitlines() if re.search("[\u0600-\u06ff]", line)]
    assert (len(lines) > 1, " ".join(lines)) == (True, name)


@needs_print_fonts
@pytest.mark.parametrize(("language", "font"), [("zh", "SC"), ("zh-Hant", "TC"), ("ja", "JP"), ("", "SC")])
def test_han_letters_have_the_shape_of_their_language(language: str, font: str) -> None:
    document = printed([face("直骨", language=language)])
    assert f"Noto-Sans-{font}-Bold" in fonts_in(document)


def fonts_in(document: bytes) -> list[str]:
    with pikepdf.open(BytesIO(document)) as opened:
        found = opened.pages[0]["/Resources"]["/Font"]
        return sorted(str(font["/BaseFont"]).partition("+")[2] for font in found.values())


@needs_print_fonts
def test_fonts_are_embedded_once_however_many_badges() -> None:
    document = printed([face("Иван 李" + "ab"[number % 2], number=number) for number in range(30)])
    assert fonts_in(document) == ["Noto-Sans", "Noto-Sans-Bold", "Noto-Sans-SC-Bold"]


LONG = [
    face("W" * 150, organisation="X" * 253, job_title="y" * 500),
    face("Maximiliane " * 13, organisation="Ministry of Agriculture, " * 10, job_title="Deputy director of " * 26),
    face("محمد عبد الرحمن " * 10, organisation="وزارة الفلاحة والصيد البحري " * 9, language="ar"),
    face("童" * 150, organisation="中国科学院南京土壤研究所" * 20, language="zh", category="w" * 60, mode="m" * 80),
    face("A" * 60, event_name="Launch of the network " * 22, event_place_date="Rabat, " * 30, country="Country " * 12),
]


@every_layout
@pytest.mark.parametrize("one", LONG, ids=range(len(LONG)))
def test_nothing_is_clipped_however_long(layout: Layout, one: Face) -> None:
    document = printed([one], layout)
    x, y = layout.places()[0]
    width = layout.badge[0] * layout.copies
    assert letters_outside(document, x, y, x + width, y + layout.badge[1]) == []
    assert set(codes(document)) == {one.qr_text}


def test_long_name_and_organisation_are_complete_on_a_large_badge() -> None:
    name, organisation, job = (
        ("Maximiliane " * 12).strip(),
        ("Ministry of Soil, " * 14).strip(),
        ("Adviser " * 60).strip(),
    )
    text = words(printed([face(name, organisation=organisation, job_title=job)]))
    assert [part in text for part in (name, organisation, job)] == [True, True, True]


def test_name_is_larger_than_everything_else_and_breaks_between_words() -> None:
    text = pypdfium2.PdfDocument(printed([face("Aleksandra Wolfeschlegelstein")]))[0].get_textpage().get_text_range()
    assert [line for line in text.splitlines() if "ra" in line or "Wolf" in line][-3:][:2] != []
    assert "Aleksandra\r\nWolfeschlegelstein" in text


def test_text_hostile_to_pdf_and_html_is_only_text() -> None:
    name = "<b>x</b> (\\) ] TJ ET Q & \x00\x1b{{ 7*7 }}"
    assert "<b>x</b> (\\) ] TJ ET Q & {{ 7*7 }}" in words(printed([face(name)]))


@needs_print_fonts
def test_any_string_can_be_a_name() -> None:
    strings = naughty_strings()
    document = printed([face(text, number=number) for number, text in enumerate(strings)])
    assert len(pages(document)) == len(strings)
    with pikepdf.open(BytesIO(document)) as opened:
        streams = [page["/Contents"].read_bytes() for page in opened.pages]
    assert [number for number, stream in enumerate(streams) if b"<0000>" in stream] == []


@needs_print_fonts
def test_character_without_a_font_becomes_a_visible_sign() -> None:
    assert "A\ufffdB" in words(printed([face("A\U000e9999B")]))


@pytest.mark.parametrize("text", ["", "\u200b", "\u202e\u202d", " \t\n "])
def test_name_without_letters_gives_a_badge(text: str) -> None:
    assert codes(printed([face(text)])) == [face().qr_text]


def test_same_badges_give_the_same_bytes() -> None:
    faces = [face(number=number) for number in range(3)]
    assert printed(faces) == printed(iter(faces))


def test_no_badges_give_one_sheet() -> None:
    assert pages(printed([])) == [(105, 148)]


def test_progress_counts_badges_sheet_by_sheet() -> None:
    seen: list[int] = []
    faces = [face(number=number) for number in range(9)]
    badges_pdf(faces, LAYOUTS["a4-sheet"], title="x", when=WHEN, progress=seen.append)
    assert seen == [4, 8, 9]


def test_paper_is_printed_without_scaling() -> None:
    with pikepdf.open(BytesIO(printed([face()]))) as opened:
        assert [str(opened.Root.ViewerPreferences.PrintScaling), str(opened.docinfo["/Title"])] == ["/None", "Badges"]


@pytest.mark.parametrize("colour", BANDS.values(), ids=BANDS)
def test_white_letters_on_a_band_are_legible(colour: str) -> None:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 6


def test_unknown_category_keeps_its_word() -> None:
    assert "Interpreter" in words(printed([face(category="Interpreter", category_colour="interpreter")]))


def test_twenty_times_the_badges_are_less_than_twenty_times_as_large() -> None:
    small = len(printed([face(number=number) for number in range(5)]))
    large = len(printed([dataclasses.replace(face(number=number)) for number in range(100)]))
    assert large < 100 * 3000 + small


def logo_png() -> bytes:
    buffer = BytesIO()
    Image.new("RGBA", (300, 90), (61, 92, 47, 255)).save(buffer, "PNG")
    return buffer.getvalue()


def test_logo_of_the_event_is_embedded_once_for_all_badges() -> None:
    faces = [dataclasses.replace(face(f"Person {number}", number), logo=logo_png()) for number in range(1, 6)]
    with pikepdf.open(BytesIO(printed(faces))) as opened:
        pictures = [thing for thing in opened.objects if isinstance(thing, pikepdf.Stream) and thing.get("/SMask")]
        assert [(int(each.Width), int(each.Height)) for each in pictures] == [(300, 90)]


def test_logo_stands_above_the_name_of_the_event_in_its_colours() -> None:
    page = pypdfium2.PdfDocument(printed([dataclasses.replace(face(), logo=logo_png())]))[0]
    picture = page.render(scale=2).to_pil().convert("RGB")
    green = [y for y in range(picture.height) if picture.getpixel((picture.width // 2, y)) == (61, 92, 47)]
    millimetres = picture.height / 148
    assert [green[0] / millimetres > 2, green[-1] / millimetres < 14] == [True, True]


@every_layout
def test_stripes_take_the_colours_of_the_event(layout: Layout) -> None:
    page = pypdfium2.PdfDocument(printed([dataclasses.replace(face(), colours=("112233", "445566"))], layout))[0]
    colours = page.render(scale=3).to_pil().convert("RGB").getcolors(10**7)
    found = {colour for _count, colour in colours or []}
    assert {(0x11, 0x22, 0x33), (0x44, 0x55, 0x66)} <= found


@pytest.mark.slow
def test_every_code_of_a_thousand_small_labels_is_read_at_200_dots() -> None:
    faces = [face(f"Person {number}", number * 104_729) for number in range(1000)]
    found = codes(printed(faces, LAYOUTS["labels-63x38"]))
    assert sorted(found) == sorted(one.qr_text for one in faces)


def own(**values: object) -> Layout:
    """A layout with a field for each line, each in a box of its own, and a back."""
    lines = (Kind.NAME, Kind.NAME_LATIN, Kind.JOB_TITLE, Kind.ORGANISATION, Kind.COUNTRY, Kind.CATEGORY, Kind.MODE)
    fields = tuple(
        Field(key=f"a{n}", kind=kind, left=5, top=5 + 9 * n, width=70, height=8, size=18, least=6, bold=not n)
        for n, kind in enumerate(lines)
    )
    more = (
        Field(key="qr", kind=Kind.QR, left=70, top=80, width=30, height=30),
        Field(key="code", kind=Kind.CODE, left=5, top=80, width=40, height=12, size=8, least=5),
        Field(key="text", kind=Kind.TEXT, left=5, top=100, width=60, height=8, size=9, least=5, words={"en": "Wifi"}),
        Field(key="band", kind=Kind.BAND, left=5, top=120, width=95, height=12, size=14, least=6, small=9),
    )
    back = (Field(key="back", kind=Kind.NAME, left=5, top=50, width=95, height=20, size=30, least=8),)
    return Layout(page=(210, 297), badge=(105, 148), columns=2, rows=2, front=fields + more, back=back, **values)  # type: ignore[arg-type] # of a layout


@pytest.mark.parametrize("one", LONG, ids=range(len(LONG)))
def test_nothing_leaves_its_field_however_long(one: Face) -> None:
    layout = own()
    text = pypdfium2.PdfDocument(printed([one], layout))[0].get_textpage()
    x, y = layout.places()[0]
    outside = []
    for number in range(text.count_chars()):
        left, foot, right, top = (side / MM for side in text.get_charbox(number))
        box = (left - x, 148 - (top - y), right - x, 148 - (foot - y))
        is_in = any(
            field.left - 0.3 <= box[0] and box[2] <= field.left + field.width + 0.3
            and field.top - 1.2 <= box[1] and box[3] <= field.top + field.height + 1.2
            for field in layout.fields
        )  # fmt: skip
        if not is_in and text.get_text_range(number, 1).strip():
            outside.append((text.get_text_range(number, 1), [round(side, 1) for side in box]))
    assert outside == []


def test_designed_badges_are_the_same_bytes_each_time() -> None:
    faces = [face(number=number) for number in range(5)]
    assert printed(faces, own()) == printed(faces, own())


def test_backs_lie_behind_their_fronts() -> None:
    document = pypdfium2.PdfDocument(printed([face("Left One"), face("Right Two")], own(is_duplex=True)))
    seen = []
    for page in document:
        text = page.get_textpage()
        for word in ("Left", "Right"):
            hit = text.search(word).get_next()
            seen.append(round(text.get_charbox(hit[0])[0] / MM) < 105)
    assert (len(document), seen) == (2, [True, False, False, True])


def test_fold_shows_the_back_beside_the_front() -> None:
    text = words(printed([face("Amina")], own(copies=2)))
    assert (text.count("Amina"), text.count("Wifi")) == (2, 1)


def test_own_colour_of_a_category_is_the_bands() -> None:
    page = pypdfium2.PdfDocument(printed([face()], own(bands={"speaker": "#102030"})))[0]
    colours = {colour for _n, colour in page.render(scale=2).to_pil().convert("RGB").getcolors(10**7) or []}
    assert (0x10, 0x20, 0x30) in colours


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("labels-80x50", (17.5, 13.5), (112.5, 233.5)),
        ("labels-63x38", (7.21, 15.15), (139.29, 243.75)),
        ("labels-99x68", (4.65, 13.1), (106.25, 216.2)),
        ("labels-86x59", (17.46, 14.82), (112.71, 205.32)),
        ("labels-102x76", (6.35, 25.4), (107.95, 177.8)),
    ],
)
def test_labels_stand_where_the_sheet_on_sale_has_them(
    name: str, first: tuple[float, float], last: tuple[float, float]
) -> None:
    layout = LAYOUTS[name]
    corners = [(round(x, 2), round(layout.page[1] - y - layout.badge[1], 2)) for x, y in layout.places()]
    assert (corners[0], corners[-1]) == (first, last)
