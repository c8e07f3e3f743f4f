"""What each row of a stranger's table would do: new, changed, the same or faulty. Nothing is written here.

A row of our own export names its registration; other rows are found by their address. A row changes only what it says:
an empty cell leaves things as they are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import or_, select

from inser_events.addresses import folded_email
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.languages import text_in
from inser_events.people.search import fold
from inser_events.registration.form_models import Answer, Question, QuestionKind
from inser_events.registration.import_reading import Defaults, Row
from inser_events.registration.models import ACTIVE, Registration
from inser_events.registration.questions import Plan, Values, given, plan_of

AT_ONCE = 500
TEXTS = (
    *("honorific", "given_name", "family_name", "name_latin", "organisation", "job_title", "country"),
    *("phone", "gender"),
)
COMPARED = (*TEXTS, "language", "category", "listed", "mode")
"""What a row can change of someone who is registered already, besides the address."""
Person = Mapping[str, Any]
"""What is known of somebody registered: `COMPARED` and what tells who it is."""
T = TypeVar("T")


class Outcome(StrEnum):
    """What a row does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


DOES_SOMETHING = frozenset({Outcome.NEW, Outcome.CHANGED})


@dataclass(frozen=True)
class Planned:
    """A row and what it would do. ``changes``: field → what stands there now and what the row says.

    ``answers``: everything the person will have answered, by the ``uid`` of the questions.
    """

    row: Row
    outcome: Outcome
    problems: Sequence[str] = ()
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    registration_id: int | None = None
    answers: Values = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    """Who is registered: the active ones by folded address, everybody by ``uid``."""

    by_email: Mapping[str, Person]
    by_uid: Mapping[str, Person]

    def of(self, row: Row) -> Person | None:
        return self.by_uid.get(row.uid) or self.by_email.get(row.email)

    def keys(self, row: Row) -> Iterator[int | str]:
        """What no other row may be about: the person, and an address that is to become somebody's own."""
        person = self.of(row)
        if person:
            yield person["id"]
        if row.email and (person is None or _changes_address(row, person)):
            yield row.email


def planned(event: Event, rows: Sequence[Row], defaults: Defaults) -> list[Planned]:
    """What each row would do now, in the order of the table."""
    known = _registered(event, rows)
    # Who cancelled and came back stands twice in our own export: the row that still counts is the one meant.
    last = {key: row.number for row in rows if not row.ended for key in known.keys(row)}
    offered = {str(mode) for mode in event.modes}
    form = plan_of(event)
    answering = any(row.answers for row in rows)
    people = {person["id"] for row in rows if (person := known.of(row))} if answering else set()
    earlier = _answered(sorted(people))
    plan = []
    for row in rows:
        person = known.of(row)
        problems = [*row.problems, *_problems(row, known, last, offered, defaults)]
        if row.ended:
            plan.append(_ended(row, person, last, known))
        elif person is not None and person["state"] not in ACTIVE:
            plan.append(_over(_compared(form, row, person, earlier.get(person["id"], {}))))
        elif problems:
            plan.append(Planned(row, Outcome.FAULTY, problems))
        elif person is None:
            plan.append(Planned(row, Outcome.NEW, answers=_applying(form, row, asdict(defaults), {})))
        else:
            plan.append(_compared(form, row, person, earlier.get(person["id"], {})))
    return plan


def _ended(row: Row, person: Person | None, last: Mapping[int | str, int], known: _Known) -> Planned:
    """A row that says somebody does not come: nothing to do, unless they are still expected."""
    again = any(key in last for key in known.keys(row))
    if person is None or person["state"] not in ACTIVE or again:
        return Planned(row, Outcome.SAME)
    told = _("The row says “%(text)s”. Cancel people on their own page.", text=row.ended[:60])
    return Planned(row, Outcome.FAULTY, [told])


def _over(plan: Planned) -> Planned:
    """A row about a registration that has ended since: it is left as it was."""
    if plan.outcome == Outcome.SAME:
        return plan
    return Planned(plan.row, Outcome.FAULTY, [_("This registration was cancelled.")])


def _changes_address(row: Row, person: Person) -> bool:
    return bool(row.email) and row.email != folded_email(person["email"])


def _compared(form: Plan, row: Row, person: Person, earlier: Values) -> Planned:
    """What a row changes of somebody."""
    changes: dict[str, tuple[Any, Any]] = {
        name: (person[name], value) for name, value in row.values.items() if name in COMPARED and person[name] != value
    }
    if row.whole_name and fold(row.whole_name) == fold(_name_of(person)):
        # A name in one cell does not say where it parts.
        changes = {name: pair for name, pair in changes.items() if name not in {"given_name", "family_name"}}
    if _changes_address(row, person):
        changes["email"] = (person["email"], row.values["email"])
    answers = _applying(form, row, person, earlier)
    for uid in row.answers:
        if earlier.get(uid) != answers.get(uid):
            question = form.by_uid[uid]
            changes[question.field] = (said(question, earlier.get(uid)), said(question, answers.get(uid)))
    outcome = Outcome.CHANGED if changes else Outcome.SAME
    return Planned(row, outcome, changes=changes, registration_id=person["id"], answers=answers)


def _name_of(person: Person) -> str:
    return Registration(given_name=person["given_name"], family_name=person["family_name"]).name


def _applying(form: Plan, row: Row, person: Person, earlier: Values) -> dict[str, Any]:
    """What the person will have answered: to the questions that concern them after the import."""
    if not row.answers:
        return dict(earlier)
    values = {**earlier, **row.answers}
    mode, category = (str(row.values.get(name, person[name])) for name in ("mode", "category"))
    asked = {question.uid for question in form.asked(mode, category, values)}
    return {uid: value for uid, value in values.items() if uid in asked and given(value)}


def said(question: Question, value: Any) -> str:
    """An answer in the words of the question."""
    if not given(value):
        return ""
    if question.kind == QuestionKind.CONSENT:
        return str(_("Yes"))
    keys = value if isinstance(value, list) else [value] if question.wording.options else []
    return "; ".join(text_in(question.wording.option(key)).value for key in keys) or str(value)


def _answered(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What these registrations have answered, by the ``uid`` of the questions."""
    found: dict[int, dict[str, Any]] = {}
    for some in slices(ids, AT_ONCE):
        mine = select(Answer.registration_id, Question.uid, Answer.value).join(Question)
        for person, uid, value in db.session.execute(mine.where(Answer.registration_id.in_(some))):
            found.setdefault(person, {})[uid] = value
    return found


def _registered(event: Event, rows: Sequence[Row]) -> _Known:
    """Those whom the rows may be about."""
    columns = [getattr(Registration, name) for name in ("id", "uid", "email", "active_email", "state", *COMPARED)]
    by_email: dict[str, Person] = {}
    by_uid: dict[str, Person] = {}
    for some in slices(rows, AT_ONCE):
        meant = or_(
            Registration.active_email.in_({row.email for row in some if row.email}),
            Registration.uid.in_({row.uid for row in some if row.uid}),
        )
        found = db.session.execute(select(*columns).where(Registration.event_id == event.id, meant)).mappings()
        for person in map(dict, found):
            by_uid[person["uid"]] = person
            if person["active_email"]:
                by_email[person["active_email"]] = person
    return _Known(by_email, by_uid)


def _problems(
    row: Row, known: _Known, last: Mapping[int | str, int], offered: set[str], defaults: Defaults
) -> Iterator[str]:
    person = known.of(row)
    numbers = {last.get(key, row.number) for key in known.keys(row)} - {row.number}
    if numbers:
        yield _("Row %(number)s has the same address; that one counts.", number=max(numbers))
    elif person and _changes_address(row, person) and row.email in known.by_email:
        yield _("Another registration for this event uses this address.")
    if person is None and not row.email and not row.problems:
        yield _("There is no e-mail address.")
    if row.email and person is None and "family_name" not in row.values:
        yield _("There is no name.")
    mode = row.values.get("mode", defaults.mode if person is None else "")
    if mode and mode not in offered:
        yield _("This event does not offer that way of taking part.")


def counted(plan: Sequence[Planned]) -> dict[str, int]:
    """How many rows do what."""
    numbers = Counter(one.outcome for one in plan)
    return {str(outcome): numbers[outcome] for outcome in Outcome}


def chosen_of(plan: Sequence[Planned], numbers: Sequence[int] | None) -> list[Planned]:
    """The rows that do something, of those chosen; None chooses all."""
    wanted = None if numbers is None else set(numbers)
    return [one for one in plan if one.outcome in DOES_SOMETHING and (wanted is None or one.row.number in wanted)]


def slices(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The things in order, some at a time."""
    return (things[start : start + size] for start in range(0, len(things), size))
