from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from inser_events.clock import now
from inser_events.events.models import Seats, TeamRole
from inser_events.events.moments import Moment, moment_of
from tests.factories import make_event, soon

DAY = soon()


def seen(days: int, role: str | None = TeamRole.OWNER, **values: Any) -> Moment | None:
    event = make_event(**{"slug": "launch", "starts_on": DAY, "ends_on": DAY, "published_at": now(), **values})
    return moment_of(event, role, DAY + timedelta(days))


def titled(days: int, **values: Any) -> str:
    moment = seen(days, **values)
    return moment.title if moment else ""


@pytest.mark.parametrize(
    ("days", "title"),
    [(-8, ""), (-7, "Before the event"), (-1, "Before the event"), (0, "Today"), (1, "After the event")],
)
def test_each_time_has_its_own_pages(app: Flask, days: int, title: str) -> None:
    assert titled(days) == title


def test_every_day_of_a_long_event_is_today(app: Flask) -> None:
    assert titled(2, ends_on=DAY + timedelta(2)) == "Today"


def test_drafts_and_cancelled_events_have_none(app: Flask) -> None:
    assert (titled(0, published_at=None), titled(0, slug="other", cancelled_at=now())) == ("", "")


def test_an_event_online_only_needs_no_badges_and_no_doors(app: Flask) -> None:
    event = make_event(slug="webinar", starts_on=DAY, ends_on=DAY, published_at=now())
    event.seats = [Seats(mode="online")]
    found = [moment_of(event, TeamRole.OWNER, DAY + timedelta(days)) for days in (-1, 0)]
    assert [[label for label, _href, _icon in one.shortcuts] for one in found if one] == [
        ["Write a message", "Run sheet"],
        ["Run sheet"],
    ]


def test_a_role_gets_what_it_may_open(app: Flask) -> None:
    moment = seen(0, TeamRole.DOOR)
    assert moment == Moment("Today", [("Scan badges", "/scan", "scan"), ("Door", "/manage/launch/door", "room")])


def test_who_may_open_none_sees_none(app: Flask) -> None:
    assert seen(1, TeamRole.VIEWER) is None
