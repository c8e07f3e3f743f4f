"""Make a checkout ready to run or to test. Standard library only: it runs before anything is installed.

    python3 .ci/setup.py run       what the product needs: .venv, pinned packages, system libraries, static/vendor
    python3 .ci/setup.py test      the same, and what the tests need: tools, a browser, PostgreSQL, Redis
    python3 .ci/setup.py check     what linters, type checks and tests of the layers need
    python3 .ci/setup.py vendor    only .venv and static/vendor

Each part leaves a stamp with a hash of what it was made from, so that a second run has nothing to do. System packages
are installed only as root, or through sudo where it asks for no password; otherwise the exact command is printed and
the exit status is 1.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine import (
    PYTHON,
    ROOT,
    VENV,
    digest,
    how_to_install,
    install_system,
    is_done,
    mark_done,
    missing_print_libraries,
    pip_install,
    pip_install_locked,
    run,
    say,
    stop,
)
from vendor import install_vendor

OLDEST_PYTHON = (3, 11)
RUN_LOCKS = ("build.txt", "runtime.txt")  # in this order: building comes first
TEST_LOCKS = (*RUN_LOCKS, "dev.txt")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(arguments: list[str]) -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog=".ci/setup.py", description="Make this checkout ready to run or to test.")
    parser.add_argument("goal", choices=["run", "test", "check", "vendor"])
    goal = parser.parse_args(arguments).goal
    with one_at_a_time():
        ensure_venv()
        if goal != "vendor":
            install_python_packages(RUN_LOCKS if goal == "run" else TEST_LOCKS)
            compile_translations()
            ensure_print_libraries()
        if goal != "check":
            install_vendor()
        if goal == "test":
            ensure_browser()
            ensure_databases()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let two `make` in one checkout wait for each other instead of installing over each other."""
    with (ROOT / ".ci" / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this checkout; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Python -----------------------------------------------------------------------------------------------------------


def ensure_venv() -> None:
    """Create .venv, unless a working one of a new enough Python is there."""
    if is_usable_venv():
        return
    if importlib.util.find_spec("ensurepip") is None and not install_system("venv"):
        stop(how_to_install("the part of Python that makes virtual environments", "venv"))
    say(f"Creating .venv with Python {'.'.join(str(part) for part in sys.version_info[:3])}")
    shutil.rmtree(VENV, ignore_errors=True)
    if not run(sys.executable, "-m", "venv", VENV):
        stop(how_to_install("the part of Python that makes virtual environments", "venv"))


def is_usable_venv() -> bool:
    """Whether .venv has a Python that starts, is new enough and has pip."""
    return run(PYTHON, "-c", f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})", quiet=True)


def install_python_packages(locks: tuple[str, ...]) -> None:
    """Install the locked requirements, then the project itself so that `inser-events` is a command of .venv."""
    for lock in locks:
        key = digest(ROOT / "requirements" / lock)
        if is_done(lock, key):
            continue
        say(f"Installing the Python packages of requirements/{lock}")
        if not pip_install_locked(lock):
            stop("pip could not install the pinned packages; its own message is above.")
        mark_done(lock, key)
    # The folder is part of the key: a checkout that was copied needs an editable install of its own.
    project = digest(ROOT / "pyproject.toml", str(ROOT))
    if not is_done("project", project):
        if not pip_install("--no-build-isolation", "--editable", ROOT):
            stop("pip could not install the project itself; its own message is above.")
        mark_done("project", project)


def compile_translations() -> None:
    """Make the catalogues of the interface's languages readable by machine, where they have changed."""
    catalogues = sorted((ROOT / "inser_events" / "translations").glob("*/LC_MESSAGES/*.po"))
    key = digest(*catalogues)
    if is_done("translations", key):
        return
    if not run(VENV / "bin" / "pybabel", "--quiet", "compile", "--directory", "inser_events/translations"):
        stop("The catalogues under inser_events/translations cannot be compiled; the message above says where.")
    mark_done("translations", key)


# --- system parts -----------------------------------------------------------------------------------------------------


def ensure_print_libraries() -> None:
    """Have the libraries that PDF documents need, or stop and say how to get them."""
    if missing_print_libraries():
        install_system("print")
    if missing := missing_print_libraries():
        stop(how_to_install(f"{', '.join(missing)} (for PDF documents)", "print"))


def ensure_browser() -> None:
    """Have a Chromium: the machine's, Debian's package, or the one Playwright fetches."""
    if any(shutil.which(name) for name in BROWSERS) or is_done("browser", "playwright"):
        return
    if install_system("browser"):
        return
    say("No Chromium on this machine; asking Playwright for its own")
    if not run(VENV / "bin" / "playwright", "install", "chromium"):
        stop(how_to_install("Chromium (for the browser tests)", "browser"))
    mark_done("browser", "playwright")


def ensure_databases() -> None:
    """Have PostgreSQL and Redis for the tests that need them; without them those tests say that they were skipped."""
    missing = []
    if not shutil.which("initdb") and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        missing.append("postgresql")
    if not shutil.which("redis-server"):
        missing.append("redis")
    if missing and not install_system(*missing):
        say(how_to_install(f"{' and '.join(missing)} (tests that need them will be skipped)", *missing))


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        stop("Python 3.11 or newer is needed; name one with `make PYTHON=python3.12 …`.")
    main(sys.argv[1:])
