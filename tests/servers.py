"""Real servers for tests, started from what the machine has: PostgreSQL, Redis, an SMTP server."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tests.command_line import wait_until_listening


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postgres_programs() -> Path | None:
    """The folder of initdb and postgres, newest version first; Debian keeps it out of PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """Start a PostgreSQL of our own in a temporary folder; yield its address without a database name.

    PostgreSQL refuses to run as root, so root hands over to the account that Debian's package made.
    """
    folder = Path(mkdtemp(prefix="inser-pg-"))
    data, port = folder / "data", free_port()
    as_other: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_other = [shutil.which("runuser") or "/usr/sbin/runuser", "-u", "postgres", "--"]
    folder.chmod(0o700)

    def run(*words: str) -> None:
        subprocess.run([*as_other, *words], check=True, capture_output=True, cwd="/")

    run(str(programs / "initdb"), "-D", str(data), "-U", "inser", "-A", "trust", "-E", "UTF8", "--no-locale")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=80"
    run(str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg://inser@127.0.0.1:{port}"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def redis_program() -> str | None:
    """Redis, or the server that goes on under its licence of before."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


@contextmanager
def redis(program: str, folder: Path) -> Iterator[str]:
    """Start a Redis of our own that keeps nothing; yield its address."""
    folder.mkdir()
    port = free_port()
    words = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        wait_until_listening(process, port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(30)
