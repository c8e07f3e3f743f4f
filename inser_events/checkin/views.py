"""Pages of the door."""

from flask import Blueprint, Flask

blueprint = Blueprint("checkin", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
