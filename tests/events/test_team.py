from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.accounts.operations import find_user, set_active
from inser_events.addresses import UnusableEmail
from inser_events.database import db
from inser_events.events.access import role_in
from inser_events.events.errors import AlreadyOnTeam, LastOwner
from inser_events.events.models import TeamRole
from inser_events.events.queries import find_team_member
from inser_events.events.team import change_role, invite, remove_member
from inser_events.mail import OutboxMail
from tests.factories import make_event, make_member, make_user


def last_mail() -> tuple[str, str]:
    """Recipient and text."""
    mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    body = message_from_bytes(mail.message or b"", policy=default).get_body(("plain",))
    assert body is not None
    return mail.recipient, str(body.get_content())


def test_someone_with_an_account_is_told_where_the_event_is(app: Flask) -> None:
    event, user = make_event(slug="launch"), make_user("ann@example.org")
    member = invite(event, "ANN@example.org", TeamRole.EDITOR, by="Bo")
    recipient, text = last_mail()
    assert (member.user, role_in(user, event), recipient) == (user, "editor", "ann@example.org")
    assert "https://events.example.org/manage/launch" in text.splitlines()


def test_someone_new_gets_an_account_and_a_link_to_choose_a_password(app: Flask) -> None:
    event = make_event()
    invite(event, "new@example.org", TeamRole.DOOR, name="New One")
    user = find_user("new@example.org")
    assert user is not None
    assert (user.name, role_in(user, event)) == ("New One", "door")
    link = next(line for line in last_mail()[1].splitlines() if line.startswith("https://events.example.org/reset/"))
    assert app.test_client().get(link.removeprefix("https://events.example.org")).status_code == 200


def test_nobody_is_on_the_team_twice(app: Flask) -> None:
    event, user = make_event(), make_user()
    make_member(event, user, TeamRole.VIEWER)
    with pytest.raises(AlreadyOnTeam):
        invite(event, user.email, TeamRole.EDITOR)
    assert role_in(user, event) == "viewer"


def test_a_text_that_is_no_address_is_refused(app: Flask) -> None:
    with pytest.raises(UnusableEmail):
        invite(make_event(), "nobody", TeamRole.EDITOR)


def test_the_last_owner_cannot_leave_or_step_down(app: Flask) -> None:
    owner = make_user()
    event = make_event(owner=owner)
    member = find_team_member(event, owner.id)
    with pytest.raises(LastOwner):
        remove_member(member)
    with pytest.raises(LastOwner):
        change_role(member, TeamRole.EDITOR)
    assert role_in(owner, event) == "owner"


def test_an_owner_who_may_not_sign_in_does_not_count(app: Flask) -> None:
    owner, other = make_user(), make_user()
    event = make_event(owner=owner)
    make_member(event, other, TeamRole.OWNER)
    set_active(other, active=False)
    with pytest.raises(LastOwner):
        remove_member(find_team_member(event, owner.id))


def test_an_owner_can_leave_when_there_is_another(app: Flask) -> None:
    owner, other = make_user(), make_user()
    event = make_event(owner=owner)
    make_member(event, other, TeamRole.OWNER)
    remove_member(find_team_member(event, owner.id))
    assert (role_in(owner, event), role_in(other, event)) == (None, "owner")


def test_who_was_taken_off_can_be_asked_again_and_is_told_again(app: Flask) -> None:
    event, user = make_event(), make_user()
    remove_member(invite(event, user.email, TeamRole.DOOR))
    invite(event, user.email, TeamRole.DOOR)
    assert len(db.session.scalars(select(OutboxMail)).all()) == 2
