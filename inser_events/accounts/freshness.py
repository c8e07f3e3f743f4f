"""Pages on which someone at an unlocked computer could do lasting harm ask again who it is."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.utils import check_and_update_authn_fresh, get_request_attr

FRESH = timedelta(minutes=15)
"""How long a sign-in is taken as proof that it is still the same person."""
GRACE = timedelta(minutes=15)
"""And after each such page, so that nobody is asked in the middle."""
PAGES = {"accounts": "/manage/users"}
"""Where one does again what was not done; elsewhere on one's own page."""
View = Callable[..., ResponseReturnValue]


def fresh(view: View) -> View:
    """Only for those who have just shown who they are; stands under the guard that says who may at all."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if check_and_update_authn_fresh(FRESH, GRACE, get_request_attr("fs_authn_via")):
            return view(*args, **kwargs)
        if request.method == "GET":
            return redirect(url_for("security.verify", next=request.full_path.rstrip("?")))
        flash(_("Nothing was changed yet. Please do it again."), "info")
        return redirect(url_for("security.verify", next=PAGES.get(request.blueprint or "", "/manage/account")))

    return guarded
