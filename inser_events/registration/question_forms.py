"""The form as an event asks it: fields of a person by its rules, questions of its own, and what applies to whom.

Everything that could apply is on the page. JavaScript hides what does not; without it a line says whom a question is
for. Either way the answer is judged here: what does not apply is neither required nor kept.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FloatField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, FileInput, ListWidget, NumberInput

from inser_events.events.models import Event
from inser_events.languages import Localized
from inser_events.registration.answers import LONG_TEXT_LENGTH, TEXT_LENGTH, cleaned
from inser_events.registration.errors import UnusableAnswer, UnusableFile
from inser_events.registration.form_models import Question, QuestionKind, Rule
from inser_events.registration.forms import (
    PERSON_FIELDS,
    CorrectionForm,
    OwnCorrectionForm,
    RegistrationForm,
    WalkInForm,
)
from inser_events.registration.questions import Plan, Values, answers_to_choose, concerns, given
from inser_events.registration.uploads import ReceivedFile, receive, redeem, ticket_for
from inser_events.web.filters import best_text, category_label, comma, marked, mode_label
from inser_events.web.forms import choices

MOST_BUTTONS = 5
"""Up to how many answers are shown side by side; more become a list to open."""
ACCEPTED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


class Boxes(SelectMultipleField):  # type: ignore[misc] # WTForms carries no types
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FileField(Field):  # type: ignore[misc] # WTForms carries no types
    """A file, or the ticket of one that came with an earlier try. ``data``: ReceivedFile or None."""

    widget = FileInput()
    accept = ACCEPTED
    data: ReceivedFile | None

    def process_formdata(self, valuelist: list[FileStorage | str]) -> None:
        """Take the file if one came, else the ticket."""
        self.data = None
        for value in sorted(valuelist, key=lambda value: isinstance(value, str)):
            try:
                if isinstance(value, str) and value:
                    self.data = redeem(value)
                elif isinstance(value, FileStorage) and value.filename:
                    self.data = receive(value.stream, value.filename)
            except UnusableFile as refusal:
                raise ValueError(refusal.message) from refusal
            if self.data is not None:
                return

    @property
    def ticket(self) -> str:
        """What the form carries when it is shown again."""
        return ticket_for(self.data) if self.data else ""


def words_in(localized: Localized, event: Event) -> str:
    """A text of the form in the page's language, else the event's."""
    return best_text(localized, *event.languages).value


def _field(question: Question, event: Event) -> Any:
    wording = question.wording
    words: dict[str, Any] = {
        "label": words_in(wording.label, event),
        "description": marked(*best_text(wording.help, *event.languages)),
    }
    options = [(option["key"], best_text(option["label"], *event.languages)) for option in wording.options]
    if question.kind == QuestionKind.CHOICE and question.required and len(options) <= MOST_BUTTONS:
        return RadioField(validators=[Optional()], choices=choices(options), **words)
    if question.kind == QuestionKind.CHOICE:
        return SelectField(validators=[Optional()], choices=choices([("", ""), *options]), **words)
    if question.kind == QuestionKind.CHOICES:
        return Boxes(validators=[Optional()], choices=choices(options), **words)
    field_class, settings = _FIELDS[QuestionKind(question.kind)]
    return field_class(**settings, **words)


_FIELDS: Mapping[str, tuple[Any, dict[str, Any]]] = {
    QuestionKind.TEXT: (StringField, {"validators": [Optional(), Length(max=TEXT_LENGTH)]}),
    QuestionKind.LONG_TEXT: (TextAreaField, {"validators": [Optional(), Length(max=LONG_TEXT_LENGTH)]}),
    QuestionKind.NUMBER: (FloatField, {"validators": [Optional()], "widget": NumberInput(step="any")}),
    QuestionKind.DATE: (DateField, {"validators": [Optional()]}),
    QuestionKind.CONSENT: (BooleanField, {}),
    QuestionKind.FILE: (FileField, {"validators": [Optional()]}),
}


class Asking:
    """What a form with a plan can do. Mixed into a form that has ``mode`` and ``category``, or is told them."""

    plan: Plan
    event: Event
    standing: tuple[str, str] | None
    """Mode and category when they are not chosen in this form."""
    kept: frozenset[str] = frozenset()
    """The questions this person has answered already: a file need not be sent again."""
    without_address = False
    """Whether the person may stay without a mail address."""

    @property
    def mode_and_category(self) -> tuple[str, str]:
        """For whom the form is judged."""
        form: Any = self
        return self.standing or (form.mode.data or "", form.category.data or "")

    def values(self) -> dict[str, Any]:
        """What was answered, by the ``uid`` of the questions."""
        form: Any = self
        return {question.uid: form[question.field].data for question in self.plan.questions}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """As usual, then by the plan."""
        fields: Any = super()
        fields.validate(*args, **kwargs)
        self.judge()
        form: Any = self
        return not form.errors

    def judge(self) -> None:
        """Drop the faults of what does not apply, name what is missing of what does."""
        form: Any = self
        mode, category = self.mode_and_category
        # Who may do without a mail address is known to the form's own field.
        for name in (name for name in PERSON_FIELDS if name != "email"):
            rule = self.plan.rule(name, category)
            if rule == Rule.OFF:
                # Not asked: what the page set out with holds, such as its own language for mails and papers.
                form[name].errors, form[name].data = [], form[name].object_data or ""
            elif rule == Rule.REQUIRED and not form[name].errors and not form[name].data:
                form[name].errors = [_missing(name)]
        asked = self.plan.asked(mode, category, self.values())
        for question in self.plan.questions:
            field = form[question.field]
            field.errors = self._faults(question, field) if question in asked else []

    def _faults(self, question: Question, field: Field) -> list[str]:
        if field.errors:
            return [_unusable(question)] if question.kind in {QuestionKind.NUMBER, QuestionKind.DATE} else field.errors
        if not given(field.data):
            missing = question.required and question.uid not in self.kept
            return [_unanswered(question)] if missing else []
        try:
            cleaned(question, field.data)
        except UnusableAnswer as refusal:
            return [refusal.message]
        return []

    def questions(self) -> list[Question]:
        """The questions on the page: all, or those for the mode and category that stand already."""
        if self.standing is None:
            return list(self.plan.questions)
        return [question for question in self.plan.questions if concerns(question, *self.standing)]

    def asks(self, name: str) -> bool:
        """Whether a field of a person may be asked of anyone."""
        return any(rule != Rule.OFF for rule in self.plan.rules_of(name).values())

    def mark(self, name: str) -> bool:
        """Whether a field of a person is optional for some of those who are asked."""
        return Rule.OPTIONAL in self.plan.rules_of(name).values()

    def needed(self, name: str) -> str:
        """The categories that have to fill a field which is optional for others, as JSON; else empty."""
        rules = self.plan.rules_of(name)
        needed = [category for category, rule in rules.items() if rule == Rule.REQUIRED]
        return json.dumps(needed) if needed and Rule.OPTIONAL in rules.values() else ""

    def when(self, item: Question | str) -> str:
        """The condition of a question or a field, as JSON for ``conditional.js``; empty when it is for everyone."""
        condition = self._field_condition(item) if isinstance(item, str) else self._question_condition(item)
        return json.dumps(condition) if condition else ""

    def _field_condition(self, name: str) -> dict[str, Any]:
        rules = self.plan.rules_of(name)
        if Rule.OFF not in rules.values():
            return {}
        return {"categories": [category for category, rule in rules.items() if rule != Rule.OFF]}

    def _question_condition(self, question: Question) -> dict[str, Any]:
        condition: dict[str, Any] = {}
        if question.modes and self.standing is None:
            condition["modes"] = question.modes
        if question.categories and self.standing is None:
            condition["categories"] = question.categories
        parent = self.plan.by_uid.get(question.depends_on)
        if parent is not None:
            condition |= {"field": parent.field, "values": question.depends_values}
        return condition

    def whom(self, item: Question | str) -> str:
        """The condition in words, for pages without JavaScript."""
        if isinstance(item, str):
            rules = self.plan.rules_of(item)
            if Rule.OFF in rules.values():
                return _for([category for category, rule in rules.items() if rule != Rule.OFF])
            required = [category for category, rule in rules.items() if rule == Rule.REQUIRED]
            if required and len(required) < len(rules):
                return _("Needed from: %(who)s.", who=_listed(required))
            return ""
        return " ".join(self._conditions_in_words(item))

    def _conditions_in_words(self, question: Question) -> Iterator[str]:
        if question.modes and self.standing is None:
            yield _("For people taking part: %(how)s.", how=comma().join(mode_label(mode) for mode in question.modes))
        if question.categories and self.standing is None:
            yield _for(question.categories)
        parent = self.plan.by_uid.get(question.depends_on)
        if parent is not None:
            wanted = answers_to_choose(parent)
            answers = comma().join(
                words_in(wanted[key], self.event) for key in question.depends_values if key in wanted
            )
            yield _(
                "If you answered “%(answer)s” to “%(question)s”.",
                answer=answers,
                question=words_in(parent.wording.label, self.event),
            )


def _listed(categories: list[str]) -> str:
    return comma().join(category_label(category) for category in categories)


def _for(categories: list[str]) -> str:
    return _("For: %(who)s.", who=_listed(categories))


def _unanswered(question: Question) -> str:
    return {
        QuestionKind.CONSENT: _("Please agree, or write to the organisers if you cannot."),
        QuestionKind.FILE: _("Choose a file."),
        QuestionKind.CHOICE: _("Choose an answer."),
        QuestionKind.CHOICES: _("Choose at least one answer."),
    }.get(QuestionKind(question.kind), _("Please answer this question."))


def _unusable(question: Question) -> str:
    return _("Enter a number.") if question.kind == QuestionKind.NUMBER else _("Enter a date.")


def _missing(name: str) -> str:
    return {
        "honorific": _("Enter your title, such as Ms, Mr, Dr."),
        "given_name": _("Enter your given name."),
        "name_latin": _("Enter your name in Latin letters."),
        "organisation": _("Enter your organisation."),
        "job_title": _("Enter your position."),
        "country": _("Choose your country."),
        "phone": _("Enter your telephone number."),
        "language": _("Choose a language."),
        "gender": _("Choose an answer. “Prefer not to say” is one."),
    }.get(name, _("Please answer this question."))


class AskingForm(Asking, RegistrationForm):
    """The public form of an event."""


class AskingAgainForm(Asking, CorrectionForm):
    """What may be corrected: mode and category stay as they are."""


class AskingOneselfForm(Asking, OwnCorrectionForm):
    """The same for the attendee, who also decides about the public list."""


class AskingWalkInForm(Asking, WalkInForm):
    """The form at the desk: what must be known, judged like the public one."""


def asking(form_class: type[Form], event: Event, plan: Plan, standing: tuple[str, str] | None = None) -> Any:
    """A form class with the event's questions among its fields. *standing*: mode and category when settled."""
    fields = {question.field: _field(question, event) for question in plan.questions}
    facts = {"plan": plan, "event": event, "standing": standing}
    return type(form_class.__name__, (form_class,), fields | facts)


def asked(form_class: type[Form], event: Event, plan: Plan, **values: Any) -> Any:
    """A form with the event's questions among its fields; making a class for it only where there are some."""
    made = asking(form_class, event, plan) if plan.questions else form_class
    form: Any = made(**values)
    form.plan, form.event, form.standing = plan, event, None
    return form


def form_data(plan: Plan, values: Values) -> dict[str, Any]:
    """Earlier answers as the fields show them. A file is not shown again; its question knows that there is one."""
    data: dict[str, Any] = {}
    for question in plan.questions:
        value = values.get(question.uid)
        if value is None or question.kind == QuestionKind.FILE:
            continue
        data[question.field] = date.fromisoformat(value) if question.kind == QuestionKind.DATE else value
    return data
