"""Colleagues on the public form: a few fields each; the rest they fill in on their own ticket page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField
from wtforms.validators import Length, Optional

from inser_events.addresses import folded_email
from inser_events.documents.text import tidy
from inser_events.registration.forms import NAME_LENGTH, ORGANISATION_LENGTH, RegistrationForm, usable_email
from inser_events.registration.operations import RegistrationData
from inser_events.registration.parties import Entry
from inser_events.web.forms import PublicForm


class ColleagueForm(PublicForm):
    """Somebody who registers together with the person the form is about."""

    given_name = StringField(_l("Given name"), [Optional(), Length(max=NAME_LENGTH)], filters=[tidy])
    family_name = StringField(_l("Family name"), [Optional(), Length(max=NAME_LENGTH)], filters=[tidy])
    email = EmailField(_l("E-mail"), [Optional(), Length(max=254), usable_email], filters=[tidy])
    job_title = StringField(_l("Position"), [Optional(), Length(max=ORGANISATION_LENGTH)], filters=[tidy])

    @property
    def is_blank(self) -> bool:
        """Nobody was added here."""
        return not any(field.data for field in self)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Name and address together, or nothing."""
        super().validate(*args, **kwargs)
        if not self.is_blank:
            if not self.family_name.data:
                self.family_name.errors = [_("Enter your colleague’s family name.")]
            if not self.email.data:
                self.email.errors = [_("Enter your colleague’s own e-mail address: the ticket goes there.")]
        return not self.errors


def colleague_forms(party_size: int | None) -> list[ColleagueForm]:
    """As many as may come along; none where everybody registers alone."""
    return [ColleagueForm(prefix=f"colleague{number}-") for number in range(1, party_size or 1)]


def all_valid(forms: Sequence[ColleagueForm], own: RegistrationForm) -> bool:
    """Whether every colleague can be registered; no address stands twice on the form."""
    seen = {folded_email(own.email.data or "")}
    # Every form is judged, so that all faults show at once.
    valid = sum(not form.validate() for form in forms) == 0
    for form in forms:
        address = folded_email(form.email.data or "")
        if address and address in seen:
            form.email.errors = [_("This address stands on the form already. Each person needs their own.")]
            valid = False
        seen.add(address)
    return valid


def party_entries(first: Entry, forms: Sequence[ColleagueForm]) -> list[Entry]:
    """The person and their colleagues, who come from the same place and take part in the same way."""
    return [first, *(Entry(_colleague(first.data, form)) for form in forms if not form.is_blank)]


def _colleague(first: RegistrationData, form: ColleagueForm) -> RegistrationData:
    return replace(
        first,
        given_name=form.given_name.data or "",
        family_name=form.family_name.data or "",
        email=form.email.data or "",
        job_title=form.job_title.data or "",
        honorific="",
        name_latin="",
        phone="",
        gender="",
        listed=False,
        form_key=None,
    )
