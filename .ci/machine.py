"""What the set-up may do to the machine it runs on: commands, messages, stamps, system packages, libraries."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"

SYSTEMS = {"apt": "Debian, Ubuntu", "dnf": "Fedora", "brew": "macOS"}
INSTALL_VERBS = {"apt": "sudo apt-get install", "dnf": "sudo dnf install", "brew": "brew install"}
# What each part is called by these package managers.
SYSTEM_PACKAGES = {
    "venv": {"apt": "python3-venv", "dnf": "python3", "brew": "python"},
    "print": {
        "apt": "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        "dnf": "pango harfbuzz",
        "brew": "pango",
    },
    "browser": {"apt": "chromium", "dnf": "chromium", "brew": "chromium"},
    "postgresql": {"apt": "postgresql", "dnf": "postgresql-server", "brew": "postgresql@15"},
    "redis": {"apt": "redis-server", "dnf": "redis", "brew": "redis"},
}

# The libraries WeasyPrint opens, as the dynamic linkers of Linux and of macOS name them.
PRINT_LIBRARIES = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
    "GObject": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "HarfBuzz-subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "Fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
}
# Homebrew's folders are not on the dynamic linker's own path; "" is that path.
LIBRARY_FOLDERS = ("", "/opt/homebrew/lib/", "/usr/local/lib/")


# --- commands and messages --------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Tell the person at the terminal, at once even when the output is a file."""
    print(text, flush=True)


def stop(text: str) -> NoReturn:
    """Give up with one clear message and exit status 1."""
    print(text, file=sys.stderr, flush=True)
    raise SystemExit(1)


def run(*command: str | Path, cwd: Path = ROOT, quiet: bool = False, **environment: str) -> bool:
    """Run a command without standard input; return whether it exists and succeeded."""
    sink = subprocess.DEVNULL if quiet else None
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def output_of(*command: str | Path) -> str:
    """Return what a command printed, stripped; empty when it failed or does not exist."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def pip_install(*arguments: str | Path) -> bool:
    """Install into .venv exactly what is named, without looking for more; return whether it worked."""
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input")
    return run(*pip, "install", "-qq", "--no-deps", *arguments)


def pip_install_locked(lock: str) -> bool:
    """Install a lock file of requirements/: pinned, hashed, whole.

    The few packages that exist only as source are built with the tools of build.txt; left alone, pip would fetch
    tools that nobody pinned.
    """
    built_here = ("--no-build-isolation", "--use-pep517")
    return pip_install("--require-hashes", *built_here, "--requirement", ROOT / "requirements" / lock)


# --- stamps: what was made, and from what, so that a second run has nothing to do -------------------------------------


def digest(*parts: Path | str) -> str:
    """Return a short hash of the given files' contents and words."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        total.update(b"\0")
    return total.hexdigest()[:20]


def is_done(step: str, key: str) -> bool:
    """Whether the step was completed for exactly this key."""
    stamp = STAMPS / step
    return stamp.is_file() and stamp.read_text() == key


def mark_done(step: str, key: str) -> None:
    """Remember that the step is complete for this key."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(key)


# --- system packages --------------------------------------------------------------------------------------------------


def superuser() -> list[str] | None:
    """Return the words to put before a command that needs root; None when we may not be root."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run("sudo", "-n", "true", quiet=True):
        return ["sudo", "-n"]
    return None


def install_system(*parts: str) -> bool:
    """Install the parts with apt when we may; return whether that worked."""
    prefix = superuser()
    if prefix is None or not shutil.which("apt-get"):
        return False
    packages = [package for part in parts for package in SYSTEM_PACKAGES[part]["apt"].split()]
    say(f"Installing Debian packages: {' '.join(packages)}")
    # RUNLEVEL=1 keeps Debian from starting the databases it installs: the tests start their own.
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-qq", "-y"]
    install = [*apt, "install", "--no-install-recommends", *packages]
    # Where the package lists are fresh the first try is enough; a new machine has none and needs them first.
    return run(*install, quiet=True) or (run(*apt, "update") and run(*install))


def how_to_install(what: str, *parts: str) -> str:
    """Return the message that names what is missing and the exact command for each system."""
    lines = [f"Missing: {what}.", "Install it, then run the same command again:"]
    for manager, system in SYSTEMS.items():
        packages = " ".join(SYSTEM_PACKAGES[part][manager] for part in parts)
        lines.append(f"    {system + ':':<16} {INSTALL_VERBS[manager]} {packages}")
    return "\n".join(lines)


def missing_print_libraries() -> list[str]:
    """Return the names of the libraries for PDF documents that the dynamic linker does not find."""
    return [name for name, files in PRINT_LIBRARIES.items() if not any(can_open(file) for file in files)]


def can_open(library: str) -> bool:
    """Whether a shared library can be opened, from the linker's path or Homebrew's."""
    for folder in LIBRARY_FOLDERS:
        try:
            ctypes.CDLL(folder + library)
        except OSError:
            continue
        return True
    return False
