"""What is refused is said in the reader's language: no sentence of a refusal stands past the catalogue."""

import ast
from collections.abc import Iterator

import pytest

from inser_events.config import PACKAGE
from inser_events.errors import Refused
from tests.test_layers import MODULES

TO_PROGRAMS = {
    "backup.py", "jobs.py", "serving.py", "terminal.py", "api/together.py", "checkin/uploads.py",
    "documents/calendar_reading.py",
    "registration/replies/errors.py", "registration/replies/operations.py", "people/tables.py",
}  # fmt: skip
"""Read on a command line or by a device, which have no language of their own."""
PAGES = [
    path for path in MODULES if path.name != "commands.py" and path.relative_to(PACKAGE).as_posix() not in TO_PROGRAMS
]


def refusals(root: type[Exception] = Refused) -> Iterator[str]:
    for one in root.__subclasses__():
        yield one.__name__
        yield from refusals(one)


def is_sentence(node: ast.AST) -> bool:
    """Whether it is words for a person, written down as they are: not a key, not what `_` has looked up."""
    if isinstance(node, ast.JoinedStr):
        return any(is_sentence(part) for part in node.values)
    if isinstance(node, ast.IfExp):
        return is_sentence(node.body) or is_sentence(node.orelse)
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return " " in node.value and any(letter.isalpha() for letter in node.value)


def plain_words(tree: ast.AST, names: set[str]) -> Iterator[int]:
    """The lines at which a refusal is given words that nobody translates."""
    for scope in ast.walk(tree):
        if isinstance(scope, ast.ClassDef) and scope.name in names:
            yield from words_of(scope, lambda call: ast.unparse(call.func) == "super().__init__")
        elif isinstance(scope, ast.FunctionDef):
            yield from words_of(scope, lambda call: isinstance(call.func, ast.Name) and call.func.id in names)


def words_of(scope: ast.AST, is_refusal: object) -> Iterator[int]:
    assert callable(is_refusal)
    calls = [node for node in ast.walk(scope) if isinstance(node, ast.Call) and is_refusal(node)]
    variables = {arg.id for call in calls for arg in call.args if isinstance(arg, ast.Name)}
    yield from (arg.lineno for call in calls for arg in call.args if is_sentence(arg))
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and is_sentence(node.value):
            yield from (node.lineno for name in node.targets if isinstance(name, ast.Name) and name.id in variables)


@pytest.mark.usefixtures("app")
def test_every_refusal_a_page_may_show_goes_through_the_catalogue() -> None:
    names = set(refusals())
    found = {
        (path.relative_to(PACKAGE).as_posix(), line)
        for path in PAGES
        for line in plain_words(ast.parse(path.read_text()), names)
    }
    assert not found, sorted(found)


def test_words_past_the_catalogue_are_seen() -> None:
    code = 'def act():\n    words = "No seat left."\n    raise Full(words)\n    raise Full(_("No seat left."))\n'
    assert list(plain_words(ast.parse(code), {"Full"})) == [2]
