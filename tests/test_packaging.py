"""A wheel, built through the source distribution as an installer would, is the whole product."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Building packs 70 MB of fonts; in one group it happens once, whatever the number of workers.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]

SERVE_A_PAGE = """
import re, sys
from pathlib import Path
import inser_events
assert Path(inser_events.__file__).is_relative_to(sys.argv[1]), inser_events.__file__
client = inser_events.create_app().test_client()
page = client.get("/")
sheet = re.search(r'<link rel="stylesheet" href="([^"]+)"', page.get_data(as_text=True))[1]
script = re.search(r'<script type="module" src="([^"]+)"', page.get_data(as_text=True))[1]
for path in ("/healthz", "/", sheet, script):
    answer = client.get(path)
    print(answer.status_code, answer.mimetype, len(answer.data) > 0)
"""


def run(*words: str | Path, **environment: str) -> str:
    """Run Python outside the checkout; return what it printed."""
    command = [sys.executable, *(str(word) for word in words)]
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("INSER_", "PYTHON"))}
    done = subprocess.run(command, cwd="/", env=settings | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel."""
    (wheel,) = built.glob("*.whl")
    return wheel


def files_under(folder: str) -> set[str]:
    """Every file of the checkout in a folder, as a path from the root, without what Python leaves behind."""
    paths = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(ROOT).as_posix() for path in paths}


def test_the_wheel_holds_package_templates_and_static_files_and_nothing_else(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    beside = files_under("templates") | files_under("static")
    assert inside == files_under("inser_events") | {f"inser_events/{path}" for path in beside}


def test_the_wheel_holds_what_is_installed_from_npm(wheel: Path) -> None:
    vendor = {Path(name).parts[3] for name in zipfile.ZipFile(wheel).namelist() if "/static/vendor/" in name}
    assert vendor == {"event-calendar", "fonts", "fonts-print", "htmx", "idb", "zxing-wasm"}


def test_the_source_distribution_holds_what_the_wheel_is_built_from(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        top = {Path(name).parts[1] for name in tar.getnames()}
    parts = {"LICENSE", "README.md", "inser_events", "pyproject.toml", "static", "templates"}
    assert top == parts | {".gitignore", "PKG-INFO"}


def test_the_wheel_names_its_command_and_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert info["entry_points.txt"].split("\n")[:2] == [
        "[console_scripts]",
        "inser-events = inser_events.__main__:main",
    ]
    assert "License-Expression: Apache-2.0" in info["METADATA"].splitlines()


def test_the_installed_wheel_serves_a_page_with_its_style_sheet_and_script(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    run("-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target", target, wheel)
    settings = {"PYTHONPATH": str(target), "INSER_INSTANCE": str(tmp_path / "instance")}
    run("-m", "inser_events", "db", "upgrade", **settings)
    assert run("-c", SERVE_A_PAGE, target, **settings).splitlines() == [
        "200 text/plain True",
        "200 text/html True",
        "200 text/css True",
        "200 text/javascript True",
    ]
