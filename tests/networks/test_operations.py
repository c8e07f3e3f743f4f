from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.database import db
from inser_events.networks.errors import NetworkTaken, NoSuchNetwork
from inser_events.networks.models import Membership, Network
from inser_events.networks.operations import NetworkData, add_member, add_network, import_members
from inser_events.networks.queries import country_count, find_network, member_count, network_lines
from inser_events.people.operations import PersonData
from tests.factories import make_person

MOMENT = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def network(app: Flask) -> Network:
    return add_network(NetworkData(slug="inser", acronym="INSER", name={"en": "Soil erosion"}, position=8))


def test_two_networks_cannot_share_an_address(network: Network) -> None:
    with pytest.raises(NetworkTaken):
        add_network(NetworkData(slug="inser", acronym="X", name={"en": "X"}))


def test_an_unknown_network_is_named(app: Flask) -> None:
    with pytest.raises(NoSuchNetwork, match="There is no network “nope”"):
        find_network("nope")


def test_joining_twice_is_joining_once(network: Network) -> None:
    person = make_person()
    assert add_member(network, person, at=MOMENT).id == add_member(network, person, at=MOMENT).id
    assert member_count(network) == 1


def test_a_table_adds_who_is_new_and_skips_who_is_known(network: Network) -> None:
    add_member(network, make_person(email="a@example.org"), at=MOMENT)
    people = [
        PersonData(family_name="Li", email="A@Example.org"),
        PersonData(family_name="Tong", given_name="Yuxin", email="b@example.org"),
        PersonData(family_name="Tong", given_name="Yuxin", email="b@example.org"),
        PersonData(family_name="Nomail", organisation="Sample Institute"),
        PersonData(family_name="Nomail", organisation="Sample institute"),
    ]
    result = import_members(network, people, at=MOMENT)
    assert (result.added, result.known, result.problems, member_count(network)) == (2, 3, [], 3)


def test_a_row_that_cannot_be_used_is_told_with_its_place(network: Network) -> None:
    people = [PersonData(family_name="A"), PersonData(family_name="B", country="Wakanda"), PersonData(family_name=" ")]
    result = import_members(network, people, at=MOMENT)
    assert [place for place, _message in result.problems] == [1, 2]


def test_lines_count_members_without_asking_for_each(network: Network) -> None:
    for country in ("MA", "IT"):
        add_member(network, make_person(country=country), at=MOMENT)
    assert [(line.acronym, line.member_count) for line in network_lines()] == [("INSER", 2)]
    assert country_count(network) == 2


def test_the_description_is_cleaned(app: Flask) -> None:
    data = NetworkData(slug="x", acronym="X", name={"en": "X"}, description={"en": "<p>A<script>1</script></p>"})
    assert add_network(data).description == {"en": "<p>A</p>"}


def test_a_membership_leaves_with_its_network(network: Network) -> None:
    add_member(network, make_person(), at=MOMENT)
    db.session.delete(network)
    db.session.flush()
    assert db.session.scalar(select(Membership)) is None
