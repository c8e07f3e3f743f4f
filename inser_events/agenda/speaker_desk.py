"""Organisers' page of speakers: who answered, who was written to, what they sent; and the photos the public sees."""

import msgspec
from flask import Blueprint, Flask, Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from inser_events.agenda import speaker_invitations as invitations
from inser_events.agenda.errors import NotInAgenda
from inser_events.agenda.pictures import photo_bytes, photos_of
from inser_events.agenda.queries import find_person, find_published, snapshot_of
from inser_events.agenda.speaker_files import find_file, show_file
from inser_events.agenda.speaker_invitations import Standing
from inser_events.agenda.speaker_views import download
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.access import may_edit, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.people.models import Person
from inser_events.web.access import allowed, public
from inser_events.web.caching import rendered

blueprint = Blueprint("speaker_desk", __name__)
for_editors = allowed(find_event, may_edit, may_see)
FOREVER = "public, max-age=31536000, immutable"
ANSWERS = ("invited", "confirmed", "declined", "mixed")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/speakers")
@for_editors
def speakers(event: Event) -> ResponseReturnValue:
    """Where things stand with everybody."""
    at = now()
    every = invitations.standings(event)
    wanted = request.args.get("state", "")
    return render_managed(
        "agenda/manage_speakers.html",
        event,
        "speakers",
        standings=[one for one in every if wanted not in ANSWERS or one.state == wanted],
        by_state={state: sum(one.state == state for one in every) for state in ANSWERS},
        wanted=wanted if wanted in ANSWERS else "",
        total=len(every),
        to_invite=[one for one in every if one.may_be_invited],
        to_remind=[one for one in every if one.may_be_reminded(at)],
        without_address=[one for one in every if not one.person.email],
        links={one.person.id: invitations.page_url(one.link) for one in every if one.link},
        parts_words=parts_words,
    )


def parts_words(standing: Standing) -> str:
    """``2 parts: 1 confirmed``; empty where the state says it all."""
    count = len(standing.parts)
    confirmed = sum(part.speaker.state == "confirmed" for part in standing.parts)
    if count == 1 or confirmed in {0, count}:
        return str(ngettext("%(num)s part", "%(num)s parts", count))
    return str(ngettext("%(num)s part, %(yes)s confirmed", "%(num)s parts, %(yes)s confirmed", count, yes=confirmed))


def _home(event: Event, person: Person | None = None) -> ResponseReturnValue:
    anchor = f"#person-{person.uid}" if person else ""
    return redirect(f"/manage/{event.slug}/speakers{anchor}", 303)


@blueprint.post("/manage/<slug>/speakers/invite")
@for_editors
def invite(event: Event) -> ResponseReturnValue:
    """Send the invitations that are due, or those of the people named."""
    count = invitations.send_invitations(event, at=now(), only=request.form.getlist("person"))
    flash(ngettext("%(num)s invitation sent.", "%(num)s invitations sent.", count), "success")
    return _home(event)


@blueprint.post("/manage/<slug>/speakers/remind")
@for_editors
def remind(event: Event) -> ResponseReturnValue:
    """Remind those whose answer is missing, or the people named."""
    count = invitations.send_reminders(event, at=now(), only=request.form.getlist("person"))
    flash(ngettext("%(num)s reminder sent.", "%(num)s reminders sent.", count), "success")
    return _home(event)


@blueprint.post("/manage/<slug>/speakers/<uid>/link")
@for_editors
def make_link(event: Event, uid: str) -> ResponseReturnValue:
    """Make somebody's link without writing to them, to hand it over in another way."""
    person = find_person(event, uid)
    invitations.link_for(event, person, at=now())
    flash(_("The link of %(name)s is ready to copy.", name=person.name), "success")
    return _home(event, person)


@blueprint.post("/manage/<slug>/speakers/<uid>/revoke")
@for_editors
def revoke(event: Event, uid: str) -> ResponseReturnValue:
    """Close somebody's page."""
    person = find_person(event, uid)
    invitations.revoke_link(event, person, at=now())
    flash(_("The old link of %(name)s no longer works.", name=person.name), "success")
    return _home(event, person)


@blueprint.get("/manage/<slug>/speakers/files/<uid>")
@for_editors
def slides(event: Event, uid: str) -> ResponseReturnValue:
    """Slides or a paper."""
    return download(find_file(event, uid))


@blueprint.post("/manage/<slug>/speakers/files/<uid>/public")
@for_editors
def show_slides(event: Event, uid: str) -> ResponseReturnValue:
    """Offer a file on its speaker's sessions from the next release on, or take it back at once."""
    file = find_file(event, uid)
    public = request.form.get("public") == "yes"
    show_file(file, public=public)
    words = _("Marked as public. It appears on the agenda when you publish.")
    flash(words if public else _("No longer public. Nobody can download the file any more."), "success")
    return _home(event, db.session.get(Person, file.person_id))


@blueprint.get("/manage/<slug>/speakers/<uid>/photo.jpg")
@for_editors
def draft_photo(event: Event, uid: str) -> ResponseReturnValue:
    """The photo of the draft."""
    person = find_person(event, uid)
    content = photo_bytes(photos_of([person.id]).get(person.id, ""))
    if content is None:
        raise NotInAgenda
    answer = Response(content, content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.get("/events/<slug>/people/<uid>.jpg")
@public
def published_photo(slug: str, uid: str) -> ResponseReturnValue:
    """A photo that the last release shows. With its digest in the address (``?v=``) it may be kept for ever."""
    published = find_published(slug)

    def make() -> bytes:
        people = snapshot_of(published.release_id).people
        return msgspec.json.encode({key: person.photo for key, person in people.items() if person.photo})

    known = rendered((published.event_id, published.release_id, "photos"), "application/json", make)
    digest = msgspec.json.decode(known.body, type=dict[str, str]).get(uid, "")
    etag, version = f'"{digest[:20]}"', request.args.get("v", "")
    content = photo_bytes(digest) if digest else None
    if content is None:
        raise NotInAgenda
    unchanged = etag in request.headers.get("If-None-Match", "")
    answer = Response(status=304) if unchanged else Response(content, content_type="image/jpeg")
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = FOREVER if version and digest.startswith(version) else "public, no-cache"
    return answer
