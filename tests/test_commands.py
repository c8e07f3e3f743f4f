"""The command line as a whole. Bad input: one clear line on stderr, exit 2, nothing changed."""

import re
import socket
from pathlib import Path

import pytest

from tests.command_line import run


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with its tables, in which nothing is."""
    folder = tmp_path_factory.mktemp("instance")
    assert run(folder, "db", "upgrade").returncode == 0
    return folder


def test_help_names_our_commands_and_no_others(instance: Path) -> None:
    listed = set(re.findall(r"^  ([a-z]+) ", run(instance, "--help").stdout.split("Commands:")[1], re.MULTILINE))
    assert listed >= {
        "backup",
        "badges",
        "db",
        "demo",
        "doctor",
        "members",
        "registrations",
        "restore",
        "serve",
        "user",
    }
    assert listed & {"openapi", "roles", "users", "limiter", "run", "shell", "routes"} == set()


def test_db_has_one_command(instance: Path) -> None:
    assert re.findall(r"^  ([a-z]+) ", run(instance, "db", "--help").stdout.split("Commands:")[1], re.MULTILINE) == [
        "upgrade"
    ]


def test_the_upgrade_can_be_repeated(instance: Path) -> None:
    again = run(instance, "db", "upgrade")
    assert (again.returncode, again.stdout, again.stderr) == (0, "The database is up to date.\n", "")


def test_the_version_is_told(instance: Path) -> None:
    assert re.fullmatch(r"inser-events, version \d+\.\d+\.\d+\n", run(instance, "--version").stdout)


BAD = [
    (["nonsense"], "No such command 'nonsense'."),
    (["serve", "--port", "99999"], "Invalid value for '--port': 99999 is not in the range 1<=x<=65535."),
    (["serve", "--workers", "many"], "Invalid value for '--workers': 'many' is not a valid integer range."),
    (["demo", "--port", "0"], "Invalid value for '--port': 0 is not in the range 1<=x<=65535."),
    (["user", "create", "nobody"], "Check the address: it should look like name@example.org."),
    (["user", "create"], "Missing argument 'EMAIL'."),
    (["members", "import", "nope", "x.csv"], "There is no network “nope”."),
    (["members", "export", "nope"], "There is no network “nope”."),
    (["members", "import"], "Missing argument 'NETWORK'."),
    (["backup"], "Missing argument 'FILE'."),
    (["backup", "/nowhere/at/all.tar.gz"], "There is no folder /nowhere/at."),
    (["backup", "/dev"], "Invalid value for 'FILE': File '/dev' is a directory."),
    (["backup", ""], ". is a folder. Name a file in it."),
    (["restore", "/nowhere.tar.gz"], "/nowhere.tar.gz: No such file or directory."),
    (["restore", __file__], f"{__file__}: not a backup of this product."),
]


@pytest.mark.parametrize(
    ("arguments", "message"), BAD, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_bad_input_is_one_line_and_exit_2(instance: Path, arguments: list[str], message: str) -> None:
    result = run(instance, *arguments)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"inser-events: {message}\n")


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_told_in_one_line(instance: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(instance, command, "--port", port)
    said = (
        f"inser-events: Cannot listen on 127.0.0.1:{port}: Address already in use. Choose another port with --port.\n"
    )
    assert (result.returncode, result.stdout, result.stderr) == (2, "", said)


@pytest.mark.parametrize("command", [["serve", "--port", "8179"], ["worker"]], ids=["serve", "worker"])
def test_on_an_empty_database_nothing_is_started(tmp_path: Path, command: list[str]) -> None:
    result = run(tmp_path, *command)
    said = "inser-events: The database is not up to date. Run: inser-events db upgrade\n"
    assert (result.returncode, result.stderr) == (2, said)


def test_missing_tables_are_told_in_one_line(tmp_path: Path) -> None:
    result = run(tmp_path, "members", "export", "inser")
    said = "inser-events: The database is not up to date. Run: inser-events db upgrade\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", said)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:////nowhere/x.db", "unable to open database file"),
        (
            "postgresql://u@127.0.0.1:1/x",
            'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused',
        ),
    ],
)
def test_a_database_that_is_not_there_is_told_in_one_line(tmp_path: Path, url: str, reason: str) -> None:
    result = run(tmp_path, "db", "upgrade", INSER_DATABASE_URL=url)
    said = f"inser-events: The database does not answer: {reason}. Run: inser-events doctor\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", said)


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (["members", "export", "nope"], {}, "There is no network “nope”."),
        (["doctor"], {"INSER_REDIS_URL": "x"}, "INSER_REDIS_URL: must start with redis:// or rediss:// or unix://."),
    ],
)
def test_flasks_own_command_line_tells_it_in_one_line_too(
    instance: Path, arguments: list[str], variables: dict[str, str], message: str
) -> None:
    result = run(instance, "--app", "inser_events", *arguments, module="flask", **variables)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"Error: {message}\n")


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    result = run(tmp_path, "doctor", INSER_DATABASE_URL="mysql://x")
    assert (result.returncode, result.stderr) == (
        2,
        "inser-events: INSER_DATABASE_URL: mysql: is not supported; use sqlite:///… or postgresql://…\n",
    )
