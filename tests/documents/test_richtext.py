import pytest

from inser_events.documents.richtext import cleaned, editable


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("", ""),
        (" \n ", ""),
        ("One line", "<p>One line</p>"),
        ("One\nstill one\n\nTwo", "<p>One<br>still one</p>\n<p>Two</p>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        ("<p>Rich <b>text</b></p>", "<p>Rich <b>text</b></p>"),
        ("<p onclick='x()'>Text</p>", "<p>Text</p>"),
        ("<p>A<script>alert(1)</script></p>", "<p>A</p>"),
        ("<a href='javascript:alert(1)'>x</a>", '<a rel="noopener nofollow">x</a>'),
        ("<a href='https://example.org'>x</a>", '<a href="https://example.org" rel="noopener nofollow">x</a>'),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("<p><img src=x onerror=alert(1)>T</p>", "<p>T</p>"),
        ("<p style='color:red'>T</p>", "<p>T</p>"),
    ],
)
def test_only_harmless_html_is_kept(typed: str, html: str) -> None:
    assert cleaned(typed) == html


@pytest.mark.parametrize("typed", ["One line", "One\nstill one\n\nTwo & <3", "<p>Rich <b>text</b></p>"])
def test_what_is_edited_again_gives_the_same(typed: str) -> None:
    assert cleaned(editable(cleaned(typed))) == cleaned(typed)


def test_plain_paragraphs_are_edited_without_tags() -> None:
    assert editable("<p>One<br>line</p>\n<p>Two &amp; more</p>") == "One\nline\n\nTwo & more"
