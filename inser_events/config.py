"""Settings from the environment. A bad value refuses to start and names the variable."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent
"""Where templates/ and static/ are: inside the package in a wheel, beside it in a checkout."""

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
VARIABLES = {
    "INSER_INSTANCE": "folder that holds all state: database, secret, queue, uploads (default: instance/)",
    "INSER_DATABASE_URL": "sqlite:///… or postgresql://… (default: SQLite in the instance folder)",
    "INSER_REDIS_URL": "redis://… for the job queue and rate limits (default: none, queue embedded in the server)",
    "INSER_SECRET_KEY": "secret of at least 32 characters (default: made on first start, kept in the instance folder)",
    "INSER_BASE_URL": "address people open, as in https://events.example.org (default: http://127.0.0.1:8000)",
    "INSER_SMTP_URL": "smtp://user:password@host:587 or smtps://… (default: none, mails become files in mail/)",
    "INSER_MAIL_FROM": "sender of all mails (default: INSER events <events@localhost>)",
}


class ConfigError(Exception):
    """A setting is unusable; the message names the variable."""


@dataclass(frozen=True)
class Settings:
    """Everything the application is told from outside."""

    instance: Path
    database_url: str
    redis_url: str
    secret_key: str
    base_url: str
    smtp_url: str
    mail_from: str
    testing: bool = False

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def uploads(self) -> Path:
        """Folder of re-encoded pictures and attached documents."""
        return self.instance / "uploads"


def settings_from(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the environment; create the instance folder and its secret. Raises ConfigError."""
    instance = _instance(environ.get("INSER_INSTANCE", ""))
    return Settings(
        instance=instance,
        database_url=_database_url(environ.get("INSER_DATABASE_URL", ""), instance),
        redis_url=_url("INSER_REDIS_URL", environ.get("INSER_REDIS_URL", ""), {"redis", "rediss", "unix"}),
        secret_key=_secret(environ.get("INSER_SECRET_KEY", ""), instance),
        base_url=_base_url(environ.get("INSER_BASE_URL", "")),
        smtp_url=_url("INSER_SMTP_URL", environ.get("INSER_SMTP_URL", ""), {"smtp", "smtps"}),
        mail_from=_sender(environ.get("INSER_MAIL_FROM", "")),
    )


def _instance(value: str) -> Path:
    default = Path.cwd() if ROOT == PACKAGE else ROOT
    path = Path(value).expanduser().resolve() if value else default / "instance"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"INSER_INSTANCE: cannot use {path}: {error.strerror}."
        raise ConfigError(message) from error
    if not os.access(path, os.W_OK):
        message = f"INSER_INSTANCE: {path} is not writable."
        raise ConfigError(message)
    return path


def _database_url(value: str, instance: Path) -> str:
    if not value:
        return f"sqlite:///{instance / 'inser.db'}"
    scheme = value.split(":", 1)[0]
    if scheme == "sqlite":
        return value
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return "postgresql+psycopg:" + value.split(":", 1)[1]
    message = f"INSER_DATABASE_URL: {scheme}: is not supported; use sqlite:///… or postgresql://…"
    raise ConfigError(message)


def _url(variable: str, value: str, schemes: set[str]) -> str:
    if value and urlsplit(value).scheme not in schemes:
        message = f"{variable}: must start with {' or '.join(sorted(s + '://' for s in schemes))}."
        raise ConfigError(message)
    return value


def _base_url(value: str) -> str:
    if not value:
        return "http://127.0.0.1:8000"
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        message = f"INSER_BASE_URL: {value} is not an address like https://events.example.org."
        raise ConfigError(message)
    if parts.path not in {"", "/"}:
        message = "INSER_BASE_URL: a path is not supported; give the product a host name of its own."
        raise ConfigError(message)
    return value.rstrip("/")


def _sender(value: str) -> str:
    if not value:
        return "INSER events <events@localhost>"
    if "@" not in parseaddr(value)[1]:
        message = f"INSER_MAIL_FROM: {value} is not a mail address."
        raise ConfigError(message)
    return value


def _secret(value: str, instance: Path) -> str:
    minimum = 32
    if value:
        if len(value) < minimum:
            message = f"INSER_SECRET_KEY: needs at least {minimum} characters."
            raise ConfigError(message)
        return value
    path = instance / "secret"
    try:
        # "x": two processes starting at once must not each make their own secret.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return path.read_text().strip()
