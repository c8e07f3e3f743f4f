"""Organisers' pages of events: the list, starting one, its overview, settings and history."""

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user

from inser_events import mail
from inser_events.clock import now
from inser_events.database import db
from inser_events.errors import NotFound
from inser_events.events import forms, operations, overview
from inser_events.events.access import may_edit, may_own, may_see, strongest_role
from inser_events.events.errors import Outdated, SlugTaken, UnusableEvent
from inser_events.events.forms import ActForm, CreateForm, SettingsForm, TextsForm
from inser_events.events.history import all_told
from inser_events.events.models import Event
from inser_events.events.moments import moment_of
from inser_events.events.navigation import render_managed
from inser_events.events.queries import events_of, find_event, history_of, registration_state, seats_of, today_in
from inser_events.events.team import role_name
from inser_events.languages import ENDONYMS
from inser_events.networks.queries import all_networks
from inser_events.web.access import allowed, signed_in
from inser_events.web.filters import add_filter

blueprint = Blueprint("manage", __name__, url_prefix="/manage")
RECENT = 6
UNUSABLE = 422
CONFLICT = 409


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    add_filter(app, "team_role", role_name)


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The user's events: what comes next first, then what is over, the latest first."""
    at, events = now(), events_of(current_user)
    over = {event.id for event, _role in events if event.ends_on < today_in(event, at)}
    coming = [row for row in reversed(events) if row[0].id not in over]
    past = [row for row in events if row[0].id in over]
    return render_template("events/manage_index.html", coming=coming, past=past)


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def create() -> ResponseReturnValue:
    """Start an event."""
    form = CreateForm()
    form.offer(all_networks(), _language())
    if form.validate_on_submit():
        try:
            data, owner = forms.event_data(form), current_user._get_current_object()  # noqa: SLF001 — the row, not its proxy
            event = operations.create_event(data, owner, rooms=form.room_data(), capacities=form.capacities())
        except (UnusableEvent, SlugTaken) as error:
            forms.show_error(form, error)
        else:
            flash(_("The event is set up. Next: build its agenda."), "success")
            return redirect(f"/manage/{event.slug}")
    return render_template("events/manage_new.html", form=form), UNUSABLE if form.errors else 200


@blueprint.get("/<slug>")
@allowed(find_event, may_see)
def event(event: Event) -> ResponseReturnValue:
    """What is next, how many are coming, what was done last."""
    entries, _pages = history_of(event, size=RECENT, team_only=True)
    return render_managed(
        "events/manage_overview.html",
        event,
        "overview",
        steps=overview.steps_of(event),
        moment=moment_of(event, strongest_role(current_user, event), today_in(event, now())),
        seats=seats_of(event.id),
        registration_state=registration_state(event, now()),
        register_url=f"{current_app.extensions['settings'].base_url}/events/{event.slug}/register",
        recent=all_told(entries),
        mail_leaves=mail.reaches_people() or event.is_sample,
        editable=may_edit(current_user, event),
    )


@blueprint.route("/<slug>/settings", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
def settings(event: Event) -> ResponseReturnValue:
    """Everything about the event in its main language."""
    form = _filled(event) if request.method == "GET" else SettingsForm()
    form.offer(all_networks(), _language(), event)
    if not form.validate_on_submit():
        return _settings_page(event, form), UNUSABLE if form.errors else 200
    try:
        operations.change_event(event, forms.event_data(form, event), _version(form))
    except (UnusableEvent, SlugTaken) as error:
        forms.show_error(form, error)
        return _settings_page(event, form), UNUSABLE
    except Outdated:
        saved = _saved(event)
        form.version.data = str(event.version)
        return _settings_page(event, form, outdated=forms.differences(form, saved)), CONFLICT
    flash(_saved_words(event), "success")
    return redirect(f"/manage/{event.slug}/settings")


@blueprint.route("/<slug>/texts/<language>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
def texts(event: Event, language: str) -> ResponseReturnValue:
    """The event's texts in one of its further languages."""
    if language not in event.languages[1:]:
        raise NotFound(_("This event has no texts in that language."))
    form = TextsForm()
    if request.method == "GET":
        _show_texts(form, event, language)
    elif form.validate_on_submit():
        try:
            operations.change_event(event, forms.texts_data(form, event, language), _version(form))
        except UnusableEvent as error:
            forms.show_error(form, error)
        except Outdated:
            return _outdated_texts(event, form, language), CONFLICT
        else:
            flash(_saved_words(event), "success")
            return redirect(f"/manage/{event.slug}/texts/{language}")
    return _texts_page(event, form, language), UNUSABLE if form.errors else 200


@blueprint.get("/<slug>/end")
@allowed(find_event, may_own, may_see)
def end(event: Event) -> ResponseReturnValue:
    """Cancel or delete the event."""
    return render_managed("events/manage_end.html", event, "settings", tabs=setting_tabs(event, "end"), form=ActForm())


@blueprint.post("/<slug>/delete")
@allowed(find_event, may_own, may_see)
def delete(event: Event) -> ResponseReturnValue:
    """Delete an event that was never public."""
    if ActForm().validate_on_submit():
        operations.delete_event(event)
        flash(_("The event is deleted."), "success")
        return redirect("/manage")
    return redirect(f"/manage/{event.slug}/end")


@blueprint.get("/<slug>/history")
@allowed(find_event, may_see)
def history(event: Event) -> ResponseReturnValue:
    """Who did what."""
    everyone = "all" in request.args
    page = max(1, request.args.get("page", 1, type=int))
    entries, pages = history_of(event, page=page, team_only=not everyone)
    return render_managed(
        "events/manage_history.html",
        event,
        "history",
        entries=all_told(entries),
        page=min(page, pages),
        pages=pages,
        everyone=everyone,
    )


def setting_tabs(event: Event, here: str) -> list[tuple[str, str, bool]]:
    """The pages under Settings: label, address, whether it is this one."""
    start = f"/manage/{event.slug}"
    pages = [("settings", _("Event"), f"{start}/settings"), ("rooms", _("Rooms and places"), f"{start}/rooms")]
    pages.append(("identity", _("Looks"), f"{start}/identity"))
    pages += [(code, ENDONYMS.get(code, code), f"{start}/texts/{code}") for code in event.languages[1:]]
    if len(event.languages) > 1:
        pages.append(("translations", _("Translations"), f"{start}/translations"))
    if may_own(current_user, event):
        pages.append(("end", _("Cancel or delete"), f"{start}/end"))
    return [(label, href, key == here) for key, label, href in pages]


def _language() -> str:
    return forms.locale_language(get_locale())


def _version(form: SettingsForm | TextsForm) -> int:
    text = form.version.data or ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 — no version is that long


def _filled(event: Event) -> SettingsForm:
    form = SettingsForm(formdata=None)
    forms.fill_from(form, event)
    form.version.data = str(event.version)
    return form


def _saved(event: Event) -> SettingsForm:
    db.session.refresh(event)
    form = _filled(event)
    form.offer(all_networks(), _language(), event)
    return form


def _settings_page(event: Event, form: SettingsForm, outdated: object = None) -> str:
    tabs = setting_tabs(event, "settings")
    return render_managed("events/manage_settings.html", event, "settings", form=form, tabs=tabs, outdated=outdated)


def _show_texts(form: TextsForm, event: Event, language: str) -> None:
    forms.fill_texts(form, event, language)
    form.version.data = str(event.version)


def _outdated_texts(event: Event, form: TextsForm, language: str) -> str:
    db.session.refresh(event)
    saved = TextsForm(formdata=None)
    _show_texts(saved, event, language)
    form.version.data = str(event.version)
    return _texts_page(event, form, language, outdated=forms.differences(form, saved))


def _texts_page(event: Event, form: TextsForm, language: str, outdated: object = None) -> str:
    return render_managed(
        "events/manage_texts.html",
        event,
        "settings",
        form=form,
        tabs=setting_tabs(event, language),
        language=language,
        main={name: getattr(event, name).get(event.languages[0], "") for name in forms.LOCALIZED},
        outdated=outdated,
    )


def _saved_words(event: Event) -> str:
    if event.published_at is None:
        return str(_("Saved."))
    return str(_("Saved. The public pages change when you publish."))
