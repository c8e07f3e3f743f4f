"""Public pages over all events: the home page and the pages of networks. They set no cookie and are kept briefly."""

from flask import Blueprint, Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from inser_events.clock import now
from inser_events.events.cards import EventCard
from inser_events.events.queries import event_cards
from inser_events.networks.queries import all_networks, country_count, find_network, member_count, network_lines
from inser_events.web.access import public

blueprint = Blueprint("events", __name__)
KEPT_SECONDS = 60


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """Every published event, and the networks."""
    return _kept(render_template("events/home.html", networks=network_lines(), **_sorted(event_cards(now()))))


@blueprint.get("/networks/<slug>")
@public
def network(slug: str) -> ResponseReturnValue:
    """A network, its size and its events."""
    found = find_network(slug)
    events = _sorted(event_cards(now(), network=slug))
    page = render_template(
        "networks/network.html",
        network=found,
        siblings=[one for one in all_networks() if one.id != found.id],
        member_count=member_count(found),
        countries=country_count(found),
        upcoming=events["upcoming"],
        past=events["past"],
        join_url=found.join_url,
    )
    return _kept(page)


def _sorted(events: list[EventCard]) -> dict[str, list[EventCard]]:
    """What comes, soonest first; what was, latest first; what was called off."""
    held = [card for card in events if not card.cancelled]
    return {
        "upcoming": [card for card in held if not card.past],
        "past": [card for card in reversed(held) if card.past],
        "cancelled": [card for card in events if card.cancelled and not card.past],
    }


def _kept(page: str) -> Response:
    response = make_response(page)
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response
