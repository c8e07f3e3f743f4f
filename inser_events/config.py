"""Settings from the environment. A bad value refuses to start and names the variable."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import getaddresses, parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent
"""Where templates/ and static/ are: inside the package in a wheel, beside it in a checkout."""

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
HOST = re.compile(r"([a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(:[0-9]+)?", re.IGNORECASE | re.ASCII)
ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")
OFFSET_VARIABLE = "INSER_CLOCK_OFFSET"
"""Seconds added to the machine's clock; set by ``demo --live`` and inherited by every process it starts."""
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
CENTURY = 100 * 366 * 86_400
VARIABLES = {
    "INSER_INSTANCE": "folder that holds all state: database, secret, queue, uploads (default: instance/)",
    "INSER_DATABASE_URL": "sqlite:///… or postgresql://… (default: SQLite in the instance folder)",
    "INSER_REDIS_URL": "redis://… for the job queue and rate limits (default: none, queue embedded in the server)",
    "INSER_SECRET_KEY": "secret of at least 32 characters (default: made on first start, kept in the instance folder)",
    "INSER_BASE_URL": "address people open, as in https://events.example.org (default: http://127.0.0.1:8000)",
    "INSER_SMTP_URL": "smtp://user:password@host:587 or smtps://… (default: none, mails become files in mail/)",
    "INSER_MAIL_FROM": "sender of all mails (default: INSER events <events@localhost>)",
    "INSER_TZDATA": "package: time zone rules of the package tzdata, not of the system (default: system)",
    "INSER_REQUIRE_TWO_FACTOR": "yes: a password alone signs nobody in (default: no)",
    "INSER_OIDC_ISSUER": "https://… of the organisation's own sign-in, OpenID Connect (default: none)",
    "INSER_OIDC_CLIENT_ID": "the name this installation is registered under there",
    "INSER_OIDC_CLIENT_SECRET": "the secret that belongs to it",
    "INSER_OIDC_NAME": "what the organisation's sign-in is called on the button (default: its host name)",
}


class ConfigError(click.ClickException):
    """A setting is unusable; the message names the variable. Every command line tells it in one line."""

    exit_code = 2


@dataclass(frozen=True)
class Oidc:
    """The organisation's own sign-in (OpenID Connect): who vouches, and who we are there."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


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
    packaged_zones: bool = False
    require_two_factor: bool = False
    oidc: Oidc | None = None

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
    given = {name: value.strip() for name, value in environ.items() if name.startswith("INSER_")}
    _check_clock_offset(given.get(OFFSET_VARIABLE, ""))
    instance = _instance(given.get("INSER_INSTANCE", ""))
    return Settings(
        instance=instance,
        database_url=_database_url(given.get("INSER_DATABASE_URL", ""), instance),
        redis_url=_redis_url(given.get("INSER_REDIS_URL", "")),
        base_url=_base_url(given.get("INSER_BASE_URL", "")),
        smtp_url=_url("INSER_SMTP_URL", given.get("INSER_SMTP_URL", ""), {"smtp", "smtps"}),
        mail_from=_sender(given.get("INSER_MAIL_FROM", "")),
        packaged_zones=_packaged_zones(given.get("INSER_TZDATA", "")),
        require_two_factor=_yes("INSER_REQUIRE_TWO_FACTOR", given.get("INSER_REQUIRE_TWO_FACTOR", "")),
        oidc=_oidc(given),
        secret_key=_secret(given.get("INSER_SECRET_KEY", ""), instance),
    )


def _instance(value: str) -> Path:
    default = Path.cwd() if ROOT == PACKAGE else ROOT
    path = Path(value).expanduser().resolve() if value else default / "instance"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)  # in it are names and addresses of people
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
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        value = "postgresql+psycopg:" + value.partition(":")[2]
    elif scheme != "sqlite":
        message = f"INSER_DATABASE_URL: {scheme}: is not supported; use sqlite:///… or postgresql://…"
        raise ConfigError(message)
    try:
        url = make_url(value)
    except (ArgumentError, ValueError) as error:
        message = "INSER_DATABASE_URL: is not an address like sqlite:///… or postgresql://user:password@host/name."
        raise ConfigError(message) from error
    if scheme == "sqlite" and url.database in {None, "", ":memory:"}:
        message = "INSER_DATABASE_URL: names no file; for one in /var/lib it is sqlite:////var/lib/inser.db"
        raise ConfigError(message)
    return value


def _parts(variable: str, value: str) -> SplitResult:
    """An address in its parts, of which the port is a number. What it holds is not told: there may be a password."""
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError as error:
        message = f"{variable}: its host or port cannot be read."
        raise ConfigError(message) from error
    return parts


def _url(variable: str, value: str, schemes: set[str]) -> str:
    if not value:
        return value
    parts = _parts(variable, value)
    if parts.scheme not in schemes or not value.lower().startswith(f"{parts.scheme}://"):
        message = f"{variable}: must start with {' or '.join(sorted(s + '://' for s in schemes))}."
        raise ConfigError(message)
    if not parts.hostname and parts.scheme != "unix":
        message = f"{variable}: names no host."
        raise ConfigError(message)
    return value


def _redis_url(value: str) -> str:
    checked = _url("INSER_REDIS_URL", value, {"redis", "rediss", "unix"})
    if not checked.startswith("unix") and not re.fullmatch(r"/?[0-9]*", urlsplit(checked).path):
        message = "INSER_REDIS_URL: its database must be a number, as in redis://host:6379/0"
        raise ConfigError(message)
    return checked


def _base_url(value: str) -> str:
    """In small letters and without a slash at the end, as browsers name the origin of a page."""
    if not value:
        return "http://127.0.0.1:8000"
    parts = _parts("INSER_BASE_URL", value)
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(parts.netloc) or parts.query or parts.fragment:
        message = f"INSER_BASE_URL: {value} is not an address like https://events.example.org."
        raise ConfigError(message)
    if parts.path not in {"", "/"}:
        message = "INSER_BASE_URL: a path is not supported; give the product a host name of its own."
        raise ConfigError(message)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _yes(variable: str, value: str) -> bool:
    known = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}
    if value.strip().lower() not in known:
        message = f"{variable}: {value} is neither yes nor no."
        raise ConfigError(message)
    return known[value.strip().lower()]


def _packaged_zones(value: str) -> bool:
    known = {"": False, "system": False, "package": True}
    if value.lower() not in known:
        message = f"INSER_TZDATA: {value} is neither system nor package."
        raise ConfigError(message)
    return known[value.lower()]


def _oidc(environ: Mapping[str, str]) -> Oidc | None:
    """The organisation's sign-in; None where none is set. Half of one is refused: nobody should wonder where it is."""
    values = {name: environ.get(f"INSER_OIDC_{name}", "").strip() for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}
    if not any(values.values()):
        return None
    for name, value in values.items():
        if not value:
            message = f"INSER_OIDC_{name}: is needed when another INSER_OIDC_… is set."
            raise ConfigError(message)
    issuer = values["ISSUER"]
    parts = _parts("INSER_OIDC_ISSUER", issuer)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    safe = parts.scheme == "https" or (parts.scheme == "http" and local)
    if not safe or not parts.hostname or parts.query or parts.fragment:
        message = f"INSER_OIDC_ISSUER: {issuer} is not an address like https://login.example.org."
        raise ConfigError(message)
    name = environ.get("INSER_OIDC_NAME", "").strip() or parts.hostname
    return Oidc(issuer, values["CLIENT_ID"], values["CLIENT_SECRET"], name)


def _sender(value: str) -> str:
    if not value:
        return "INSER events <events@localhost>"
    name, address = parseaddr(value)
    # What the reader understood must be all there is: not the first of several, nor the half of a broken one.
    if not ADDRESS.fullmatch(address) or len(getaddresses([value])) > 1 or not (name + value).isprintable():
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
        # Exclusively: two processes starting at once must not each make their own secret.
        with suppress(FileExistsError), os.fdopen(os.open(path, NEW, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        message = f"INSER_SECRET_KEY: the secret in {path} cannot be read: {error}."
        raise ConfigError(message) from error
    if len(kept) < minimum:  # nothing would be signed with it that others could not sign
        message = f"INSER_SECRET_KEY: the secret in {path} has less than {minimum} characters."
        raise ConfigError(message)
    return kept


def _check_clock_offset(value: str) -> None:
    try:
        fits = abs(float(value or 0)) <= CENTURY
    except ValueError:
        fits = False
    if not fits:
        message = f"{OFFSET_VARIABLE}: {value} is not a number of seconds within a hundred years."
        raise ConfigError(message)
