"""The privacy notice of an event: the usual one, or the organiser's own in numbered versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select

from inser_events.audit import record
from inser_events.database import ask, db
from inser_events.documents.text import one_line, printable
from inser_events.errors import Refused
from inser_events.events.models import Event
from inser_events.languages import Localized, direction, text_in
from inser_events.registration.privacy_models import PrivacySettings, PrivacyText
from inser_events.web.filters import day
from inser_events.web.languages import page_language

USUAL_VERSION = "2025-09"
"""The version of `usual_notice`; raise it when its meaning changes."""
NOTICE_LENGTH = 20_000
CONSENT_LENGTH = 500


class NoticeMissing(Refused):
    """A notice must be there in the event's main language."""

    status = 422
    title = "Notice missing"


@dataclass(frozen=True)
class Notice:
    """A notice in the language of its reader. ``consent`` is empty where the usual sentence holds."""

    version: str
    notice: str
    consent: str
    language: str
    direction: str
    written_at: datetime | None = None

    @property
    def paragraphs(self) -> list[str]:
        """The notice in paragraphs."""
        return [block.strip() for block in self.notice.split("\n\n") if block.strip()]


_texts: Any = PrivacyText.__table__
_VERSION = select(func.max(_texts.c.version)).where(_texts.c.event_id == bindparam("event_id"))


def agreed_version(event: Event) -> str:
    """What to store with somebody who agrees today."""
    current = ask(_VERSION, event_id=event.id).scalar()
    return USUAL_VERSION if current is None else str(current)


def current_text(event: Event) -> PrivacyText | None:
    """The organiser's own wording of today, if there is one."""
    mine = select(PrivacyText).where(PrivacyText.event_id == event.id)
    return db.session.scalar(mine.order_by(PrivacyText.version.desc()).limit(1))


def versions_of(event: Event) -> Sequence[PrivacyText]:
    """Every wording there was, the newest first."""
    mine = select(PrivacyText).where(PrivacyText.event_id == event.id)
    return db.session.scalars(mine.order_by(PrivacyText.version.desc())).all()


def notice_for(event: Event, languages: Sequence[str], version: str = "") -> Notice:
    """The notice of a version, or of today, in the first of *languages* it has; the usual one where there is none."""
    if not version:
        text = current_text(event)
    elif version.isdecimal():
        mine = select(PrivacyText).where(PrivacyText.event_id == event.id, PrivacyText.version == int(version))
        text = db.session.scalar(mine)
    else:
        text = None
    if text is None:
        return Notice(USUAL_VERSION, usual_notice(event), "", page_language(), direction(page_language()))
    notice = text_in(text.notice, [*languages, *event.languages])
    consent = text_in(text.consent, [notice.language]).value if notice.language in text.consent else ""
    return Notice(str(text.version), notice.value, consent, notice.language, notice.direction, text.written_at)


def usual_notice(event: Event) -> str:
    """What holds while the organiser wrote nothing: who, what, why, who sees it, how long, what one can do."""
    settings = settings_of(event)
    organiser = text_in(event.organiser, [page_language(), *event.languages]).value or _("the organisers of this event")
    until = (
        _("They are erased after %(day)s; only numbers are kept.", day=day(settings.retain_until))
        if settings.retain_until
        else _("They are erased when they are no longer needed for this event.")
    )
    return "\n\n".join(
        [
            _("Your details are kept by %(organiser)s, to run this event and for nothing else.", organiser=organiser),
            _(
                "They are what you write in the form, whether you came, and the mails sent to you. "
                "The organisers and the people at the door see them. They are given to nobody else."
            ),
            until,
            _("With the link to your ticket you can see, correct, download and erase them at any time."),
        ]
    )


def write_text(event: Event, notice: Localized, consent: Localized, *, author: str, at: datetime) -> PrivacyText | None:
    """Put a new wording in force; None when it says what the last one said. Raises NoticeMissing."""
    notice = {language: printable(text).strip()[:NOTICE_LENGTH] for language, text in notice.items() if text.strip()}
    consent = {language: one_line(text)[:CONSENT_LENGTH] for language, text in consent.items() if text.strip()}
    if event.languages[0] not in notice:
        raise NoticeMissing(_("Write the notice in the event’s first language."))
    last = current_text(event)
    if last is not None and (last.notice, last.consent) == (notice, consent):
        return None
    text = PrivacyText(
        event_id=event.id,
        version=last.version + 1 if last else 1,
        notice=notice,
        consent=consent,
        written_by=author,
        written_at=at,
    )
    db.session.add(text)
    db.session.flush()  # the audit entry needs the id
    record("change privacy notice", text, event_id=event.id, after={"version": text.version})
    return text


def settings_of(event: Event) -> PrivacySettings:
    """The event's choices; the usual ones, not stored, when nobody made any."""
    return db.session.get(PrivacySettings, event.id) or PrivacySettings(event_id=event.id, list_public=False, report={})
