"""Pictures and trial prints of layouts: made by the code that prints, from sample people."""

import msgspec
from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue

from inser_events.badges.errors import NoSuchLayout
from inser_events.badges.exports import Printing, badges_pdf
from inser_events.badges.layouts import LAYOUTS, Layout
from inser_events.badges.samples import REAL, sample_face, sample_words
from inser_events.badges.stock import find_layout, find_own, layout_from, pictures_of
from inser_events.clock import now
from inser_events.documents.raster import page_png
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.queries import find_event
from inser_events.registration.views import private
from inser_events.web.access import allowed

WIDEST, NARROWEST = 1600, 80
blueprint = Blueprint("badge_preview", __name__, url_prefix="/manage")
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<slug>/badges/<uid>/preview.png")
@for_registrars
def own(event: Event, uid: str) -> ResponseReturnValue:
    """One side of a badge of a sample person; ``?v=`` is the version, so that a browser may keep it."""
    return _picture(event, layout_from(find_own(event, uid)))


@blueprint.get("/<slug>/badges/ready/<name>.png")
@for_registrars
def ready(event: Event, name: str) -> ResponseReturnValue:
    """A badge of a ready layout."""
    if name not in LAYOUTS:
        raise NoSuchLayout
    return _picture(event, LAYOUTS[name])


def _picture(event: Event, layout: Layout) -> Response:
    who = request.args.get("person", "usual")
    width = min(max(request.args.get("width", 800, type=int), NARROWEST), WIDEST)
    is_back = request.args.get("side") == "back"
    side = layout.back if is_back else layout.fields
    bare = msgspec.structs.replace(
        layout, page=layout.badge, columns=1, rows=1, corner=None, gap=(0, 0), has_cut_marks=False, copies=1,
        is_duplex=False, front=side, back=(),
    )  # fmt: skip
    face = sample_face(event, who, layout.language)
    # A back without fields is white paper, not the ready design.
    faces = [face] if side else []
    body = badges_pdf(
        faces, bare, title="Preview", when=now(), language=_language(event, layout),
        printing=Printing(pictures=pictures_of(layout)),
    )  # fmt: skip
    response = private(page_png(body, width=width), "image/png")
    if who != REAL:
        response.headers["Cache-Control"] = "private, max-age=300"
    return response


@blueprint.get("/<slug>/badges/sample.pdf")
@for_registrars
def sample(event: Event) -> ResponseReturnValue:
    """A trial print of a layout with every sample person."""
    layout = find_layout(event, request.args.get("layout", ""))
    faces = [sample_face(event, who, layout.language) for who in sample_words() if who != REAL]
    body = badges_pdf(
        faces, layout, title="Sample", when=now(), language=_language(event, layout),
        printing=Printing(pictures=pictures_of(layout)),
    )  # fmt: skip
    response = private(body, "application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="sample-{layout.name}.pdf"'
    return response


def _language(event: Event, layout: Layout) -> str:
    return layout.language or (event.languages[0] if event.languages else "en")
