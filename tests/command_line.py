"""Running ``inser-events`` as people do: a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def run(folder: Path, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on the instance in *folder*, with the environment's INSER_ settings replaced."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("INSER_")}
    return subprocess.run(
        [sys.executable, "-m", "inser_events", *map(str, arguments)],
        env={**own, "INSER_INSTANCE": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
