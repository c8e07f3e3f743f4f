"""Public pages and files of an event, all made from its last release.

What depends on the release alone is made once for each and then served from memory; see `web.caching`.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from msgspec.structs import replace

from inser_events.agenda import differences, exports
from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.choosing import choice_of, fields_of, narrowed
from inser_events.agenda.errors import NotInAgenda
from inser_events.agenda.feeds import changes_atom
from inser_events.agenda.printing import PAPERS, VARIANTS, Print, identity_for, kept_programme
from inser_events.agenda.public_links import links_of
from inser_events.agenda.queries import Published, find_published, releases_of, snapshot_of
from inser_events.agenda.reading import appearances, programme_days
from inser_events.agenda.snapshot import Person, Session, Snapshot
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.documents.calendar import MEDIA_TYPE
from inser_events.documents.collation import sort_key
from inser_events.documents.engine import PdfUnavailable
from inser_events.events.identity import look_of
from inser_events.events.queries import find_event, registration_state, seats_of
from inser_events.web.access import public
from inser_events.web.caching import Rendered, rendered, respond
from inser_events.web.languages import asked_language, page_language, variant

HTML = "text/html; charset=utf-8"
JSON = "application/json"
XML = "application/xml; charset=utf-8"
PDF = "application/pdf"
ATOM = "application/atom+xml; charset=utf-8"
HISTORY = 30
"""Releases that the page of changes tells."""

blueprint = Blueprint("agenda", __name__)


class Day(NamedTuple):
    """A programme day and its sessions in order."""

    date: date
    sessions: list[Session]


class Step(NamedTuple):
    """A release and what it changed."""

    snapshot: Snapshot
    changes: list[differences.Change]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def _base_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url


def _made(slug: str, name: str, content_type: str, make: Callable[[Snapshot], bytes], *parts: str) -> Rendered:
    """What *make* makes of the last release, kept under its name, the reader's language and *parts*."""
    published = find_published(slug)
    return _kept(published, (name, *parts), content_type, make)


def _kept(
    published: Published, about: tuple[object, ...], content_type: str, make: Callable[[Snapshot], bytes]
) -> Rendered:
    key = (published.event_id, published.release_id, variant(), *about)
    return rendered(key, content_type, lambda: make(snapshot_of(published.release_id)))


def days_of(snapshot: Snapshot) -> list[Day]:
    """The programme by day."""
    return [Day(day, held) for day, held in programme_days(snapshot.sessions, snapshot.event.time_zone).items()]


def speakers_of(snapshot: Snapshot) -> list[tuple[Person, list[str], list[Session]]]:
    """Everybody who appears in what takes place, with their roles and sessions, by name."""
    roles: dict[str, dict[str, None]] = {}
    sessions: dict[str, dict[str, Session]] = {}
    for session in snapshot.live_sessions:
        for each in appearances(session):
            roles.setdefault(each.person, {})[each.role] = None
            sessions.setdefault(each.person, {})[session.uid] = session
    people = snapshot.people
    found = [(people[uid], list(roles[uid]), list(sessions[uid].values())) for uid in roles if uid in people]
    return sorted(found, key=lambda entry: sort_key(f"{entry[0].family_name}\t{entry[0].name}", page_language()))


@blueprint.get("/events/<slug>")
@public
def event(slug: str) -> ResponseReturnValue:
    """The event's page. Places left and the state of registration are as of now; all else is the release's."""
    published = find_published(slug)
    live = find_event(slug)
    places = seats_of(live.id)
    state = registration_state(live, now())
    times = live.registration_opens_at, live.registration_closes_at
    look, links = look_of(live.id), tuple(links_of(live))
    counted = tuple((place.mode, place.capacity, place.left, place.full) for place in places)

    def make(snapshot: Snapshot) -> bytes:
        if state == "cancelled":  # this does not wait for a release
            snapshot = replace(snapshot, event=replace(snapshot.event, status="cancelled"))
        free = {place.mode: exports.Places(place.capacity, place.left) for place in places}
        ld = exports.json_ld(snapshot, base_url=_base_url(), language=page_language(), places=free)
        return render_template(
            "agenda/event.html",
            snapshot=snapshot,
            days=days_of(snapshot),
            speakers=speakers_of(snapshot),
            places=places,
            registration_state=state,
            opens_at=times[0],
            closes_at=times[1],
            look=look,
            links=links,
            json_ld=Markup(ld),  # noqa: S704 — json_ld escapes what could end the script element
        ).encode()

    return respond(_kept(published, ("event", counted, state, look, links, *times), HTML, make))


@blueprint.get("/events/<slug>/agenda")
@public
def agenda(slug: str) -> ResponseReturnValue:
    """The timetable, and the numbered agenda of a plenary; a reader's choice of it is made anew each time."""
    choice = choice_of(request.args)

    def make(snapshot: Snapshot) -> bytes:
        return render_template(
            "agenda/agenda.html",
            snapshot=snapshot,
            days=days_of(narrowed(snapshot, choice)),
            choice=choice,
            fields=fields_of(snapshot, choice),
        ).encode()

    if choice.everything:
        return respond(_made(slug, "agenda", HTML, make))
    page = Response(make(snapshot_of(find_published(slug).release_id)), content_type=HTML)
    page.headers["Cache-Control"], page.headers["X-Robots-Tag"] = "public, no-cache", "noindex"
    return page


@blueprint.get("/events/<slug>/speakers")
@public
def speakers(slug: str) -> ResponseReturnValue:
    """Everybody who appears."""

    def make(snapshot: Snapshot) -> bytes:
        return render_template("agenda/speakers.html", snapshot=snapshot, speakers=speakers_of(snapshot)).encode()

    return respond(_made(slug, "speakers", HTML, make))


@blueprint.get("/events/<slug>/agenda.ics")
@public
def agenda_ics(slug: str) -> ResponseReturnValue:
    """All sessions as a calendar, to open once or to subscribe to."""

    def make(snapshot: Snapshot) -> bytes:
        return exports.agenda_ics(snapshot, base_url=_base_url(), languages=_languages(snapshot))

    return respond(_made(slug, "ics", MEDIA_TYPE, make), filename=f"{slug}-agenda.ics")


@blueprint.get("/events/<slug>/sessions/<uid>.ics")
@public
def session_ics(slug: str, uid: str) -> ResponseReturnValue:
    """One session as a calendar file."""

    def make(snapshot: Snapshot) -> bytes:
        try:
            return exports.session_ics(snapshot, uid, base_url=_base_url(), languages=_languages(snapshot))
        except KeyError as error:
            raise NotInAgenda from error

    return respond(_made(slug, "session", MEDIA_TYPE, make, uid), filename=f"{slug}-session.ics")


@blueprint.get("/events/<slug>/schedule.json")
@public
def schedule_json(slug: str) -> ResponseReturnValue:
    """The agenda for conference apps."""
    made = _made(slug, "json", JSON, lambda frozen: exports.schedule_json(frozen, _base_url(), _languages(frozen)[0]))
    return _for_everyone(respond(made, filename=f"{slug}-schedule.json"))


@blueprint.get("/events/<slug>/schedule.xml")
@public
def schedule_xml(slug: str) -> ResponseReturnValue:
    """The agenda for conference apps, in the older format."""
    made = _made(slug, "xml", XML, lambda frozen: exports.schedule_xml(frozen, _base_url(), _languages(frozen)[0]))
    return _for_everyone(respond(made, filename=f"{slug}-schedule.xml"))


@blueprint.get("/events/<slug>/programme.pdf")
@public
def programme(slug: str) -> ResponseReturnValue:
    """The printed programme. A server without Pango says so."""
    published = find_published(slug)
    paper, variant = request.args.get("paper", ""), request.args.get("variant", "")
    paper = "wall" if variant == "one-page" else paper if paper in PAPERS else "a4"
    variant = variant if variant in VARIANTS else ""
    settings: Settings = current_app.extensions["settings"]
    folder, uploads = settings.instance / "cache", settings.uploads

    look = look_of(published.event_id)

    def make(snapshot: Snapshot) -> bytes:
        releases = releases_of(published.event_id, limit=2)
        previous = snapshots.load(releases[1].snapshot) if len(releases) > 1 else None
        wanted = Print(_languages(snapshot)[0], paper, variant, _base_url())
        return kept_programme(snapshot, wanted, folder=folder, previous=previous, identity=identity_for(look, uploads))

    try:
        made = _kept(published, ("programme", paper, variant, look), PDF, make)
    except PdfUnavailable:
        return render_template("agenda/no_printing.html"), 503
    name = "-".join([slug, "programme", *([paper] if paper != "a4" else []), *([variant] if variant else [])])
    return respond(made, filename=f"{name}.pdf")


@blueprint.get("/events/<slug>/changes")
@public
def changes(slug: str) -> ResponseReturnValue:
    """What each release changed, newest first."""
    published = find_published(slug)

    def make(snapshot: Snapshot) -> bytes:
        return render_template(
            "agenda/changes.html", snapshot=snapshot, steps=_history(published), in_words=differences.in_words
        ).encode()

    return respond(_kept(published, ("changes",), HTML, make))


@blueprint.get("/events/<slug>/changes.atom")
@public
def changes_feed(slug: str) -> ResponseReturnValue:
    """The same as a feed."""
    published = find_published(slug)

    def make(_snapshot: Snapshot) -> bytes:
        return changes_atom(_history(published), _base_url(), page_language())

    return respond(_kept(published, ("atom",), ATOM, make))


def _history(published: Published) -> list[Step]:
    releases = releases_of(published.event_id, limit=HISTORY + 1)
    known = [snapshots.load(release.snapshot) for release in releases]
    steps = [Step(new, differences.difference(old, new)) for new, old in zip(known, [*known[1:], None], strict=True)]
    return steps if len(steps) <= HISTORY else steps[:HISTORY]


def _languages(snapshot: Snapshot) -> list[str]:
    """The reader's language when one was asked for, then the event's own."""
    asked = asked_language()
    return [*([asked] if asked else []), *snapshot.event.languages]


def _for_everyone(response: Response) -> Response:
    """Let pages of other sites read an open format (CORS)."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
