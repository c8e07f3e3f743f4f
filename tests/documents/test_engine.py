"""What is loaded for a PDF, and what we change in it: languages in the structure, and no page laid out for nothing."""

import builtins
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from subprocess import run
from types import ModuleType

import pikepdf
import pytest

from inser_events.documents import engine
from tests.documents.accessible import problems, spoken
from tests.documents.test_pdf import rendered, text_of

_LINKS = """<style>a::after { content: " " target-counter(attr(href url), page) } section { break-before: page }</style>
<p><a href="#one">One</a> <a href="#two">Two</a></p><section id="one"><h2>First</h2></section>
<section id="two"><h2>Second</h2></section><section><p><a href="#one">Back to one</a> <a href="#two">Back to two</a></p>
</section>"""


def test_missing_pango_is_explained_with_the_command_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_pango(
        name: str,
        globals_: Mapping[str, object] | None = None,
        locals_: Mapping[str, object] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        if name == "weasyprint":
            message = "cannot load library 'libpango-1.0-0'"
            raise OSError(message)
        return real(name, globals_, locals_, fromlist, level)

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_pango)
    problem = engine.pdf_problem() or ""
    assert [
        word for word in ("apt install libpango", "dnf install pango", "brew install pango") if word not in problem
    ] == []
    with pytest.raises(engine.PdfUnavailable):
        rendered("<p>a</p>")


def test_pdf_can_be_made_here() -> None:
    assert engine.pdf_problem() is None


def test_libraries_for_rare_fonts_wait_until_they_are_needed() -> None:
    """In a process of its own: others may have imported them here."""
    code = (
        "import sys; from inser_events.documents import engine; engine.layout_engine();"
        "print([name for name in ('fontTools.subset', 'fontTools.varLib') if name in sys.modules]);"
        "from weasyprint.pdf import fonts; fonts.subset.Options(retain_gids=True); import fontTools.subset as real;"
        "print(type(fonts.subset.Options()) is real.Options, type(real).__name__)"
    )
    said = run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[:2] == ["[]", "True module"]


def test_text_in_another_language_says_so(tmp_path: Path) -> None:
    body = (
        '<p lang="fr">Bonjour <bdi lang="ar" dir="rtl">محمد</bdi> et <bdi lang="fr">Anne</bdi></p><p lang="en">Hi</p>'
        '<ul lang="es"><li>uno</li></ul><table><tr><th scope="row" lang="zh">土壤</th><td>soil</td></tr></table>'
        '<p><a href="https://example.org" lang="ru">почва</a></p>'
    )
    document = rendered(body)
    with pikepdf.open(BytesIO(document)) as opened:
        assert spoken(opened) == [("P", "fr"), ("Span", "ar"), ("L", "es"), ("TH", "zh"), ("Link", "ru")]
    assert problems(document, tmp_path) == []


def test_document_in_one_language_says_so_once() -> None:
    with pikepdf.open(BytesIO(rendered('<p lang="fr">a</p><p>b</p>', "fr"))) as opened:
        assert spoken(opened) == []


def test_links_have_the_numbers_of_their_pages() -> None:
    assert [line for line in text_of(rendered(_LINKS)).splitlines() if "ne" in line or "wo" in line] == [
        "One 2 Two 3",
        "Back to one 2 Back to two 3",
    ]


def test_only_a_page_that_points_forward_is_laid_out_again(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="weasyprint.progress"):
        rendered(_LINKS)
    made = [record.getMessage() for record in caplog.records if "Creating layout - Page" in record.getMessage()]
    assert Counter(line.rpartition(" ")[2] for line in made if "up-to-date" not in line) == {
        "1": 2,
        "2": 1,
        "3": 1,
        "4": 1,
    }


def test_what_is_amended_is_the_release_that_was_read() -> None:
    """With another release, look at each amendment again: it may be wrong there, or needed no more."""
    assert engine.layout_engine().__version__.startswith(engine.AMENDED)
