"""The description of the API, at /api/v1/openapi.json, made by flask-smorest from the routes themselves."""

from typing import Any

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_smorest import Blueprint as DescribedBlueprint

from inser_events.web.access import public

blueprint = Blueprint("openapi", __name__)


class DescribingApi(Api):  # type: ignore[misc] # flask-smorest carries no types
    """flask-smorest as a writer of OpenAPI; errors stay with `web.errors`, which answers problem documents."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    """Each operation names its own errors."""

    def _register_error_handlers(self) -> None:
        """Errors of the whole application have their handlers already."""


@blueprint.get("/api/v1/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The OpenAPI document."""
    known = current_app.extensions
    if "openapi" not in known:
        known["openapi"] = _described(current_app._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001 — flask-smorest keeps the application itself
    return jsonify(known["openapi"])


def _described(app: Flask) -> dict[str, Any]:
    """The description: made when somebody first asks, because few do and it takes a third of the start."""
    info = {
        "description": "Check-in for paired devices. Errors are problem documents (RFC 9457).",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    api = DescribingApi()
    api.init_app(app, spec_kwargs={"info": info, "servers": [{"url": app.extensions["settings"].base_url}]})
    app.cli.commands.pop("openapi")  # the document has its address; it needs no commands
    api.spec.components.security_scheme(
        "device", {"type": "http", "scheme": "bearer", "description": "Token of a paired device."}
    )
    for described in app.extensions["described by openapi"]:
        described.register_views_in_doc(api, app, api.spec, name=described.name, parameters=None)
    found: dict[str, Any] = api.spec.to_dict()
    return found


def init_app(app: Flask, *described: DescribedBlueprint) -> None:
    """Register blueprints and the description of them."""
    app.config.update(
        API_TITLE="INSER Events",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        # Our own route serves the document, so that it declares its access like every other.
        OPENAPI_URL_PREFIX=None,
    )
    app.extensions["described by openapi"] = described
    for one in (*described, blueprint):
        app.register_blueprint(one)
