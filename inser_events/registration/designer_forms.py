"""Forms of the page that designs a registration form."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from inser_events.events.models import Event
from inser_events.languages import ENDONYMS, Localized, Text, text_in
from inser_events.people.tables import person_words
from inser_events.registration.form_models import WITH_OPTIONS, Question, QuestionKind, Rule
from inser_events.registration.form_operations import HELP_LENGTH, LABEL_LENGTH, QuestionData
from inser_events.registration.questions import ALWAYS, DEFAULT_RULES, PUBLIC_CATEGORIES, Plan, answers_to_choose
from inser_events.web.filters import category_label, mode_label
from inser_events.web.forms import BaseForm, choices

SPARE_OPTIONS = 3
"""Empty rows for further answers; JavaScript adds more."""
MOST_ROWS = 200


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


class Boxes(SelectMultipleField):  # type: ignore[misc] # WTForms carries no types
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def kind_words() -> dict[str, str]:
    """What each kind of question is called."""
    return {
        QuestionKind.TEXT: _("Short text"),
        QuestionKind.LONG_TEXT: _("Long text"),
        QuestionKind.NUMBER: _("Number"),
        QuestionKind.DATE: _("Date"),
        QuestionKind.CHOICE: _("One of several answers"),
        QuestionKind.CHOICES: _("Several answers"),
        QuestionKind.CONSENT: _("Consent to tick"),
        QuestionKind.FILE: _("File"),
    }


def field_words() -> dict[str, str]:
    """What each field of a person is called here."""
    return {
        **person_words(),
        "phone": _("Telephone"),
        "language": _("Language of mails and papers"),
        "gender": _("Gender"),
    }


def rule_words() -> dict[str, str]:
    """What each rule is called."""
    return {Rule.OFF: _("Not asked"), Rule.OPTIONAL: _("Optional"), Rule.REQUIRED: _("Required")}


class CategoriesForm(BaseForm):
    """As what people may register."""

    categories = Boxes(_l("People can register as"))

    def offer(self) -> None:
        """Fill the choices."""
        self.categories.choices = choices((category, category_label(category)) for category in PUBLIC_CATEGORIES)


def rules_form(plan: Plan, category: str) -> Any:
    """A form with a rule for each field: of everyone (category ""), or of one category."""
    rules = list(rule_words().items())
    stored = plan.rules.get(category, {})
    fields: dict[str, Any] = {}
    for name, label in field_words().items():
        if name not in ALWAYS:
            usual = plan.rules.get("", {}).get(name, DEFAULT_RULES[name])
            same = [("", _("As everyone: %(rule)s", rule=rule_words()[usual].lower()))] if category else []
            fields[name] = SelectField(
                label, choices=choices([*same, *rules]), default=stored.get(name, "" if category else usual)
            )
    return type("RulesForm", (BaseForm,), fields)()


class QuestionForm(BaseForm):
    """A question. Its words have fields per language, made by `question_form`."""

    kind = SelectField(_l("Kind of answer"))
    required = BooleanField(_l("People have to answer"))
    modes = Boxes(_l("Taking part"), [Optional()], description=_l("Nothing ticked: everyone"))
    categories = Boxes(_l("Category"), [Optional()], description=_l("Nothing ticked: everyone"))
    depends = Boxes(
        _l("Only after one of these answers"), [Optional()], description=_l("Nothing ticked: whatever they answered")
    )
    languages: Sequence[str]
    known_options: Sequence[tuple[str, Localized]]

    def texts(self, name: str) -> Localized:
        """A text in every language that has one."""
        return {language: self[f"{name}_{language}"].data or "" for language in self.languages}

    def option_rows(self) -> list[tuple[str, Localized]]:
        """The rows of answers: as typed, else as stored, with empty ones to fill in."""
        rows = list(_typed_options(self.languages)) if self.is_submitted() else list(self.known_options)
        return [*rows, *(("", {}) for _spare in range(SPARE_OPTIONS))]

    def data_given(self, kind: str) -> QuestionData:
        """What the form says. Of answers to different questions those of the first are taken."""
        parents = [choice.partition("=") for choice in self.depends.data or []]
        parent = parents[0][0] if parents else ""
        return QuestionData(
            kind=kind,
            label=self.texts("label"),
            help=self.texts("help"),
            options=list(_typed_options(self.languages)) if kind in WITH_OPTIONS else (),
            required=self.required.data,
            modes=self.modes.data or (),
            categories=self.categories.data or (),
            depends_on=parent,
            depends_values=[value for uid, _equals, value in parents if uid == parent],
        )


def _typed_options(languages: Sequence[str]) -> Iterator[tuple[str, Localized]]:
    """The rows of answers in a sent form: a key each, and a text per language."""
    keys = request.form.getlist("option_key")[:MOST_ROWS]
    texts = {language: request.form.getlist(f"option_{language}") for language in languages}
    for place, key in enumerate(keys):
        label = {language: rows[place] for language, rows in texts.items() if place < len(rows) and rows[place].strip()}
        if label:
            yield key, label


def question_form(event: Event, earlier: Iterable[Question], question: Question | None = None, kind: str = "") -> Any:
    """The form of a new or a known question. *earlier*: those on whose answers it may depend."""
    languages = event.languages
    fields: dict[str, Any] = {}
    for language in languages:
        first = language == languages[0]
        # With one language its name would only be noise.
        named = f" ({ENDONYMS.get(language, language)})" if len(languages) > 1 else ""
        needed = [InputRequired(_("Enter the question."))] if first else [Optional()]
        fields[f"label_{language}"] = StringField(
            _("Question") + named, [*needed, Length(max=LABEL_LENGTH)], default=_stored(question, "label", language)
        )
        fields[f"help_{language}"] = TextAreaField(
            _("Explanation") + named,
            [Optional(), Length(max=HELP_LENGTH)],
            default=_stored(question, "help", language),
        )
    options = question.wording.options if question else ()
    facts = {"languages": languages, "known_options": [(option["key"], option["label"]) for option in options]}
    form = type("QuestionForm", (QuestionForm,), fields | facts)(**_conditions(question, kind))
    form.kind.choices = choices(kind_words().items())
    form.modes.choices = choices((mode, mode_label(mode)) for mode in event.modes)
    form.categories.choices = choices((category, category_label(category)) for category in PUBLIC_CATEGORIES)
    form.depends.choices = choices(_answers(event, earlier))
    return form


def _conditions(question: Question | None, kind: str) -> dict[str, Any]:
    if question is None:
        return {"kind": kind}
    return {
        "kind": question.kind,
        "required": question.required,
        "modes": question.modes,
        "categories": question.categories,
        "depends": [f"{question.depends_on}={value}" for value in question.depends_values],
    }


def _stored(question: Question | None, name: str, language: str) -> str:
    texts: Localized = getattr(question.wording, name) if question else {}
    return texts.get(language, "")


def _answers(event: Event, questions: Iterable[Question]) -> Iterator[tuple[str, Text]]:
    for question in questions:
        asked = text_in(question.wording.label, event.languages)
        for key, label in answers_to_choose(question).items():
            yield (
                f"{question.uid}={key}",
                asked._replace(value=f"{asked.value} → {text_in(label, event.languages).value}"),
            )
