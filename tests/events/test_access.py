import pytest
from flask import Flask

from inser_events.events.access import may_edit, may_own, may_register, may_scan, may_see
from inser_events.events.models import TeamRole
from tests.factories import make_event, make_member, make_user

PREDICATES = (may_see, may_scan, may_register, may_edit, may_own)


@pytest.mark.parametrize(
    ("role", "count"),
    [
        (TeamRole.OWNER, 5),
        (TeamRole.EDITOR, 4),
        (TeamRole.REGISTRAR, 3),
        (TeamRole.DOOR, 2),
        (TeamRole.VIEWER, 1),
    ],
)
def test_each_role_may_what_the_next_may_and_more(app: Flask, role: TeamRole, count: int) -> None:
    event, user = make_event(), make_user()
    make_member(event, user, role)
    assert [may(user, event) for may in PREDICATES] == [True] * count + [False] * (5 - count)


def test_a_stranger_may_nothing(app: Flask) -> None:
    event, user = make_event(), make_user()
    make_event(owner=user)
    assert [may(user, event) for may in PREDICATES] == [False] * 5


def test_an_administrator_may_everything(app: Flask) -> None:
    assert all(may(make_user(administrator=True), make_event()) for may in PREDICATES)
