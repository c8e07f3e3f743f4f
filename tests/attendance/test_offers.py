"""Letters are offered where people look for them, to those who may have them."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.events.models import Event, TeamRole
from inser_events.registration.models import Registration
from inser_events.registration.queries import link_of
from tests.attendance.factories import make_attendee, make_published
from tests.checkin.factories import make_registration
from tests.factories import make_member, make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def event(app: Flask) -> Event:
    return make_published(slug="launch")


def certificates_on(client: FlaskClient, registration: Registration) -> int:
    home = f"/tickets/{link_of(registration)}"
    return client.get(home).get_data(as_text=True).count(f'href="{home}/certificate.pdf"')


def test_the_ticket_offers_a_certificate_to_those_who_came(client: FlaskClient, event: Event) -> None:
    came, stayed_away = make_attendee(event), make_registration(event)
    assert [certificates_on(client, one) for one in (came, stayed_away)] == [1, 0]


def test_the_registrar_issues_letters_from_a_persons_page(sign_in: SignIn, event: Event) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    client = sign_in(registrar)
    offered = {}
    for name, registration in (("came", make_attendee(event)), ("away", make_registration(event))):
        page = unescape(client.get(f"/manage/launch/registrations/{registration.uid}").get_data(as_text=True))
        offered[name] = re.findall(r'action="(/manage/launch/letters/[^"]+)"', page)
        assert [client.post(path).status_code for path in offered[name]] == [303] * len(offered[name])
    assert {name: len(paths) for name, paths in offered.items()} == {"came": 2, "away": 1}
