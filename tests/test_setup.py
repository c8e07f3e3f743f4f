"""The set-up script: what it does when a part is missing, and that it does nothing when none is."""

from pathlib import Path

import pytest

import machine
import setup
import vendor

NO_PANGO = """\
Missing: Pango, HarfBuzz-subset (for PDF documents).
Install it, then run the same command again:
    Debian, Ubuntu:  sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
    Fedora:          sudo dnf install pango harfbuzz
    macOS:           brew install pango
"""
NO_VENV = """\
Missing: the part of Python that makes virtual environments.
Install it, then run the same command again:
    Debian, Ubuntu:  sudo apt-get install python3-venv
    Fedora:          sudo dnf install python3
    macOS:           brew install python
"""


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Every command that would have been run; all of them succeed. Stamps go to an empty folder."""
    seen: list[str] = []

    def record(*command: str | Path, **_: object) -> bool:
        seen.append(" ".join(str(word) for word in command))
        return True

    for module in (machine, setup, vendor):
        if hasattr(module, "run"):
            monkeypatch.setattr(module, "run", record)
    monkeypatch.setattr(machine, "STAMPS", tmp_path / "stamps")
    return seen


@pytest.fixture
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not root, and no sudo on the machine."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")


@pytest.fixture
def root_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")


def test_missing_pango_stops_an_ordinary_user_with_the_exact_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ordinary_user: None, commands: list[str]
) -> None:
    monkeypatch.setattr(setup, "missing_print_libraries", lambda: ["Pango", "HarfBuzz-subset"])
    with pytest.raises(SystemExit) as stopped:
        setup.ensure_print_libraries()
    assert (stopped.value.code, capsys.readouterr().err, commands) == (1, NO_PANGO, [])


def test_missing_pango_is_installed_by_root(
    monkeypatch: pytest.MonkeyPatch, root_user: None, commands: list[str]
) -> None:
    monkeypatch.setattr(setup, "missing_print_libraries", lambda: [] if commands else ["Pango"])
    setup.ensure_print_libraries()
    apt = "env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -y install --no-install-recommends"
    assert commands == [f"{apt} libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"]


def test_sudo_is_used_when_it_asks_for_no_password(
    monkeypatch: pytest.MonkeyPatch, root_user: None, commands: list[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert machine.superuser() == ["sudo", "-n"]
    assert commands == ["sudo -n true"]


def test_sudo_that_asks_for_a_password_is_not_used(monkeypatch: pytest.MonkeyPatch, root_user: None) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(machine, "run", lambda *_, **__: False)
    assert machine.superuser() is None


def test_python_without_its_venv_part_stops_an_ordinary_user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ordinary_user: None, commands: list[str]
) -> None:
    monkeypatch.setattr(setup, "is_usable_venv", lambda: False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SystemExit) as stopped:
        setup.ensure_venv()
    assert (stopped.value.code, capsys.readouterr().err, commands) == (1, NO_VENV, [])


def test_installed_packages_are_not_installed_again(commands: list[str]) -> None:
    setup.install_python_packages(setup.RUN_LOCKS)
    assert [Path(command.split()[-1]).name for command in commands] == ["build.txt", "runtime.txt", machine.ROOT.name]
    commands.clear()
    setup.install_python_packages(setup.RUN_LOCKS)
    assert commands == []


def test_tests_add_only_their_own_packages_to_what_run_installed(commands: list[str]) -> None:
    setup.install_python_packages(setup.RUN_LOCKS)
    commands.clear()
    setup.install_python_packages(setup.TEST_LOCKS)
    assert [Path(command.split()[-1]).name for command in commands] == ["dev.txt"]


def test_every_package_is_installed_by_its_hash(commands: list[str]) -> None:
    setup.install_python_packages(setup.TEST_LOCKS)
    assert [" --require-hashes " in command for command in commands] == [True, True, True, False]
    assert [" --no-deps " in command for command in commands] == [True, True, True, True]


def test_a_machine_without_chromium_gets_playwrights_when_debians_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, ordinary_user: None, commands: list[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    setup.ensure_browser()
    assert commands == [f"{machine.VENV}/bin/playwright install chromium"]
    setup.ensure_browser()
    assert len(commands) == 1


def test_missing_databases_are_named_but_stop_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ordinary_user: None, commands: list[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/initdb" if name == "initdb" else None)
    setup.ensure_databases()
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "Missing: redis (tests that need them will be skipped)."


@pytest.mark.parametrize(
    ("node", "npm", "expected"),
    [
        ("v20.20.2", "10.8.2", ["npm"]),
        ("v18.0.0", "8.6.0", ["npm"]),
        ("v16.20.0", "8.19.4", None),
        ("v20.20.2", "", None),
        ("", "", None),
    ],
)
def test_npm_is_the_machines_own_or_that_of_the_python_package(
    monkeypatch: pytest.MonkeyPatch, node: str, npm: str, expected: list[str] | None
) -> None:
    installed: list[str] = []

    def install(lock: str) -> bool:
        installed.append(lock)
        return True

    answers = {"node": node, "npm": npm, str(machine.PYTHON): "/wheel"}
    monkeypatch.setattr(vendor, "output_of", lambda *command: answers[str(command[0])])
    monkeypatch.setattr(vendor, "pip_install_locked", install)
    from_wheel = ["/wheel/bin/node", "/wheel/lib/node_modules/npm/bin/npm-cli.js"]
    assert vendor.find_npm() == (expected or from_wheel)
    assert installed == ([] if expected else ["node.txt"])


def test_a_stamp_holds_for_one_key_only(commands: list[str]) -> None:
    machine.mark_done("step", "key")
    assert [machine.is_done("step", key) for key in ("key", "other")] == [True, False]
    assert machine.is_done("other step", "key") is False


def package(modules: Path, *names: str) -> None:
    for name in names:
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(name)


def test_vendor_folder_holds_what_the_patterns_name_and_the_licences(tmp_path: Path) -> None:
    modules, target = tmp_path / "node_modules", tmp_path / "static"
    package(modules, "@a/one/dist/x/1.js", "@a/one/LICENSE", "@a/two/dist/x/2.js", "@a/two/dist/x/2.css", "b/b.js")
    package(target, "left-over.js")
    vendor.replace_folder(target, modules, ["@a/*/dist/./x/*.js", "b/./b.js"])
    found = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    assert found == ["b.js", "licences/one/LICENSE", "x/1.js", "x/2.js"]


def test_a_pattern_that_names_nothing_stops_and_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    package(tmp_path / "static", "there.js")
    with pytest.raises(SystemExit):
        vendor.replace_folder(tmp_path / "static", tmp_path / "node_modules", ["gone/./*.js"])
    assert [path.name for path in (tmp_path / "static").iterdir()] == ["there.js"]


def test_every_vendor_folder_is_ignored_by_git() -> None:
    folders = {"/".join(target.split("/")[:2]) for target in vendor.targets()}
    ignored = (machine.ROOT / ".gitignore").read_text().splitlines()
    assert {f"/{folder}/" for folder in folders} - set(ignored) == set()


def test_vendor_folders_that_are_there_are_not_installed_again(commands: list[str]) -> None:
    machine.mark_done("vendor", machine.digest(machine.ROOT / "package.json", machine.ROOT / "package-lock.json"))
    vendor.install_vendor()
    assert commands == []


def test_a_vendor_folder_that_was_removed_is_installed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, commands: list[str]
) -> None:
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text('{"vendor": {"static/vendor/b": ["b/./b.js"]}}')
    package(tmp_path / "node_modules", "b/b.js")
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    monkeypatch.setattr(vendor, "VENV", tmp_path)
    monkeypatch.setattr(vendor, "fetch_packages", lambda _: tmp_path / "node_modules")
    machine.mark_done("vendor", machine.digest(tmp_path / "package.json", tmp_path / "package-lock.json"))
    vendor.install_vendor()
    assert (tmp_path / "static/vendor/b/b.js").read_text() == "b/b.js"
