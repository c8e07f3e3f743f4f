"""Tables in every dialect and encoding, and files that are not what they say."""

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from inser_events.documents.sheets import csv as csv_bytes
from inser_events.documents.tables import MOST_BYTES, Table, UnreadableTable, read_table, table_from

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "names" / "blns.json"
TEXT = 'Prénom;Nom;"Vos questions, remarques, idées"\r\nZoë;Müller;"Où ?"\r\n'
ROWS = [["Zoë", "Müller", "Où ?"]]


def workbook(*rows: list[str]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr] # a new workbook has a sheet
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cells_at(**cells: str) -> bytes:
    """A workbook with a few cells somewhere."""
    book = Workbook()
    for place, text in cells.items():
        book.active[place] = text  # type: ignore[index] # a new workbook has a sheet
    return saved(book)


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def altered(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with something in one of its parts replaced."""
    parts = parts_of(content)
    assert old in parts[part]
    return zipped(parts | {part: parts[part].replace(old, new)})


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 bom", "utf-16 bom", "utf-16 le", "utf-16 be", "utf-16 be bom", "cp1252"],
)
def test_every_encoding_of_a_spreadsheet_program_is_read(content: bytes) -> None:
    table = table_from(content, "a.csv")
    assert (table.header[2], table.rows) == ("Vos questions, remarques, idées", ROWS)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_even_when_questions_hold_others(separator: str) -> None:
    content = separator.join(['"Name"', '"Diet, needs, or; other"', '"E-mail"']) + "\n" + separator.join("abc")
    assert table_from(content.encode(), "a.csv").header == ["Name", "Diet, needs, or; other", "E-mail"]


def test_excels_declared_separator_is_used() -> None:
    assert table_from(b"sep=;\na,1;b,2\nc;d", "a.csv").header == ["a,1", "b,2"]


def test_headings_are_found_below_a_title() -> None:
    content = b"Participants of the launch\n\nName;E-mail\nAmina;amina@example.org\n"
    table = table_from(content, "a.csv", is_heading=lambda cell: cell in {"Name", "E-mail"})
    assert (table.header, table.rows, table.numbers) == (["Name", "E-mail"], [["Amina", "amina@example.org"]], [4])


def test_rows_keep_the_numbers_a_spreadsheet_shows() -> None:
    assert table_from(b"a,b\n1,2\n\n3,4\n", "a.csv").numbers == [2, 4]


def test_a_formula_cell_is_read_as_the_value_kept_with_it() -> None:
    content = workbook(["Name", "Sum"], ["Zoë", "=1+1"])
    kept = altered(content, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>2</v>")
    assert table_from(kept, "a.xlsx").rows == [["Zoë", "2"]]
    assert table_from(content, "a.xlsx").rows == [["Zoë", ""]]


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="needs ../shared/data")
def test_hostile_strings_come_back_as_they_were() -> None:
    strings = [text for text in json.loads(NAUGHTY.read_text()) if text.strip() and text.isprintable()]
    hostile = [text for text in strings if not text.startswith("'")]
    as_csv = table_from(csv_bytes([["name"], *([text] for text in hostile)]), "a.csv")
    as_book = table_from(workbook(["name"], *([f"x{text}"] for text in hostile)), "a.xlsx")
    assert [row[0] for row in as_csv.rows] == [text.strip() for text in hostile]
    assert [row[0] for row in as_book.rows] == [f"x{text}".strip() for text in hostile]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n;;\n",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"%PDF-1.7 hello",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\xff\xd8\xff\xe0 JFIF",
        b"PK\x03\x04 not a zip at all",
        b"\0" * 2000,
        b"\x81\x8d\x8f",
        b'Name,E-mail\n"never closed',
        b"Name," + b"x" * 200_000,
        ",".join(f"c{n}" for n in range(300)).encode(),
        b"x" * (MOST_BYTES + 1),
        zipped({"hello.txt": b"hello"}),
        zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<b/>"}),
        zipped({f"part{n}": b"" for n in range(2_001)}),
    ],
    ids=[
        *("empty", "blank", "png", "pdf", "xls", "jpeg", "torn zip", "zeros", "no encoding", "open quote"),
        *("huge cell", "many columns", "too large", "another zip", "hollow xlsx", "many parts"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(UnreadableTable) as refusal:
        table_from(content, "list.csv")
    assert refusal.value.message.startswith("list.csv: ")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    parts = parts_of(workbook(["Name"], ["Zoë"]))
    bomb = zipped(parts | {"xl/sharedStrings.xml": b"<sst>" + bytes(125 * 1024 * 1024)})
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableTable, match="too large once unpacked"):
        table_from(bomb, "bomb.xlsx")


def test_entities_in_a_workbook_are_not_expanded() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet'
    content = altered(workbook(["Name"], ["Zoë"]), "xl/worksheets/sheet1.xml", b"<worksheet", laughs)
    with pytest.raises(UnreadableTable):
        table_from(content, "laughs.xlsx")


def test_a_cell_in_the_last_corner_does_not_stretch_the_table() -> None:
    assert table_from(cells_at(A1="Name", XFD5="far"), "a.xlsx") == Table(["Name"], [], [])


def test_a_cell_in_the_last_row_does_not_make_a_million_rows() -> None:
    assert table_from(cells_at(A1="Name", A1048576="far"), "a.xlsx") == Table(["Name"], [], [])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"gone\.csv: No such file"):
        read_table(tmp_path / "gone.csv")


def sheets(*named: tuple[str, list[list[object]], str]) -> bytes:
    """A workbook of sheets: name, rows, ``visible`` or ``hidden``."""
    book = Workbook()
    for title, rows, state in named:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    return saved(book)


PEOPLE: list[list[object]] = [["Name", "E-mail"], ["Zoë", "z@example.org"]]
NOTES: list[list[object]] = [["Please fill in the other sheet"], ["Thank you"]]


@pytest.mark.parametrize(
    ("content", "sheet", "others"),
    [
        (sheets(("Lists", PEOPLE[:1], "hidden"), ("People", PEOPLE, "visible")), "", []),
        (sheets(("Read me", NOTES, "visible"), ("People", PEOPLE, "visible")), "People", ["Read me"]),
        (sheets(("Sheet1", [], "visible"), ("People", PEOPLE, "visible")), "People", ["Sheet1"]),
        (sheets(("People", PEOPLE, "visible"), ("More", PEOPLE, "visible")), "People", ["More"]),
    ],
    ids=["hidden first", "notes first", "empty first", "two tables"],
)
def test_the_sheet_with_the_table_is_read_and_the_others_named(content: bytes, sheet: str, others: list[str]) -> None:
    table = table_from(content, "a.xlsx", is_heading={"Name", "E-mail"}.__contains__)
    assert (table.rows, table.sheet, list(table.others)) == ([["Zoë", "z@example.org"]], sheet, others)


def test_without_known_headings_the_first_sheet_with_cells_is_read() -> None:
    content = sheets(("Sheet1", [], "visible"), ("Notes", NOTES, "visible"), ("People", PEOPLE, "visible"))
    assert table_from(content, "a.xlsx").header == ["Please fill in the other sheet"]


def test_cells_of_a_workbook_as_people_mean_them() -> None:
    row = [
        datetime.fromisoformat("2025-09-15"),
        datetime.fromisoformat("2025-09-15 18:30"),
        212612345678.0,
        "#N/A",
        True,
        "one_x000D_\ntwo",
    ]
    content = sheets(("a", [["day", "moment", "phone", "none", "yes", "lines"], list[object](row)], "visible"))
    read = [["2025-09-15", "2025-09-15 18:30", "212612345678", "", "True", "one two"]]
    assert table_from(content, "a.xlsx").rows == read


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_line_breaks_stay_where_they_are_wanted(ending: str) -> None:
    content = workbook(["Head\ning"], ["one\n\ntwo "]) if ending == "xlsx" else b'"Head\ning"\r\n"one\r\n\r\ntwo "\r\n'
    kept, plain = table_from(content, "a", keep_breaks=True), table_from(content, "a")
    assert [(one.header, one.rows) for one in (kept, plain)] == [
        (["Head ing"], [["one\n\ntwo"]]),
        (["Head ing"], [["one two"]]),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html><table><tr><td>Name</td></tr></table>", "a: a web page, whatever its name says."),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "a: a web page, whatever its name says."),
        (b'Name,E-mail\nAna,a@b.org\n"Half" known,c@d.org\n', "a: not a readable CSV file, from line 3 on."),
        (b'Name,E-mail\nAna,a@b.org\n"Bo,c@d.org\n', "a: not a readable CSV file: a quotation mark is never closed."),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "a: an OpenDocument file."),
    ],
    ids=["web page", "xml of 2003", "quote in a cell", "open quote", "opendocument"],
)
def test_a_file_near_a_table_is_refused_with_what_to_do(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableTable) as refusal:
        table_from(content, "a")
    assert refusal.value.message.startswith(message)


def test_bars_part_cells_without_being_declared() -> None:
    assert table_from(b"Name|E-mail\nLi, Lifeng|a@b.org\n", "a.csv").rows == [["Li, Lifeng", "a@b.org"]]
