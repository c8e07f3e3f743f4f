"""Spreadsheets read back with openpyxl and csv; nothing typed by people becomes a formula."""

import csv as csv_format
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from inser_events.documents.sheets import FORMULA_STARTS, LONGEST_CELL, Cell, Sheet, csv, csv_chunks, xlsx
from inser_events.documents.text import printable

FORMULAS = ["=1+1", "+212 5 37", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "\x00=1"]


def sheet(rows: list[list[Cell]], name: str = "People") -> Sheet:
    return Sheet(name=name, header=["Name", "Note"], rows=rows)


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv_format.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_workbook_keeps_types() -> None:
    row: list[Cell] = ["Benali", 3, 2.5, True, date(2025, 9, 15), datetime(2025, 9, 15, 9, 30), time(9, 30), None]  # noqa: DTZ001 — the time on the clock
    page = opened(xlsx([sheet([row])])).worksheets[0]
    assert (
        [cell.value for cell in page[2]]
        == [
            *row[:4],
            datetime(2025, 9, 15),  # noqa: DTZ001 — how openpyxl reads a date
            *row[5:-1],
        ]
    )


@pytest.mark.parametrize("text", FORMULAS)
def test_workbook_has_no_formulas(text: str) -> None:
    cell = opened(xlsx([sheet([[text]])])).worksheets[0]["A2"]
    assert (cell.data_type, cell.value) == ("s", printable(text))
    assert cell.quotePrefix


def test_ordinary_text_is_not_marked_as_quoted() -> None:
    cell = opened(xlsx([sheet([["Benali"]])])).worksheets[0]["A2"]
    assert not cell.quotePrefix


def test_workbook_does_not_turn_addresses_into_links() -> None:
    cell = opened(xlsx([sheet([["https://example.org/x"]])])).worksheets[0]["A2"]
    assert (cell.value, cell.hyperlink) == ("https://example.org/x", None)


def test_overlong_text_is_cut_where_excel_ends() -> None:
    cell = opened(xlsx([sheet([["x" * 40_000]])])).worksheets[0]["A2"]
    assert cell.value == "x" * LONGEST_CELL


def test_same_rows_give_the_same_bytes() -> None:
    made = datetime(2025, 9, 1, 12, tzinfo=UTC)
    assert xlsx([sheet([["a", 1]])], created=made) == xlsx([sheet([["a", 1]])], created=made)


def test_sheet_names_are_made_acceptable_and_different() -> None:
    names = ["a/b:c[d]", "History of a very long event, part one", "History of a very long event, part two", "", "'x'"]
    book = opened(xlsx([sheet([], name) for name in names]))
    assert book.sheetnames == [
        "a b c d",
        "History of a very long event, p",
        "History of a very long eve (2)",
        "Sheet",
        "x",
    ]


def test_arabic_sheet_reads_from_the_right() -> None:
    page = opened(xlsx([Sheet(name="جدول", header=["الاسم"], rows=[["بنعلي"]], right_to_left=True)])).worksheets[0]
    assert (page.title, page.sheet_view.rightToLeft, page["A2"].value) == ("جدول", True, "بنعلي")


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_has_no_formulas(text: str) -> None:
    assert read_csv(csv([[text]])) == [["'" + printable(text)]]


def test_csv_starts_with_a_byte_order_mark_and_ends_lines_with_crlf() -> None:
    assert csv([["Name", "Note"], ["Benali", 'said "yes", twice']]) == (
        b'\xef\xbb\xbfName,Note\r\nBenali,"said ""yes"", twice"\r\n'
    )


def test_csv_writes_plain_values() -> None:
    row: list[Cell] = [-3, 2.5, True, None, date(2025, 9, 15), datetime(2025, 9, 15, 9, 30), time(9, 30)]  # noqa: DTZ001 — the time on the clock
    assert read_csv(csv([row])) == [["-3", "2.5", "TRUE", "", "2025-09-15", "2025-09-15 09:30", "09:30:00"]]


@given(st.lists(st.lists(st.text(st.characters(codec=None)), min_size=1, max_size=4), max_size=5))
def test_csv_is_read_back_as_written_and_never_as_a_formula(rows: list[list[str]]) -> None:
    read = read_csv(csv(rows))
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [printable(cell).removeprefix("'") for cell in row] for row in rows
    ]
    assert not [cell for row in read for cell in row if cell.startswith(FORMULA_STARTS)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), min_size=1), min_size=1, max_size=4))
def test_workbook_is_read_back_as_written(row: list[str]) -> None:
    page = opened(xlsx([Sheet(name="x", header=["a"] * len(row), rows=[row])])).worksheets[0]
    assert [page.cell(2, column + 1).value or "" for column in range(len(row))] == [printable(cell) for cell in row]


def test_rows_are_read_one_by_one() -> None:
    seen: list[int] = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(2_500):
            seen.append(number)
            yield [number]

    chunks = csv_chunks(rows())
    assert next(chunks) == b"\xef\xbb\xbf"
    assert seen == []
    next(chunks)
    assert len(seen) == 1_000
