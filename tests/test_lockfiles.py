"""What is installed is pinned and hashed, comes from wherever the machine is told to look, and is not in git."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"[a-z0-9][a-z0-9.-]*==\S+( ; .+)?( --hash=sha256:[0-9a-f]{64})+")


def requirements(lock: Path) -> list[str]:
    """The requirements of a lock file, one string each, without comments and line breaks."""
    lines = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]
    return [" ".join(entry.split()) for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def names(lock: str) -> set[str]:
    return {line.partition("==")[0] for line in requirements(ROOT / "requirements" / lock)}


def npm_packages() -> dict[str, dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return packages


def test_each_kind_of_requirement_has_its_lock() -> None:
    assert [lock.name for lock in LOCKS] == ["build.txt", "dev.txt", "node.txt", "runtime.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_python_requirement_is_pinned_and_hashed(lock: Path) -> None:
    assert [line for line in requirements(lock) if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_python_locks_name_no_registry_and_no_folder(lock: Path) -> None:
    assert re.findall(r"\S+://\S*|--(?:index|extra-index|find|trusted)\S*|\S+ @ \S+", lock.read_text()) == []


def test_locks_agree_where_they_overlap() -> None:
    pins: dict[str, set[str]] = {}
    for lock in LOCKS:
        for line in requirements(lock):
            name, _, version = line.split(" ")[0].partition("==")
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_every_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[<>=!~ ;]", dependency)[0] for dependency in project["dependencies"]}
    assert wanted - names("runtime.txt") == set()


def test_the_lock_serves_the_oldest_python_of_debian_12() -> None:
    # redis imports it before Python 3.11.3 and Debian 12 has 3.11.2; a lock made with a later Python leaves it out.
    assert {"async-timeout", "redis"} - names("runtime.txt") == set()


def test_every_npm_package_is_hashed_and_none_names_a_registry() -> None:
    packages = {path: package for path, package in npm_packages().items() if path}
    assert [path for path, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [path for path, package in packages.items() if "resolved" in package] == []
    assert re.findall(r"\S*registry\S*", (ROOT / "package-lock.json").read_text()) == []


def test_npm_lock_is_the_lock_of_package_json() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    locked = npm_packages()
    assert {kind: locked[""][kind] for kind in ("dependencies", "devDependencies")} == {
        kind: package[kind] for kind in ("dependencies", "devDependencies")
    }
    wanted = package["dependencies"] | package["devDependencies"]
    assert wanted == {name: locked[f"node_modules/{name}"]["version"] for name in wanted}


def tracked_files() -> list[str]:
    """Every file that git tracks or would add."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_no_installed_code_is_in_git() -> None:
    folders = {"node_modules", "site-packages", "vendor", ".venv"}
    kinds = (".ttf", ".otf", ".woff", ".woff2", ".wasm", ".whl", ".min.js", ".min.css")
    tracked = tracked_files()
    assert [name for name in tracked if folders & set(Path(name).parts) or name.endswith(kinds)] == []
