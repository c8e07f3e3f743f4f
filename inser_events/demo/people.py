"""Invented people: drawn with a seed, so that every demo has the same ones. All under example.org."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from babel import Locale

from inser_events.events.operations import slug_from
from inser_events.people.models import Person
from inser_events.people.operations import PersonData

FIXTURES = Path(__file__).parent / "fixtures"
ENGLISH = Locale("en", "GB")
Name = str | list[str]
"""A name in Latin letters, or the name as it is written and its Latin spelling."""


@dataclass(frozen=True)
class SamplePerson:
    """Somebody invented, and the language of their mails."""

    data: PersonData
    language: str


def sample_people(count: int, seed: int) -> list[SamplePerson]:
    """Draw *count* people from all parts of the world, none twice."""
    pools: dict[str, Any] = json.loads((FIXTURES / "people.json").read_text(encoding="utf-8"))
    random = Random(seed)
    weights = [culture["weight"] for culture in pools["cultures"]]
    people: list[SamplePerson] = []
    seen: set[tuple[str, str]] = set()
    while len(people) < count:
        culture = random.choices(pools["cultures"], weights)[0]
        given, family = _drawn(random, culture["given"]), _drawn(random, culture["family"])
        if (given[0], family[0]) in seen:
            continue
        seen.add((given[0], family[0]))
        country = random.choice(culture["countries"])
        latin = _latin(given, family)
        people.append(
            SamplePerson(
                PersonData(
                    honorific=random.choice(pools["honorifics"]),
                    given_name=given[0],
                    family_name=family[0],
                    name_latin=latin if (given[0], family[0]) != (given[1], family[1]) else "",
                    email=f"{slug_from(latin)}.{len(people) + 1:03}@example.org",
                    organisation=f"{random.choice(pools['organisations'])}, {ENGLISH.territories[country]}",
                    job_title=random.choice(pools["positions"]),
                    country=country,
                ),
                culture["language"],
            )
        )
    return people


def _drawn(random: Random, pool: list[Name]) -> tuple[str, str]:
    if not pool:
        return "", ""
    name = random.choice(pool)
    return (name, name) if isinstance(name, str) else (name[0], name[1])


def _latin(given: tuple[str, str], family: tuple[str, str]) -> str:
    """The Latin spelling, in the order in which the name is written."""
    written = Person(given_name=given[0], family_name=family[0]).name
    family_first = bool(given[0]) and written.startswith(family[0])
    return " ".join(part for part in ((family[1], given[1]) if family_first else (given[1], family[1])) if part)
