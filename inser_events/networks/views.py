"""The way into a network. Its page, which shows its events, is among the pages of events."""

from flask import Blueprint, Flask, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.errors import NotFound
from inser_events.networks.queries import find_network
from inser_events.web.access import public

blueprint = Blueprint("networks", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/networks/<slug>/join")
@public
def join(slug: str) -> ResponseReturnValue:
    """Go to where one becomes a member."""
    network = find_network(slug)
    if not network.join_url:
        raise NotFound(_("This network takes no new members here at the moment."))
    return redirect(network.join_url)
