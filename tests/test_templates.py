"""Templates: all used, none with inline code, none too long."""

import re
from pathlib import Path

import pytest

from inser_events.config import PACKAGE, TEMPLATES

ALL = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())


def named_somewhere(template: str, texts: str) -> bool:
    if template in texts:
        return True
    return template.startswith(("errors/", "security/")) or (
        template.startswith(("emails/", "pdf/"))
        and (f'"{Path(template).stem}"' in texts or f'"{Path(template).name}"' in texts)
    )


def test_every_template_is_used() -> None:
    sources = [path.read_text() for path in PACKAGE.rglob("*.py")] + [
        (TEMPLATES / template).read_text() for template in ALL
    ]
    texts = "\n".join(sources)
    assert [template for template in ALL if not named_somewhere(template, texts)] == []


@pytest.mark.parametrize("template", [t for t in ALL if t.endswith(".html") and not t.startswith("emails/")])
def test_a_template_has_no_inline_code_and_stays_short(template: str) -> None:
    text = (TEMPLATES / template).read_text()
    inline = re.findall(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/ld\+json\")|\sstyle=|\son[a-z]+=\"|javascript:", text
    )
    assert (inline, text.count("\n") <= 200) == ([], True)


@pytest.mark.parametrize("template", [t for t in ALL if t.endswith((".html", ".txt"))])
def test_what_stands_side_by_side_is_parted_as_the_language_does(template: str) -> None:
    """Arabic and Chinese have commas of their own: ``comma()``, ``semicolon()``, and ``commas`` for names."""
    text = (TEMPLATES / template).read_text()
    outside = re.sub(r"<style>.*?</style>|\sstyle=\"[^\"]*\"", "", text, flags=re.DOTALL)
    assert re.findall(r"[%}]\}[,;] [{<]\S{0,20}|join\('[,;] '\)", outside) == []
