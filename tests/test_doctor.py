import socket
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from flask import Flask

from inser_events import doctor
from inser_events.config import Oidc, Settings
from inser_events.doctor import Level, examine
from inser_events.migrating import bring_up_to_date, drop_everything
from tests.accounts.provider import Provider, running
from tests.command_line import run
from tests.mailbox import mailbox


@pytest.fixture
def organisation() -> Iterator[Provider]:
    with running() as provider:
        yield provider


def with_oidc(settings: Settings, issuer: str) -> Settings:
    return replace(settings, oidc=Oidc(issuer, "inser", "secret", "Soil Institute"))


def test_the_organisations_sign_in_is_asked_who_it_is(settings: Settings, organisation: Provider) -> None:
    what = "Organisation's sign-in"
    back = "https://events.example.org/login/from/organisation"
    assert finding(settings, what)[0] is Level.OK
    assert finding(with_oidc(settings, organisation.issuer), what)[:2] == (
        Level.OK,
        f"Soil Institute answers; it must know the address {back}",
    )
    organisation.says_issuer = "https://elsewhere.example"
    level, text, remedy = finding(with_oidc(settings, organisation.issuer), what)
    assert (level, text.endswith(f"describes https://elsewhere.example, not {organisation.issuer}"), remedy) == (
        Level.PROBLEM,
        True,
        "Set INSER_OIDC_ISSUER to exactly what it says.",
    )


@pytest.mark.parametrize("path", ["/authorize", "/nothing"])
def test_an_organisations_sign_in_that_does_not_answer_is_a_problem(
    settings: Settings, organisation: Provider, path: str
) -> None:
    level, _text, remedy = finding(with_oidc(settings, organisation.issuer + path), "Organisation's sign-in")
    assert (level, remedy) == (Level.PROBLEM, "Check INSER_OIDC_ISSUER.")


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def finding(settings: Settings, what: str) -> tuple[Level, str, str]:
    found = next(one for one in examine(settings) if one.what == what)
    return found.level, found.text, found.remedy


def name_of_database(settings: Settings) -> str:
    return "SQLite" if settings.on_sqlite else "PostgreSQL"


def test_everything_that_is_not_well_says_how_to_get_it(settings: Settings) -> None:
    assert [one.what for one in examine(settings) if one.level is not Level.OK and not one.remedy] == []


def test_a_database_without_tables_is_a_problem_with_a_command(settings: Settings) -> None:
    drop_everything()
    assert finding(settings, "Database") == (
        Level.PROBLEM,
        f"{name_of_database(settings)} is empty",
        "Run: inser-events db upgrade",
    )


def test_a_migrated_database_is_well(settings: Settings) -> None:
    drop_everything()
    bring_up_to_date()
    assert finding(settings, "Database") == (Level.OK, f"{name_of_database(settings)}, migrated", "")


@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("https://events.example.org", Level.OK),
        ("http://127.0.0.1:8000", Level.WARNING),
        ("http://localhost:8000", Level.WARNING),
        ("http://events.example.org", Level.PROBLEM),
    ],
)
def test_the_camera_needs_https_except_at_home(settings: Settings, address: str, level: Level) -> None:
    assert finding(replace(settings, base_url=address), "Base URL")[0] is level


def test_without_a_mail_server_mails_become_files(settings: Settings) -> None:
    assert finding(settings, "Mail") == (
        Level.WARNING,
        f"no mail server: mails become files in {settings.instance / 'mail'}",
        "Set INSER_SMTP_URL=smtp://user:password@host:587",
    )


@pytest.mark.parametrize(("variable", "what"), [("SMTP", "Mail"), ("REDIS", "Queue")])
def test_a_server_that_does_not_answer_is_a_problem(settings: Settings, variable: str, what: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    silent = replace(settings, smtp_url=f"smtp://127.0.0.1:{port}", redis_url=f"redis://127.0.0.1:{port}")
    level, _text, remedy = finding(silent, what)
    assert (level, remedy) == (Level.PROBLEM, f"Check INSER_{variable}_URL.")


def test_a_mail_server_that_lets_us_in_is_fine(settings: Settings) -> None:
    with mailbox() as (_inbox, port):
        found = finding(replace(settings, smtp_url=f"smtp://127.0.0.1:{port}"), "Mail")
    assert found == (Level.OK, f"127.0.0.1:{port} answers, sender {settings.mail_from}", "")


def test_a_mail_server_that_does_not_know_the_password_is_a_problem(settings: Settings) -> None:
    with mailbox(authenticator=lambda *_: AuthResult(success=False, handled=False), auth_require_tls=False) as (
        _,
        port,
    ):
        found = finding(replace(settings, smtp_url=f"smtp://us:secret@127.0.0.1:{port}"), "Mail")
    refusal = f"127.0.0.1:{port} refuses us: 535 5.7.8 Authentication credentials invalid"
    assert found == (Level.PROBLEM, refusal, "Check INSER_SMTP_URL.")


def test_a_secret_others_can_read_is_a_warning(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSER_SECRET_KEY", raising=False)
    path = settings.instance / "secret"
    path.write_text("secret")
    path.chmod(0o644)
    assert finding(settings, "Secret")[::2] == (Level.WARNING, f"Run: chmod 600 {path}")
    path.chmod(0o600)
    assert finding(settings, "Secret")[0] is Level.OK


@pytest.mark.parametrize(
    ("first_line", "level"),
    [("# version 1999a\n", Level.WARNING), ("# version 9999z\n", Level.OK), ("", Level.OK), ("no rules", Level.OK)],
)
def test_time_zone_rules_older_than_those_known_are_a_warning(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_line: str, level: Level
) -> None:
    (tmp_path / "tzdata.zi").write_text(first_line)
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "nothing"), str(tmp_path)))
    assert finding(settings, "Time zones")[0] is level


@pytest.mark.parametrize(
    ("chosen", "rules"),
    [("package", "from the package tzdata"), ("system", "from the system"), ("", "from the system")],
)
def test_the_rules_of_time_zones_are_those_that_were_chosen(tmp_path: Path, chosen: str, rules: str) -> None:
    (tmp_path / "tzdata.zi").write_text("# version 9999z\n")
    said = run(tmp_path, "doctor", INSER_TZDATA=chosen, PYTHONTZPATH=str(tmp_path)).stdout
    assert [rules in line for line in said.splitlines() if "Time zones" in line] == [True]


def test_missing_pango_is_named_with_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "PDF needs Pango, which is not installed. Debian: apt install libpango-1.0-0"
    monkeypatch.setattr(doctor, "pdf_problem", lambda: said)
    assert finding(settings, "PDF") == (
        Level.PROBLEM,
        "PDF needs Pango, which is not installed.",
        "Debian: apt install libpango-1.0-0",
    )


def test_missing_browser_parts_are_a_problem(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "STATIC", tmp_path)
    assert finding(settings, "Browser side")[0] is Level.PROBLEM


def test_the_exit_status_tells_whether_something_is_missing(tmp_path: Path) -> None:
    assert run(tmp_path, "doctor").returncode == 1
    run(tmp_path, "db", "upgrade")
    assert run(tmp_path, "doctor").returncode == 0
