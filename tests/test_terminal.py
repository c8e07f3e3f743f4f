"""Files that commands write: whole, or not at all."""

import os
import threading
from pathlib import Path

import pytest

from inser_events.terminal import CannotWrite, check_place, write, writing


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/x.csv", "There is no folder {folder}/missing."),
        ("file/x.csv", "There is no folder {folder}/file."),
        ("folder.csv", "{folder}/folder.csv is a folder. Name a file in it."),
        ("x.doc", "{folder}/x.doc: the name must end in .csv or .xlsx."),
    ],
)
def test_a_place_that_will_not_do_is_refused_before_the_work(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(CannotWrite) as refused:
        check_place(tmp_path / name, ".csv", ".xlsx")
    assert refused.value.message == message.format(folder=tmp_path)


def test_an_ending_may_be_in_capitals(tmp_path: Path) -> None:
    check_place(tmp_path / "X.CSV", ".csv")


def test_what_was_there_stays_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("before")

    def fail() -> None:
        with writing(path) as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(CannotWrite, match=r"list.csv: No space left on device\.$"):
        fail()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("list.csv", "before")]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(CannotWrite, match=r"full: No space left on device\.$"):
        write(tmp_path / "full", b"x")
    assert (tmp_path / "full").is_char_device()


def test_a_link_goes_on_pointing_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write(tmp_path / "link", b"new")
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "file").read_bytes()) == (True, b"new")


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write(pipe, b"content")
    reader.join()
    assert (got, pipe.is_fifo()) == ([b"content"], True)


def test_what_a_shell_puts_in_the_place_of_a_file_is_written_to() -> None:
    receives, sends = os.pipe()
    path = Path(f"/dev/fd/{sends}")  # as in: backup >(gpg …)
    check_place(path)
    write(path, b"content")
    assert os.read(receives, 100) == b"content"
    os.close(receives)
    os.close(sends)


def test_half_a_file_left_by_a_killed_attempt_lends_its_permissions_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "saved.part").touch(0o666)
    with writing(tmp_path / "saved", mode=0o600) as file:
        file.write(b"secret")
    assert oct((tmp_path / "saved").stat().st_mode & 0o777) == "0o600"
