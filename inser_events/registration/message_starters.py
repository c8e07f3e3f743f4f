"""Letters to begin with: what organisers write for nearly every event."""

from flask_babel import gettext as _

from inser_events.events.models import Mode
from inser_events.registration.audiences import ABSENT, PRESENT, Audience
from inser_events.registration.messages import MessageData

STARTERS = ("blank", "reminder", "online", "thanks", "missed")


def starter_labels() -> dict[str, str]:
    """What one can begin with."""
    return {
        "blank": _("An empty letter"),
        "reminder": _("Three days before: see you in the room"),
        "online": _("The day before: how to join online"),
        "thanks": _("Afterwards: thank you for coming"),
        "missed": _("Afterwards: sorry to have missed you"),
    }


def starter(name: str, language: str) -> MessageData:
    """A letter to begin with, for the event's main language."""
    subject, body, more = _letters().get(name, ("", "", {}))
    return MessageData(subject={language: subject}, body={language: body}, **more)  # type: ignore[arg-type] # fields of MessageData


def _letters() -> dict[str, tuple[str, str, dict[str, object]]]:
    return {
        "reminder": (
            _("In three days: {{event}}"),
            _(
                "Dear {{name}},\n\nwe look forward to seeing you: {{date}}, {{venue}}.\n\n"
                "Your ticket, badge and calendar entry:\n{{ticket_link}}\n\n"
                "If you cannot come, please give your seat to the next person:\n{{cancel_link}}\n\n{{organiser}}"
            ),
            {"audience": Audience(modes=(Mode.IN_PERSON,)), "days_before": 3, "attachments": ("calendar", "badge")},
        ),
        "online": (
            _("Tomorrow online: {{event}}"),
            _(
                "Dear {{name}},\n\nthis is your own way into the call on {{platform}}:\n{{join_link}}\n\n"
                "Please do not pass it on. The agenda:\n{{agenda_link}}\n\n{{organiser}}"
            ),
            {"audience": Audience(modes=(Mode.ONLINE,)), "days_before": 1, "attachments": ("calendar",)},
        ),
        "thanks": (
            _("Thank you for coming: {{event}}"),
            _(
                "Dear {{name}},\n\nthank you for being with us.\n\n"
                "Everything shown is here:\n{{agenda_link}}\n\n{{organiser}}"
            ),
            {"audience": Audience(presence=PRESENT)},
        ),
        "missed": (
            _("We missed you: {{event}}"),
            _("Dear {{name}},\n\nwe are sorry you could not come. What was shown:\n{{agenda_link}}\n\n{{organiser}}"),
            {"audience": Audience(presence=ABSENT)},
        ),
    }
