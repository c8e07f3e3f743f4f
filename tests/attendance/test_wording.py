"""The language of letters: what it puts in, what it refuses and in which line."""

import pytest

from inser_events.attendance.wording import TemplateProblem, check, filled

VALUES = {"name": "Amina Benali", "event": "INSER launch", "honorific": "", "hours": ""}

pytestmark = pytest.mark.usefixtures("app")


def test_blank_lines_make_paragraphs_and_names_are_filled_in() -> None:
    text = "Dear {{ name }},\n\nyou came to {{event}}.\nThank you."
    assert filled(text, VALUES) == ["Dear Amina Benali,", "you came to INSER launch.\nThank you."]


def test_an_empty_value_leaves_no_gap() -> None:
    assert filled("Dear {{ honorific }} {{ name }} {{ honorific }}, hello", VALUES) == ["Dear Amina Benali, hello"]


@pytest.mark.parametrize("comma", ["，", "：", "،"])
def test_an_empty_value_leaves_no_gap_before_the_commas_of_other_scripts(comma: str) -> None:
    assert filled(f"{{{{ name }}}} {{{{ honorific }}}}{comma}", VALUES) == [f"Amina Benali{comma}"]


def test_a_paragraph_with_a_question_mark_goes_when_there_is_nothing_to_say() -> None:
    text = "One.\n\nTime: {{ hours? }}.\n\nTwo."
    assert [filled(text, VALUES), filled(text, {**VALUES, "hours": "2 h"})] == [
        ["One.", "Two."],
        ["One.", "Time: 2 h.", "Two."],
    ]


def test_braces_in_a_value_are_only_braces() -> None:
    assert filled("{{ name }}", {"name": "{{ event }} {% x %}", "event": "no"}) == ["{{ event }} {% x %}"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\nb {{ nmae }}", 2, "There is no “nmae”"),
        ("{{ name.__class__ }}", 1, "is not a name"),
        ("x\n\n{{ config['SECRET_KEY'] }}", 3, "is not a name"),
        ("{{ name|attr('x') }}", 1, "is not a name"),
        ("{% include '/etc/passwd' %}", 1, "stands alone"),
        ("{{ open('/etc/passwd').read() }}", 1, "is not a name"),
        ("ok\n{{ name", 2, "stands alone"),
        ("name }}", 1, "stands alone"),
        ("{{ name\n}}", 1, "stands alone"),
        ("{{}}", 1, "is not a name"),
        ("{{ {{ name }} }}", 1, "stands alone"),
    ],
)
def test_what_is_not_understood_is_named_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(TemplateProblem) as problem:
        check(text)
    assert (problem.value.line, words in str(problem.value)) == (line, True)


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(TemplateProblem):
        check("x" * 10_001)


@pytest.mark.parametrize("text", ["", "   \n\n ", "{{ hours? }}"])
def test_nothing_makes_no_paragraph(text: str) -> None:
    assert filled(text, VALUES) == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Objet : visa de {{ name }} ; merci", "Objet : visa de Li ; merci"),
        ("{{ name }}, {{ job_title }}, {{ country }}", "Li, Maroc"),
        ("{{ job_title }}, {{ country }}", "Maroc"),
        ("Cher {{ name }},", "Cher Li,"),
        ("Le {{ job_title }} , puis", "Le, puis"),
        ("السيد {{ job_title }} ، المغرب", "السيد، المغرب"),
    ],
)
def test_empty_value_leaves_no_blank_and_french_keeps_its_own(template: str, expected: str) -> None:
    assert filled(template, {"name": "Li", "country": "Maroc"}) == [expected]
