"""Pages of privacy: notice and versions, retention and its report, the public list of participants."""

from datetime import date

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import func, select

from inser_events.agenda.public_links import PublicLink
from inser_events.clock import now
from inser_events.database import db
from inser_events.errors import NotFound, Refused
from inser_events.events.access import may_edit, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import ENDONYMS
from inser_events.registration import retention
from inser_events.registration.listed import PAGE, listed_page
from inser_events.registration.models import Registration
from inser_events.registration.privacy_texts import notice_for, settings_of, usual_notice, versions_of, write_text
from inser_events.registration.views import published
from inser_events.web.access import allowed, public
from inser_events.web.languages import page_language

UNUSABLE = 422
blueprint = Blueprint("privacy", __name__)
for_editors = allowed(find_event, may_edit, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/privacy")
@for_editors
def overview(event: Event) -> ResponseReturnValue:
    """Notice, list, retention, report."""
    return _page(event)


def _page(event: Event, problems: dict[str, str] | None = None) -> str:
    versions = versions_of(event)
    current = versions[0] if versions else None
    main = event.languages[0]
    typed = request.form if problems else {}
    return render_managed(
        "registration/manage_privacy.html",
        event,
        "privacy",
        settings=settings_of(event),
        versions=versions,
        languages=[(code, ENDONYMS.get(code, code)) for code in event.languages],
        notice={
            code: typed.get(f"notice-{code}")
            or (current.notice.get(code, "") if current else usual_notice(event) if code == main else "")
            for code in event.languages
        },
        consent={
            code: typed.get(f"consent-{code}") or (current.consent.get(code, "") if current else "")
            for code in event.languages
        },
        retain_until=typed.get("retain_until", ""),
        kept=retention.kept_numbers(event),
        agreed=_agreed(event),
        problems=problems or {},
    )


def _agreed(event: Event) -> list[tuple[str, int]]:
    """How many people agreed to which version."""
    rows = db.session.execute(
        select(Registration.privacy_version, func.count())
        .where(Registration.event_id == event.id)
        .group_by(Registration.privacy_version)
        .order_by(Registration.privacy_version)
    )
    return [(version, number) for version, number in rows]


@blueprint.post("/manage/<slug>/privacy")
@for_editors
def settings(event: Event) -> ResponseReturnValue:
    """Decide about the list and the last day of keeping."""
    typed = request.form.get("retain_until", "").strip()
    try:
        until = date.fromisoformat(typed) if typed else None
        retention.change_settings(event, list_public="list_public" in request.form, retain_until=until)
    except ValueError:
        return _page(event, {"retain_until": _("Enter a date.")}), UNUSABLE
    except Refused as error:
        return _page(event, {"retain_until": error.message}), UNUSABLE
    flash(_("Saved."), "good")
    return redirect(url_for("privacy.overview", slug=event.slug), 303)


@blueprint.post("/manage/<slug>/privacy/text")
@for_editors
def text(event: Event) -> ResponseReturnValue:
    """Put a new wording in force; what people agreed to before stays what it was."""
    notice = {code: request.form.get(f"notice-{code}", "") for code in event.languages}
    consent = {code: request.form.get(f"consent-{code}", "") for code in event.languages}
    try:
        written = write_text(event, notice, consent, author=current_user.email, at=now())
    except Refused as error:
        return _page(event, {f"notice-{event.languages[0]}": error.message}), UNUSABLE
    said = _("Version %(number)s holds from now on.", number=written.version) if written else _("Nothing changed.")
    flash(said, "good")
    return redirect(url_for("privacy.overview", slug=event.slug), 303)


@blueprint.get("/events/<slug>/privacy")
@public
def notice(slug: str) -> ResponseReturnValue:
    """What the event does with personal data, today or in an earlier version."""
    event, snapshot = published(slug)
    version = request.args.get("version", "")[:10]
    return render_template(
        "registration/privacy.html", event=snapshot.event, notice=notice_for(event, [page_language()], version)
    )


@blueprint.get("/events/<slug>/participants")
@public
def participants(slug: str) -> ResponseReturnValue:
    """Those who agreed to be listed, where the organiser shows the list."""
    event, snapshot = published(slug)
    if not settings_of(event).list_public:
        raise NotFound(_("This event shows no list of participants."))
    people, page, total = listed_page(event, page_language(), request.args.get("page", 1, type=int))
    body = render_template(
        "registration/participants.html",
        event=snapshot.event,
        people=people,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        page_address=lambda number: url_for("privacy.participants", slug=slug, page=number),
    )
    response = Response(body)
    # Who takes their consent back is gone at once, from caches and, in time, from search engines.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def list_links(event: Event) -> list[PublicLink]:
    """The way to the list from the event's page, where the organiser shows it."""
    if not settings_of(event).list_public:
        return []
    return [PublicLink(url_for("privacy.participants", slug=event.slug), _("List of participants"))]
