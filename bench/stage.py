"""What the measurements stand on: instances with the events they need, made once and copied for each."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text

from bench import events
from bench.servers import Server, call, product, serving
from inser_events import create_app
from inser_events.config import settings_from
from inser_events.database import commit, db
from tests.servers import postgres, postgres_programs

OURS = "INSER_"


@dataclass(frozen=True)
class Instance:
    """An instance of the product: its folder and its database."""

    folder: Path
    database_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What tells a process of the product to use it; whatever else the caller has set is put aside."""
        ours = {name: "" for name in os.environ if name.startswith(OURS)}
        return ours | {"INSER_INSTANCE": str(self.folder), "INSER_DATABASE_URL": self.database_url}

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """The application over this instance, inside its context; what was written is committed."""
        app = create_app(settings_from(self.environment))
        with app.app_context():
            try:
                yield app
                commit()
            finally:
                db.session.remove()
                db.engine.dispose()

    @contextmanager
    def served(self, path: str = "/") -> Iterator[Server]:
        """The product serving this instance."""
        words = product("serve", "--port", "{port}")
        with serving(words, self.environment, path, self.folder / "server.log") as server:
            yield server


class Stage:
    """Everything the measurements share. ``quick``: smaller numbers, shorter rounds."""

    def __init__(self, folder: Path, stack: ExitStack, *, quick: bool, on_postgres: bool) -> None:
        self.folder, self.quick = folder, quick
        self._stack, self._on_postgres = stack, on_postgres
        self._count = 0

    @property
    def rounds(self) -> int:
        """How often each of two is measured, by turns."""
        return 3 if self.quick else 5

    @property
    def seconds(self) -> float:
        """How long one round of one load takes."""
        return 0.3 if self.quick else 1.0

    @cached_property
    def database(self) -> str:
        """Where the tables are, for people."""
        return "PostgreSQL" if self._on_postgres else "SQLite"

    @cached_property
    def hello(self) -> Server:
        """The bare Flask, running until the end."""
        from_here = Instance(self._folder("hello"), self._postgres and f"{self._postgres}/postgres")
        words = [sys.executable, "-m", "bench.hello", "{port}"]
        log = from_here.folder / "server.log"
        return self._stack.enter_context(serving(words, from_here.environment, "/", log))

    def instance(self) -> Instance:
        """A fresh copy of the template."""
        self._count += 1
        name = f"copy{self._count}"
        folder = self.folder / name
        shutil.copytree(self._template.folder, folder)
        if not self._postgres:
            return Instance(folder)
        self._create_database(name, "TEMPLATE template_bench")
        return Instance(folder, f"{self._postgres}/{name}")

    @cached_property
    def _template(self) -> Instance:
        """An instance with the events of `bench.events`, migrated as users do it."""
        url = self._postgres and f"{self._postgres}/template_bench"
        if url:
            self._create_database("template_bench")
        made = Instance(self._folder("template"), url)
        call(product("db", "upgrade"), made.environment)
        with made.opened():
            events.fill()
        return made

    @cached_property
    def _postgres(self) -> str:
        """Address of a PostgreSQL server of our own; empty on SQLite."""
        if not self._on_postgres:
            return ""
        programs = postgres_programs()
        if programs is None:
            raise SystemExit("No PostgreSQL here: apt install postgresql")
        return self._stack.enter_context(postgres(programs))

    def _create_database(self, name: str, more: str = "") -> None:
        engine = create_engine(f"{self._postgres}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} {more}"))
        engine.dispose()

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)  # a row may have failed half-way
        return folder
