"""The one clock. Everything asks `now()`; a demo or a test can move it. And the zones in which it is shown."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

from inser_events.config import OFFSET_VARIABLE

_fixed: ContextVar[datetime | None] = ContextVar("clock_fixed", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC, to the second's microsecond."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    return datetime.now(UTC) + _offset()


def _offset() -> timedelta:
    return timedelta(seconds=float(os.environ.get(OFFSET_VARIABLE) or 0))


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The IANA zones this machine knows. Looking for them reads hundreds of files."""
    return frozenset(available_timezones())


def use_packaged_zones() -> None:
    """Take the rules of time zones from the package tzdata from now on, whatever the machine has."""
    reset_tzpath(to=())
    ZoneInfo.clear_cache()
    zone_names.cache_clear()


@contextmanager
def fixed_at(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at an aware *moment* for the current context. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        message = "the clock needs an aware datetime"
        raise ValueError(message)
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _fixed.reset(token)
