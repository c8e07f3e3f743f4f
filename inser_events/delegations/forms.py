"""What focal points type about people, and organisers about delegations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    FileField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from inser_events.delegations.models import Delegation, Role
from inser_events.delegations.names import kind_words, role_words
from inser_events.delegations.operations import MOST_SEATS, NAME_LENGTH, DelegationData
from inser_events.delegations.people import Nominee
from inser_events.documents.text import tidy
from inser_events.events.models import Category, Event, Mode
from inser_events.languages import ENDONYMS, INTERFACE
from inser_events.people.countries import country_choices
from inser_events.registration.forms import PERSON_FIELDS, PersonForm, mode_words, person_values, usable_email
from inser_events.registration.models import Registration
from inser_events.registration.operations import RegistrationData
from inser_events.registration.question_forms import Asking, asking, form_data
from inser_events.registration.questions import Plan, concerns, plan_of
from inser_events.web.filters import category_label, page_language
from inser_events.web.forms import BaseForm, PublicForm, choices

ROWS = 4
MOST_ROWS = 50
TYPED = ("honorific", "given_name", "family_name", "name_latin", "email", "organisation", "job_title", "phone")
"""A row in which none of these is filled is left out."""
IN_THE_ROW = ("role", "honorific", "given_name", "family_name", "email", "job_title", "mode")
"""What has a column; what else the event asks stands beneath."""
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class NomineeForm(Asking, PersonForm, PublicForm):
    """One person whom a focal point names. The address may be missing: mails then go to the focal point."""

    role = SelectField(_l("Role"), choices=[], default=Role.REPRESENTATIVE)
    mode = SelectField(_l("How"), choices=[], default=Mode.IN_PERSON)
    email = EmailField(_l("E-mail"), [Optional(), Length(max=254), usable_email], filters=[tidy])
    category: str

    @property
    def mode_and_category(self) -> tuple[str, str]:
        """For whom the form is judged."""
        return self.mode.data or "", self.category

    @property
    def is_blank(self) -> bool:
        """Nothing was typed."""
        return not any(self[name].data for name in TYPED)

    @property
    def more(self) -> list[str]:
        """The fields of a person that the event asks and that have no column."""
        return [name for name in PERSON_FIELDS if name not in IN_THE_ROW and self.asks(name)]

    def nominee(self) -> Nominee:
        """What a valid form says."""
        data = RegistrationData(mode=self.mode.data, **person_values(self))
        return Nominee(data, self.role.data, self.values())


def nominee_class(delegation: Delegation) -> type[NomineeForm]:
    """The form of one person, with the questions that the event asks of the delegation's category."""
    event, category = delegation.event, delegation.category
    plan = plan_of(event)
    asked = [one for one in plan.questions if any(concerns(one, str(mode), category) for mode in event.modes)]
    made: Any = asking(NomineeForm, event, Plan(plan.rules, [category], asked))
    made.category = category
    return made  # type: ignore[no-any-return] # classes made while running have no static type


def row_forms(delegation: Delegation, number: int, formdata: MultiDict[str, Any] | None = None) -> list[NomineeForm]:
    """Empty rows, or those that came: each with a prefix of its own."""
    made = nominee_class(delegation)
    forms = [made(formdata=formdata, prefix=f"p{place}-", **usual(delegation)) for place in range(number)]
    for form in forms:
        offer(form, delegation)
    return forms


def usual(delegation: Delegation) -> dict[str, str]:
    """What most people of a delegation have in common."""
    modes = delegation.event.modes
    return {
        "country": delegation.country,
        "language": delegation.language,
        "role": Role.REPRESENTATIVE,
        "mode": str(modes[0]) if modes else "",
    }


def offer(form: NomineeForm, delegation: Delegation) -> None:
    """Fill the choices."""
    form.role.choices = choices(role_words().items())
    form.mode.choices = choices((str(mode), mode_words(mode)) for mode in delegation.event.modes)


def person_form(
    delegation: Delegation, registration: Registration | None = None, answers: Mapping[str, Any] | None = None
) -> NomineeForm:
    """The form of one person: somebody new, or somebody to be corrected, whose mode and role are not changed here."""
    made = nominee_class(delegation)
    if registration is None:
        form = made(**usual(delegation))
    else:
        plan: Plan = made.plan
        facts = {name: getattr(registration, name) for name in PERSON_FIELDS}
        facts["email"] = "" if registration.through_focal_point else registration.email
        form = made(**facts, mode=registration.mode, role=Role.REPRESENTATIVE, **form_data(plan, answers or {}))
        form.kept = frozenset(answers or {})
    offer(form, delegation)
    return form


class DelegationForm(BaseForm):
    """A delegation as an organiser describes it; its fields ``name_<language>`` are made by `delegation_form`."""

    kind = SelectField(_l("Comes as"), choices=[])
    country = SelectField(
        _l("Country"), [Optional()], choices=[], description=_l("A Member is called by it when no other name is given.")
    )
    category = SelectField(_l("Its people are registered as"), choices=[], default=Category.DELEGATE)
    focal_name = StringField(_l("Name of the focal point"), [Optional(), Length(max=NAME_LENGTH)], filters=[tidy])
    focal_email = EmailField(
        _l("E-mail of the focal point"), [Optional(), Length(max=254), usable_email], filters=[tidy]
    )
    language = SelectField(_l("Language of mails to them"), choices=[])
    deadline = DateTimeLocalField(_l("People can be named until"), [Optional()], format=MOMENTS)
    room_cap = IntegerField(
        _l("Places in the room"),
        [Optional(), NumberRange(0, MOST_SEATS, _l("Enter a whole number, or leave it empty when there is no limit."))],
    )
    online_cap = IntegerField(
        _l("Places online"),
        [Optional(), NumberRange(0, MOST_SEATS, _l("Enter a whole number, or leave it empty when there is no limit."))],
    )
    letter_needed = BooleanField(_l("Ask for a nomination letter (note verbale)"), default=True)
    event: Event

    @property
    def name_fields(self) -> list[Any]:
        """The fields of its name, one a language."""
        return [self[f"name_{language}"] for language in self.event.languages]

    def data_given(self) -> DelegationData:
        """What a valid form says."""
        zone = ZoneInfo(self.event.time_zone)
        deadline: datetime | None = self.deadline.data
        return DelegationData(
            kind=self.kind.data,
            country=self.country.data or "",
            name={language: self[f"name_{language}"].data or "" for language in self.event.languages},
            category=self.category.data,
            focal_name=self.focal_name.data or "",
            focal_email=self.focal_email.data or "",
            language=self.language.data,
            deadline=deadline.replace(tzinfo=zone).astimezone(UTC) if deadline else None,
            letter_needed=self.letter_needed.data,
            room_cap=self.room_cap.data,
            online_cap=self.online_cap.data,
        )


def delegation_form(event: Event, data: DelegationData) -> DelegationForm:
    """The form, filled with a delegation as it stands."""
    fields: dict[str, Any] = {
        f"name_{language}": StringField(
            _("Name (%(language)s)", language=ENDONYMS.get(language, language)),
            [Optional(), Length(max=NAME_LENGTH)],
            filters=[tidy],
        )
        for language in event.languages
    }
    made: Any = type("DelegationForm", (DelegationForm,), fields | {"event": event})
    local = data.deadline.astimezone(ZoneInfo(event.time_zone)).replace(tzinfo=None) if data.deadline else None
    names = {f"name_{language}": data.name.get(language, "") for language in event.languages}
    form: DelegationForm = made(obj=replace(data, deadline=local), **names)
    form.kind.choices = choices(kind_words().items())
    form.country.choices = choices(country_choices(page_language()))
    form.category.choices = choices((str(one), category_label(one)) for one in Category)
    form.language.choices = choices((code, ENDONYMS[code]) for code in INTERFACE)
    return form


class SeveralForm(BaseForm):
    """Many delegations at once: pasted lines, or a spreadsheet."""

    lines = TextAreaField(_l("Paste the table here"), [Optional(), Length(max=200_000)])
    file = FileField(_l("Or choose a spreadsheet (CSV or XLSX)"))


class LetterForm(PublicForm):
    """A nomination letter."""

    letter = FileField(_l("Letter"))


def show_problems(forms: Sequence[NomineeForm], problems: Mapping[int, Sequence[str]]) -> None:
    """Put what an operation refused at the rows it is about."""
    for place, messages in problems.items():
        forms[place].form_errors = [*forms[place].form_errors, *messages]
