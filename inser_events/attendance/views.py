"""The certificate behind one's own link, and the page on which anyone verifies a letter."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from inser_events.agenda.queries import latest_snapshot
from inser_events.attendance import issuing, operations, queries
from inser_events.attendance.models import LetterKind
from inser_events.clock import now
from inser_events.database import expect_writing
from inser_events.registration.views import holder, private
from inser_events.web.access import by_link, public
from inser_events.web.limits import limiter

blueprint = Blueprint("attendance", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/tickets/<token>/certificate.pdf")
@by_link
def certificate(token: str) -> ResponseReturnValue:
    """One's own certificate of attendance, issued when it is first asked for."""
    expect_writing()
    registration, snapshot = holder(token)
    kind = LetterKind.CERTIFICATE
    letter = operations.issue_letters(registration.event, [registration], kind, at=now())[0]
    response = private(issuing.paper_of(registration.event, snapshot, [letter], kind), "application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{snapshot.event.slug}-certificate.pdf"'
    return response


@blueprint.get("/verify/<token>")
@public
@limiter.limit("120/minute")
def verify(token: str) -> ResponseReturnValue:
    """Whether a letter is genuine, and what for. Nothing about the person."""
    letter = queries.find_by_token(token)
    snapshot = latest_snapshot(letter.event) if letter else None
    if letter is None or snapshot is None:
        return render_template("attendance/verify.html", letter=None, event=None), 404
    page = render_template(
        "attendance/verify.html",
        letter=letter,
        event=snapshot.event,
        kind=issuing.kind_name(letter.kind),
    )
    return private(page)
