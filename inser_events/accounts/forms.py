"""Forms of accounts."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import InputRequired, Length

from inser_events.web.forms import BaseForm


class NewUserForm(BaseForm):
    """Someone who is to sign in."""

    email = EmailField(_l("E-mail"), [InputRequired(_l("Enter an e-mail address.")), Length(max=254)])
    name = StringField(lazy_pgettext("person", "Name"), [Length(max=200)])
    administrator = BooleanField(
        _l("Administrator"), description=_l("May do everything in every event, and look after accounts.")
    )


class UserForm(BaseForm):
    """A button that changes an account."""


class CodeForm(BaseForm):
    """A code of an authenticator app."""

    code = StringField(_l("Code of six digits"), [InputRequired(_l("Enter the code that the app shows."))])
