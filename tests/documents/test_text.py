"""Text cleaned for files, and HTML as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from inser_events.documents.text import comma_after, one_line, other_script, plain_text, printable, tidy


@pytest.mark.parametrize("text", ["", "Opening", "ورشة العمل", "土壤侵蚀 🌍", "a\tb\nc", "\u200eleft\u200f \u202b"])
def test_printable_leaves_ordinary_text_alone(text: str) -> None:
    assert printable(text) == text


def test_printable_drops_what_no_file_may_carry() -> None:
    assert printable("\x00a\x07b\x1b[0m\x7fc\x9fd\ud800e\ufffef\uffff") == "ab[0mcdef"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_printable_makes_every_line_break_a_newline(end: str) -> None:
    assert printable(f"one{end}two") == "one\ntwo"


def test_one_line_joins_lines_with_one_space() -> None:
    assert one_line("\n one\r\n\ttwo\u2028three ") == "one two three"


@given(st.text(st.characters(codec=None)))
def test_cleaned_text_survives_xml(text: str) -> None:
    root = etree.Element("t")
    root.text = printable(text)
    assert (etree.fromstring(etree.tostring(root)).text or "") == printable(text)


@given(st.text(st.characters(codec=None)))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert printable(printable(text)) == printable(text)
    assert one_line(one_line(text)) == one_line(text)


@given(st.text(st.characters(codec=None)))
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


def test_plain_text_keeps_paragraphs_and_lists_apart() -> None:
    html = "<h2>Aim</h2><p>Soils\n  that <b>stay</b>.</p><ul><li>one</li><li>two &amp; three</li></ul>last<br>line"
    assert plain_text(html) == "Aim\n\nSoils that stay.\n\n- one\n- two & three\n\nlast\nline"


def test_plain_text_leaves_out_scripts_and_styles() -> None:
    assert plain_text("<style>p{}</style>a<script>alert(1)</script>b") == "ab"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("  Amina   Berrada ", "Amina Berrada"),
        ("one\ntwo\tthree\x00", "one two three"),
        ("\u202eevil", "evil"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
    ],
)
def test_what_is_typed_into_a_line_is_tidied_and_names_of_every_script_stay(typed: str | None, kept: str) -> None:
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("text", "around", "expected"),
    [
        ("محمد بن يوسف", "en", "ar"),
        ("معهد البحوث (2)", "fr", "ar"),
        ("محمد بن يوسف", "ar", ""),
        ("Почвенный институт", "ar", "ru"),
        ("土壤研究所", "en", "zh"),
        ("土壤研究所", "zh", ""),
        ("田中さん", "zh", "ja"),
        ("王 Wang", "en", ""),
        ("Lifeng Li", "ar", ""),
        ("Lifeng Li", "en", ""),
        ("2025", "en", ""),
    ],
)
def test_other_script_is_named_when_a_text_is_wholly_in_it(text: str, around: str, expected: str) -> None:
    assert other_script(text, around) == expected


@pytest.mark.parametrize(("text", "comma"), [("Li", ", "), ("محمد", "، "), ("王伟", "，"), ("(2025)", ", ")])
def test_comma_is_of_the_script_before_it(text: str, comma: str) -> None:
    assert comma_after(text) == comma
