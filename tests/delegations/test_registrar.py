"""Delegations where a registrar meets their people: the list, its filter, exports, one person."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import db
from inser_events.delegations.models import Delegation
from inser_events.events.models import Event, TeamRole
from inser_events.registration import operations, queries
from inser_events.registration.queries import Wanted
from tests.delegations.factories import make_delegation, name_people, nominee
from tests.factories import make_member, make_user
from tests.queries import count_queries
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=None)


@pytest.fixture
def delegation(event: Event) -> Delegation:
    return make_delegation(event)


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


@pytest.mark.parametrize("path", ["registrations", "bulk"])
def test_the_list_says_with_whom_somebody_comes_and_shows_only_them(
    event: Event, delegation: Delegation, registrar: FlaskClient, path: str
) -> None:
    named = name_people(delegation, nominee(family_name="Alaoui"))[0]
    operations.register(event, someone(family_name="Okafor"), at=now(), notify=False)
    address = f"/manage/{event.slug}/{path}"
    page = registrar.get(address).get_data(as_text=True)
    assert ("Okafor" in page, '<td data-label="Delegation"><bdi>Morocco</bdi></td>' in page) == (True, True)
    page = registrar.get(f"{address}?group={delegation.uid}").get_data(as_text=True)
    assert ("Okafor" in page, named.uid in page) == (False, True)
    assert f'<option value="{delegation.uid}" selected>Morocco</option>' in page


def test_an_event_without_delegations_has_no_such_column(event: Event, registrar: FlaskClient) -> None:
    operations.register(event, someone(), at=now(), notify=False)
    assert "Delegation<" not in registrar.get(f"/manage/{event.slug}/registrations").get_data(as_text=True)


@pytest.mark.parametrize("key", ["nobody", "' OR 1=1 --", "x" * 5000])
def test_an_unknown_delegation_has_no_people(
    event: Event, delegation: Delegation, registrar: FlaskClient, key: str
) -> None:
    name_people(delegation)
    answer = registrar.get(f"/manage/{event.slug}/registrations", query_string={"group": key})
    assert (answer.status_code, "No one matches" in answer.get_data(as_text=True)) == (200, True)


def test_the_number_of_queries_does_not_grow(event: Event, delegation: Delegation, registrar: FlaskClient) -> None:
    numbers = []
    for _n in range(2):
        name_people(delegation)
        db.session.expire_all()
        with count_queries() as counted:
            registrar.get(f"/manage/{event.slug}/registrations")
        numbers.append(len(counted))
    assert numbers[0] == numbers[1]


def test_delegations_are_a_column_of_the_exports(event: Event, delegation: Delegation, registrar: FlaskClient) -> None:
    name_people(delegation, nominee(email="a@example.org"))
    operations.register(event, someone(email="b@example.org"), at=now(), notify=False)
    sent = {"column": ["email", "delegation"], "format": "csv"}
    body = registrar.post(f"/manage/{event.slug}/export", data=sent).get_data(as_text=True)
    assert body.lstrip("\ufeff").split() == ["email,delegation", "b@example.org,", "a@example.org,Morocco"]
    body = registrar.post(f"/manage/{event.slug}/export", data=sent | {"group": delegation.uid}).get_data(as_text=True)
    assert body.lstrip("\ufeff").split() == ["email,delegation", "a@example.org,Morocco"]


def test_filters_stay_on_the_way_to_the_other_pages(
    event: Event, delegation: Delegation, registrar: FlaskClient
) -> None:
    name_people(delegation)
    kept = f"state=confirmed&amp;group={delegation.uid}"
    page = registrar.get(f"/manage/{event.slug}/registrations?state=confirmed&group={delegation.uid}").get_data(
        as_text=True
    )
    for path in ("bulk", "export"):
        assert f"/manage/{event.slug}/{path}?{kept}" in page
    assert '<input type="hidden" name="state" value="confirmed">' in page


def test_wanted_is_read_and_written_alike() -> None:
    assert Wanted(query="a", state="pending", group="key").filters == {"q": "a", "state": "pending", "group": "key"}


def test_one_person_s_page_names_the_delegation(event: Event, delegation: Delegation, registrar: FlaskClient) -> None:
    named = name_people(delegation, nominee(), nominee(family_name="<Ould>"))
    page = registrar.get(f"/manage/{event.slug}/registrations/{named[0].uid}").get_data(as_text=True)
    assert (">Morocco</bdi>" in page, f"registrations/{named[1].uid}" in page) == (True, True)
    assert queries.find_registration(event, named[1].uid) is named[1]
