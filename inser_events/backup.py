"""An instance in one file: every table, the uploads and the secret, apart from any database system.

A gzipped tar with ``meta.json`` (format, migration, when), ``tables/<name>.jsonl`` (one row a line: a list of values in
the order of its first line, which names the columns), ``uploads/…`` and ``secret``. What was saved from SQLite can be
restored into PostgreSQL, and the other way round. Mails waiting as files and the queue are not part of it: the outbox
is, and its sweep queues again what has not left.
"""

import base64
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, inspect, select, text
from sqlalchemy.types import Date, LargeBinary

from inser_events import migrating
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import UTCDateTime, db, expect_writing
from inser_events.errors import Refused

FORMAT = 1
AT_ONCE = 500
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
    """Write the instance to *path*, readable by its owner only; return how many rows. Raises UnusableBackup."""
    partial = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb") as file:
            rows = _write(file, settings, progress)
        partial.replace(path)
    except OSError as error:
        raise UnusableBackup(f"{path}: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return rows


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
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def check(path: Path) -> None:
    """Raise UnusableBackup unless *path* looks like a backup."""
    with _opened(path) as archive:
        _revision(archive)


def restore_tables(path: Path, *, replace: bool = False, progress: Progress = lambda _table: None) -> int:
    """Fill the tables from a backup, without committing; return how many rows. Raises UnusableBackup, NotEmpty."""
    with _opened(path) as archive:
        return _restored(archive, replace=replace, progress=progress)


def restore_files(path: Path, settings: Settings) -> None:
    """Put back the uploads, and the secret with which links and tickets were signed. Raises UnusableBackup."""
    with _opened(path) as archive:
        secret = _read(archive, "secret").decode()
        for member in archive.getmembers():
            if member.name.startswith("uploads/") and member.isfile():
                _put_back(archive, member, settings.instance)
    if secret != settings.secret_key:
        (settings.instance / "secret").write_text(secret + "\n")


def _put_back(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one upload. By hand: Debian 12's Python has no filters that keep a hostile archive inside the folder."""
    target = (folder / member.name).resolve()
    content = archive.extractfile(member)
    if content is None or not target.is_relative_to((folder / "uploads").resolve()):
        message = f"{member.name} leads out of the folder of uploads."
        raise UnusableBackup(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """The archive. Whatever is wrong with it is told as UnusableBackup."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except OSError as error:
        raise UnusableBackup(f"{path}: {error.strerror or 'not a backup of this product'}.") from error
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError) as error:
        raise UnusableBackup(f"{path}: not a backup of this product.") from error


def _restored(archive: tarfile.TarFile, *, replace: bool, progress: Progress) -> int:
    revision = _revision(archive)
    if revision != migrating.revision():
        raise UnusableBackup(f"{archive.name!s}: it has the tables of another version of the product ({revision}).")
    if not replace and holds_data():
        raise NotEmpty
    total = 0
    for table in reversed(tables()):
        db.session.execute(table.delete())
    for table in tables():
        total += _fill(table, _lines(archive, table))
        progress(table.name)
    _count_on()
    return total


def _revision(archive: tarfile.TarFile) -> str | None:
    """The migration that the backup was made with."""
    meta = json.loads(_read(archive, "meta.json"))
    if meta["format"] != FORMAT:
        raise UnusableBackup(f"{archive.name!s}: made by another version of the product.")
    revision: str | None = meta["revision"]
    return revision


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


def _lines(archive: tarfile.TarFile, table: Table) -> Iterator[list[Any]]:
    for line in _read(archive, f"tables/{table.name}.jsonl").decode("utf-8", "surrogatepass").split("\n"):
        if line:
            yield json.loads(line)


def _fill(table: Table, lines: Iterator[list[Any]]) -> int:
    names = next(lines)
    if unknown := set(names) - set(table.columns.keys()):
        raise KeyError(unknown)
    rows = [{name: _typed(table, name, value) for name, value in zip(names, line, strict=True)} for line in lines]
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(table), rows[start : start + AT_ONCE])
    return len(rows)


def _typed(table: Table, name: str, value: Any) -> Any:
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _count_on() -> None:
    """Let PostgreSQL's counters go on after the restored ids; SQLite does so by itself."""
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
