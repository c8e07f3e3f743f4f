"""The check-in API: scans in, snapshot out. Only paired devices."""

import gzip
import json
from datetime import datetime
from functools import partial

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.exc import OperationalError

from inser_events.api import document
from inser_events.api.schemas import ProblemSchema, ResultsSchema, SnapshotSchema, UploadSchema
from inser_events.api.together import Queue, Waiting
from inser_events.audit import Actor, act_as
from inser_events.checkin.answers import stamp
from inser_events.checkin.devices import Paired, authenticate, authenticate_all
from inser_events.checkin.errors import DeviceRefused, RacedUpload
from inser_events.checkin.operations import Answers, Delivery, record_deliveries
from inser_events.checkin.photos import small_photo
from inser_events.checkin.snapshots import snapshot_for
from inser_events.checkin.uploads import MOST_BYTES, Upload, read_upload
from inser_events.clock import now
from inser_events.database import after_commit, rollback
from inser_events.errors import Refused
from inser_events.web.access import devices
from inser_events.web.caching import takes_gzip
from inser_events.web.errors import problem

ATTEMPTS = 3
TRY_AGAIN = frozenset({"40001", "40P01"})
"""SQLSTATEs after which PostgreSQL asks to try again: serialization failure, deadlock."""
WORTH_ZIPPING = 4096

queue = Queue()
blueprint = Blueprint(
    "checkin_api", __name__, url_prefix="/api/v1/checkin", description="Scans and the door's snapshot."
)


def _problems(*statuses: int) -> dict[str, object]:
    names = {
        400: "Not JSON",
        401: "Device not accepted",
        404: "Not there",
        413: "Too large",
        422: "Not an upload of scans",
    }
    return {
        str(status): {
            "description": names[status],
            "content": {"application/problem+json": {"schema": ProblemSchema}},
        }
        for status in statuses
    }


@blueprint.route("/scans", methods=["POST"])  # type: ignore[untyped-decorator] # flask-smorest has no types
@blueprint.doc(  # type: ignore[untyped-decorator] # flask-smorest has no types
    summary="Record scans",
    description="Each scan is stored once and answered in order. A repeated id gets its first answer, word for word.",
    security=[{"device": []}],
    requestBody={"required": True, "content": {"application/json": {"schema": UploadSchema}}},
    responses={
        "200": {"description": "One result per scan", "content": {"application/json": {"schema": ResultsSchema}}},
        **_problems(400, 401, 413, 422),
    },
)
@devices
def scans() -> ResponseReturnValue:
    """Take an upload of scans."""
    request.max_content_length = MOST_BYTES
    moment, token = now(), _token()
    upload = _read(request.get_data(cache=False))
    if isinstance(upload, Refused):
        authenticate(token, at=moment)  # what is wrong is said only to those who are let in
        raise upload
    own = Waiting(token, upload, moment)
    while own.answer is None:
        group = queue.turn(own)
        if group:
            _write(own, group)
    if isinstance(own.answer, Refused):
        raise own.answer
    return _answered(own.answer, moment)


def _write(own: Waiting, group: list[Waiting]) -> None:
    """Store the uploads of a group; the others are answered after the commit, see `together`."""
    others = g.turn = [one for one in group if one is not own]
    try:
        _store(own, others)
    except Exception as error:
        is_own = isinstance(error, Refused)  # only this device was refused; the others just wait on
        _give_back(alone=not is_own)
        if is_own or not others:
            raise
        rollback()
        own.is_alone = True


def _store(own: Waiting, others: list[Waiting]) -> None:
    for attempt in range(ATTEMPTS):
        try:
            answers = _recorded(own, others)
        except (OperationalError, RacedUpload) as error:
            raced = isinstance(error, RacedUpload) or getattr(error.orig, "sqlstate", "") in TRY_AGAIN
            if attempt == ATTEMPTS - 1 or not raced:
                raise
            rollback()
        else:
            own.answer, *theirs = answers
            after_commit(partial(_give_out, list(zip(others, theirs, strict=True))))
            return


def _recorded(own: Waiting, others: list[Waiting]) -> list[Answers | Refused]:
    """Answers, or why a device was refused, in order. Raises DeviceRefused when it is the one that writes."""
    group = [own, *others]
    devices = authenticate_all({one.token for one in group}, at=own.at)
    found = [devices[one.token] for one in group]
    if isinstance(found[0], DeviceRefused):
        raise found[0]
    deliveries = [
        Delivery(device, one.upload, one.at)
        for one, device in zip(group, found, strict=True)
        if isinstance(device, Paired)
    ]
    answers = iter(record_deliveries(deliveries))
    return [device if isinstance(device, DeviceRefused) else next(answers) for device in found]


def _give_out(answers: list[tuple[Waiting, Answers | Refused]]) -> None:
    g.pop("turn")
    queue.done(answers)


def _give_back(*, alone: bool) -> None:
    queue.give_back(g.pop("turn"), alone=alone)


@blueprint.teardown_request  # type: ignore[untyped-decorator] # flask-smorest has no types
def _never_keep_the_turn(_error: BaseException | None) -> None:
    """Whatever stopped this request before its commit: the others must go on."""
    if "turn" in g:
        _give_back(alone=True)


@blueprint.route("/snapshot", methods=["GET"])  # type: ignore[untyped-decorator] # flask-smorest has no types
@blueprint.doc(  # type: ignore[untyped-decorator] # flask-smorest has no types
    summary="Everything a device needs to decide offline",
    description="With the marker of the last answer in “since”, only the buckets that differ. Supports If-None-Match.",
    security=[{"device": []}],
    parameters=[{"in": "query", "name": "since", "required": False, "schema": {"type": "string"}}],
    responses={
        "200": {"description": "The state", "content": {"application/json": {"schema": SnapshotSchema}}},
        "304": {"description": "Nothing has changed"},
        **_problems(401),
    },
)
@devices
def snapshot() -> ResponseReturnValue:
    """Send the state, or what differs."""
    moment = now()
    state = snapshot_for(_device(moment))
    if state.etag in request.headers.get("If-None-Match", ""):
        response = Response(status=304)
    else:
        response = _json(state.body(request.args.get("since", ""), moment))
    response.headers["ETag"] = state.etag
    return response


@blueprint.route("/photos/<name>", methods=["GET"])  # type: ignore[untyped-decorator] # flask-smorest has no types
@blueprint.doc(  # type: ignore[untyped-decorator] # flask-smorest has no types
    summary="A small picture of a person",
    description="By the name that stands in the snapshot. Kept on the device, so that it shows without a network.",
    security=[{"device": []}],
    responses={
        "200": {"description": "A JPEG", "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
        **_problems(401, 404),
    },
)
@devices
def photo(name: str) -> ResponseReturnValue:
    """Send a picture."""
    response = Response(small_photo(_device(now()), name), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "no-store"  # a device that is signed off must be able to forget faces too
    return response


@blueprint.errorhandler(DeviceRefused)  # type: ignore[untyped-decorator] # flask-smorest has no types
def not_accepted(error: DeviceRefused) -> ResponseReturnValue:
    """Tell the device why, so that it knows whether to wipe itself or to ask for a new pairing (RFC 6750 section 3)."""
    response = problem(error.status, error.title, error.message, reason=error.reason)
    response.headers["WWW-Authenticate"] = "Bearer" if not _token() else 'Bearer error="invalid_token"'
    return response


def _read(body: bytes) -> Upload | Refused:
    """The upload, or why it is none: that is said only to those who are let in."""
    try:
        return read_upload(body)
    except Refused as error:
        return error


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _device(moment: datetime) -> Paired:
    device = authenticate(_token(), at=moment)
    act_as(Actor(f"device {device.name}"))
    return device


def _answered(answers: Answers, moment: datetime) -> Response:
    """The stored answers as they are, put together by hand: they must not be read and written again."""
    flagged = json.dumps(answers.flagged)
    body = f'{{"results":[{",".join(answers.results)}],"flagged":{flagged},"server_time":"{stamp(moment)}"}}'
    return _json(body.encode())


def _json(body: bytes) -> Response:
    response = Response(mimetype="application/json")
    # Names of people: no cache may keep them, and a device that is signed off must be able to forget them.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    if len(body) > WORTH_ZIPPING and takes_gzip(request.headers.get("Accept-Encoding", "")):
        response.headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 4)
    response.set_data(body)
    return response


def init_app(app: Flask) -> None:
    """Register the API."""
    document.init_app(app, blueprint)
