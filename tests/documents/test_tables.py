from pathlib import Path

import pytest

from inser_events.documents.sheets import Sheet, csv, xlsx
from inser_events.documents.tables import UnreadableTable, read_table, table_from

ROWS = [["Name", "E-mail"], ["Ghaouti, Lamiae", "a@example.org"], ["=1+1", "b@example.org"]]


@pytest.mark.parametrize(
    "content",
    [
        b'Name,E-mail\r\n"Li, Lifeng",a@b.org\r\n',
        b'\xef\xbb\xbfName,E-mail\n"Li, Lifeng",a@b.org\n',
        b"Name;E-mail\nLi, Lifeng;a@b.org\n",
        b"Name\tE-mail\nLi, Lifeng\ta@b.org\n",
        'Name,E-mail\n"Li, Lifeng",a@b.org\n'.encode("utf-16"),
    ],
)
def test_csv_in_the_dialects_of_offices(content: bytes) -> None:
    table = table_from(content, "members.csv")
    assert (table.header, table.rows) == (["Name", "E-mail"], [["Li, Lifeng", "a@b.org"]])


def test_old_windows_letters() -> None:
    assert table_from("Nom\nÉlodie\n".encode("cp1252"), "x.csv").rows == [["Élodie"]]


def test_what_we_write_we_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv(ROWS))
    (tmp_path / "b.xlsx").write_bytes(xlsx([Sheet(name="Members", header=ROWS[0], rows=ROWS[1:])]))
    assert [read_table(tmp_path / name).rows for name in ("a.csv", "b.xlsx")] == [ROWS[1:], ROWS[1:]]


def test_rows_are_as_wide_as_the_heading() -> None:
    assert table_from(b"a,b\n1\n1,2,3\n\n,\n", "x.csv").rows == [["1", ""], ["1", "2"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.csv: the file is empty."),
        (b"\n\n , \n", "x.csv: the file is empty."),
        (b"\x89PNG\x00\x01", "x.csv: not a CSV or XLSX file."),
        (b"PK\x03\x04nonsense", "x.csv: not a readable XLSX file."),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableTable, match="^" + message.replace(".", r"\.") + "$"):
        table_from(content, "x.csv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="No such file"):
        read_table(tmp_path / "none.csv")


def test_headings_are_matched_without_regard_to_writing() -> None:
    table = table_from(b"E-MAIL adress,Family_Name,email\n1,2,3\n", "x.csv")
    assert table.columns({"email": ("E-mail",), "family": ("Family name",), "other": ("Phone",)}) == {
        "email": 2,
        "family": 1,
    }
