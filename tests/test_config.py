import stat
from pathlib import Path

import pytest

from inser_events.config import ConfigError, Oidc, settings_from


def settings(folder: Path, **variables: str) -> object:
    return settings_from({"INSER_INSTANCE": str(folder), **variables})


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    found = settings_from({"INSER_INSTANCE": str(tmp_path)})
    assert (found.database_url, found.base_url, found.redis_url, found.smtp_url) == (
        f"sqlite:///{tmp_path / 'inser.db'}",
        "http://127.0.0.1:8000",
        "",
        "",
    )


def test_a_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first, second = (settings_from({"INSER_INSTANCE": str(tmp_path)}).secret_key for _ in range(2))
    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("INSER_DATABASE_URL", "mysql://localhost/x"),
        ("INSER_DATABASE_URL", "nonsense"),
        ("INSER_REDIS_URL", "http://localhost"),
        ("INSER_REDIS_URL", "localhost:6379"),
        ("INSER_SECRET_KEY", "short"),
        ("INSER_REQUIRE_TWO_FACTOR", "perhaps"),
        ("INSER_TZDATA", "2026f"),
        ("INSER_BASE_URL", "events.example.org"),
        ("INSER_BASE_URL", "ftp://events.example.org"),
        ("INSER_BASE_URL", "https://example.org/events"),
        ("INSER_BASE_URL", "https://example.org?x=1"),
        ("INSER_SMTP_URL", "localhost"),
        ("INSER_SMTP_URL", "http://localhost"),
        ("INSER_MAIL_FROM", "nobody"),
        ("INSER_DATABASE_URL", "sqlite"),
        ("INSER_DATABASE_URL", "sqlite://"),
        ("INSER_DATABASE_URL", "sqlite:///:memory:"),
        ("INSER_DATABASE_URL", "postgresql://user:password@host:port/name"),
        ("INSER_REDIS_URL", "redis://"),
        ("INSER_REDIS_URL", "redis://localhost:port"),
        ("INSER_REDIS_URL", "redis://localhost/queue"),
        ("INSER_BASE_URL", "https://events.example.org:99999"),
        ("INSER_BASE_URL", "https://[::1"),
        ("INSER_BASE_URL", "https://somebody@events.example.org"),
        ("INSER_BASE_URL", "https://events example.org"),
        ("INSER_BASE_URL", "https://événements.example.org"),
        ("INSER_SMTP_URL", "smtp:"),
        ("INSER_SMTP_URL", "smtp://"),
        ("INSER_SMTP_URL", "smtp://localhost:port"),
        ("INSER_MAIL_FROM", "Soil\nBcc: all@example.org <events@example.org>"),
        ("INSER_MAIL_FROM", "Soil <events@example.org>, Water <water@example.org>"),
        ("INSER_MAIL_FROM", "Soil <soil events@example.org>"),
        ("INSER_CLOCK_OFFSET", "tomorrow"),
        ("INSER_CLOCK_OFFSET", "nan"),
        ("INSER_CLOCK_OFFSET", "1e12"),
    ],
)
def test_a_bad_value_refuses_to_start_and_names_the_variable(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{variable}: "):
        settings(tmp_path, **{variable: value})


def test_nobody_signs_with_a_secret_that_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(ConfigError, match=r"^INSER_SECRET_KEY: the secret in .* has less than 32 characters\.$"):
        settings(tmp_path)


def test_a_bad_value_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        settings(tmp_path, INSER_BASE_URL="nonsense")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("HTTPS://Events.Example.ORG:8443/", "https://events.example.org:8443"),
        (" https://events.example.org\n", "https://events.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_base_url_is_spelled_as_browsers_spell_an_origin(tmp_path: Path, value: str, address: str) -> None:
    found = settings_from({"INSER_INSTANCE": str(tmp_path), "INSER_BASE_URL": value})
    assert found.base_url == address


def test_an_instance_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"^INSER_INSTANCE: cannot use "):
        settings(tmp_path / "file")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_understood(tmp_path: Path, scheme: str) -> None:
    found = settings_from({"INSER_INSTANCE": str(tmp_path), "INSER_DATABASE_URL": f"{scheme}://u@h/d"})
    assert found.database_url == "postgresql+psycopg://u@h/d"


def test_a_slash_at_the_end_of_the_base_url_is_dropped(tmp_path: Path) -> None:
    found = settings_from({"INSER_INSTANCE": str(tmp_path), "INSER_BASE_URL": "https://events.example.org/"})
    assert found.base_url == "https://events.example.org"


OIDC = {"ISSUER": "https://login.example.org/realm", "CLIENT_ID": "inser", "CLIENT_SECRET": "secret"}


def oidc(folder: Path, **values: str) -> object:
    return settings_from(
        {"INSER_INSTANCE": str(folder)} | {f"INSER_OIDC_{name}": value for name, value in {**OIDC, **values}.items()}
    ).oidc


def test_the_organisations_sign_in_is_called_by_its_host_where_it_has_no_name(tmp_path: Path) -> None:
    assert oidc(tmp_path) == Oidc("https://login.example.org/realm", "inser", "secret", "login.example.org")
    assert oidc(tmp_path, NAME="Soil Institute") == Oidc(
        "https://login.example.org/realm", "inser", "secret", "Soil Institute"
    )
    assert settings_from({"INSER_INSTANCE": str(tmp_path)}).oidc is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLIENT_ID", ""),
        ("CLIENT_SECRET", ""),
        ("ISSUER", ""),
        ("ISSUER", "http://login.example.org"),
        ("ISSUER", "login.example.org"),
        ("ISSUER", "https://login.example.org/?a=b"),
    ],
)
def test_half_of_an_organisations_sign_in_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"INSER_OIDC_{name}"):
        oidc(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("value", "required"), [("", False), ("no", False), ("yes", True), ("1", True), ("TRUE", True)]
)
def test_a_second_step_may_be_required(tmp_path: Path, value: str, required: bool) -> None:
    found = settings_from({"INSER_INSTANCE": str(tmp_path), "INSER_REQUIRE_TWO_FACTOR": value})
    assert found.require_two_factor is required
