"""The description of the API, at /api/v1/openapi.json, made by flask-smorest from the routes themselves."""

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Api

from inser_events.web.access import public

blueprint = Blueprint("openapi", __name__)


class DescribingApi(Api):  # type: ignore[misc] # flask-smorest carries no types
    """flask-smorest as a writer of OpenAPI; errors stay with `web.errors`, which answers problem documents."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    """Each operation names its own errors."""

    def _register_error_handlers(self) -> None:
        """Errors of the whole application have their handlers already."""


api = DescribingApi()


@blueprint.get("/api/v1/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The OpenAPI document."""
    return jsonify(api.spec.to_dict())


def init_app(app: Flask) -> None:
    """Prepare the description; blueprints register themselves with `api` afterwards."""
    app.config.update(
        API_TITLE="INSER Events",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        # Our own route serves the document, so that it declares its access like every other.
        OPENAPI_URL_PREFIX=None,
    )
    info = {
        "description": "Check-in for paired devices. Errors are problem documents (RFC 9457).",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    settings = app.extensions["settings"]
    api.init_app(app, spec_kwargs={"info": info, "servers": [{"url": settings.base_url}]})
    app.cli.commands.pop("openapi")  # the document has its address; it needs no commands
    api.spec.components.security_scheme(
        "device", {"type": "http", "scheme": "bearer", "description": "Token of a paired device."}
    )
    app.register_blueprint(blueprint)
