"""Letters and certificates, for organisers: their wording, single ones, and all at once."""

from flask import Blueprint, Flask, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Snapshot
from inser_events.attendance import issuing, letters, operations, queries, runs
from inser_events.attendance.errors import NoSuchLetter, TemplateChanged
from inser_events.attendance.forms import WordingForm
from inser_events.attendance.models import LetterKind, RunState
from inser_events.attendance.presence import attended_count
from inser_events.attendance.wording import NAMES
from inser_events.clock import now
from inser_events.errors import NotFound
from inser_events.events.access import may_edit, may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import INTERFACE
from inser_events.registration.queries import find_registration
from inser_events.registration.views import private
from inser_events.web.access import allowed
from inser_events.web.filters import endonym

REFRESH = "2"
"""Seconds after which the page of a run asks again."""
HERE = "badges"
blueprint = Blueprint("letters", __name__)
for_registrars = allowed(find_event, may_register, may_see)
for_editors = allowed(find_event, may_edit, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/letters")
@for_registrars
def overview(event: Event) -> ResponseReturnValue:
    """What there is to write and to issue."""
    return render_managed(
        "attendance/manage_letters.html",
        event,
        HERE,
        kinds=[(kind, issuing.kind_name(kind)) for kind in LetterKind],
        counts=queries.issued_counts(event),
        letters=queries.letters_of(event),
        runs=queries.runs_of(event),
        attended=attended_count(event),
        snapshot=latest_snapshot(event),
    )


@blueprint.route("/manage/<slug>/letters/<any(invitation, certificate):kind>", methods=["GET", "POST"])
@for_editors
def edit(event: Event, kind: str) -> ResponseReturnValue:
    """The wording of a letter in one language: ``?text=fr``."""
    language = _language(event)
    template = queries.template_of(event, kind)
    title, body, signatory = letters.wording(template, kind, language, event.languages)
    version = template.version if template else 1
    form = WordingForm(title=title, body=body, signatory=signatory, version=str(version))
    if form.validate_on_submit():
        try:
            operations.save_wording(event, kind, language, form.wording(), version=form.started_from())
        except TemplateChanged as error:
            form.body.errors = [*form.body.errors, error.message]
        else:
            flash(_("Saved. Letters printed from now on read like this."), "good")
            return redirect(url_for("letters.edit", slug=event.slug, kind=kind, text=language), 303)
    page = render_managed(
        "attendance/manage_wording.html",
        event,
        HERE,
        form=form,
        kind=kind,
        kind_name=issuing.kind_name(kind),
        language=language,
        languages=[(endonym(each), f"?text={each}", each == language) for each in _languages(event)],
        names=NAMES,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/manage/<slug>/letters/<any(invitation, certificate):kind>/preview.pdf")
@for_editors
def preview(event: Event, kind: str) -> ResponseReturnValue:
    """The letter as an example person would get it: ``?text=fr``."""
    return private(issuing.preview_of(event, _published(event), kind, _language(event), at=now()), "application/pdf")


@blueprint.post("/manage/<slug>/letters/<any(invitation, certificate):kind>/for/<uid>")
@for_registrars
def issue(event: Event, kind: str, uid: str) -> ResponseReturnValue:
    """Issue a letter to one person."""
    registration = find_registration(event, uid)
    letter = operations.issue_letters(event, [registration], kind, at=now())[0]
    return redirect(url_for("letters.paper", slug=event.slug, uid=letter.uid), 303)


@blueprint.get("/manage/<slug>/letters/<uid>.pdf")
@for_registrars
def paper(event: Event, uid: str) -> ResponseReturnValue:
    """A letter that was issued, to print it (again)."""
    letter = queries.find_letter(event, uid)
    response = private(issuing.paper_of(event, _published(event), [letter], letter.kind), "application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{event.slug}-{letter.kind}-{letter.number}.pdf"'
    return response


@blueprint.post("/manage/<slug>/letters/<uid>/withdraw")
@for_registrars
def withdraw(event: Event, uid: str) -> ResponseReturnValue:
    """Make a letter invalid."""
    letter = operations.withdraw_letter(queries.find_letter(event, uid), at=now())
    flash(
        _("%(kind)s no. %(number)s is no longer valid.", kind=issuing.kind_name(letter.kind), number=letter.number),
        "good",
    )
    return redirect(url_for("letters.overview", slug=event.slug), 303)


@blueprint.post("/manage/<slug>/letters/runs")
@for_registrars
def start(event: Event) -> ResponseReturnValue:
    """Make the certificates of everyone who attended, in the background."""
    _published(event)
    run = operations.start_run(event, LetterKind.CERTIFICATE, at=now())
    runs.begin(run)
    return redirect(url_for("letters.progress", slug=event.slug, uid=run.uid), 303)


@blueprint.get("/manage/<slug>/letters/runs/<uid>")
@for_registrars
def progress(event: Event, uid: str) -> ResponseReturnValue:
    """How far a run is; the page asks again by itself while it goes on."""
    run = queries.find_run(event, uid)
    response = private(render_managed("attendance/manage_run.html", event, HERE, run=run))
    if run.state in {RunState.WAITING, RunState.RUNNING}:
        response.headers["Refresh"] = REFRESH
    return response


@blueprint.get("/manage/<slug>/letters/runs/<uid>.pdf")
@for_registrars
def run_file(event: Event, uid: str) -> ResponseReturnValue:
    """What a run made, in one file."""
    path = runs.path_of(queries.find_run(event, uid))
    if not path.is_file():
        raise NoSuchLetter
    response = send_file(path, "application/pdf", download_name=f"{event.slug}-certificates.pdf")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _published(event: Event) -> Snapshot:
    snapshot = latest_snapshot(event)
    if snapshot is None:
        raise NotFound(_("Publish the agenda first: letters tell what was published."))
    return snapshot


def _languages(event: Event) -> list[str]:
    return list(dict.fromkeys([*(each for each in event.languages if each in INTERFACE), *INTERFACE]))


def _language(event: Event) -> str:
    asked = request.args.get("text", "")
    return asked if asked in INTERFACE else _languages(event)[0]
