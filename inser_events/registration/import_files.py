"""Tables waiting to be imported, as files beside the uploads; gone once imported, dropped or a day old."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from flask_babel import gettext as _

from inser_events.clock import now
from inser_events.config import Settings
from inser_events.documents.tables import Table, UnreadableTable
from inser_events.progress import Progress

KEPT_SECONDS = 24 * 3600
REASON = "What is wrong"
"""Heading of the column of reasons; an import leaves it out."""


def folder_of(settings: Settings) -> Path:
    """Where the tables are."""
    return settings.uploads / "imports"


def keep_table(settings: Settings, uid: str, table: Table) -> None:
    """Keep a table until it is imported."""
    folder = folder_of(settings)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{uid}.json").write_bytes(msgspec.json.encode([table.header, table.rows, table.numbers]))


def keep_faulty(settings: Settings, uid: str, problems: Mapping[int, str]) -> None:
    """Keep the rows of a kept table that could not be imported, with what is wrong; *problems* by number of the row."""
    header, rows = with_reasons(kept_table(settings, uid), problems)
    content = msgspec.json.encode([header, rows, list(problems)])
    (folder_of(settings) / f"{uid}.faulty.json").write_bytes(content)


def with_reasons(table: Table, problems: Mapping[int, str]) -> tuple[list[str], list[list[str]]]:
    """Headings and the rows with problems, these in a column of their own."""
    numbered = zip(table.numbers, table.rows, strict=True)
    return [*table.header, REASON], [[*row, problems[number]] for number, row in numbered if number in problems]


def kept_table(settings: Settings, uid: str, *, faulty: bool = False) -> Table:
    """A table that was kept, or its rows that were faulty. Raises UnreadableTable when it is gone."""
    try:
        content = (folder_of(settings) / (f"{uid}.faulty.json" if faulty else f"{uid}.json")).read_bytes()
    except OSError as error:
        raise UnreadableTable(_("This file is not here any more. Choose it once again.")) from error
    header, rows, numbers = msgspec.json.decode(content)
    return Table(header, rows, numbers)


def drop_table(settings: Settings, uid: str) -> None:
    """Delete a table and what was noted of its progress."""
    (folder_of(settings) / f"{uid}.json").unlink(missing_ok=True)
    progress_of(settings, uid).forget()


def progress_of(settings: Settings, uid: str) -> Progress:
    """How many rows are done."""
    return Progress(folder_of(settings) / f"{uid}.progress")


def drop_old(settings: Settings) -> None:
    """Delete what nobody came back for."""
    oldest = now().timestamp() - KEPT_SECONDS
    for path in folder_of(settings).glob("*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
