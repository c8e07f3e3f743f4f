"""An instance in one file: every table, the uploads and the secret, apart from any database system.

A gzipped tar with ``meta.json`` (format, migration, when), ``tables/<name>.jsonl`` (one row a line: a list of values in
the order of its first line, which names the columns), ``uploads/…`` and ``secret``. What was saved from SQLite can be
restored into PostgreSQL, and the other way round; what an older version saved is brought up to date first, see
`older_backups`. Mails waiting as files and the queue are not part of it: the outbox
is, and its sweep queues again what has not left.
"""

import base64
import gzip
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import scoped_session
from sqlalchemy.types import Date, DateTime, LargeBinary, Time

from inser_events import migrating, terminal
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import UTCDateTime, db, expect_writing
from inser_events.errors import Refused

FORMAT = 1
BROKEN = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    StopIteration,  # a table without its first line
)
AT_ONCE = 500
AT_ONCE_BYTES = 1024 * 1024
OWNER_ONLY = 0o600
Progress = Callable[[str], None]


class UnusableBackup(Refused):
    """The file is no backup that this instance can take."""

    title = "Not a usable backup"


class NotEmpty(Refused):
    """There is something here already."""

    title = "This instance is not empty"

    def __init__(self) -> None:
        super().__init__(
            "This instance already holds data. Restore into a new one: set INSER_INSTANCE, or use --replace."
        )


def tables() -> list[Table]:
    """Every table of ours, those that others refer to first."""
    return list(db.metadata.sorted_tables)


def back_up(path: Path, settings: Settings, progress: Progress = lambda _table: None) -> int:
    """Write the instance to *path*, readable by its owner only; return how many rows. Raises CannotWrite."""
    with terminal.writing(path, mode=OWNER_ONLY) as file:
        return _write(file, settings, progress)


def _write(file: Any, settings: Settings, progress: Progress) -> int:
    total = 0
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        meta = {"format": FORMAT, "revision": migrating.revision(), "created_at": now().isoformat()}
        _add(archive, "meta.json", json.dumps(meta).encode())
        # One reading transaction for all tables: the backup shows one moment, and nobody waits for it.
        db.session.rollback()
        expect_writing(expected=False)
        for table in tables():
            content, rows = _dumped(table)
            _add(archive, f"tables/{table.name}.jsonl", content)
            total += rows
            progress(table.name)
        db.session.rollback()
        _add(archive, "secret", settings.secret_key.encode())
        if settings.uploads.is_dir():
            archive.add(settings.uploads, "uploads")
    return total


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), int(now().timestamp()), OWNER_ONLY
    archive.addfile(entry, BytesIO(content))


def _dumped(table: Table) -> tuple[bytes, int]:
    lines = [json.dumps([column.name for column in table.columns])]
    keys = list(table.primary_key.columns)
    found = db.session.execute(select(table).order_by(*keys).execution_options(yield_per=AT_ONCE))
    lines.extend(json.dumps([_plain(value) for value in row], ensure_ascii=False) for row in found)
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"), len(lines) - 1


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def check(path: Path, settings: Settings) -> None:
    """Raise UnusableBackup unless *path* is a backup that can be restored here, down to its last byte."""
    with opened(path) as archive:
        if made_with(archive) == migrating.last_revision():
            for table in tables():
                archive.getmember(f"tables/{table.name}.jsonl")
        _read(archive, "secret").decode()
        for member in archive.getmembers():
            if member.isfile():
                _place_of(member, settings.instance)
        with gzip.open(path) as whole:  # a tar is read no further than its last file: what is cut off goes unseen
            while whole.read(AT_ONCE_BYTES):
                pass


def made_with(archive: tarfile.TarFile) -> str | None:
    """The migration that the backup was made with, one that we know. Raises UnusableBackup."""
    meta = json.loads(_read(archive, "meta.json"))
    if meta["format"] != FORMAT:
        raise UnusableBackup(f"{archive.name!s}: made by another version of the product.")
    revision: str | None = meta["revision"]
    if revision is not None and revision > (migrating.last_revision() or ""):
        raise UnusableBackup(
            f"{archive.name!s}: made by a newer version of the product (tables {revision}). Install that version here."
        )
    if revision is not None and revision not in migrating.revisions():
        raise KeyError(revision)
    return revision


def restore_tables(path: Path, *, replace: bool = False, progress: Progress = lambda _table: None) -> int:
    """Fill the tables from a backup, without committing; return how many rows. Raises UnusableBackup, NotEmpty.

    The backup has today's tables: see `older_backups.brought_up_to_date`.
    """
    with opened(path) as archive:
        return _restored(archive, replace=replace, progress=progress)


def restore_files(path: Path, settings: Settings) -> bool:
    """Put back the uploads in place of those that are here, and the secret that signed links and tickets.

    False when INSER_SECRET_KEY sets another secret, so that the links in people's mails do not fit until it is taken
    away. Raises UnusableBackup.
    """
    with opened(path) as archive:
        secret = _read(archive, "secret").decode()
        with _instead_of(settings.uploads):
            for member in archive.getmembers():
                if member.name.startswith("uploads/") and member.isfile():
                    _put_back(archive, member, settings.instance)
    if secret == settings.secret_key:
        return True
    with terminal.writing(settings.instance / "secret", mode=OWNER_ONLY) as file:
        file.write(f"{secret}\n".encode())
    return not os.environ.get("INSER_SECRET_KEY")


@contextmanager
def _instead_of(folder: Path) -> Iterator[None]:
    """Inside, *folder* is not there; what was in it comes back when the new one does not come about."""
    before = folder.with_name(f"{folder.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    if folder.is_dir():
        folder.rename(before)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if before.is_dir():
            before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _put_back(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    target, content = _place_of(member, folder), archive.extractfile(member)
    if content is None:
        raise KeyError(member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _place_of(member: tarfile.TarInfo, folder: Path) -> Path:
    """Where a file of an archive belongs. By hand: Debian 12's Python has no filters that keep a hostile one inside."""
    target = (folder / member.name).resolve()
    if member.name.startswith("uploads/") and not target.is_relative_to((folder / "uploads").resolve()):
        raise UnusableBackup(f"{member.name} leads out of the folder of uploads.")
    return target


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """The archive. Whatever is wrong with it is told as UnusableBackup."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except OSError as error:
        raise UnusableBackup(f"{path}: {error.strerror or 'not a backup of this product'}.") from error
    except StatementError as error:
        if isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError):
            raise  # the database's trouble, not that of the rows
        raise UnusableBackup(f"{path}: not a backup of this product.") from error
    except BROKEN as error:
        raise UnusableBackup(f"{path}: not a backup of this product.") from error


def _restored(archive: tarfile.TarFile, *, replace: bool, progress: Progress) -> int:
    if made_with(archive) != migrating.revision():
        raise UnusableBackup(f"{archive.name!s}: its tables are not those that are here. Run: inser-events db upgrade")
    check_empty(replace=replace)
    total = 0
    for table in reversed(tables()):
        db.session.execute(table.delete())
    for table in tables():
        total += fill(table, archive, db.session)
        progress(table.name)
    count_on()
    return total


def check_empty(*, replace: bool) -> None:
    """Raise NotEmpty when something would be lost that nobody gave up."""
    if not replace and has_tables() and holds_data():
        raise NotEmpty


def holds_data() -> bool:
    """Whether anything was ever entered here."""
    return any(
        db.session.scalar(select(func.count()).select_from(db.metadata.tables[name]))
        for name in ("user", "event", "network")
    )


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member.read()


def fill(table: Table, archive: tarfile.TarFile, into: Connection | scoped_session[Any]) -> int:
    """Insert the rows of a table; return how many."""
    lines = _lines(archive, table)
    names = next(lines)
    if unknown := set(names) - set(table.columns.keys()):
        raise KeyError(unknown)
    rows = [{name: _typed(table, name, value) for name, value in zip(names, line, strict=True)} for line in lines]
    for start in range(0, len(rows), AT_ONCE):
        into.execute(insert(table), rows[start : start + AT_ONCE])
    return len(rows)


def _lines(archive: tarfile.TarFile, table: Table) -> Iterator[list[Any]]:
    for line in _read(archive, f"tables/{table.name}.jsonl").decode("utf-8", "surrogatepass").split("\n"):
        if line:
            yield json.loads(line)


def _typed(table: Table, name: str, value: Any) -> Any:
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, UTCDateTime | DateTime):  # the second: of tables as they were, read from the database
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Time):
        return time.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def count_on() -> None:
    """Let PostgreSQL's counters go on after the ids that were given; SQLite does so by itself."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in tables():
        for column in table.primary_key.columns:
            if column.autoincrement is True or (column.autoincrement == "auto" and column.type.python_type is int):
                _next_after(table.name, column.name)


def _next_after(table: str, column: str) -> None:
    sequence = db.session.scalar(select(func.pg_get_serial_sequence(f'"{table}"', column)))
    if sequence is not None:
        last = select(func.max(text(f'"{column}"'))).select_from(text(f'"{table}"'))
        db.session.execute(select(func.setval(sequence, func.coalesce(last.scalar_subquery(), 1))))


def has_tables() -> bool:
    """Whether the database has been set up at all."""
    return inspect(db.engine).has_table("event")
