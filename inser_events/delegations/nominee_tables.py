"""A focal point's spreadsheet: the template to fill in, and its rows judged like those typed on the page.

Headings and roles are understood in the six languages, in any order of columns.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from inser_events.delegations.forms import NomineeForm, nominee_class, offer, usual
from inser_events.delegations.models import Delegation, Role
from inser_events.delegations.names import role_words
from inser_events.delegations.people import Nominee
from inser_events.documents.sheets import Sheet
from inser_events.documents.tables import Table
from inser_events.documents.text import tidy
from inser_events.languages import direction
from inser_events.people.search import fold
from inser_events.registration.form_models import Question, QuestionKind
from inser_events.registration.forms import mode_words
from inser_events.registration.import_answers import YES
from inser_events.registration.import_headings import guess, is_heading, key
from inser_events.registration.import_reading import LOOKS, read_row
from inser_events.web.filters import page_language

ROLE = "role"
ROLE_HEADINGS = (
    *("Role", "Role in the delegation", "Delegation role", "Rôle", "Rôle dans la délégation", "Función"),
    *("Función en la delegación", "Роль", "Роль в делегации", "الدور", "الدور في الوفد", "职务", "代表团职务", "角色"),
)
ROLE_WORDS: Mapping[str, Sequence[str]] = {
    Role.HEAD: ("head", "chef", "cheffe", "jefe", "jefa", "глава", "руководитель", "رئيس", "团长"),
    Role.ALTERNATE: ("alternate", "deputy", "suppleant", "adjoint", "suplente", "заместитель", "نائب", "مناوب", "副"),
    Role.ADVISER: ("adviser", "advisor", "conseiller", "asesor", "советник", "مستشار", "顾问"),
    Role.REPRESENTATIVE: ("representative", "delegate", "representant", "delegue", "delegado", "представитель",
                          "делегат", "ممثل", "مندوب", "代表"),
}  # fmt: skip
"""In this order: 副团长 is a deputy, 副代表 an alternate."""
COLUMNS = (
    "honorific",
    "given_name",
    "family_name",
    "name_latin",
    "email",
    "organisation",
    "job_title",
    "country",
    "mode",
)
MULTIPLE = ";"
EXAMPLE = {"given_name": "Amina", "family_name": "BENALI", "email": "amina@example.org"}
"""Nobody: the row that shows how the template is filled in."""


@dataclass
class NamedRow:
    """A row as it is understood."""

    number: int
    nominee: Nominee
    problems: list[str] = field(default_factory=list)


def knows_heading(cell: str) -> bool:
    """Whether a cell is a heading we understand."""
    return is_heading(cell) or key(cell) in _role_keys()


def _role_keys() -> set[str]:
    return {key(heading) for heading in ROLE_HEADINGS}


def template(delegation: Delegation) -> Sheet:
    """The spreadsheet to fill in: the headings in the page's language, and an example row."""
    made = nominee_class(delegation)
    form = made(formdata=None)
    names = [name for name in COLUMNS if name == "mode" or name in {"email", "family_name"} or form.asks(name)]
    labels = [_("In the room or online") if name == "mode" else str(form[name].label.text) for name in names]
    questions = [_label(one) for one in form.plan.questions if one.kind != QuestionKind.FILE]
    modes = delegation.event.modes
    sample = {**EXAMPLE, "honorific": _("Ms")}
    sample |= {"mode": mode_words(modes[0]) if modes else "", "job_title": _("Director")}
    example = [role_words()[Role.HEAD], *(sample.get(name, "") for name in names), *("" for _one in questions)]
    return Sheet(
        name=_("Delegation"),
        header=[_("Role in the delegation"), *labels, *questions],
        rows=[example],
        right_to_left=direction(page_language()) == "rtl",
    )


def without_example(table: Table) -> Table:
    """The table without the template's own row, which people leave where it is."""
    example = set(EXAMPLE.values())
    rows = [row for row in zip(table.numbers, table.rows, strict=True) if not example <= set(row[1])]
    return replace(table, rows=[cells for _number, cells in rows], numbers=[number for number, _cells in rows])


def _label(question: Question) -> str:
    label = question.wording.label
    return label.get(page_language()) or next(iter(label.values()), "")


def read_nominees(delegation: Delegation, table: Table) -> list[NamedRow]:
    """Every row of a table, judged by the event's form."""
    made = nominee_class(delegation)
    plain, roles, questions = _columns(table, made)
    columns = guess(plain, LOOKS)
    rows = []
    for number, cells in zip(table.numbers, table.rows, strict=True):
        row = read_row(number, {name: tidy(cells[place]) for place, name in columns.items() if place < len(cells)})
        problems = [problem for problem in row.problems if problem != _("There is no e-mail address.")]
        if row.ended:
            problems.append(_("The row says “%(text)s”. Cancel people on their own page.", text=row.ended[:60]))
        given: dict[str, Any] = {name: value for name, value in row.values.items() if isinstance(value, str)}
        answers = dict(_answers(questions, cells, problems))
        role = _role(cells[roles], problems) if roles is not None else ""
        form = _form(made, delegation, given | answers | ({"role": role} if role else {}))
        if not form.validate():
            problems += _errors(form)
        rows.append(NamedRow(number, form.nominee(), problems))
    return rows


def _columns(table: Table, made: type[NomineeForm]) -> tuple[Table, int | None, dict[int, Question]]:
    """The table without the headings that are ours alone; where the role is; which question each column answers."""
    keys = [key(heading) for heading in table.header]
    roles = next((place for place, heading in enumerate(keys) if heading in _role_keys()), None)
    labels = {
        key(label): question
        for question in made.plan.questions
        if question.kind != QuestionKind.FILE
        for label in question.wording.label.values()
    }
    questions = {place: labels[heading] for place, heading in enumerate(keys) if heading in labels}
    own = {*questions, roles}
    header = ["" if place in own else heading for place, heading in enumerate(table.header)]
    return replace(table, header=header), roles, questions


def _role(text: str, problems: list[str]) -> str:
    words = fold(text)
    if not words:
        return ""
    found = next((str(role) for role, known in ROLE_WORDS.items() if any(fold(word) in words for word in known)), "")
    if not found:
        problems.append(_("“%(text)s” is no role we know: head, alternate, representative or adviser.", text=text[:60]))
    return found


def _answers(questions: Mapping[int, Question], cells: Sequence[str], problems: list[str]) -> Iterator[tuple[str, Any]]:
    """What the cells answer, as a form would send it."""
    for place, question in questions.items():
        text = tidy(cells[place])
        if not text:
            continue
        if question.kind == QuestionKind.CONSENT:
            if fold(text) in YES:
                yield question.field, "y"
        elif question.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
            parts = text.split(MULTIPLE) if question.kind == QuestionKind.CHOICES else [text]
            chosen = [_option(question, part) for part in parts if part.strip()]
            if all(chosen):
                yield question.field, chosen
            else:
                problems.append(_("“%(text)s” is not one of the answers to “%(question)s”.",
                                  text=text[:60], question=_label(question)))  # fmt: skip
        else:
            yield question.field, text


def _option(question: Question, text: str) -> str:
    wanted = fold(text)
    for option in question.wording.options:
        if wanted in {fold(option["key"]), *(fold(label) for label in option["label"].values())}:
            return str(option["key"])
    return ""


def _form(made: type[NomineeForm], delegation: Delegation, values: Mapping[str, Any]) -> NomineeForm:
    sent: MultiDict[str, Any] = MultiDict(usual(delegation) | dict(values))
    form = made(formdata=sent)
    offer(form, delegation)
    # A file cannot stand in a table: the person adds it on the ticket page.
    form.kept = frozenset(one.uid for one in form.plan.questions if one.kind == QuestionKind.FILE)
    return form


def _errors(form: NomineeForm) -> Iterator[str]:
    for one in form:
        for error in one.errors:
            yield f"{one.label.text}: {error}"
