"""What a load balancer and a monitoring system ask: alive, ready, how busy."""

from time import perf_counter

from flask import Blueprint, Flask, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from inser_events.database import db
from inser_events.web.access import public

blueprint = Blueprint("health", __name__)
registry = CollectorRegistry()
seconds = Histogram("inser_request_seconds", "Time to answer", ["endpoint"], registry=registry)
answers = Counter("inser_answers_total", "Answers by status", ["endpoint", "status"], registry=registry)


def init_app(app: Flask) -> None:
    """Count every answer and show the counts."""
    app.register_blueprint(blueprint)
    app.before_request(_start)
    app.after_request(_count)


def _start() -> None:
    g.started = perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    seconds.labels(endpoint).observe(perf_counter() - g.get("started", perf_counter()))
    answers.labels(endpoint, response.status_code).inc()
    return response


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The process can do its work: its database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Response("database does not answer\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Counts and times for Prometheus; no names, no addresses."""
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
