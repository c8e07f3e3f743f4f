"""One table of cases decides for both engines: Python's and the scanner's."""

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inser_events.checkin.devices import door_of
from inser_events.checkin.models import Outcome
from inser_events.checkin.rules import Case, Passage, Undone, decide, decide_undo

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests/vectors/checkin_rules.json").read_text())


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"].replace(" ", "_")) for case in cases]


def case_from(values: dict[str, Any]) -> Case:
    door = values["door"]
    read: dict[str, Any] = {
        **values,
        "at": datetime.fromisoformat(values["at"]),
        "door": None if door is None else door_of(door.get("direction", "both"), door),
    }
    for name in ("before", "after"):
        if name in values:
            read[name] = Passage(**values[name])
    return Case(**read)


@pytest.mark.parametrize("vector", named(VECTORS["cases"]))
def test_python_decides_as_the_table_says(vector: dict[str, Any]) -> None:
    assert decide(case_from(vector["case"])) == vector["outcome"]


@pytest.mark.parametrize("vector", named(VECTORS["undo"]))
def test_python_takes_back_as_the_table_says(vector: dict[str, Any]) -> None:
    target = vector["target"]
    if target is not None:
        times = {name: datetime.fromisoformat(target[name]) for name in ("at", "until")}
        target = Undone(**{**target, **times})
    assert decide_undo(target, datetime.fromisoformat(vector["at"])) == vector["outcome"]


def test_every_outcome_has_a_case() -> None:
    assert {vector["outcome"] for vector in VECTORS["cases"]} == {str(outcome) for outcome in Outcome}


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here; the browser test runs the same table")
def test_javascript_decides_as_the_table_says() -> None:
    script = """
        const { decide, decideUndo } = await import(process.argv[1]);
        const { cases, undo } = JSON.parse(process.argv[2]);
        const said = [...cases.map((vector) => decide(vector.case)), ...undo.map((v) => decideUndo(v.target, v.at))];
        console.log(JSON.stringify(said));
    """
    module = (ROOT / "static/js/scan/rules.js").as_uri()
    said = node(script, module, json.dumps(VECTORS))
    assert said == [vector["outcome"] for vector in [*VECTORS["cases"], *VECTORS["undo"]]]


def node(script: str, *arguments: str) -> Any:
    """Run a module in Node and read the JSON it prints."""
    command = ["node", "--no-warnings", "--experimental-default-type=module", "--input-type=module", "-e", script]
    run = subprocess.run([*command, "--", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
