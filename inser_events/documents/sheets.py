"""Spreadsheets: XLSX and CSV, written row by row and safe to open. The only place that imports xlsxwriter.

What people typed must never run as a formula on somebody else's machine. In XLSX a string is stored as a string and
one that looks like a formula is also marked as quoted, so that it stays text when the cell is edited or saved as CSV.
CSV has no types: there an apostrophe in front does it, as OWASP advises.
"""

import csv as csv_format
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from inser_events.documents.text import one_line, printable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | float | bool | date | datetime | time | None
"""Datetimes are naive: the clock time to be read on paper. An aware one is shown on its own clock."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, the full-width forms of East Asian keyboards included."""
LONGEST_CELL = 32_767
LONGEST_NAME = 31
WIDTH = 18
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Without it Excel reads a CSV file in the machine's old code page."""
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet. *rows* may be a generator: it is read once and never held in memory."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    """Characters per column; 18 where not given."""
    right_to_left: bool = False


def xlsx(sheets: Sequence[Sheet], *, created: datetime = _UNDATED) -> bytes:
    """Write a workbook. The same sheets and *created* give the same bytes; memory does not grow with the rows."""
    from xlsxwriter import Workbook  # noqa: PLC0415 — a server at rest needs none of it

    buffer = BytesIO()
    book = Workbook(buffer, {"constant_memory": True})
    book.set_properties({"created": created.replace(tzinfo=None), "author": "inser_events"})
    styles = _Styles(book)
    taken: set[str] = set()
    for sheet in sheets:
        _write(book.add_worksheet(_sheet_name(sheet.name, taken)), sheet, styles)
    book.close()
    return buffer.getvalue()


def csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write rows (the header is one of them) as CSV: UTF-8 with byte order mark, CRLF (RFC 4180)."""
    return b"".join(csv_chunks(rows))


def csv_chunks(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The bytes of `csv` in pieces of some thousand rows, for an answer that is sent while it is made."""
    yield BYTE_ORDER_MARK
    page = StringIO()
    writer = csv_format.writer(page, lineterminator="\r\n")
    for number, row in enumerate(rows, start=1):
        writer.writerow([_csv_cell(cell) for cell in row])
        if number % _CHUNK == 0:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def _csv_cell(cell: Cell) -> str | float:
    if isinstance(cell, str):
        text = printable(cell)
        return "'" + text if text.startswith(FORMULA_STARTS) else text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if cell is None else cell


class _Styles:
    """The few cell formats of a workbook."""

    def __init__(self, book: "Workbook") -> None:
        self.header: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted: Format = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.clock: Format = book.add_format({"num_format": "hh:mm", "valign": "top"})
        self.number: Format = book.add_format({"valign": "top"})


def _write(page: "Worksheet", sheet: Sheet, styles: _Styles) -> None:
    for column in range(len(sheet.header)):
        page.set_column(column, column, sheet.widths[column] if column < len(sheet.widths) else WIDTH)
    if sheet.right_to_left:
        page.right_to_left()
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    for column, title in enumerate(sheet.header):
        page.write_string(0, column, printable(title), styles.header)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(page, last, column, cell, styles)
    if sheet.header:
        page.autofilter(0, 0, last, len(sheet.header) - 1)


def _write_cell(page: "Worksheet", row: int, column: int, cell: Cell, styles: _Styles) -> None:
    if isinstance(cell, str):
        if cell:
            text = printable(cell)[:LONGEST_CELL]
            page.write_string(row, column, text, styles.quoted if text.startswith(FORMULA_STARTS) else styles.text)
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell, styles.number)
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None), styles.moment)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, styles.day)
    elif isinstance(cell, time):
        page.write_datetime(row, column, cell, styles.clock)
    elif cell is not None:
        page.write_number(row, column, cell, styles.number)


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """A name Excel accepts: 31 characters, no brackets or slashes, no apostrophe at its ends, not used twice."""
    plain = one_line(wanted).translate(_NOT_IN_NAMES).strip(" '")[:LONGEST_NAME].strip(" '") or "Sheet"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[: LONGEST_NAME - 5]} ({number})"
    taken.add(name.casefold())
    return name
