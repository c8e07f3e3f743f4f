"""Finding networks and their members."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from inser_events.database import db, find_or_raise
from inser_events.languages import Localized
from inser_events.networks.errors import NoSuchNetwork
from inser_events.networks.models import Membership, Network
from inser_events.people.models import Person

AT_ONCE = 500


@dataclass(frozen=True)
class NetworkLine:
    """A network in a list."""

    slug: str
    acronym: str
    name: Localized
    description: Localized
    position: int
    member_count: int


def find_network(slug: str) -> Network:
    """The network at this address. Raises NoSuchNetwork."""
    return find_or_raise(select(Network).where(Network.slug == slug), lambda: NoSuchNetwork(slug))


def all_networks() -> Sequence[Network]:
    """Every network, in the order of its partnership."""
    return db.session.scalars(select(Network).order_by(Network.position, Network.id)).all()


def network_lines() -> list[NetworkLine]:
    """Every network with the number of its members."""
    members = (
        select(Membership.network_id, func.count().label("number")).group_by(Membership.network_id).subquery("members")
    )
    rows = db.session.execute(
        select(Network, func.coalesce(members.c.number, 0))
        .outerjoin(members, members.c.network_id == Network.id)
        .order_by(Network.position, Network.id)
    )
    return [NetworkLine(one.slug, one.acronym, one.name, one.description, one.position, number) for one, number in rows]


def member_count(network: Network) -> int:
    """How many members there are."""
    members = select(func.count()).select_from(Membership).where(Membership.network_id == network.id)
    return db.session.scalar(members) or 0


def country_count(network: Network) -> int:
    """From how many countries the members come."""
    return (
        db.session.scalar(
            select(func.count(Person.country.distinct()))
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.network_id == network.id, Person.country != "")
        )
        or 0
    )


def members(network: Network) -> Iterator[Membership]:
    """Every member with the person, in the order they joined."""
    yield from db.session.scalars(
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.network_id == network.id)
        .order_by(Membership.joined_at, Membership.id)
        .execution_options(yield_per=AT_ONCE)
    )


def people_of(network: Network) -> Sequence[Person]:
    """The members as people."""
    return db.session.scalars(
        select(Person).join(Membership, Membership.person_id == Person.id).where(Membership.network_id == network.id)
    ).all()
