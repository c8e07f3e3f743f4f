"""Rate limits of public forms, counted in memory or, on several machines, in Redis."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from inser_events.config import Settings

limiter = Limiter(get_remote_address)


def init_app(app: Flask) -> None:
    """Count where the settings say."""
    settings: Settings = app.extensions["settings"]
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    app.config["RATELIMIT_ENABLED"] = not settings.testing
    limiter.init_app(app)
