"""Reading what a device uploads. One bad scan spoils only itself."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inser_events.checkin.errors import UnreadableUpload, UnusableUpload, UploadTooLarge
from inser_events.checkin.models import Direction, Outcome

MOST_SCANS = 5_000
MOST_BYTES = 4 * 1024 * 1024
"""A day of 5,000 scans with long addresses in their codes stays below it."""

LONGEST_REASON = 200
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_OUTCOMES = frozenset(Outcome)


@dataclass(frozen=True, slots=True)
class Reported:
    """One scan as the device tells it. Text may hold anything JSON can carry, lone surrogates and NUL included."""

    id: str
    """In lower case."""
    sent_id: str
    checkpoint: str
    ticket: str
    direction: str
    device_time: datetime
    offline: bool
    shown: str
    reason: str
    undoes: str | None

    @property
    def fingerprint(self) -> str:
        """Hash of what cannot change when a scan is sent again.

        ``offline`` and ``shown`` may: the first attempt can reach the server without its answer reaching the device.
        """
        content = (self.checkpoint, self.ticket, self.direction, self.device_time.isoformat(), self.undoes or "")
        return hashlib.sha256("\x1f".join(content).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class BadScan:
    """An entry that is no scan. ``id``: what stood there, if anything."""

    id: Any
    detail: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A batch. ``sent_at``: the device's clock when it sent it; ``waiting``: scans it still keeps."""

    scans: Sequence[Reported | BadScan]
    sent_at: datetime | None = None
    waiting: int | None = None


def read_upload(body: bytes) -> Upload:
    """Read the JSON of an upload. Raises UnreadableUpload, UnusableUpload, UploadTooLarge."""
    if len(body) > MOST_BYTES:
        raise UploadTooLarge("Send at most 4 MB at once; the rest in a second upload.")
    try:
        # Bytes that are no UTF-8 must not cost the other scans of the batch.
        content = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise UnreadableUpload('The body must be JSON: {"scans": [ … ]}.') from None
    if not isinstance(content, dict) or not isinstance(content.get("scans"), list):
        raise UnusableUpload("“scans” must be a list.")
    scans = content["scans"]
    if len(scans) > MOST_SCANS:
        raise UploadTooLarge("Send at most 5,000 scans at once; the rest in a second upload.")
    waiting = content.get("waiting")
    return Upload(
        [read_scan(scan) for scan in scans],
        sent_at=read_time(content.get("sent_at")),
        waiting=min(waiting, 10**6) if type(waiting) is int and waiting >= 0 else None,
    )


def read_scan(value: Any) -> Reported | BadScan:
    """Read one entry."""
    if not isinstance(value, dict):
        return BadScan(None, "A scan is an object.")
    sent_id = value.get("id")
    detail, scanned_at = _fault(value), read_time(value.get("scanned_at"))
    if detail or scanned_at is None:
        return BadScan(sent_id, detail or "“scanned_at” must be a time like 2025-09-15T08:31:22Z.")
    shown, undoes = value.get("shown"), value.get("undoes")
    return Reported(
        id=value["id"].lower(),
        sent_id=value["id"],
        checkpoint=value["checkpoint"],
        ticket=value["ticket"],
        direction=value.get("direction") or Direction.IN,
        device_time=scanned_at,
        offline=value.get("offline") is True,
        shown=shown if isinstance(shown, str) and shown in _OUTCOMES else "",
        reason=str(value.get("reason") or "")[:LONGEST_REASON],
        undoes=undoes.lower() if isinstance(undoes, str) else None,
    )


def _fault(value: dict[str, Any]) -> str:
    """What is wrong with an entry; nothing when it is a scan."""
    return next((fault for name, is_good, fault in _FIELDS if not is_good(value.get(name))), "")


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


_FIELDS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("id", _is_uuid, "“id” must be a UUID made on the device."),
    ("checkpoint", lambda value: isinstance(value, str), "“checkpoint” must be the id of a checkpoint."),
    ("ticket", lambda value: isinstance(value, str), "“ticket” must be the text that was read."),
    ("direction", lambda value: value in (None, *Direction), "“direction” must be “in” or “out”."),
    ("offline", lambda value: value is None or isinstance(value, bool), "“offline” must be true or false."),
    ("undoes", lambda value: value is None or _is_uuid(value), "“undoes” must be the id of the scan it takes back."),
)


def read_time(value: Any) -> datetime | None:
    """An ISO 8601 moment in UTC; one without an offset is taken as UTC. None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def storable(text: str, longest: int) -> str:
    """*text* as every database can keep it: cut, with NUL and lone surrogates written as escapes."""
    return text[:longest].replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
