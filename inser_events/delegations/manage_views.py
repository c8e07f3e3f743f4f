"""The organisers' pages of all delegations: how far each is, adding, inviting, reminding, export."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import rollback
from inser_events.delegations import invitations, queries
from inser_events.delegations.errors import UnusableDelegation
from inser_events.delegations.exports import sheets
from inser_events.delegations.forms import DelegationForm, SeveralForm, delegation_form
from inser_events.delegations.models import Delegation
from inser_events.delegations.names import kind_words, letter_words, name_of
from inser_events.delegations.one_views import HERE, to_page
from inser_events.delegations.operations import (
    DelegationData,
    change_delegation,
    create_delegation,
    create_delegations,
    data_of,
)
from inser_events.delegations.queries import Standing
from inser_events.delegations.several import MOST_ROWS, DelegationRow, is_heading, read_delegations, table_of
from inser_events.delegations.views import download
from inser_events.documents.sheets import xlsx
from inser_events.documents.tables import MOST_BYTES, UnreadableTable, table_from
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import INTERFACE
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

blueprint = Blueprint("delegation_desk", __name__)
for_registrars = allowed(find_event, may_register, may_see)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILTERS: Mapping[str, Callable[[Standing], bool]] = {
    "not-invited": lambda one: one.delegation.invited_at is None,
    "not-opened": lambda one: one.delegation.invited_at is not None and one.delegation.opened_at is None,
    "nobody": lambda one: not one.people,
    "no-head": lambda one: bool(one.people) and not one.head,
    "no-letter": lambda one: one.letter_missing,
    "letter": lambda one: one.letter == "received",
}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def _filter_words() -> dict[str, str]:
    return {
        "not-invited": _("Not invited"),
        "not-opened": _("Not opened"),
        "nobody": _("Nobody named"),
        "no-head": _("Without a head"),
        "no-letter": _("Letter missing"),
        "letter": _("Letter to check"),
    }


@blueprint.get("/manage/<slug>/delegations")
@for_registrars
def overview(event: Event) -> ResponseReturnValue:
    """How far every delegation is."""
    at = now()
    wanted, query = request.args.get("show", ""), request.args.get("q", "")[:100]
    every = queries.standings(event, page_language())
    found = queries.standings(event, page_language(), query) if query else every
    shown = [one for one in found if wanted not in FILTERS or FILTERS[wanted](one)]
    pages = max(1, -(-len(shown) // queries.PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_managed(
        "delegations/manage.html",
        event,
        HERE,
        every=every,
        shown=shown[(number - 1) * queries.PAGE : number * queries.PAGE],
        counts={name: sum(map(chosen, found)) for name, chosen in FILTERS.items()},
        found=len(found),
        filter_words=_filter_words(),
        wanted=wanted if wanted in FILTERS else "",
        query=query,
        kinds=kind_words(),
        letter_words=letter_words(),
        to_invite=[one for one in every if invitations.may_be_invited(one)],
        to_remind=[one for one in every if invitations.may_be_reminded(one, at)],
        number=number,
        pages=pages,
        address=lambda **more: f"?{urlencode({'show': wanted, 'q': query} | more)}",
        page_address=lambda page: f"?{urlencode({'show': wanted, 'q': query, 'page': page})}",
    )


def _home(event: Event) -> ResponseReturnValue:
    return redirect(url_for("delegation_desk.overview", slug=event.slug), 303)


def _usual(event: Event) -> DelegationData:
    language = event.languages[0]
    return DelegationData(language=language if language in INTERFACE else "en")


@blueprint.route("/manage/<slug>/delegations/new", methods=["GET", "POST"])
@for_registrars
def new(event: Event) -> ResponseReturnValue:
    """Add one."""
    form = delegation_form(event, _usual(event))
    if form.validate_on_submit():
        try:
            delegation = create_delegation(event, form.data_given(), at=now())
        except UnusableDelegation as refusal:
            _show(form, refusal)
        else:
            flash(_("%(name)s is added.", name=name_of(delegation, page_language())), "good")
            return to_page(event, delegation)
    return _form_page(event, form, None)


def _show(form: DelegationForm, refusal: UnusableDelegation) -> None:
    rollback()  # the page shows how things stand
    field = form.name_fields[0] if refusal.field == "name" else form[refusal.field]
    field.errors = [refusal.message]


def _form_page(event: Event, form: DelegationForm, delegation: Delegation | None) -> ResponseReturnValue:
    name = name_of(delegation, page_language()) if delegation else ""
    page = render_managed("delegations/manage_form.html", event, HERE, form=form, delegation=delegation, name=name)
    return page, 422 if form.errors else 200


@blueprint.route("/manage/<slug>/delegations/<uid>/edit", methods=["GET", "POST"])
@for_registrars
def edit(event: Event, uid: str) -> ResponseReturnValue:
    """Change one."""
    delegation = queries.find_delegation(event, uid)
    form = delegation_form(event, data_of(delegation))
    if form.validate_on_submit():
        try:
            change_delegation(delegation, form.data_given(), at=now())
        except UnusableDelegation as refusal:
            _show(form, refusal)
        else:
            flash(_("Saved."), "good")
            return to_page(event, delegation)
    return _form_page(event, form, delegation)


@blueprint.route("/manage/<slug>/delegations/several", methods=["GET", "POST"])
@for_registrars
def several(event: Event) -> ResponseReturnValue:
    """Add many: a pasted table, or a spreadsheet."""
    form, rows, problem = SeveralForm(), list[DelegationRow](), ""
    if form.validate_on_submit():
        try:
            rows = _rows(event, form)
            if not any(row.problems for row in rows):
                made = create_delegations(event, [row.data for row in rows], at=now())
                text = ngettext("%(num)s delegation is added.", "%(num)s delegations are added.", len(made))
                flash(text, "good")
                return _home(event)
            problem = _("Nothing was added yet. Some rows need a correction.")
        except (UnreadableTable, UnusableDelegation) as refusal:
            rollback()  # the page shows how things stand
            problem = refusal.message
    faulty = [row for row in rows if row.problems]
    page = render_managed(
        "delegations/manage_several.html", event, HERE, form=form, rows=faulty, problem=problem, kinds=kind_words()
    )
    return page, 422 if problem or form.errors else 200


def _rows(event: Event, form: SeveralForm) -> list[DelegationRow]:
    sent, text = request.files.get("file"), form.lines.data or ""
    if sent is not None and sent.filename:
        table = table_from(sent.stream.read(MOST_BYTES + 1), sent.filename[:100], is_heading=is_heading)
    elif text.strip():
        table = table_of(text.strip())
    else:
        raise UnreadableTable(_("Paste a table or choose a file first."))
    if not table.rows:
        raise UnreadableTable(_("The file has headings but no rows."))
    if len(table.rows) > MOST_ROWS:
        raise UnreadableTable(_("At most %(number)s delegations at once, please.", number=MOST_ROWS))
    return read_delegations(event, table, _usual(event))


@blueprint.post("/manage/<slug>/delegations/invite")
@for_registrars
def invite_all(event: Event) -> ResponseReturnValue:
    """Send every invitation that is due."""
    count = invitations.send_invitations(event, page_language(), at=now(), only=request.form.getlist("delegation"))
    flash(ngettext("%(num)s invitation sent.", "%(num)s invitations sent.", count), "good")
    return _home(event)


@blueprint.post("/manage/<slug>/delegations/remind")
@for_registrars
def remind_all(event: Event) -> ResponseReturnValue:
    """Remind everybody of whom something is missing."""
    count = invitations.send_reminders(event, page_language(), at=now(), only=request.form.getlist("delegation"))
    flash(ngettext("%(num)s reminder sent.", "%(num)s reminders sent.", count), "good")
    return _home(event)


@blueprint.get("/manage/<slug>/delegations/export.xlsx")
@for_registrars
def export(event: Event) -> ResponseReturnValue:
    """Delegations and their people as a spreadsheet."""
    record("export delegations", event, event_id=event.id)
    return download(xlsx(sheets(event, page_language())), XLSX_TYPE, f"{event.slug}-delegations.xlsx")
