"""One person's data as a readable paper."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from inser_events.config import STATIC
from inser_events.documents import pdf
from inser_events.languages import direction
from inser_events.web.filters import comma

STYLE = STATIC / "css" / "pdf" / "person.css"


def person_pdf(data: dict[str, Any], *, language: str, identifier: str, when: datetime) -> bytes:
    """The paper of `personal_data.data_of`, in the language that is set. Raises PdfUnavailable."""
    title = _("What is kept about %(name)s", name=_name(data))
    html = render_template(
        "pdf/person_data.html",
        title=title,
        language=language,
        direction=direction(language),
        event=data["event"],
        made_at=data["made_at"],
        facts=[(labels().get(name, name), worded(value)) for name, value in data["registration"].items()],
        parts=[(parts().get(name, name.capitalize()), _rows(rows)) for name, rows in data.items() if _is_part(rows)],
    )
    return pdf.render(html, css=[STYLE], title=title, identifier=identifier.encode(), when=when)


def _name(data: dict[str, Any]) -> str:
    person = data["registration"]
    return f"{person['given_name']} {person['family_name']}".strip()


def _is_part(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _rows(rows: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    return [[(labels().get(name, name), worded(value)) for name, value in row.items()] for row in rows]


def worded(value: Any) -> str:
    """A value of the data as text."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        return comma().join(f"{labels().get(name, name)}: {worded(one)}" for name, one in value.items())
    if isinstance(value, list):
        return comma().join(worded(one) for one in value)
    return "" if value is None else str(value)


def parts() -> dict[str, str]:
    """Headings of the lists."""
    return {
        "answers": _("Answers"),
        "files": _("Files"),
        "tickets": _("Tickets"),
        "mails": _("Mails"),
        "history": _("History"),
        "scans": _("At the doors"),
        "starred_sessions": _("My agenda"),
        "speaking": _("Slides, photo and parts as a speaker"),
    }


def labels() -> dict[str, str]:
    """What the names of the data mean."""
    return {
        "honorific": _("Form of address"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "name_latin": _("Name in Latin letters"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "gender": _("Gender"),
        "organisation": _("Organisation"),
        "job_title": _("Position"),
        "country": _("Country"),
        "language": _("Language"),
        "category": _("Category"),
        "mode": _("Takes part"),
        "state": _("State"),
        "listed": _("In the list of participants"),
        "privacy_version": _("Version of the privacy notice"),
        "created_at": _("Registered"),
        "confirmed_at": _("Confirmed"),
        "waiting_since": _("Waiting since"),
        "cancelled_at": _("Cancelled"),
        "question": _("Question"),
        "answer": _("Answer"),
        "issued_at": _("Issued"),
        "revoked_at": _("Replaced"),
        "subject": _("Subject"),
        "written_at": _("Written"),
        "at": _("When"),
        "act": _("What"),
        "before": _("Before"),
        "after": _("After"),
        "name": _("Name"),
        "bytes": _("Bytes"),
        "role": _("Role"),
        "session": _("Session"),
    }
