"""Everybody's own page about signing in: password, second step, passkeys, where one is signed in."""

import re

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import Security, current_user, login_user
from flask_security.tf_plugin import tf_check_state

from inser_events.accounts import safety
from inser_events.accounts.acts import safety_acts
from inser_events.accounts.errors import PasskeyNameTaken, SecondStepRequired, WrongCode
from inser_events.accounts.forms import CodeForm, UserForm
from inser_events.accounts.freshness import fresh
from inser_events.accounts.models import User
from inser_events.accounts.queries import recent_changes, recent_sign_ins
from inser_events.audit import Actor, acting
from inser_events.documents.qr import svg
from inser_events.web.access import by_link, signed_in

blueprint = Blueprint("safety", __name__, url_prefix="/manage/account")
HOME = "/manage/account"
UNUSABLE = 422
SECRET = "second_step_secret"  # noqa: S105 — a name in the session
_CODES = re.compile(r"(?:[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\n?){1,20}")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
@signed_in
@fresh
def overview() -> ResponseReturnValue:
    """How one signs in, and when one last did."""
    return render_template(
        "accounts/safety.html",
        sign_ins=recent_sign_ins(current_user),
        changes=[(entry, safety_acts()[entry.action]) for entry in recent_changes(current_user)],
        ways=way_labels(),
        required=safety.is_required(),
        longest_name=safety.LONGEST_NAME,
    )


def way_labels() -> dict[str, str]:
    """How someone may have signed in, in words."""
    return {
        "password": _("Password"),
        "code": _("Password and a code of the app"),
        "recovery_code": _("Password and a recovery code"),
        "passkey": _("Passkey"),
        "organisation": _("The organisation’s sign-in"),
    }


@blueprint.route("/second-step", methods=["GET", "POST"])
@signed_in
@fresh
def second_step() -> ResponseReturnValue:
    """Set up an authenticator app, or another one."""
    return _set_up(current_user._get_current_object(), first=False)  # noqa: SLF001 — werkzeug's documented way out of a proxy


@by_link
def set_up_at_sign_in() -> ResponseReturnValue:
    """The same for someone whose password was right, and whom this installation asks for a second step."""
    user = tf_check_state(["setup_from_login"])
    return _set_up(user, first=True) if isinstance(user, User) else redirect(url_for("security.login"))


def _set_up(user: User, *, first: bool) -> ResponseReturnValue:
    secret, form = _secret_for(user), CodeForm()
    if form.validate_on_submit():
        try:
            with acting(Actor(user.email, user.id)):
                codes = safety.switch_on(user, secret, form.code.data)
        except WrongCode as error:
            form.code.errors = [*form.code.errors, error.message]
        else:
            session.pop(SECRET)
            if first:
                _security().two_factor_plugins.tf_complete(user, dologin=True)
            return _shown_once(codes)
    values = _security().totp_factory.fetch_setup_values(secret, user)
    page = "accounts/second_step.html" if not first else "security/two_factor_setup.html"
    body = render_template(
        page, form=form, key=values["key"], qr=svg(values["uri"], title=_("QR code for the app")), account=user.email
    )
    return _unkept(body, UNUSABLE if form.errors else 200)


@blueprint.post("/second-step/off")
@signed_in
@fresh
def switch_off() -> ResponseReturnValue:
    """Do without an authenticator app again."""
    if UserForm().validate_on_submit():
        try:
            safety.switch_off(current_user)
        except SecondStepRequired as error:
            flash(error.message, "error")
        else:
            flash(_("No code is asked for any more."), "success")
    return redirect(HOME)


@blueprint.post("/recovery-codes")
@signed_in
@fresh
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them once."""
    if not current_user.has_app or not UserForm().validate_on_submit():
        return redirect(HOME)
    return _shown_once(safety.renew_recovery_codes(current_user))


@blueprint.post("/recovery-codes/file")
@signed_in
def recovery_codes_file() -> ResponseReturnValue:
    """The codes that the page shows, as a file. They are kept as hashes only, so the page brings them back."""
    codes = request.form.get("codes", "").replace("\r", "")
    if not _CODES.fullmatch(codes):
        return redirect(HOME)
    answer = Response(f"{request.host}\n{current_user.email}\n\n{codes}\n", mimetype="text/plain")
    answer.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/passkeys/<int:passkey_id>/<any(rename, remove):act>")
@signed_in
@fresh
def passkey(passkey_id: int, act: str) -> ResponseReturnValue:
    """Call a passkey something else, or remove it."""
    found = safety.find_passkey(current_user, passkey_id)
    if not UserForm().validate_on_submit():
        return redirect(HOME)
    if act == "remove":
        safety.remove_passkey(current_user, found)
        flash(_("The passkey was removed."), "success")
        return redirect(HOME)
    try:
        safety.rename_passkey(current_user, found, request.form.get("name", ""))
    except PasskeyNameTaken as error:
        flash(error.message, "error")
    return redirect(HOME)


@blueprint.post("/sign-out-everywhere")
@signed_in
@fresh
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session but this one."""
    if UserForm().validate_on_submit():
        user = current_user._get_current_object()  # noqa: SLF001 — werkzeug's documented way out of a proxy
        safety.sign_out_everywhere(user)
        login_user(user, remember=False, authn_via=["again"])
        flash(_("Everywhere else you are signed out now."), "success")
    return redirect(HOME)


def _secret_for(user: User) -> str:
    """The one this browser was given for this user: a page that is opened again shows the same code to scan."""
    owner, secret = session.get(SECRET, (0, ""))
    if owner != user.id:
        secret = safety.new_secret()
        session[SECRET] = (user.id, secret)
    return str(secret)


def _shown_once(codes: list[str]) -> ResponseReturnValue:
    return _unkept(render_template("accounts/recovery_codes.html", codes=codes), 200)


def _unkept(body: str, status: int) -> Response:
    """A page that no cache may keep, not even the browser's own."""
    answer = Response(body, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _security() -> Security:
    security: Security = current_app.extensions["security"]
    return security
