"""inser_events: an event and hybrid-meeting toolkit for professional networks."""

from flask import Flask
from jinja2 import StrictUndefined

# First, so that nothing imports Flask-Security before it.
from inser_events.web import late  # isort: skip
from inser_events import commands, database, domains, jobs
from inser_events.clock import use_packaged_zones
from inser_events.config import TEMPLATES, Settings, settings_from
from inser_events.web import assets, errors, filters, headers, health, languages, limits, links, marking, requests

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Raises ConfigError when a setting is unusable."""
    settings = settings or settings_from()
    if settings.packaged_zones:
        use_packaged_zones()  # before anything reads a zone
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None, instance_path=str(settings.instance))
    app.extensions["settings"] = settings
    app.config.update(requests.options(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (late, headers, requests, languages, links, limits, errors, assets, health):
        part.init_app(app)
    filters.register(app)
    marking.register(app)
    database.init_app(app, settings)
    domains.init_app(app)
    jobs.init_app(app, settings)
    commands.init_app(app)
    return app
