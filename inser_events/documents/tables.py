"""Reading other people's tables: CSV in any of its dialects, and XLSX. The only place that imports openpyxl.

Headings are matched without regard to case, accents or punctuation, because every office writes them differently.
Nothing in a file is trusted: not its name, not its declared sizes, not its dimensions.
"""

import csv
import io
import re
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from flask_babel import gettext as _

from inser_events.documents.sheets import FORMULA_STARTS
from inser_events.documents.text import one_line, printable
from inser_events.errors import Refused

MEGABYTE = 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 250
MOST_BYTES = 12 * MEGABYTE
MOST_UNPACKED = 120 * MEGABYTE
"""What an XLSX may unpack to. 10,000 rows of 20 columns take some 15 MB of XML; a bomb declares gigabytes."""
MOST_PARTS = 2_000
ROWS_BEFORE_HEADINGS = 15
LINES_TO_JUDGE_BY = 200
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = ",;\t|"
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
"""What stands in a cell of a workbook when a formula has no value."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A control character in a workbook (ECMA-376 part 1, 22.4.2.4); Microsoft Forms writes line breaks with them."""
_BROKEN = (
    *(BadZipFile, zlib.error, ParseError, EOFError, OSError, NotImplementedError, RuntimeError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError, AssertionError, OverflowError),
)
"""What openpyxl and the libraries below it raise on files that only look like workbooks."""


class UnreadableTable(Refused):
    """The file is no table we can read; the message says why."""

    status = 422
    title = "Not a table"


@dataclass(frozen=True)
class Table:
    """Headings and rows, all text. ``rows`` have as many cells as there are headings."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = field(default_factory=tuple)
    """For each row its number as a spreadsheet shows it, the first line of the file being 1."""
    sheet: str = ""
    """Of a workbook with several sheets in sight, the name of the one that was read."""
    others: Sequence[str] = ()
    """The names of those that were not."""

    def columns(self, names: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """Which column holds what: *names* gives for each wanted thing the headings it may have."""
        places = {heading_key(heading): place for place, heading in reversed(list(enumerate(self.header)))}
        found = {
            wanted: next((places[heading_key(name)] for name in spellings if heading_key(name) in places), None)
            for wanted, spellings in names.items()
        }
        return {wanted: place for wanted, place in found.items() if place is not None}


Knows = Callable[[str], bool]
"""Whether a cell is a heading one looks for."""
Lines = Sequence[list[str]]


def read_table(path: Path, *, is_heading: Knows | None = None, keep_breaks: bool = False) -> Table:
    """Read a CSV or XLSX file as `table_from`. Raises UnreadableTable."""
    try:
        too_large = path.stat().st_size > MOST_BYTES
        content = b"" if too_large else path.read_bytes()
    except OSError as error:
        raise UnreadableTable(f"{path}: {error.strerror}.") from error
    if too_large:
        raise UnreadableTable(_("%(name)s: larger than %(size)s MB.", name=path.name, size=MOST_BYTES // MEGABYTE))
    return table_from(content, path.name, is_heading=is_heading, keep_breaks=keep_breaks)


def table_from(content: bytes, name: str, *, is_heading: Knows | None = None, keep_breaks: bool = False) -> Table:
    """Read a table from a file's content; *name* is for messages.

    The headings are the first filled row, or the first among the first rows of which *is_heading* knows two cells:
    many offices write a title above their tables. Of a workbook the first sheet in sight with such a row is read, else
    the first with anything in it. Cells are one line each, unless *keep_breaks*. Raises UnreadableTable.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableTable(_("%(name)s: larger than %(size)s MB.", name=name, size=MOST_BYTES // MEGABYTE))
    lines: Lines
    sheet, others = "", tuple[str, ...]()
    if content.startswith(b"PK\x03\x04"):
        lines, sheet, others = _xlsx(content, name, is_heading)
    else:
        lines = list(_csv(content, name))
    clean = printable if keep_breaks else one_line
    cleaned = ([clean(cell).strip() for cell in line] for line in lines)
    filled = [(number, _trimmed(line)) for number, line in enumerate(cleaned, start=1) if any(line)]
    if not filled:
        raise UnreadableTable(_("%(name)s: the file is empty.", name=name))
    if len(filled) > MOST_ROWS:
        raise UnreadableTable(_("%(name)s: more than %(number)s rows.", name=name, number=MOST_ROWS))
    start, _sure = _heading_row([line for _number, line in filled[:ROWS_BEFORE_HEADINGS]], is_heading)
    header, rows = [one_line(cell) for cell in filled[start][1]], filled[start + 1 :]
    width = len(header)
    if width > MOST_COLUMNS:
        raise UnreadableTable(_("%(name)s: more than %(number)s columns.", name=name, number=MOST_COLUMNS))
    padded = [[*row[:width], *[""] * (width - len(row))] for _number, row in rows]
    return Table(header, padded, [number for number, _row in rows], sheet, others)


def lines_from(content: bytes, name: str, worth: Callable[[list[str]], int]) -> list[tuple[int, list[str]]]:
    """Every filled line of a file with its number, for files of several tables one below the other.

    *worth* says how much of a line is known: it decides what separates the cells, and which sheet of a workbook is
    read. A quotation mark in the middle of a name does not matter here. Raises UnreadableTable.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableTable(_("%(name)s: larger than %(size)s MB.", name=name, size=MOST_BYTES // MEGABYTE))
    lines: Lines
    if content.startswith(b"PK\x03\x04"):
        lines, _sheet, _others = _xlsx(content, name, lambda cell: worth([cell]) > 0)
    else:
        text = _decoded(content, name)
        top = "".join(islice(io.StringIO(text, newline=""), LINES_TO_JUDGE_BY))
        separator = max(SEPARATORS, key=lambda one: _judged(list(_rows(top, one, strict=False)), worth))
        lines = _split(text, separator, name)
    cleaned = ([one_line(cell).strip() for cell in line] for line in lines)
    filled = [(number, _trimmed(line)) for number, line in enumerate(cleaned, start=1) if any(line)]
    if not filled:
        raise UnreadableTable(_("%(name)s: the file is empty.", name=name))
    if len(filled) > MOST_ROWS:
        raise UnreadableTable(_("%(name)s: more than %(number)s rows.", name=name, number=MOST_ROWS))
    return filled


def _judged(lines: Lines, worth: Callable[[list[str]], int]) -> tuple[int, int]:
    return max(map(worth, lines), default=0), sum(map(len, lines))


def _split(text: str, separator: str, name: str) -> Lines:
    """The cells. Stray quotation marks within a name are kept; one that is never closed would swallow the rest."""
    try:
        return [[_unquoted(cell) for cell in row] for row in _rows(text, separator, strict=True)]
    except csv.Error as error:
        if "end of data" in str(error):
            raise UnreadableTable(
                _("%(name)s: not a readable CSV file: a quotation mark is never closed.", name=name)
            ) from error
    try:
        return [[_unquoted(cell) for cell in row] for row in _rows(text, separator, strict=False)]
    except csv.Error as error:
        raise UnreadableTable(_("%(name)s: not a CSV or XLSX file.", name=name)) from error


def _rows(text: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def heading_key(heading: str) -> str:
    """What is compared of a heading: its letters and digits, without case."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def _trimmed(line: list[str]) -> list[str]:
    while not line[-1]:
        line.pop()
    return line


def _heading_row(lines: Sequence[Sequence[str]], is_heading: Knows | None) -> tuple[int, bool]:
    """Which of the first lines has the headings, and whether they are known."""
    known = [sum(1 for cell in line if cell and is_heading(cell)) for line in lines] if is_heading else []
    found = next((place for place, number in enumerate(known) if number > 1), None)
    return found or 0, found is not None


def _csv(content: bytes, name: str) -> Iterator[list[str]]:
    text = _decoded(content, name)
    text, separator = _separator(text)
    # Strict: a quotation mark that is not closed would swallow the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            yield [_unquoted(cell) for cell in row]
    except csv.Error as error:
        if "end of data" in str(error):
            words = _("%(name)s: not a readable CSV file: a quotation mark is never closed.", name=name)
        else:
            words = _("%(name)s: not a readable CSV file, from line %(number)s on.", name=name, number=reader.line_num)
        raise UnreadableTable(words) from error


def _separator(text: str) -> tuple[str, str]:
    """The text and what separates its cells: what is declared in Excel's ``sep=;`` line, else what parts line one most.

    csv.Sniffer guesses wrongly on names with commas; counting letters, on questions with commas inside quotes.
    """
    first, _, rest = text.partition("\n")
    declared = first.strip().removeprefix('"').removesuffix('"')
    if declared.startswith("sep=") and declared[4:] and declared[4] in SEPARATORS:
        return rest, declared[4]

    def cells(separator: str) -> tuple[int, int]:
        found = 0
        try:
            # Strict: with the wrong separator quotes stand in the middle of cells, which tells it from the right one.
            for row in islice(csv.reader(io.StringIO(text), delimiter=separator, strict=True), 5):
                found += len(row)
        except (csv.Error, ValueError):
            return 0, found
        return found, found

    return text, max(SEPARATORS, key=cells)


def _decoded(content: bytes, name: str) -> str:
    """The text, by byte order mark, by where the NULs of UTF-16 stand, as UTF-8, or as old Windows files are."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableTable(
            _("%(name)s: an old or protected Excel file. Save it as .xlsx without a password.", name=name)
        )
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf")):
        raise UnreadableTable(_("%(name)s: not a CSV or XLSX file.", name=name))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower() in _MARKUP:
        raise UnreadableTable(
            _("%(name)s: a web page, whatever its name says. Open it in Excel and save it as .xlsx.", name=name)
        )
    encodings = [encoding for mark, encoding in MARKS if content.startswith(mark)] or _unmarked(content)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableTable(_("%(name)s: not a CSV or XLSX file, or not saved as UTF-8.", name=name))


_MARKUP = {b"<html", b"<!doc", b"<?xml", b"<tabl", b"<meta"}


def _unmarked(content: bytes) -> list[str]:
    sample = content[:4096]
    if b"\0" not in sample:
        return ["utf-8", "cp1252"]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even == odd:
        return []
    return ["utf-16-le"] if odd > even else ["utf-16-be"]


def _unquoted(cell: str) -> str:
    """Take back the apostrophe that our own CSV puts before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _xlsx(content: bytes, name: str, is_heading: Knows | None) -> tuple[Lines, str, tuple[str, ...]]:
    """The rows of a sheet, its name where there are several, and the names of the others.

    Of a formula the value is read that the spreadsheet program kept with it.
    """
    # Loaded when needed: it costs a tenth of a second and megabytes that the server never uses.
    from openpyxl import load_workbook  # noqa: PLC0415 — see above
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 — same

    try:
        _check_size(content, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which say nothing about the cells
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets
            read = _sheet_with_table(sheets, name, is_heading)
            lines = list(_cells(read, name))
            book.close()
    except (*_BROKEN, InvalidFileException) as error:
        raise UnreadableTable(_("%(name)s: not a readable XLSX file.", name=name)) from error
    several = len(sheets) > 1
    return lines, read.title if several else "", tuple(one.title for one in sheets if one is not read)


def _sheet_with_table(sheets: Sequence[Any], name: str, is_heading: Knows | None) -> Any:
    """The first sheet with headings that are known, else the first with anything in it, else the first."""
    if not sheets:
        raise UnreadableTable(_("%(name)s: the workbook has no sheet with cells.", name=name))
    filled = []
    for sheet in sheets if len(sheets) > 1 else ():
        lines = [line for line in islice(_cells(sheet, name), 2 * ROWS_BEFORE_HEADINGS) if any(line)]
        if _heading_row(lines[:ROWS_BEFORE_HEADINGS], is_heading)[1]:
            return sheet
        filled += [sheet] if lines else []
    return (filled or sheets)[0]


def _check_size(content: bytes, name: str) -> None:
    """Refuse a bomb. No part unpacks to more than it declares: zipfile stops reading there."""
    with ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if parts and parts[0].filename == "mimetype":
            raise UnreadableTable(_("%(name)s: an OpenDocument file. Save it as .xlsx and try again.", name=name))
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise UnreadableTable(
                _("%(name)s: too large once unpacked. Copy the table into a new file and try again.", name=name)
            )


MIDNIGHT = time()
MOST_EMPTY = 1_000
"""Empty rows in a row that end a table: formatting alone reaches the last row of some sheets."""


def _cells(sheet: Any, name: str) -> Iterator[list[str]]:
    # A single cell in the last corner would stretch every row to 16,384 columns.
    sheet.reset_dimensions()
    empty = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), start=1):
        empty = 0 if any(cell is not None for cell in row) else empty + 1
        if empty > MOST_EMPTY:
            break
        if number > MOST_ROWS:
            raise UnreadableTable(_("%(name)s: more than %(number)s rows.", name=name, number=MOST_ROWS))
        yield [_text(cell) for cell in row]


def _text(cell: object) -> str:
    if cell is None or cell in ERRORS:
        return ""
    if isinstance(cell, datetime):
        # A day without a time is kept as its midnight.
        return cell.date().isoformat() if cell.time() == MIDNIGHT else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(cell))
