"""Empty databases for tests: a copy of an empty SQLite file, or an emptied PostgreSQL of our own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from inser_events import create_app
from inser_events.database import Model, commit, db
from tests.servers import postgres, postgres_programs
from tests.settings import settings_for


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(settings_for(folder))
    with app.app_context():
        db.create_all()
        commit()
        db.session.remove()
        db.engine.dispose()
    return folder / "inser.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL server of our own; tests that ask for it are skipped where there is none."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt install postgresql")
    with postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> str:
    """A PostgreSQL database with all tables; `emptied` empties it."""
    engine = create_engine(f"{postgres_server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE suite"))
    engine.dispose()
    return f"{postgres_server}/suite"


def emptied(url: str) -> str:
    """Make every table anew if one is missing, else empty them all."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        Model.metadata.create_all(connection)
        names = ", ".join(f'"{table.name}"' for table in Model.metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database of the kind the suite runs on."""
    return database_of_kind(request.config.getoption("--database"), request, tmp_path)


def database_of_kind(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """Address of an empty database: ``sqlite`` in *folder*, or ``postgresql``."""
    if kind == "postgresql":
        return emptied(request.getfixturevalue("postgres_database"))
    shutil.copy(request.getfixturevalue("empty_sqlite"), folder / "inser.db")
    return f"sqlite:///{folder / 'inser.db'}"
