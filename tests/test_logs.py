"""The log: one JSON object a line, without the secrets of private addresses."""

import json
import logging
from collections.abc import Iterator

import pytest

from inser_events import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Give pytest its handlers back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def entries(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_entry_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    logging.getLogger("inser_events").warning("mail server does not answer")
    entry = entries(capsys)[0]
    assert (entry["event"], entry["level"]) == ("mail server does not answer", "warning")


@pytest.mark.parametrize(
    "path", ["/tickets/CBDEFGHIJKLNRTUVCBDEFGHIJKLNRT/edit", "/reset/abc.def", "/B/CBDEF", "/slots/CBDEFG"]
)
def test_secrets_of_addresses_are_blotted_out(capsys: pytest.CaptureFixture[str], path: str) -> None:
    logs.set_up()
    secret = path.split("/")[2]
    logging.getLogger("inser_events").error("failed at %s", path, extra={"path": path})
    logging.getLogger("inser_events").error("failed", exc_info=ValueError(path))
    assert secret not in json.dumps(entries(capsys))
