"""Administrators' page of accounts, and what everybody chooses for themselves."""

import re

from flask import Blueprint, Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.accounts import operations, safety
from inser_events.accounts.errors import AddressTaken, LastAdministrator
from inser_events.accounts.forms import NewUserForm, UserForm
from inser_events.accounts.freshness import fresh
from inser_events.accounts.queries import all_users, find_account
from inser_events.addresses import UnusableEmail
from inser_events.web.access import administrators, signed_in

blueprint = Blueprint("accounts", __name__, url_prefix="/manage/users")
own = Blueprint("account", __name__, url_prefix="/manage/account")
UNUSABLE = 422
_OURS = re.compile(r"/(?:manage|scan)(?:[/?][^\\]*)?")
"""Where one may be sent back to: a form from elsewhere must not send anybody away."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    app.register_blueprint(own)


@blueprint.route("", methods=["GET", "POST"])
@administrators
def users() -> ResponseReturnValue:
    """Who may sign in; making an account."""
    form = NewUserForm()
    if form.validate_on_submit():
        try:
            user = operations.invite_user(
                form.email.data or "", name=form.name.data or "", administrator=form.administrator.data
            )
        except (AddressTaken, UnusableEmail) as error:
            form.email.errors = [*form.email.errors, error.message]
        else:
            flash(_("%(email)s gets a mail with a link to choose a password.", email=user.email), "success")
            return redirect("/manage/users")
    return render_template("accounts/users.html", users=all_users(), form=form), UNUSABLE if form.errors else 200


@blueprint.post("/<int:user_id>/<any(stop, allow):act>")
@administrators
def sign_in(user_id: int, act: str) -> ResponseReturnValue:
    """End or allow signing in."""
    user = find_account(user_id)
    if UserForm().validate_on_submit():
        try:
            operations.set_active(user, active=act == "allow")
        except LastAdministrator as error:
            flash(error.message, "error")
    return redirect("/manage/users")


@blueprint.post("/<int:user_id>/<any(promote, demote):act>")
@administrators
def administrator(user_id: int, act: str) -> ResponseReturnValue:
    """Make someone an administrator, or end that."""
    user = find_account(user_id)
    if UserForm().validate_on_submit():
        try:
            operations.set_administrator(user, administrator=act == "promote")
        except LastAdministrator as error:
            flash(error.message, "error")
    return redirect("/manage/users")


@blueprint.post("/<int:user_id>/reset-second-step")
@administrators
@fresh
def reset_second_step(user_id: int) -> ResponseReturnValue:
    """Take the authenticator app and the passkeys off the account of someone who lost them."""
    user = find_account(user_id)
    if UserForm().validate_on_submit():
        safety.reset_second_step(user)
        flash(
            _("%(email)s signs in with the password alone now, and was told so by mail.", email=user.email), "success"
        )
    return redirect("/manage/users")


@own.post("/language")
@signed_in
def language() -> ResponseReturnValue:
    """Choose the language of the pages behind the sign-in, and go back to the page one was on."""
    operations.choose_language(current_user, request.form.get("language", ""))
    wanted = request.form.get("next", "")
    return redirect(wanted if _OURS.fullmatch(wanted) else "/manage", 303)
