"""One person's data as a readable paper."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from inser_events.config import STATIC
from inser_events.documents import pdf
from inser_events.events.history import acts
from inser_events.languages import direction
from inser_events.people.tables import person_words
from inser_events.registration.forms import gender_label
from inser_events.web.file_words import file_size
from inser_events.web.filters import (
    category_label,
    comma,
    country,
    day,
    language_name,
    mode_label,
    moment,
    role_label,
    zone_name,
)
from inser_events.web.state_words import state_label

STYLE = STATIC / "css" / "pdf" / "person.css"


def person_pdf(data: dict[str, Any], *, language: str, identifier: str, when: datetime) -> bytes:
    """The paper of `personal_data.data_of`, in the language that is set. Raises PdfUnavailable."""
    title, zone = _("What is kept about %(name)s", name=_name(data)), data["event"]["time_zone"]
    html = render_template(
        "pdf/person_data.html",
        title=title,
        language=language,
        direction=direction(language),
        event=data["event"],
        starts_on=worded("starts_on", data["event"]["starts_on"], zone),
        made_at=moment(datetime.fromisoformat(data["made_at"]), zone),
        zone=zone_name(zone, when),
        facts=_rows([data["registration"]], zone)[0],
        agreed_to=data["agreed_to"],
        parts=[
            (parts().get(name) or _spelled(name), _rows(rows, zone)) for name, rows in data.items() if _is_part(rows)
        ],
    )
    return pdf.render(html, css=[STYLE], title=title, identifier=identifier.encode(), when=when)


def _name(data: dict[str, Any]) -> str:
    person = data["registration"]
    return f"{person['given_name']} {person['family_name']}".strip()


def _is_part(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _rows(rows: list[dict[str, Any]], zone: str) -> list[list[tuple[str, str]]]:
    """The rows in words, without what is empty: nothing is kept there."""
    return [
        [(_label(name), text) for name, value in row.items() if (text := worded(name, value, zone))] for row in rows
    ]


def worded(name: str, value: Any, zone: str) -> str:
    """A value of the data as a reader understands it: moments on the event's clock, codes by what they mean."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        said = ((_label(key), worded(key, one, zone)) for key, one in value.items())
        return comma().join(f"{label}: {text}" for label, text in said if text)
    if isinstance(value, list):
        return comma().join(worded(name, one, zone) for one in value)
    if value in (None, ""):
        return ""
    if name in MOMENTS:
        return moment(datetime.fromisoformat(value), zone)
    return str(CODES[name](value)) if name in CODES else str(value)


MOMENTS = frozenset(
    {
        "at",
        "until",
        "created_at",
        "confirmed_at",
        "waiting_since",
        "cancelled_at",
        "issued_at",
        "revoked_at",
        "written_at",
        "joined_at",
        "left_at",
        "opened_at",
        "last_at",
    }
)


def _act(act: str) -> str:
    return acts().get(act) or _spelled(act)


def _mail_or_place(state: str) -> str:
    mails = {"queued": _("Waiting"), "sending": _("On its way"), "sent": _("Sent"), "failed": _("Failed")}
    return mails.get(state) or state_label(state)


CODES: Mapping[str, Callable[[Any], object]] = {
    "starts_on": lambda text: day(date.fromisoformat(text)),
    "mode": mode_label,
    "state": _mail_or_place,
    "category": category_label,
    "country": country,
    "language": language_name,
    "gender": gender_label,
    "role": role_label,
    "act": _act,
    "bytes": file_size,
}
"""How what is kept as a code is named."""


def _label(name: str) -> str:
    return labels().get(name) or _spelled(name)


def _spelled(name: str) -> str:
    return name.replace("_", " ").capitalize()


def parts() -> dict[str, str]:
    """Headings of the lists."""
    return {
        "answers": _("Answers"),
        "files": _("Files"),
        "tickets": _("Tickets"),
        "mails": _("Mails"),
        "history": _("History"),
        "scans": _("At the doors"),
        "online": _("Online"),
        "starred_sessions": _("My agenda"),
        "speaking": _("Slides, photo and parts as a speaker"),
    }


def labels() -> dict[str, str]:
    """What the names of the data mean."""
    return {
        **person_words(),
        "phone": _("Phone"),
        "gender": _("Gender"),
        "language": _("Language"),
        "category": _("Category"),
        "mode": _("Takes part"),
        "state": _("State"),
        "listed": _("In the list of participants"),
        "privacy_version": _("Version of the privacy notice"),
        "created_at": _("Registered on"),
        "confirmed_at": _("Confirmed on"),
        "waiting_since": _("Waiting since"),
        "cancelled_at": _("Cancelled on"),
        "question": _("Question"),
        "answer": _("Answer"),
        "issued_at": _("Issued"),
        "revoked_at": _("Replaced"),
        "subject": _("Subject"),
        "written_at": _("Written"),
        "at": _("When"),
        "act": _("What was done"),
        "before": _("Before"),
        "after": _("After"),
        "name": _("Name"),
        "bytes": _("Size"),
        "role": _("Role"),
        "session": _("Session"),
        **_online_labels(),
    }


def _online_labels() -> dict[str, str]:
    return {
        "title": _("Call"),
        "joined_at": _("Joined at"),
        "left_at": _("Left at"),
        "minutes": _("Minutes"),
        "opened_at": _("Went to the call at"),
        "last_at": _("Last time on that day"),
        "times": _("How often"),
    }
