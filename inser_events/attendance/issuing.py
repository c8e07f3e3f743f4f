"""From a letter in the database to its sheet of paper."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from inser_events.agenda.printing import identity_for
from inser_events.agenda.reading import speaking
from inser_events.agenda.snapshot import Snapshot
from inser_events.attendance import letters, queries
from inser_events.attendance.exports import Sheet, letters_pdf
from inser_events.attendance.models import Letter, LetterKind, LetterTemplate
from inser_events.attendance.wording import filled
from inser_events.badges.guests import Guest
from inser_events.config import Settings
from inser_events.events.identity import look_of
from inser_events.events.models import Event
from inser_events.languages import INTERFACE, text_in


def paper_of(event: Event, snapshot: Snapshot, issued: Sequence[Letter], kind: str) -> bytes:
    """Letters of one kind and one language as a PDF. Raises PdfUnavailable."""
    language = language_of(issued[0].language)
    template = queries.template_of(event, kind)
    with speaking(language):
        common = letters.event_words(snapshot, language)
        sheets = [_sheet(letter, template, snapshot, language, common) for letter in issued]
        name = kind_name(kind)
    numbers = f"{issued[0].number}-{issued[-1].number}" if len(issued) > 1 else str(issued[0].number)
    return letters_pdf(
        sheets,
        kind,
        language=language,
        title=f"{common['event']}: {name} {numbers}",
        identifier=f"{event.uid}/{kind}/{language}/{numbers}/{issued[0].uid}".encode(),
        when=max(letter.issued_at for letter in issued),
        identity=identity_for(look_of(event.id), _settings().uploads),
    )


def preview_of(event: Event, snapshot: Snapshot, kind: str, language: str, *, at: datetime) -> bytes:
    """The letter as an example person would get it, marked as a sample. Raises TemplateProblem, PdfUnavailable."""
    template = queries.template_of(event, kind)
    with speaking(language):
        values = {
            **letters.event_words(snapshot, language),
            **letters.person_words(letters.SAMPLE),
            "number": "0",
            "issued_on": letters.issued_on(at, snapshot.event.time_zone),
            "days": "1",
            "hours": "3 h 30 min",
        }
        sheet = _filled_sheet(
            template, snapshot, values, kind=kind, language=language, person=letters.SAMPLE,
            address=f"{_settings().base_url}/verify",
        )  # fmt: skip
        title = f"{values['event']}: {kind_name(kind)}"
    return letters_pdf(
        [replace(sheet, is_sample=True)],
        kind,
        language=language,
        title=title,
        identifier=f"{event.uid}/{kind}/{language}/preview".encode(),
        when=at,
        identity=identity_for(look_of(event.id), _settings().uploads),
    )


def kind_name(kind: str) -> str:
    """What a letter is called, in the page's language."""
    words = {LetterKind.CERTIFICATE: _("Certificate"), LetterKind.INVITATION: _("Invitation")}
    return str(words[LetterKind(kind)])


def language_of(language: str) -> str:
    """The language a letter is written in: one that the interface speaks."""
    return language if language in INTERFACE else "en"


def _sheet(
    letter: Letter, template: LetterTemplate | None, snapshot: Snapshot, language: str, common: dict[str, str]
) -> Sheet:
    person = letters.person_of(letter.registration, language) if letter.registration else Guest(family_name="—")
    own = letters.letter_words(letter, snapshot.event.time_zone)
    values = {**common, **letters.person_words(person), **own}
    return _filled_sheet(
        template,
        snapshot,
        values,
        kind=letter.kind,
        language=language,
        person=person,
        address=queries.verify_url(letter),
    )


def _filled_sheet(
    template: LetterTemplate | None, snapshot: Snapshot, values: dict[str, str], *, kind: str, language: str,
    person: Guest, address: str,
) -> Sheet:  # fmt: skip
    title, body, signatory = letters.wording(template, kind, language, snapshot.event.languages)
    network = snapshot.event.network
    return Sheet(
        title=" ".join(filled(title, values)),
        paragraphs=filled(body, values),
        signatory=signatory.replace("\r\n", "\n"),
        number=_("%(kind)s no. %(number)s", kind=kind_name(kind), number=values["number"]),
        issued_on=values["issued_on"],
        verify_url=address,
        network=text_in(network.name, [language, *snapshot.event.languages]).value if network else "",
        event=values["event"],
        person=person.official_name,
    )


def folder_of_runs() -> Path:
    """Where the files of runs are kept until retention removes them."""
    return _settings().uploads / "jobs"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
