from flask import Flask

from inser_events.accounts.models import User
from inser_events.events.models import TeamRole
from inser_events.events.navigation import groups
from tests.factories import make_event, make_member, make_user


def someone(role: TeamRole) -> tuple[User, list[tuple[str, list[str]]]]:
    event, user = make_event(), make_user()
    make_member(event, user, role)
    return user, [(heading, [page[0] for page in pages]) for heading, pages in groups(event, user, "overview")]


def test_an_owner_sees_every_page_in_the_order_of_the_work(app: Flask) -> None:
    _user, shown = someone(TeamRole.OWNER)
    assert shown == [
        ("", ["Overview"]),
        ("Programme", ["Agenda", "Speakers", "Publish"]),
        ("People", ["Registrations", "Delegations", "Mail", "Statistics"]),
        ("At the event", ["Print", "Door", "Run sheet", "Attendance"]),
        ("Event", ["Settings", "Team", "Privacy", "History"]),
    ]


def test_a_group_of_which_one_may_open_nothing_is_left_out(app: Flask) -> None:
    _user, shown = someone(TeamRole.DOOR)
    assert shown == [
        ("", ["Overview"]),
        ("Programme", ["Agenda"]),
        ("At the event", ["Door"]),
        ("Event", ["History"]),
    ]


def test_one_page_is_marked_as_the_one_being_shown(app: Flask) -> None:
    event, user = make_event(slug="launch"), make_user(administrator=True)
    marked = [page for _heading, pages in groups(event, user, "door") for page in pages if page[3]]
    assert marked == [("Door", "/manage/launch/door", "scan", True)]
