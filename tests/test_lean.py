"""Parts of libraries that nobody uses stay out of memory."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from inser_events.lean import without


def test_what_is_hidden_looks_as_if_it_were_not_installed_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some_driver.py").write_text("SPEED = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    with without("some_driver"), pytest.raises(ImportError):
        import_module("some_driver")
    assert import_module("some_driver").SPEED == 3


def test_what_is_loaded_already_stays() -> None:
    with without("json"):
        assert import_module("json").loads("1") == 1


def test_a_server_without_redis_loads_neither_its_driver_nor_terminal_colours(tmp_path: Path) -> None:
    code = "import sys, inser_events; print(sorted({'redis', 'rich', 'psycopg'} & set(sys.modules)))"
    own = {name: value for name, value in os.environ.items() if not name.startswith("INSER_")}
    environment = {**own, "INSER_INSTANCE": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"
