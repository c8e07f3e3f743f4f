"""What an organiser typed about a message, read from the form; nothing typed is lost when something is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from inser_events.documents.text import one_line, printable
from inser_events.events.models import Category, Event, Mode
from inser_events.languages import INTERFACE
from inser_events.registration.audiences import ABSENT, PRESENT, Audience, audience_from
from inser_events.registration.groups import group_names
from inser_events.registration.message_models import Message
from inser_events.registration.messages import MessageData, due_at
from inser_events.registration.models import State

WHEN = ("hand", "at", "before")


@dataclass
class MessageForm:
    """The texts of the form's fields as they were typed, and what is wrong with them."""

    texts: dict[str, str] = field(default_factory=dict)
    audience: Audience = field(default_factory=Audience)
    attachments: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """What stands in a field."""
        return self.texts.get(name, "")


def form_of(message: Message) -> MessageForm:
    """The form filled with a message."""
    zone = ZoneInfo(message.event.time_zone)
    due = due_at(message)
    texts = {f"subject-{language}": text for language, text in message.subject.items()}
    texts |= {f"body-{language}": text for language, text in message.body.items()}
    texts["when"] = "before" if message.days_before is not None else "at" if message.send_at else "hand"
    texts["days_before"] = "" if message.days_before is None else str(message.days_before)
    if due is not None:
        local = due.astimezone(zone)
        texts |= {"send_date": f"{local:%Y-%m-%d}", "send_time": f"{local:%H:%M}"}
    return MessageForm(texts, audience_from(message.audience), list(message.attachments))


def form_from(values: MultiDict[str, str], event: Event) -> MessageForm:
    """The form as it was sent."""
    texts = {name: value for name, value in values.items() if name != "csrf_token"}
    return MessageForm(texts, audience_in(values, event), values.getlist("attachments"))


def audience_in(values: MultiDict[str, str], event: Event) -> Audience:
    """Whom the ticked boxes choose; what is none of the choices is left out."""
    presence = values.get("presence", "")
    return Audience(
        states=_known(values, "states", State),
        modes=_known(values, "modes", Mode),
        categories=_known(values, "categories", Category),
        countries=tuple(code for code in values.getlist("countries") if len(code) == 2 and code.isalpha()),  # noqa: PLR2004 — ISO 3166-1 alpha-2
        languages=_known(values, "languages", {*INTERFACE, *event.languages}),
        presence=presence if presence in {PRESENT, ABSENT} else "",
        people=tuple(values.getlist("people"))[:10_000],
        groups=_known(values, "groups", group_names(event, event.languages[0])) if values.get("groups") else (),
    )


def _known(values: MultiDict[str, str], name: str, among: Any) -> tuple[str, ...]:
    known = {str(one) for one in among}
    return tuple(value for value in values.getlist(name) if value in known)


def data_of(form: MessageForm, event: Event) -> MessageData | None:
    """The message as it is meant; None when a moment cannot be read, which ``form.problems`` then says."""
    when = form.get("when")
    send_at = days = moment = None
    try:
        if when == "at":
            send_at = _moment(form.get("send_date"), form.get("send_time") or "09:00", event.time_zone)
        elif when == "before":
            days, moment = int(form.get("days_before") or ""), _clock(form.get("send_time") or "09:00")
    except ValueError:
        name = "send_date" if when == "at" else "days_before"
        form.problems[name] = _("Choose a day and a time.") if when == "at" else _("Enter how many days before.")
        return None
    return MessageData(
        subject=_localized(form.texts, "subject", event, one_line),
        body=_localized(form.texts, "body", event, lambda text: printable(text).strip()),
        audience=form.audience,
        attachments=form.attachments,
        send_at=send_at,
        days_before=days,
        send_time=moment,
    )


def _localized(texts: Mapping[str, str], name: str, event: Event, clean: Any) -> dict[str, str]:
    found = {language: clean(texts.get(f"{name}-{language}", "")) for language in event.languages}
    return {language: text for language, text in found.items() if text}


def _moment(day: str, clock: str, zone: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(day).date(), _clock(clock), ZoneInfo(zone))


def _clock(text: str) -> time:
    found = time.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError(text)
    return found
