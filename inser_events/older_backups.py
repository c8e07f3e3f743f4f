"""A backup that an older version made, as this version would have made it.

Its tables are filled apart from the instance, in a SQLite file that has them as they were, and the migrations bring
that up to date, whatever database the instance has. So nothing here has changed yet when something goes wrong.
"""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import MetaData

from inser_events import database, migrating
from inser_events.backup import back_up, fill, made_with, opened
from inser_events.config import Settings
from inser_events.database import db, only_reading


@contextmanager
def brought_up_to_date(path: Path, settings: Settings) -> Iterator[Path]:
    """Inside, a backup with the rows of *path* in today's tables; its uploads are in *path* only.

    Raises UnusableBackup.
    """
    with opened(path) as archive:
        revision = made_with(archive)
    if revision is None or revision == migrating.last_revision():
        yield path
        return
    db.session.remove()  # whoever may write waits for those who do, in any database
    # Beside the instance's data, where there is room for it and nobody else looks.
    with TemporaryDirectory(prefix="restoring-", dir=settings.instance) as name:
        folder = Path(name)
        apart = replace(settings, instance=folder, database_url=f"sqlite:///{folder / 'inser.db'}")
        with opened(path) as archive:
            today = _today(archive, revision, apart)
        yield today


def _today(archive: tarfile.TarFile, revision: str, settings: Settings) -> Path:
    apart = Flask(__name__)
    database.init_app(apart, settings)
    with apart.app_context():
        try:
            migrating.bring_up_to(revision)
            _fill(archive)
            migrating.bring_up_to("head")
            path = settings.instance / "today.tar.gz"
            with only_reading():
                back_up(path, settings)
        finally:
            db.session.remove()
            db.engine.dispose()
    return path


def _fill(archive: tarfile.TarFile) -> None:
    before = MetaData()
    before.reflect(db.engine)
    with db.engine.begin() as connection:
        for table in before.sorted_tables:
            if table.name != "alembic_version":
                fill(table, archive, connection)
