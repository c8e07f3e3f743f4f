"""The layers of docs/architecture.md: who may import whom, where commits stand, which names are banned."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from inser_events.config import PACKAGE
from inser_events.domains import ORDER

GROUND = {
    "addresses", "audit", "clock", "config", "country_names", "database", "documents", "errors", "jobs", "journal",
    "languages", "lately", "lean", "logs", "mail", "progress", "smtp", "terminal", "tokens", "web",
}  # fmt: skip
TOP = {
    "__init__", "__main__", "api", "backup", "commands", "demo", "doctor", "domains", "migrating", "migrations",
    "older_backups", "serving",
}  # fmt: skip
LAYERS = {
    "models": 0, "errors": 0, "snapshot": 0, "access": 1, "queries": 1,
    "operations": 2, "exports": 3, "forms": 3, "views": 4, "manage_views": 4, "commands": 4,
}  # fmt: skip
"""Height of the file names that every domain shares; a domain's other files stand where their imports allow."""
BANNED = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base"}
HEAVY = {
    "weasyprint": "documents/engine.py",
    "xlsxwriter": "documents/sheets.py",
    "qrcode": "documents/qr.py",
    "pypdfium2": "documents/raster.py",
    "nh3": "documents/richtext.py",
    "icalendar": "documents/calendar_reading.py",
    "openpyxl": "documents/tables.py",
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def parts_of(path: Path) -> tuple[str, ...]:
    return path.relative_to(PACKAGE).with_suffix("").parts


def imports_of(path: Path) -> Iterator[tuple[str, ...]]:
    """Our own modules that a file imports, each as its path inside the package."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "inser_events":
            base = tuple((node.module or "").split(".")[1:])
            for alias in node.names:
                inner = PACKAGE.joinpath(*base, alias.name)
                is_module = inner.with_suffix(".py").is_file() or (inner / "__init__.py").is_file()
                yield (*base, alias.name) if is_module else base


def rank(part: str) -> int:
    """How far right a part of the package stands."""
    if part in GROUND:
        return 0
    return 1 + ORDER.index(part) if part in ORDER else 100


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(parts_of(path)))
def test_a_module_imports_only_leftwards_and_downwards(path: Path) -> None:
    here = parts_of(path)
    wrong = []
    for there in imports_of(path):
        if not there or there == here:
            continue
        if rank(there[0]) > rank(here[0]):
            wrong.append((here, there))
        same_domain = here[0] == there[0] and here[0] in ORDER and len(here) > 1 and len(there) > 1
        if same_domain and LAYERS.get(here[1], 9) < LAYERS.get(there[1], 0):
            wrong.append((here, there))
    assert wrong == []


def test_every_part_of_the_package_has_its_place() -> None:
    parts = {parts_of(path)[0] for path in MODULES}
    assert parts - GROUND - TOP - set(ORDER) == set()


def test_no_cycles() -> None:
    graph = {parts_of(path): {there for there in imports_of(path) if there} for path in MODULES}
    done: set[tuple[str, ...]] = set()

    def visit(module: tuple[str, ...], trail: tuple[tuple[str, ...], ...]) -> None:
        assert module not in trail, f"cycle: {trail[trail.index(module) :]}"
        if module not in done:
            for there in graph.get(module, ()):
                visit(there, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_no_deferred_imports_of_our_own_modules() -> None:
    deferred = [
        f"{path.name}:{node.lineno}"
        for path in MODULES
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("inser_events")
    ]
    assert deferred == []


def _code_of(path: Path) -> str:
    """A file's names, without its comments and texts."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return " ".join(getattr(node, "id", getattr(node, "attr", getattr(node, "name", ""))) or "" for node in nodes)


def test_commits_stand_at_the_edge_only() -> None:
    edge = {("database",), ("jobs",)}
    wrong = [
        "/".join(parts_of(path))
        for path in MODULES
        if re.search(r"\bcommit\b", _code_of(path)) and parts_of(path) not in edge and path.stem != "commands"
    ]
    assert wrong == []


def test_operations_never_see_the_request() -> None:
    seeing = [
        "/".join(parts_of(path))
        for path in MODULES
        if parts_of(path)[0] in ORDER
        and parts_of(path)[-1] in {"operations", "queries", "models", "access"}
        and re.search(r"from flask import .*\b(request|session)\b", path.read_text())
    ]
    assert seeing == []


def test_names_that_say_nothing_are_not_used() -> None:
    assert [path for path in MODULES if path.stem in BANNED] == []


@pytest.mark.parametrize("library", sorted(HEAVY))
def test_heavy_libraries_have_one_place(library: str) -> None:
    pattern = re.compile(rf"^\s*(from|import) {library}\b", re.MULTILINE)
    places = ["/".join(path.relative_to(PACKAGE).parts) for path in MODULES if pattern.search(path.read_text())]
    assert places == [HEAVY[library]]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(parts_of(path)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    longest = max(((f.end_lineno or 0) - f.lineno + 1 for f in functions), default=0)
    assert (text.count("\n") <= 400, longest <= 60) == (True, True)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(parts_of(path)))
def test_exceptions_to_the_rules_give_a_reason(path: Path) -> None:
    bare = [
        line
        for line in path.read_text().splitlines()
        if re.search(r"# noqa: [A-Z0-9, ]+$", line) or re.search(r"# type: ignore\[[^]]+\]$", line)
    ]
    assert bare == []
