"""Reading other people's tables: CSV in any of its dialects, and XLSX. The only place that imports openpyxl.

Headings are matched without regard to case, accents or punctuation, because every office writes them differently.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zipfile import BadZipFile

from inser_events.documents.sheets import FORMULA_STARTS
from inser_events.documents.text import one_line
from inser_events.errors import Refused

MOST_ROWS = 200_000
ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")


class UnreadableTable(Refused):
    """The file is no table we can read; the message says why."""

    status = 422
    title = "Not a table"


@dataclass(frozen=True)
class Table:
    """Headings and rows, all text. ``rows`` have as many cells as there are headings."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def columns(self, names: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """Which column holds what: *names* gives for each wanted thing the headings it may have."""
        places = {_key(heading): place for place, heading in reversed(list(enumerate(self.header)))}
        found = {
            wanted: next((places[_key(name)] for name in spellings if _key(name) in places), None)
            for wanted, spellings in names.items()
        }
        return {wanted: place for wanted, place in found.items() if place is not None}


def read_table(path: Path) -> Table:
    """Read a CSV or XLSX file. Raises UnreadableTable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableTable(f"{path}: {error.strerror}.") from error
    return table_from(content, path.name)


def table_from(content: bytes, name: str) -> Table:
    """Read a table from a file's content; *name* is for messages. Raises UnreadableTable."""
    lines = _xlsx(content, name) if content.startswith(b"PK\x03\x04") else _csv(content, name)
    filled = [line for line in lines if any(line)]
    if not filled:
        raise UnreadableTable(f"{name}: the file is empty.")
    if len(filled) > MOST_ROWS:
        raise UnreadableTable(f"{name}: more than {MOST_ROWS} rows.")
    header, rows = filled[0], filled[1:]
    width = len(header)
    return Table(header, [[*row[:width], *[""] * (width - len(row))] for row in rows])


def _key(heading: str) -> str:
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def _csv(content: bytes, name: str) -> Iterator[list[str]]:
    text = _decoded(content, name)
    sample = text[:20_000]
    first_line = sample.splitlines()[0] if sample.strip() else ""
    # The separator that the headings use most; csv.Sniffer guesses wrongly on names with commas.
    delimiter = max(",;\t", key=first_line.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [_unquoted(one_line(cell)) for cell in row]
    except csv.Error as error:
        raise UnreadableTable(f"{name}: not a readable CSV file ({error}).") from error


def _decoded(content: bytes, name: str) -> str:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableTable(f"{name}: not a CSV or XLSX file.")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise UnreadableTable(f"{name}: save the file as UTF-8 and try again.")


def _unquoted(cell: str) -> str:
    """Take back the apostrophe that our own CSV puts before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _xlsx(content: bytes, name: str) -> Iterator[list[str]]:
    # Loaded when needed: it costs a tenth of a second and megabytes that the server never uses.
    from openpyxl import load_workbook  # noqa: PLC0415 — see above
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 — same

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise UnreadableTable(f"{name}: not a readable XLSX file.") from error
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(values_only=True):
        yield [_text(cell) for cell in row]
    book.close()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return one_line(str(cell))
