"""The page that shows what is still missing in which language."""

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from inser_events.agenda.gaps import Gap, gaps_of
from inser_events.events.access import may_edit, may_see
from inser_events.events.manage_views import setting_tabs
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.overview import Step
from inser_events.events.queries import find_event
from inser_events.web.access import allowed
from inser_events.web.filters import endonym

ON_A_PAGE = 50
blueprint = Blueprint("gaps", __name__)


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/translations")
@allowed(find_event, may_edit, may_see)
def overview(event: Event) -> ResponseReturnValue:
    """Texts without a translation; ``?missing=`` names one language."""
    found, coverage = gaps_of(event)
    asked = request.args.get("missing", "")
    language = asked if asked in event.languages else ""
    chosen = [gap for gap in found if not language or _lacks(gap, language)]
    pages = max(1, -(-len(chosen) // ON_A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    choices = [(pgettext("languages", "All"), "?", not language, len(found))]
    choices += [
        (endonym(one.language), f"?missing={one.language}", one.language == language, one.wanted - one.there)
        for one in coverage
    ]
    return render_managed(
        "agenda/manage_translations.html",
        event,
        "settings",
        tabs=setting_tabs(event, "translations"),
        choices=choices,
        coverage=coverage,
        gaps=chosen[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        language=language,
        page=page,
        pages=pages,
    )


def _lacks(gap: Gap, language: str) -> bool:
    return any(code == language for code, _address in gap.missing)


def translation_steps(event: Event) -> list[Step]:
    """What is missing, as a step of the event's overview; none for an event in one language."""
    if len(event.languages) == 1:
        return []
    found, _coverage = gaps_of(event)
    text = ngettext("%(num)s text is not there in every language.", "%(num)s texts are not there in every language.",
                    len(found)) if found else _("Every text is there in every language.")  # fmt: skip
    return [Step(_("Translations"), text, f"/manage/{event.slug}/translations", done=not found)]
