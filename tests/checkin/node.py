"""Running the scanner's modules in Node."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no Node here; the browser tests run the scanner")


def node(script: str, given: Any = None) -> Any:
    """Run a module with ``given`` and ``scan`` (imports a module of static/js/scan), read what it hands to ``done``."""
    whole = f"""
        const given = JSON.parse(process.argv[1]);
        const scan = (name) => import(`{(ROOT / "static/js/scan").as_uri()}/${{name}}.js`);
        const done = (value) => console.log(JSON.stringify(value));
        {script}
    """
    command = ["node", "--no-warnings", "--experimental-default-type=module", "--input-type=module", "-e", whole]
    run = subprocess.run([*command, "--", json.dumps(given)], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
