"""One table of cases decides for both engines: Python's and the scanner's."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from inser_events.checkin.devices import door_of
from inser_events.checkin.models import Outcome
from inser_events.checkin.rules import Case, Passage, Undone, decide, decide_undo
from inser_events.checkin.words import scanner_words
from tests.checkin.node import needs_node, node

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests/vectors/checkin_rules.json").read_text())


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"].replace(" ", "_")) for case in cases]


def case_from(values: dict[str, Any]) -> Case:
    door = values["door"]
    read: dict[str, Any] = {
        **values,
        "at": datetime.fromisoformat(values["at"]),
        "door": None
        if door is None
        else door_of(door.get("direction", "both"), door, ZoneInfo(door.get("zone", "UTC"))),
    }
    for name in ("before", "after"):
        if name in values:
            read[name] = Passage(**values[name])
    return Case(**read)


@pytest.mark.parametrize("vector", named(VECTORS["cases"]))
def test_python_decides_as_the_table_says(vector: dict[str, Any]) -> None:
    assert decide(case_from(vector["case"])) == (vector["outcome"], vector.get("detail", ""))


@pytest.mark.parametrize("vector", named(VECTORS["undo"]))
def test_python_takes_back_as_the_table_says(vector: dict[str, Any]) -> None:
    target = vector["target"]
    if target is not None:
        times = {name: datetime.fromisoformat(target[name]) for name in ("at", "until")}
        target = Undone(**{**target, **times})
    assert decide_undo(target, datetime.fromisoformat(vector["at"])) == vector["outcome"]


def test_every_outcome_has_a_case() -> None:
    assert {vector["outcome"] for vector in VECTORS["cases"]} == {str(outcome) for outcome in Outcome}


def test_every_detail_has_words_of_its_own(app: Flask) -> None:
    used = {vector["detail"] for vector in VECTORS["cases"] if "detail" in vector}
    with app.test_request_context():
        words = scanner_words()
    said = [words[f"why.{detail}"] for detail in sorted(used)]
    assert len(set(said)) == len(used)


@needs_node
def test_javascript_decides_as_the_table_says() -> None:
    script = """
        const { decide, decideUndo } = await scan("rules");
        const cases = given.cases.map((one) => decide(one.case)).map(({ outcome, detail }) => [outcome, detail]);
        done([...cases, ...given.undo.map((one) => decideUndo(one.target, one.at))]);
    """
    cases = [[vector["outcome"], vector.get("detail", "")] for vector in VECTORS["cases"]]
    assert node(script, VECTORS) == [*cases, *(vector["outcome"] for vector in VECTORS["undo"])]
