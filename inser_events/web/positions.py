"""What somebody on the programme is, in the language of the reader."""

from typing import Protocol

from inser_events.documents.text import with_commas
from inser_events.languages import Localized, text_in
from inser_events.web.languages import page_language


class Employed(Protocol):
    """Anybody with a position on the programme."""

    @property
    def job_title(self) -> str: ...  # noqa: D102 — a field

    @property
    def job_titles(self) -> Localized: ...  # noqa: D102 — a field

    @property
    def organisation(self) -> str: ...  # noqa: D102 — a field


def job_title(person: Employed, language: str = "") -> str:
    """The position in a language, else in the page's; where it was not translated, as it was first written."""
    wanted = language or page_language()
    return person.job_titles.get(wanted) or person.job_title or text_in(person.job_titles).value


def position(person: Employed, language: str = "") -> str:
    """What somebody is, and where: ``Director, Land and Water Division``."""
    return with_commas([job_title(person, language), person.organisation])
