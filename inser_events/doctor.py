"""What an instance needs and whether it has it; for everything missing, how to get it."""

import json
import os
import shutil
import smtplib
import socket
import sqlite3
import stat
import sys
import tempfile
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from inser_events import migrating
from inser_events.config import STATIC, Settings
from inser_events.database import db
from inser_events.documents.engine import pdf_problem
from inser_events.documents.fonts import fonts_problem
from inser_events.smtp import connected, server_of

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35)
"""The first with RETURNING, on which taking a seat relies."""
SECONDS = 5
MEGABYTE = 1024 * 1024
ENOUGH_DISK = 500 * MEGABYTE
OIDC_NEEDS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
VENDOR = ("zxing-wasm", "fonts", "htmx")


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what, how it is, and how to get it right."""

    level: Level
    what: str
    text: str
    remedy: str = ""


Check = Callable[[Settings], Finding]


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one after the other."""
    for check in _CHECKS:
        yield check(settings)


def _python(_settings: Settings) -> Finding:
    running = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        return Finding(Level.OK, "Python", running)
    return Finding(Level.PROBLEM, "Python", running, "Install Python 3.11 or newer. Debian: apt install python3")


def _time_zones(_settings: Settings) -> Finding:
    """Python reads the machine's rules first; governments change theirs faster than machines are updated."""
    year, number = version("tzdata").split(".")[:2]
    machine, known = _machine_rules(), f"{year}{chr(ord('a') + int(number) - 1)}"
    if not machine:
        return Finding(Level.OK, "Time zones", f"rules of {known}, from the package tzdata")
    if machine >= known:
        return Finding(Level.OK, "Time zones", f"rules of {machine}, from the system")
    text = f"rules of {machine} from the system, while {known} is known"
    return Finding(Level.WARNING, "Time zones", text, "Update the system's tzdata, or set INSER_TZDATA=package.")


def _machine_rules() -> str:
    """The release of the machine's time zone rules, such as ``2025b``; empty when it has none or does not say."""
    for folder in zoneinfo.TZPATH:
        try:
            with Path(folder, "tzdata.zi").open(encoding="ascii", errors="replace") as file:
                first = file.readline().split()
        except OSError:
            continue
        return first[-1] if first[:2] == ["#", "version"] else ""
    return ""


def _pango(_settings: Settings) -> Finding:
    problem = pdf_problem()
    if problem is None:
        return Finding(Level.OK, "PDF", "Pango and WeasyPrint work")
    said, _, remedy = problem.partition(". ")
    return Finding(Level.PROBLEM, "PDF", f"{said.rstrip('.')}.", remedy)


def _fonts(_settings: Settings) -> Finding:
    problem = fonts_problem()
    if problem is None:
        return Finding(Level.OK, "Fonts", "print fonts for every script are installed")
    return Finding(Level.WARNING, "Fonts", problem, "In a checkout: make run")


def _browser_parts(_settings: Settings) -> Finding:
    missing = [name for name in VENDOR if not (STATIC / "vendor" / name).is_dir()]
    if not missing:
        return Finding(Level.OK, "Browser side", "decoder, fonts and scripts are installed")
    text = f"{', '.join(missing)} missing from {STATIC / 'vendor'}"
    return Finding(Level.PROBLEM, "Browser side", text, "In a checkout: make run (it installs them from npm)")


def _database(settings: Settings) -> Finding:
    if settings.on_sqlite and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        remedy = "Use a Python with SQLite 3.35 or newer, or PostgreSQL by INSER_DATABASE_URL."
        return Finding(Level.PROBLEM, "Database", f"SQLite {sqlite3.sqlite_version} is too old", remedy)
    name = "SQLite" if settings.on_sqlite else "PostgreSQL"
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        current, wanted = migrating.revision(), migrating.last_revision()
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return Finding(Level.PROBLEM, "Database", f"{name} does not answer: {said}", "Check INSER_DATABASE_URL.")
    if current != wanted:
        state = "is empty" if current is None else f"has migration {current}, not {wanted}"
        return Finding(Level.PROBLEM, "Database", f"{name} {state}", "Run: inser-events db upgrade")
    return Finding(Level.OK, "Database", f"{name}, migrated")


def _disk(settings: Settings) -> Finding:
    where = f"instance folder {settings.instance}"
    try:
        with tempfile.TemporaryFile(dir=settings.instance):
            free = shutil.disk_usage(settings.instance).free
    except OSError as error:
        remedy = f"Run: chmod u+rwX {settings.instance}, or set INSER_INSTANCE to another folder."
        return Finding(Level.PROBLEM, "Disk", f"{where}: {error.strerror}", remedy)
    if free < ENOUGH_DISK:
        return Finding(Level.WARNING, "Disk", f"{where}: {free // MEGABYTE} MB left", "Make room on this disk.")
    return Finding(Level.OK, "Disk", f"{where} is writable, {free // MEGABYTE} MB free")


def _secret(settings: Settings) -> Finding:
    if os.environ.get("INSER_SECRET_KEY"):
        return Finding(Level.OK, "Secret", "set by INSER_SECRET_KEY")
    path = settings.instance / "secret"
    if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(Level.WARNING, "Secret", f"{path} can be read by other users", f"Run: chmod 600 {path}")
    return Finding(Level.OK, "Secret", f"kept in {path}")


def _base_url(settings: Settings) -> Finding:
    parts = urlsplit(settings.base_url)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme == "https":
        return Finding(Level.OK, "Base URL", settings.base_url)
    if local:
        remedy = "For others to reach it: INSER_BASE_URL=https://events.example.org"
        return Finding(Level.WARNING, "Base URL", f"{settings.base_url} works on this machine only", remedy)
    text = f"{settings.base_url} is not https: browsers give no camera to the scanner"
    remedy = "Put a web server with a certificate in front and set INSER_BASE_URL=https://…"
    return Finding(Level.PROBLEM, "Base URL", text, remedy)


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        text = f"no mail server: mails become files in {settings.instance / 'mail'}"
        return Finding(Level.WARNING, "Mail", text, "Set INSER_SMTP_URL=smtp://user:password@host:587")
    server = server_of(settings.smtp_url)
    where = f"{server.host}:{server.port}"
    try:
        with connected(server, SECONDS) as connection:
            connection.noop()
    except smtplib.SMTPResponseException as error:
        text = f"{where} refuses us: {error.smtp_code} {_decoded(error.smtp_error)}"
        return Finding(Level.PROBLEM, "Mail", text, "Check INSER_SMTP_URL.")
    except OSError as error:
        return Finding(Level.PROBLEM, "Mail", f"{where} does not answer: {_said(error)}", "Check INSER_SMTP_URL.")
    return Finding(Level.OK, "Mail", f"{where} answers, sender {settings.mail_from}")


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def _said(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    return str(error.strerror if isinstance(error, OSError) and error.strerror else error)


def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding(Level.OK, "Queue", "embedded in the server; no Redis needed")
    import redis  # noqa: PLC0415 — six megabytes that a server without Redis need not load

    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as server:
            server.ping()
    except (redis.RedisError, OSError) as error:
        return Finding(Level.PROBLEM, "Queue", f"Redis does not answer: {error}", "Check INSER_REDIS_URL.")
    return Finding(Level.OK, "Queue", "Redis answers")


def _organisation(settings: Settings) -> Finding:
    """The organisation's own sign-in must describe itself where OpenID Connect Discovery 1.0, section 4, says."""
    what, oidc = "Organisation's sign-in", settings.oidc
    if oidc is None:
        return Finding(Level.OK, what, "none is set; people sign in with passwords and passkeys")
    address = f"{oidc.issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 — the setting is checked to be https, or this machine
            found = json.load(answer)
        missing = [name for name in OIDC_NEEDS if not found.get(name)]
    except (OSError, ValueError, AttributeError) as error:
        return Finding(
            Level.PROBLEM, what, f"{address} does not answer as it should: {error}", "Check INSER_OIDC_ISSUER."
        )
    if found.get("issuer", "").rstrip("/") != oidc.issuer.rstrip("/"):
        text = f"{address} describes {found.get('issuer')}, not {oidc.issuer}"
        return Finding(Level.PROBLEM, what, text, "Set INSER_OIDC_ISSUER to exactly what it says.")
    if missing:
        return Finding(Level.PROBLEM, what, f"{address} lacks {', '.join(missing)}", "Ask those who run it.")
    back = f"{settings.base_url}/login/from/organisation"
    return Finding(Level.OK, what, f"{oidc.name} answers; it must know the address {back}")


_CHECKS: tuple[Check, ...] = (
    _python, _time_zones, _pango, _fonts, _browser_parts, _database, _disk, _secret, _base_url, _mail, _redis,
    _organisation,
)  # fmt: skip
