import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.backup import (
    NotEmpty,
    UnusableBackup,
    back_up,
    holds_data,
    restore_files,
    restore_tables,
    tables,
)
from inser_events.config import Settings
from inser_events.database import commit, db, expect_writing
from inser_events.events.models import Event
from tests.command_line import run
from tests.factories import make_event, make_person, make_session, make_slot, make_user
from tests.test_migrations import some


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


@pytest.fixture
def archive(settings: Settings, tmp_path: Path) -> Path:
    """A backup of an instance with something of everything in it."""
    event = make_event(owner=make_user(), name={"en": "Soil days", "ar": "أيام التربة"})
    make_slot(make_session(event), person=make_person())
    settings.uploads.mkdir()
    (settings.uploads / "photo.jpg").write_bytes(b"\xff\xd8")
    commit()
    path = tmp_path / "saved.tar.gz"
    back_up(path, settings)
    expect_writing()
    return path


def content() -> dict[str, list[tuple[object, ...]]]:
    db.session.rollback()
    return {table.name: [tuple(row) for row in db.session.execute(select(table))] for table in tables()}


def test_what_was_saved_comes_back_word_for_word(archive: Path, settings: Settings) -> None:
    before = content()
    for table in reversed(tables()):
        db.session.execute(table.delete())
    commit()
    (settings.uploads / "photo.jpg").unlink()
    rows = restore_tables(archive)
    commit()
    restore_files(archive, settings)
    assert (content(), rows) == (before, sum(map(len, before.values())))
    assert (settings.uploads / "photo.jpg").read_bytes() == b"\xff\xd8"


def test_a_row_of_every_table_comes_back_word_for_word(settings: Settings, tmp_path: Path) -> None:
    for table in tables():
        db.session.execute(table.insert().values({column.name: some(column) for column in table.columns}))
    commit()
    before = content()
    back_up(tmp_path / "saved.tar.gz", settings)
    rows = restore_tables(tmp_path / "saved.tar.gz", replace=True)
    assert (content(), rows) == (before, len(tables()))


def test_a_backup_is_for_its_owner_only(archive: Path) -> None:
    assert oct(archive.stat().st_mode & 0o777) == "0o600"


def test_the_secret_comes_back_so_that_links_keep_working(archive: Path, settings: Settings, tmp_path: Path) -> None:
    other = Settings(**{**vars(settings), "instance": tmp_path, "secret_key": "x" * 40})
    restore_files(archive, other)
    assert (tmp_path / "secret").read_text() == f"{settings.secret_key}\n"


def test_an_instance_with_data_is_not_overwritten(archive: Path) -> None:
    with pytest.raises(NotEmpty):
        restore_tables(archive)


def test_it_is_overwritten_when_that_is_said(archive: Path) -> None:
    db.session.scalars(select(Event)).one().name = {"en": "Changed"}
    commit()
    restore_tables(archive, replace=True)
    assert db.session.scalars(select(Event)).one().name["en"] == "Soil days"


def test_a_file_that_is_no_backup_changes_nothing(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    for junk in (b"", b"junk", archive.read_bytes()[:200]):
        path.write_bytes(junk)
        with pytest.raises(UnusableBackup):
            restore_tables(path, replace=True)
    db.session.rollback()
    assert holds_data()


def test_a_backup_with_a_migration_that_nobody_knows_is_refused(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.tar.gz"
    with tarfile.open(path, "w:gz") as other:
        text = b'{"format": 1, "revision": "0000"}'
        entry = tarfile.TarInfo("meta.json")
        entry.size = len(text)
        other.addfile(entry, BytesIO(text))
    with pytest.raises(UnusableBackup, match="not a backup of this product"):
        restore_tables(path, replace=True)


def test_uploads_of_before_are_gone_after_a_restore(archive: Path, settings: Settings) -> None:
    (settings.uploads / "later.jpg").write_bytes(b"later")
    assert restore_files(archive, settings)
    assert [path.name for path in settings.instance.glob("uploads*/*")] == ["photo.jpg"]


def test_uploads_stay_when_those_of_the_backup_cannot_be_read(archive: Path, settings: Settings) -> None:
    (settings.uploads / "later.jpg").write_bytes(b"later")
    with tarfile.open(archive, "w:gz") as damaged:
        for name, mode in (("secret", 0o600), ("uploads/a/b", 0o600), ("uploads/a", 0o600)):
            entry = tarfile.TarInfo(name)
            entry.mode = mode
            damaged.addfile(entry, BytesIO(b""))
    with pytest.raises(UnusableBackup):
        restore_files(archive, settings)
    assert sorted(path.name for path in settings.instance.glob("uploads*/*")) == ["later.jpg", "photo.jpg"]


def test_another_secret_in_the_environment_is_told(
    archive: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSER_SECRET_KEY", "x" * 40)
    other = Settings(**{**vars(settings), "instance": tmp_path, "secret_key": "x" * 40})
    assert not restore_files(archive, other)
    assert oct((tmp_path / "secret").stat().st_mode & 0o777) == "0o600"


def saved_by_the_command(folder: Path) -> Path:
    """A backup of an instance with one account and one upload, made as an administrator does."""
    run(folder / "old", "db", "upgrade")
    run(folder / "old", "user", "create", "amina@example.org")
    (folder / "old/uploads").mkdir()
    (folder / "old/uploads/photo.jpg").write_bytes(bytes(range(256)) * 40)
    run(folder / "old", "backup", folder / "saved.tar.gz")
    return folder / "saved.tar.gz"


def test_a_backup_that_was_cut_off_fills_nothing(tmp_path: Path) -> None:
    saved = saved_by_the_command(tmp_path)
    saved.write_bytes(saved.read_bytes()[:-20])
    refused = run(tmp_path / "new", "restore", saved)
    said = f"inser-events: {saved}: not a backup of this product.\n"
    assert (refused.returncode, refused.stdout, refused.stderr) == (2, "", said)
    untouched = run(tmp_path / "new", "members", "export", "x")
    assert untouched.stderr == "inser-events: The database is not up to date. Run: inser-events db upgrade\n"


def test_a_backup_of_a_newer_version_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "other.tar.gz"
    with tarfile.open(path, "w:gz") as other:
        text = b'{"format": 1, "revision": "9999"}'
        entry = tarfile.TarInfo("meta.json")
        entry.size = len(text)
        other.addfile(entry, BytesIO(text))
    refused = run(tmp_path / "new", "restore", path)
    advice = "made by a newer version of the product (tables 9999). Install that version here."
    assert (refused.returncode, refused.stdout, refused.stderr) == (2, "", f"inser-events: {path}: {advice}\n")


def test_a_backup_cannot_write_outside_the_instance(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "evil.tar.gz"
    with tarfile.open(path, "w:gz") as evil:
        for name, text in (("secret", b"s" * 40), ("uploads/../../escaped", b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            evil.addfile(entry, BytesIO(text))
    with pytest.raises(UnusableBackup):
        restore_files(path, settings)
    assert not (tmp_path.parent / "escaped").exists()
