"""Who runs an event: inviting, roles, leaving. The operations of the team."""

from flask import current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events import mail
from inser_events.accounts.models import User
from inser_events.accounts.operations import create_user, find_user, password_link
from inser_events.addresses import clean_email
from inser_events.audit import record
from inser_events.config import Settings
from inser_events.database import db, new_uid
from inser_events.events.errors import AlreadyOnTeam, LastOwner
from inser_events.events.models import Event, TeamMember, TeamRole
from inser_events.languages import text_in


def invite(event: Event, email: str, role: TeamRole, *, name: str = "", by: str = "") -> TeamMember:
    """Give a person a role and tell them by mail; whoever has no account gets one and chooses a password.

    *by* names who invites. Raises UnusableEmail, AlreadyOnTeam.
    """
    address = clean_email(email)
    user = find_user(address)
    is_new = user is None
    if user is None:
        user, _password = create_user(address, name=name)
    elif _role_of(event, user) is not None:
        raise AlreadyOnTeam(user.email)
    member = add_member(event, user, role)
    _tell(member, is_new=is_new, by=by)
    return member


def add_member(event: Event, user: User, role: TeamRole) -> TeamMember:
    """Give a user a role without a mail. Raises AlreadyOnTeam."""
    if _role_of(event, user) is not None:
        raise AlreadyOnTeam(user.email)
    member = TeamMember(event=event, user=user, role=role)
    db.session.add(member)
    db.session.flush()  # the audit entry and the mail's cause need the id
    record("add to team", member, event_id=event.id, after={"email": user.email, "role": role})
    return member


def change_role(member: TeamMember, role: TeamRole) -> None:
    """Give a member another role. Raises LastOwner."""
    if member.role == role:
        return
    if member.role == TeamRole.OWNER:
        _keep_an_owner(member)
    before = {"email": member.user.email, "role": member.role}
    member.role = role
    record("change role", member, event_id=member.event_id, before=before, after={**before, "role": role})


def remove_member(member: TeamMember) -> None:
    """Take a member off the team; the account stays. Raises LastOwner."""
    if member.role == TeamRole.OWNER:
        _keep_an_owner(member)
    before = {"email": member.user.email, "role": member.role}
    record("remove from team", member, event_id=member.event_id, before=before)
    db.session.delete(member)
    db.session.flush()  # whoever asks next must not see them any more


def _role_of(event: Event, user: User) -> str | None:
    return db.session.scalar(
        select(TeamMember.role).where(TeamMember.event_id == event.id, TeamMember.user_id == user.id)
    )


def _keep_an_owner(member: TeamMember) -> None:
    # Locked: two owners leaving at once must not both be the last but one (PostgreSQL; SQLite has one writer anyway).
    owners = db.session.scalars(
        select(TeamMember)
        .where(TeamMember.event_id == member.event_id, TeamMember.role == TeamRole.OWNER)
        .with_for_update(of=TeamMember)
    ).all()
    if not any(owner.user.active and owner.id != member.id for owner in owners):
        raise LastOwner


def _tell(member: TeamMember, *, is_new: bool, by: str) -> None:
    settings: Settings = current_app.extensions["settings"]
    name = text_in(member.event.name, member.event.languages).value
    text = render_template(
        "emails/team_invitation.txt",
        event_name=name,
        role=role_name(member.role),
        link=password_link(member.user) if is_new else f"{settings.base_url}/manage/{member.event.slug}",
        is_new=is_new,
        by=by,
        forgotten=f"{settings.base_url}/reset",
    )
    subject = _("You help to run “%(event)s”", event=name)
    message = mail.Mail(to=member.user.email, name=member.user.name, subject=subject, text=text)
    # A person may be taken off the team and asked again: each time is a cause of its own.
    mail.send(f"team:{new_uid()}", message, event_id=member.event_id)


def role_name(role: str) -> str:
    """A role as people say it."""
    names: dict[TeamRole, str] = {
        TeamRole.OWNER: _("Owner"),
        TeamRole.EDITOR: _("Editor"),
        TeamRole.REGISTRAR: _("Registrar"),
        TeamRole.DOOR: _("Door staff"),
        TeamRole.VIEWER: _("Viewer"),
    }
    return names[TeamRole(role)]
