"""Running ``inser-events`` as people do: a process of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event


def run(
    folder: Path, *arguments: object, module: str = "inser_events", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line on the instance in *folder*, with the environment's INSER_ settings replaced."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("INSER_")}
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env={**own, "INSER_INSTANCE": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def wait_until_listening(process: subprocess.Popen[bytes], port: int, *, tries: int = 600) -> None:
    """Come back when something answers at *port*, or fail when the process has ended."""
    pause = Event()
    for _ in range(tries):
        assert process.poll() is None, f"the process ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause.wait(0.05)
    raise TimeoutError(port)
