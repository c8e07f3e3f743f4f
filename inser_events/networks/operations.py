"""What can be done with networks: adding them, and members one by one or from a table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.richtext import cleaned
from inser_events.errors import Refused
from inser_events.languages import Localized
from inser_events.networks import queries
from inser_events.networks.errors import NetworkTaken
from inser_events.networks.models import Membership, Network
from inser_events.people.models import Person
from inser_events.people.operations import PersonData, add_person
from inser_events.people.search import fold


@dataclass(frozen=True, kw_only=True)
class NetworkData:
    """What is said of a network. ``description`` may be plain text or HTML; it is cleaned."""

    slug: str
    acronym: str
    name: Localized
    description: Localized = field(default_factory=dict)
    umbrella: Localized = field(default_factory=dict)
    position: int = 0
    join_url: str = ""


@dataclass
class Imported:
    """What came of a list of people. ``problems``: the place in the list, from 0, and what is wrong there."""

    added: int = 0
    known: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def add_network(data: NetworkData) -> Network:
    """Add a network. Raises NetworkTaken."""
    if db.session.scalar(select(Network.id).where(Network.slug == data.slug)) is not None:
        raise NetworkTaken(data.slug)
    network = Network(
        slug=data.slug,
        acronym=data.acronym,
        name=data.name,
        description={language: cleaned(text) for language, text in data.description.items()},
        umbrella=data.umbrella,
        position=data.position,
        join_url=data.join_url,
    )
    db.session.add(network)
    db.session.flush()  # the audit entry needs the id
    record("add network", network, after={"slug": data.slug, "acronym": data.acronym})
    return network


def add_member(network: Network, person: Person, *, at: datetime) -> Membership:
    """Make a person a member; who is one already stays one."""
    known = db.session.scalar(
        select(Membership).where(Membership.network_id == network.id, Membership.person_id == person.id)
    )
    if known is not None:
        return known
    membership = Membership(network=network, person=person, joined_at=at)
    db.session.add(membership)
    db.session.flush()  # the audit entry needs the id
    record("join network", membership, after={"network": network.slug, "person": person.uid})
    return membership


def import_members(
    network: Network, people: Iterable[PersonData], *, at: datetime, is_sample: bool = False
) -> Imported:
    """Add the people of a table as members, skipping those who are; rows that cannot be used are told, not guessed.

    Somebody is the same person when the address is the same, or without one, name and organisation.
    """
    result = Imported()
    known = {key for person in queries.people_of(network) for key in _keys(person)}
    for place, data in enumerate(people):
        if known.intersection(keys := _keys(data)):
            result.known += 1
            continue
        try:
            person = add_person(data, is_sample=is_sample)
        except Refused as error:
            result.problems.append((place, error.message))
            continue
        add_member(network, person, at=at)
        known.update(keys)
        result.added += 1
    return result


def _keys(person: Person | PersonData) -> set[str]:
    """By what a person is recognised in a second table."""
    if person.email:
        return {f"address {fold(person.email)}"}
    return {f"name {fold(person.given_name, person.family_name)}, {fold(person.organisation)}"}
