"""PDF from HTML: reproducible, tagged, with the right fonts, and blind to everything that is not ours."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from inser_events.config import STATIC
from inser_events.documents import fonts, pdf, typeset

WHEN = datetime(2025, 9, 14, 17, 0, tzinfo=UTC)
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

needs_print_fonts = pytest.mark.skipif(fonts.fonts_problem() is not None, reason="the print fonts are not installed")


def rendered(body: str, language: str = "en", **options: object) -> bytes:
    html = f'<!doctype html><html lang="{language}"><title>x</title><body><h1>Heading</h1>{body}</body></html>'
    values: dict[str, object] = {"title": "A title", "identifier": b"id", "when": WHEN, **options}
    return pdf.render(html, **values)  # type: ignore[arg-type] # options of one test each


def text_of(document: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document))


def embedded_fonts(document: bytes) -> set[str]:
    with pikepdf.open(BytesIO(document)) as opened:
        return {
            str(font["/BaseFont"]).partition("+")[2]
            for page in opened.pages
            for font in page["/Resources"]["/Font"].values()
        }


def images_in(document: bytes) -> int:
    with pikepdf.open(BytesIO(document)) as opened:
        return sum(len(page.get_images()) for page in opened.pages)


def test_same_input_gives_the_same_bytes() -> None:
    assert rendered("<p>a</p>") == rendered("<p>a</p>")


def test_other_moment_gives_other_bytes() -> None:
    assert rendered("<p>a</p>") != rendered("<p>a</p>", when=WHEN.replace(year=2026))


def test_document_is_tagged_and_says_its_title_language_and_date() -> None:
    with pikepdf.open(BytesIO(rendered("<p>a</p>", "fr"))) as opened:
        root = opened.Root
        assert [str(root.Lang), bool(root.MarkInfo.Marked), "/StructTreeRoot" in root] == ["fr", True, True]
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert [str(opened.docinfo["/Title"]), str(opened.docinfo["/CreationDate"])[:16]] == [
            "A title",
            "D:20250914170000",
        ]
        assert opened.open_metadata()["pdfuaid:part"] == "1"


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "https://example.org/x.png", "ftp://example.org/x", "x:y"],
)
def test_fetcher_refuses_what_is_not_ours(address: str) -> None:
    with pytest.raises(pdf.RefusedAddress):
        pdf.readable_file(address, [STATIC])


def test_fetcher_refuses_a_way_out_of_its_folder(tmp_path: Path) -> None:
    inside = tmp_path / "uploads"
    inside.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    for name in ("../secret.png", "%2e%2e/secret.png", "link.png", "absent.png", "."):
        with pytest.raises(pdf.RefusedAddress):
            pdf.readable_file(f"{inside.as_uri()}/{name}", [inside])


def test_fetcher_reads_its_folder(tmp_path: Path) -> None:
    picture = tmp_path / "a picture.png"
    picture.write_bytes(b"x")
    assert pdf.readable_file(picture.as_uri(), [STATIC, tmp_path]) == picture


def test_pictures_come_from_data_and_uploads_only(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415 — one picture for one test

    inside = tmp_path / "uploads"
    inside.mkdir()
    for path in (inside / "in.png", tmp_path / "out.png"):
        Image.new("RGB", (2, 2), "red").save(path)
    body = "".join(
        f'<img alt="x" src="{address}">'
        for address in (PIXEL, (inside / "in.png").as_uri(), (tmp_path / "out.png").as_uri(), "file:///etc/passwd")
    )
    assert images_in(rendered(body, uploads=inside)) == 2


def test_style_sheet_of_a_stranger_is_not_read(tmp_path: Path) -> None:
    sheet = tmp_path / "x.css"
    sheet.write_text("p { page-break-after: always }", encoding="utf-8")
    body = f'<link rel="stylesheet" href="{sheet.as_uri()}"><p>a</p><p>b</p>'
    assert len(pypdfium2.PdfDocument(rendered(body))) == 1


@needs_print_fonts
@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Nguyễn Thị Minh Иванова Ωμέγα", "Noto-Sans"),
        ("ar", "محمد بن عبد الله", "Vazirmatn"),
        ("zh", "直骨", "Noto-Sans-SC"),
        ("zh-Hant", "直骨", "Noto-Sans-TC"),
        ("ja", "直骨", "Noto-Sans-JP"),
        ("ko", "直骨", "Noto-Sans-KR"),
        ("en", "เจ้าหญิง", "Noto-Sans-Thai"),
        ("en", "👩🌍", "Noto-Emoji"),
    ],
)
def test_each_script_has_its_font_and_comes_back_as_text(language: str, text: str, expected: str) -> None:
    document = rendered(f"<p>{text}</p>", language)
    assert embedded_fonts(document) - {"Noto-Sans-Bold"} - ({"Noto-Sans"} - {expected}) == {expected}
    assert typeset.missing_glyphs(text) == set()


@needs_print_fonts
def test_arabic_letters_join_and_still_read_as_themselves() -> None:
    press = typeset.Press()
    alone, joined = (press.block(text, 20, 200).lines[0].runs for text in ("ب", "بن"))
    assert [len(joined), alone[0].glyphs.strip("<>") in joined[0].glyphs] == [1, False]
    assert "بن يوسف التربة" in text_of(rendered('<p dir="rtl">بن يوسف التربة</p>', "ar"))


@needs_print_fonts
def test_letter_with_two_accents_reads_as_one() -> None:
    assert "Thị Mỹ Hiếu i" in text_of(rendered("<p>Thị Mỹ Hiếu i</p>"))


@needs_print_fonts
def test_document_holds_only_the_glyphs_it_uses() -> None:
    assert len(rendered("<p lang=zh>国际土壤侵蚀网络启动仪式</p>", "zh")) < 40_000


@needs_print_fonts
def test_character_that_no_font_has_is_named() -> None:
    assert typeset.missing_glyphs("a\U000e9999b\U0010fffd") == {"\U000e9999", "\U0010fffd"}


def test_fonts_are_found_without_installing_them_and_the_owner_can_choose_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("FONTCONFIG_FILE", "/owner/fonts.conf")
    fonts.configure()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.delenv("FONTCONFIG_FILE")
    monkeypatch.setattr(fonts, "fonts_problem", lambda: None)
    fonts.configure()
    written = [path.name for path in (tmp_path / "inser-events").iterdir()]
    assert (len(written), written[0].endswith(".conf")) == (1, True)
    assert fonts.families("ja") == ("INSER JP", "sans-serif")


def test_owner_s_fonts_are_asked_for_by_the_names_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/owner/fonts.conf")
    names = fonts.families("ja")
    assert (names[:2], names[-1], names.index("Noto Sans JP") < names.index("Noto Sans SC")) == (
        ("Noto Sans", "Vazirmatn"),
        "sans-serif",
        True,
    )


def test_missing_print_fonts_are_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    assert "make" in (fonts.fonts_problem() or "")


@pytest.mark.parametrize(
    ("text", "expected"), [("山田 太郎", ""), ("やまだ", "ja"), ("김철수", "ko"), ("Li", ""), ("山田 タロウ", "ja")]
)
def test_language_of_a_name_is_told_by_its_letters(text: str, expected: str) -> None:
    assert fonts.language_of(text) == expected


@pytest.mark.parametrize(("language", "text"), [("en", "soil"), ("ar", "تربة")])
def test_line_is_laid_out_once_in_either_direction(language: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered("")
    from weasyprint.layout import inline  # noqa: PLC0415 — only after our fonts are set

    real, count = inline.split_inline_box, 0

    def counted(*values: object) -> object:
        nonlocal count
        count += 1
        return real(*values)

    monkeypatch.setattr(inline, "split_inline_box", counted)
    pdf.render(
        f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"><title>x</title><p>{text}</p>',
        title="x", identifier=b"x", when=WHEN,
    )  # fmt: skip
    assert count == 1
