"""The page on which an event gets its looks, and the pictures themselves."""

from collections.abc import Callable

from flask import Blueprint, Flask, Response, flash, redirect, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, StringField

from inser_events.documents.pictures import LARGEST, UnusablePicture
from inser_events.errors import NotFound
from inser_events.events import identity_operations as operations
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import NoSuchEvent
from inser_events.events.identity import PLAIN, colours_css, folder, logo_css, look_of
from inser_events.events.identity_operations import UnusableLook
from inser_events.events.manage_views import setting_tabs
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed, public
from inser_events.web.forms import BaseForm

FOREVER = 31_536_000
blueprint = Blueprint("identity", __name__)
for_editors = allowed(find_event, may_edit, may_see)


class ColoursForm(BaseForm):
    """Two colours."""

    primary = StringField(
        _l("First colour"), description=_l("For buttons, headings and the badge. White is read on it.")
    )
    secondary = StringField(_l("Second colour"), description=_l("For bands and lines."))


class PictureForm(BaseForm):
    """A picture to send."""

    picture = FileField(_l("Picture"), description=_l("PNG, JPEG or WebP, at most 10 MB."))


class PartnerForm(BaseForm):
    """A partner with its logo."""

    name = StringField(_l("Name of the partner"))
    picture = FileField(_l("Logo"), description=_l("PNG, JPEG or WebP, at most 10 MB."))


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/identity")
@for_editors
def overview(event: Event) -> ResponseReturnValue:
    """What the event looks like, and the forms that change it."""
    return _page(event)


@blueprint.post("/manage/<slug>/identity/colours")
@for_editors
def colours(event: Event) -> ResponseReturnValue:
    """Choose the colours."""
    form = ColoursForm()
    return _done(event, form, lambda: operations.set_colours(event, form.primary.data or "", form.secondary.data or ""))


@blueprint.post("/manage/<slug>/identity/<any(logo, cover):which>")
@for_editors
def picture(event: Event, which: operations.Which) -> ResponseReturnValue:
    """Send a logo or a cover picture, or (``remove``) take it away."""
    if "remove" in request.form:
        operations.remove_picture(event, which)
        return redirect(f"/manage/{event.slug}/identity", 303)
    return _done(event, PictureForm(), lambda: operations.set_picture(event, which, _sent()), which)


@blueprint.post("/manage/<slug>/identity/partners")
@for_editors
def partner(event: Event) -> ResponseReturnValue:
    """Add a partner."""
    form = PartnerForm()
    return _done(event, form, lambda: operations.add_partner(event, form.name.data or "", _sent()), "partner")


@blueprint.post("/manage/<slug>/identity/partners/<int:place>/remove")
@for_editors
def without_partner(event: Event, place: int) -> ResponseReturnValue:
    """Take a partner off."""
    operations.remove_partner(event, place)
    return redirect(f"/manage/{event.slug}/identity", 303)


@blueprint.get("/events/<slug>/pictures/<name>")
@public
def file(slug: str, name: str) -> ResponseReturnValue:
    """A picture the event shows. Its name is its digest, so browsers may keep it for ever."""
    event = find_event(slug)
    if name not in look_of(event.id).files:
        raise NotFound(_("There is no such picture."))
    response = send_from_directory(folder(), name)
    response.cache_control.public, response.cache_control.no_cache = True, None
    response.cache_control.max_age, response.cache_control.immutable = FOREVER, True
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


@blueprint.get("/events/<slug>/colours-<tag>.css")
@public
def style(slug: str, tag: str) -> ResponseReturnValue:
    """The event's colours as a style sheet; *tag* changes with them."""
    event = find_event(slug)
    if event.published_at is None:
        raise NoSuchEvent
    look = look_of(event.id)
    response = Response(colours_css(look), mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = FOREVER if tag == look.tag else 0
    return response


@blueprint.get("/events/<slug>/colours.css")
@public
def current_style(slug: str) -> ResponseReturnValue:
    """The same for pages that are kept longer than the looks: asked for each time, empty when there is nothing."""
    try:
        event = find_event(slug)
        look = look_of(event.id) if event.published_at else PLAIN
    except NoSuchEvent:
        look = PLAIN
    response = Response(colours_css(look) + logo_css(slug, look), mimetype="text/css")
    response.cache_control.public = response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)


def _sent() -> bytes:
    upload = request.files.get("picture")
    return upload.stream.read(LARGEST + 1) if upload else b""


def _done(event: Event, form: BaseForm, act: Callable[[], object], which: str = "") -> ResponseReturnValue:
    """Do it and go back, or show the page again with the message at its field."""
    try:
        act()
    except UnusableLook as error:
        form[error.field].errors = [error.message]
    except UnusablePicture as error:
        form["picture"].errors = [str(error)]
    else:
        flash(_("Saved. Pages and papers show it at once."), "good")
        return redirect(f"/manage/{event.slug}/identity", 303)
    return _page(event, form, which), 422


def _page(event: Event, failed: BaseForm | None = None, which: str = "") -> str:
    look = look_of(event.id)
    forms = {
        "colours": ColoursForm(formdata=None, primary=look.primary, secondary=look.secondary),
        "logo": PictureForm(formdata=None),
        "cover": PictureForm(formdata=None),
        "partner": PartnerForm(formdata=None),
    }
    if failed is not None:
        forms[which or "colours"] = failed
    for name, form in forms.items():
        if "picture" in form:
            form.picture.id = f"{name}-picture"
    return render_managed(
        "events/manage_identity.html",
        event,
        "settings",
        tabs=setting_tabs(event, "identity"),
        look=look,
        forms=forms,
        failed=failed,
    )
