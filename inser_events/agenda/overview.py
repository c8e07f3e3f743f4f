"""The agenda's part of what an event needs next: sessions, nothing that clashes, a release that says so."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from inser_events.agenda.conflicts import conflicts_of
from inser_events.agenda.publishing import pending_changes
from inser_events.agenda.queries import draft_sessions
from inser_events.clock import now
from inser_events.events.models import Event
from inser_events.events.overview import Step


def agenda_steps(event: Event) -> Sequence[Step]:
    """Agenda and publishing, as steps of the event's overview."""
    href = f"/manage/{event.slug}"
    sessions = [session for session in draft_sessions(event) if session.withdrawn_at is None]
    if not sessions:
        return [
            Step(_("Agenda"), _("Add the first session."), f"{href}/agenda", done=False),
            _publishing(event, f"{href}/publish")
            if event.published_at
            else Step(_("Publish"), _("Everything is public only after that."), f"{href}/publish", done=False),
        ]
    serious = [conflict for conflict in conflicts_of(event, sessions) if conflict.severity == "bad"]
    text = ngettext("%(num)s session", "%(num)s sessions", len(sessions))
    if serious:
        text = ngettext("%(num)s thing does not fit.", "%(num)s things do not fit.", len(serious))
    return [
        Step(_("Agenda"), text, f"{href}/agenda", done=True, warning=bool(serious)),
        _publishing(event, f"{href}/publish"),
    ]


def _publishing(event: Event, href: str) -> Step:
    previous, _frozen, changes = pending_changes(event, at=now())
    if previous is None:
        return Step(_("Publish"), _("Look at it once more, then publish."), href, done=False)
    if changes:
        text = ngettext("%(num)s change is not public yet.", "%(num)s changes are not public yet.", len(changes))
        return Step(_("Publish"), text, href, done=False)
    return Step(_("Publish"), _("The public pages are up to date."), href, done=True)
