"""Every route declares who may use it; a test walks the URL map and fails on one that does not.

@public                                     anyone; the page sets no cookie
@by_link                                    whoever holds the secret in the address
@signed_in                                  any user
@administrators                             administrators
@allowed(find_event, may_edit)              users for whom the predicate holds on the object the address names
@devices                                    a paired device's bearer token (checked by the API)
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.audit import Actor, act_as
from inser_events.errors import NotAllowed, NotFound
from inser_events.web.requests import csrf

View = Callable[..., ResponseReturnValue]
T = TypeVar("T")


class SignedIn(Protocol):
    """What this module needs to know of a user."""

    id: int
    email: str
    is_administrator: bool


def access_of(view: Callable[..., Any]) -> str | None:
    """What a view declared, or None."""
    return getattr(view, "inser_access", None)


def _declare(view: View, access: str) -> View:
    view.inser_access = access  # type: ignore[attr-defined] # functions carry attributes; mypy knows none of theirs
    return view


def public(view: View) -> View:
    """Anyone may, signed in or not."""
    return _declare(view, "public")


def by_link(view: View) -> View:
    """Whoever holds the secret token in the address; the view checks it first."""
    return _declare(view, "link")


def devices(view: View) -> View:
    """A paired device; the view checks the bearer token first."""
    return _declare(view, "device")


def _known() -> bool:
    """Whether someone is signed in; from here on the audit log names them. Refuses a forged form."""
    if not current_user.is_authenticated:
        return False
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()
    user = cast("SignedIn", current_user)
    act_as(Actor(user.email, user.id))
    return True


def _to_sign_in() -> ResponseReturnValue:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=wanted))


def signed_in(view: View) -> View:
    """Any signed-in user."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        return view(*args, **kwargs) if _known() else _to_sign_in()

    return _declare(guarded, "signed-in")


def administrators(view: View) -> View:
    """Administrators of the instance."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not _known():
            return _to_sign_in()
        if not cast("SignedIn", current_user).is_administrator:
            message = _("Only administrators may open this page.")
            raise NotAllowed(message)
        return view(*args, **kwargs)

    return _declare(guarded, "administrator")


def allowed(
    find: Callable[[str], T], may: Callable[[Any, T], bool], sees: Callable[[Any, T], bool] | None = None
) -> Callable[[View], View]:
    """Users who *may* act on what *find* returns for the address's first argument; the view gets that object first.

    *find* raises NotFound. Someone for whom not even *sees* holds (default: *may*) gets the same answer as for a
    thing that does not exist, so that addresses cannot be probed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(slug: str, **kwargs: Any) -> ResponseReturnValue:
            if not _known():
                return _to_sign_in()
            thing = find(slug)
            if not may(current_user, thing):
                _refuse(visible=(sees or may)(current_user, thing))
            return view(thing, **kwargs)

        return _declare(guarded, f"allowed: {may.__module__}.{may.__name__}")

    return decorate


def _refuse(*, visible: bool) -> None:
    if visible:
        message = _("Your role in this event does not include this. Ask its owner.")
        raise NotAllowed(message)
    message = _("There is no such page.")
    raise NotFound(message)
