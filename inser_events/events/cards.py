"""An event in a list, as the home page and a network's page show it.

A draft must not leak, so a list shows what the last release said. Only what takes effect at once, such as cancelling
and the opening of registration, is read from the event itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from inser_events.languages import Localized


class PublishedCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a release says about its event in short; kept as JSON in ``Event.published_card``."""

    name: Localized
    kind: str
    starts_on: date
    ends_on: date
    modes: list[str]
    """Any of ``in_person``, ``online``."""
    tagline: Localized = {}
    city: Localized = {}
    country: str = ""
    network_slug: str = ""
    network_acronym: str = ""
    is_sample: bool = False
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class EventCard:
    """A published event in a list."""

    slug: str
    name: Localized
    tagline: Localized
    kind: str
    starts_on: date
    ends_on: date
    city: Localized
    country: str
    modes: list[str]
    network_slug: str
    network_acronym: str
    is_sample: bool
    cancelled: bool
    past: bool
    registration_open: bool


def dump(card: PublishedCard) -> dict[str, Any]:
    """The plain values kept in the database."""
    values: dict[str, Any] = msgspec.to_builtins(card)
    return values


def load(values: dict[str, Any]) -> PublishedCard:
    """Read what `dump` wrote. Raises msgspec.ValidationError for anything else."""
    return msgspec.convert(values, PublishedCard)
