"""What tests of the organisers' pages look at."""

from html import unescape
from typing import Any

from inser_events.agenda.models import Session
from inser_events.agenda.queries import draft_sessions
from inser_events.events.models import Event

HOME = "/manage/launch/agenda"


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def compared(page: str) -> tuple[int, int]:
    """How often ``Theirs`` is shown as saved, and ``Mine`` as typed."""
    return page.count('data-label="Saved by them">Theirs<'), page.count('data-label="Typed by you">Mine<')


def sessions(event: Event) -> list[Session]:
    return list(draft_sessions(event))
