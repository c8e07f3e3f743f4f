"""What the table says of a figure."""

from io import StringIO

import pytest

from bench.table import Line, at_least, at_most, limit, milliseconds, show


def test_the_median_of_the_rounds_decides() -> None:
    assert at_least("x", "", [0.1, 0.6, 0.7], 0.5).verdict == "ok"
    assert at_least("x", "", [0.1, 0.4, 9.0], 0.5).verdict == "miss"


def test_a_bound_that_is_just_met_is_met() -> None:
    assert at_least("x", "", [0.5], 0.5).ok is True
    assert at_most("x", "", 2.0, 2.0, "few").ok is True
    assert limit("x", 120.0, 120, "MiB").ok is True


def test_a_figure_without_a_promise_has_no_verdict() -> None:
    assert Line("x", "1").verdict == ""


@pytest.mark.parametrize(("seconds", "text"), [(0.0123, "12.3 ms"), (0.0204, "20 ms"), (1.5, "1500 ms")])
def test_times_are_written_as_people_read_them(seconds: float, text: str) -> None:
    assert milliseconds(seconds) == text


def test_the_table_is_markdown() -> None:
    out = StringIO()
    show([Line("what it is", "5 s", "2 × hello", "≥ 1", ok=True)], out)
    assert out.getvalue().splitlines() == [
        "| what       | measured | ratio     | at least |    |",
        "|------------|----------|-----------|----------|----|",
        "| what it is | 5 s      | 2 × hello | ≥ 1      | ok |",
    ]
