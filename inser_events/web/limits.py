"""Rate limits of public forms, counted in memory or, on several machines, in Redis."""

import threading
from time import time
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage

from inser_events.config import Settings

MOST_KEYS = 10_000


class RouteLimiter(Limiter):
    """Limits as routes and blueprints declare them; there are none for everything.

    The library looks before every request for limits of all kinds, and once more in the view for its own: for most
    requests the first look, a thirtieth of a registration's time, can find nothing.
    """

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:  # noqa: FBT001, FBT002 — the library's own signature
        of_blueprints = self.limit_manager._blueprint_limits  # noqa: SLF001 — known nowhere else
        if not in_middleware or request.blueprint in of_blueprints:
            super()._check_request_limit(callable_name, in_middleware)


limiter = RouteLimiter(get_remote_address)


def init_app(app: Flask) -> None:
    """Count where the settings say."""
    settings: Settings = app.extensions["settings"]
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or f"{Counters.STORAGE_SCHEME[0]}://"
    # While Redis is away each server counts for itself: nobody is kept out, and nobody may guess without end.
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(settings.redis_url)
    app.config["RATELIMIT_ENABLED"] = not settings.testing
    limiter.init_app(app)


class Counters(Storage):
    """Counts of this process, in fixed windows.

    The library's own storage in memory starts a thread with nearly every count, to forget old ones; under a rush of
    people that took a twentieth of the time. Here old ones are forgotten when there are many.
    """

    STORAGE_SCHEME = ["inser"]  # noqa: RUF012 — the library declares it so

    def __init__(self, uri: str | None = None, *, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._lock = threading.Lock()
        self._most = MOST_KEYS
        self._counted: dict[str, tuple[int, float]] = {}
        """Key: how many, and until when they count."""

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Nothing here fails."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count *amount* more in a window of *expiry* seconds; how many there are now."""
        moment = time()
        with self._lock:
            count, until = self._counted.get(key, (0, 0.0))
            if until <= moment:
                count, until = 0, moment + expiry
                self._forget(moment)
            self._counted[key] = count + amount, until
        return count + amount

    def _forget(self, moment: float) -> None:
        if len(self._counted) >= self._most:
            self._counted = {key: counted for key, counted in self._counted.items() if counted[1] > moment}
            self._most = max(MOST_KEYS, 2 * len(self._counted))

    def get(self, key: str) -> int:
        """How many there are in the key's window."""
        count, until = self._counted.get(key, (0, 0.0))
        return count if until > time() else 0

    def get_expiry(self, key: str) -> float:
        """When the key's window ends, as a Unix time; now when it has none."""
        return max(time(), self._counted.get(key, (0, 0.0))[1])

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget everything; how many keys there were."""
        with self._lock:
            count, self._counted = len(self._counted), {}
        return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._counted.pop(key, None)
