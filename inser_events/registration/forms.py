"""Forms of registration: what a person types, and what the registrar searches by."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import phonenumbers
from flask import json, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, HiddenField, RadioField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from inser_events.addresses import UnusableEmail, clean_email
from inser_events.documents.text import tidy
from inser_events.events.models import Category, Event, Mode, Seats
from inser_events.languages import ENDONYMS, INTERFACE
from inser_events.people.countries import country_choices, is_country
from inser_events.registration.models import Gender
from inser_events.registration.operations import RegistrationData
from inser_events.registration.privacy_texts import agreed_version
from inser_events.web.filters import CATEGORIES
from inser_events.web.forms import BaseForm, PublicForm, choices

# The longest official name of an organisation in the IATI register has 253 characters.
ORGANISATION_LENGTH = 255
NAME_LENGTH = 150
PERSON_FIELDS = (
    "honorific",
    "given_name",
    "family_name",
    "name_latin",
    "email",
    "organisation",
    "job_title",
    "country",
    "phone",
    "language",
    "gender",
)
PHONE_LENGTH = 40


def address_if_any(form: Any, field: Field) -> None:
    """Ask for a mail address, except of a person who has none: ``form.without_address``."""
    if not (field.data or "").strip():
        raise StopValidation("" if form.without_address else str(_l("Enter your e-mail address.")))


def usable_email(_form: object, field: Field) -> None:
    """Bring an address into its normal form, so that it is the same person's however it is written; refuse others."""
    try:
        field.data = clean_email(field.data or "")
    except UnusableEmail as error:
        raise ValidationError(_l("Check the address: it should look like name@example.org.")) from error


def usable_phone(form: Any, field: Field) -> None:
    """Bring a telephone number into its international form; the chosen country helps where its code is missing."""
    if not field.data:
        return
    try:
        field.data = international_number(field.data, form.country.data or "")
    except ValueError as error:
        message = _l("Check the number. Start with the code of the country, as in +212 5 37 00 00 00.")
        raise ValidationError(message) from error


def international_number(text: str, country: str) -> str:
    """A telephone number with the code of its country, or of *country* (ISO 3166-1) when it has none.

    Raises ValueError. Spreadsheets lose the plus sign: long digits alone are tried with one too.
    """
    tries = [text, f"+{text}"] if text.isdecimal() else [text]
    for written in tries:
        try:
            number = phonenumbers.parse(written, country or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    raise ValueError(text)


class CountryField(SelectField):  # type: ignore[misc] # WTForms carries no types
    """A country by its code. The list is only built where it is shown: checking one code does not need 250 names."""

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is none."""
        if self.data and not is_country(self.data):
            super().pre_validate(form)


def country_options() -> list[SelectChoice]:
    """The countries to choose from, in the page's language."""
    return choices(country_choices(str(get_locale() or "en")))


# Looked up when they are shown: whoever sends the form does not need the words.
MODES: Mapping[str, Any] = {Mode.IN_PERSON: _l("In the room"), Mode.ONLINE: _l("Online")}
GENDERS: Mapping[str, Any] = {
    Gender.WOMAN: _l("Woman"),
    Gender.MAN: _l("Man"),
    Gender.OTHER: _l("Another"),
    Gender.UNDISCLOSED: _l("Prefer not to say"),
}


def gender_label(gender: str) -> str:
    """How a gender is named on a page."""
    return str(GENDERS[Gender(gender)])


class PersonForm:
    """The fields of a person, shared by the public form, the walk-in form and corrections."""

    honorific = StringField(_l("Form of address"), [Optional(), Length(max=30)], filters=[tidy])
    given_name = StringField(_l("Given name"), [Optional(), Length(max=NAME_LENGTH)], filters=[tidy])
    family_name = StringField(
        _l("Family name"),
        [
            InputRequired(_l("Enter your family name. If you have only one name, enter it here.")),
            Length(max=NAME_LENGTH),
        ],
        filters=[tidy],
    )
    name_latin = StringField(
        _l("Name in Latin letters"),
        [Optional(), Length(max=NAME_LENGTH)],
        filters=[tidy],
        description=_l("For the badge, if your name is written in another script."),
    )
    email = EmailField(
        _l("E-mail"), [InputRequired(_l("Enter your e-mail address.")), Length(max=254), usable_email], filters=[tidy]
    )
    organisation = StringField(_l("Organisation"), [Optional(), Length(max=ORGANISATION_LENGTH)], filters=[tidy])
    job_title = StringField(_l("Position"), [Optional(), Length(max=ORGANISATION_LENGTH)], filters=[tidy])
    country = CountryField(_l("Country"), [Optional()], choices=country_options)
    phone = TelField(_l("Telephone"), [Optional(), Length(max=PHONE_LENGTH), usable_phone], filters=[tidy])
    language = SelectField(
        _l("Language of mails and papers"), choices=choices((code, ENDONYMS[code]) for code in INTERFACE), default="en"
    )
    gender = SelectField(
        _l("Gender"),
        [Optional()],
        choices=choices([("", ""), *((str(gender), words) for gender, words in GENDERS.items())]),
        description=_l("Only counted. It is shown on no badge and in no list."),
    )


class RegistrationForm(PersonForm, PublicForm):
    """The public form."""

    mode = RadioField(_l("How will you take part?"), [InputRequired(_l("Choose how you will take part."))], choices=[])
    category = SelectField(_l("I take part as"), choices=[], default=Category.PARTICIPANT)
    accept_privacy = BooleanField(
        _l("I agree that the organisers use these details to run this event."),
        [InputRequired(_l("Please agree, so that we may keep your registration."))],
    )
    list_consent = BooleanField(_l("Show my name, organisation and country in the list of participants."))
    form_key = HiddenField(validators=[Optional(), Length(max=64)])

    def offer(self, seats: Iterable[Seats], categories: Iterable[str] = (Category.PARTICIPANT,)) -> None:
        """Fill the choices from what the event offers."""
        self.mode.choices = choices((s.mode, MODES[s.mode]) for s in seats)
        self.category.choices = choices((category, CATEGORIES[category]) for category in categories)


class WalkInForm(PersonForm, BaseForm):
    """The registrar's form for someone who stands at the desk: a name is enough."""

    email = EmailField(
        _l("E-mail"),
        [Optional(), Length(max=254), usable_email],
        filters=[tidy],
        description=_l("Without one they get their badge here, and no mails."),
    )
    mode = RadioField(_l("Taking part"), choices=[], default=Mode.IN_PERSON)
    category = SelectField(_l("Category"), choices=[])
    reason = StringField(
        _l("Seat them even when it is full, because"),
        [Optional(), Length(max=ORGANISATION_LENGTH)],
        filters=[tidy],
        description=_l("Only with a reason; it is kept in the history. Left empty, they wait when it is full."),
    )
    form_key = HiddenField(validators=[Optional(), Length(max=64)])

    def offer(self, seats: Iterable[Seats]) -> None:
        """Fill the choices from what the event offers."""
        self.mode.choices = choices((s.mode, MODES[s.mode]) for s in seats)
        self.category.choices = choices((str(category), CATEGORIES[category]) for category in Category)


class CorrectionForm(PersonForm, PublicForm):
    """What may be corrected of somebody registered."""

    email = EmailField(_l("E-mail"), [address_if_any, Length(max=254), usable_email], filters=[tidy])


class OwnCorrectionForm(CorrectionForm):
    """The same behind one's own link: a consent is taken back as easily as it was given."""

    list_consent = BooleanField(_l("Show my name, organisation and country in the list of participants."))


class LinkAgainForm(PublicForm):
    """Ask for a lost ticket link."""

    email = EmailField(
        _l("E-mail"), [InputRequired(_l("Enter your e-mail address.")), Length(max=254), usable_email], filters=[tidy]
    )


class ConfirmForm(PublicForm):
    """A button that acts."""


def mode_words(mode: str) -> str:
    """How a way of taking part is offered."""
    return str(MODES[Mode(mode)])


def registration_data(form: RegistrationForm, event: Event) -> RegistrationData:
    """What a valid public form says."""
    return RegistrationData(
        mode=form.mode.data,
        category=form.category.data,
        listed=form.list_consent.data,
        privacy_version=agreed_version(event),
        form_key=key_of(form, event),
        **person_values(form),
    )


def key_of(form: RegistrationForm | WalkInForm, event: Event) -> str | None:
    """What a form that is sent twice has in common, and one that was changed on the way back has not.

    Whoever goes back in the browser and enters a colleague sends the same hidden key with another person.
    """
    if not form.form_key.data:
        return None
    typed = json.dumps(sorted(request.form.items(multi=True)))
    return f"{event.id}:{sha256(typed.encode(errors='surrogatepass')).hexdigest()}"


def person_values(form: PersonForm, names: Iterable[str] = PERSON_FIELDS) -> dict[str, Any]:
    """The person fields of a valid form, all of them texts."""
    return {name: getattr(form, name).data or "" for name in names}
