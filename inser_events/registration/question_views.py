"""The form designer: fields, categories, questions, their order, and how it will look."""

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from inser_events.clock import now
from inser_events.errors import Refused
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event, seats_of
from inser_events.registration import form_operations as operations
from inser_events.registration.answers import answer_count
from inser_events.registration.designer_forms import (
    CategoriesForm,
    field_words,
    kind_words,
    question_form,
    rule_words,
    rules_form,
)
from inser_events.registration.errors import QuestionNeeded, UnusableQuestion
from inser_events.registration.form_models import WITH_OPTIONS, Question, QuestionKind
from inser_events.registration.question_forms import AskingForm, asking
from inser_events.registration.questions import ALWAYS, Plan, find_question, plan_of, questions_of
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

blueprint = Blueprint("form_designer", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def _home(event: Event, anchor: str = "", category: str = "") -> str:
    return url_for("form_designer.design", slug=event.slug, category=category or None, _anchor=anchor or None)


@blueprint.get("/manage/<slug>/form")
@for_registrars
def design(event: Event) -> ResponseReturnValue:
    """The whole form at a glance."""
    plan = plan_of(event)
    category = request.args.get("category", "")
    category = category if category in plan.categories else ""
    categories = CategoriesForm(categories=plan.categories)
    categories.offer()
    conditions = asking(AskingForm, event, plan)()
    return render_managed(
        "registration/manage_form.html",
        event,
        "registrations",
        plan=plan,
        category=category,
        categories_form=categories,
        rules_form=rules_form(plan, category),
        fields=field_words(),
        always=ALWAYS,
        rules=rule_words(),
        kinds=kind_words(),
        whom=conditions.whom,
    )


@blueprint.post("/manage/<slug>/form/categories")
@for_registrars
def save_categories(event: Event) -> ResponseReturnValue:
    """As what people may register."""
    form = CategoriesForm()
    form.offer()
    try:
        operations.set_categories(event, form.categories.data or [])
    except UnusableQuestion as refusal:
        flash(refusal.message, "bad")
    else:
        flash(_("Saved."), "good")
    return redirect(_home(event), 303)


@blueprint.post("/manage/<slug>/form/fields")
@for_registrars
def save_fields(event: Event) -> ResponseReturnValue:
    """Which fields are asked for."""
    category = request.form.get("category", "")
    plan = plan_of(event)
    if category and category not in plan.categories:
        return redirect(_home(event), 303)
    form = rules_form(plan, category)
    if form.validate_on_submit():
        operations.set_rules(event, category, {name: form[name].data for name in field_words() if name not in ALWAYS})
        flash(_("Saved."), "good")
    return redirect(_home(event, "fields", category), 303)


@blueprint.route("/manage/<slug>/form/questions/new", methods=["GET", "POST"])
@for_registrars
def add(event: Event) -> ResponseReturnValue:
    """A new question."""
    kind = request.args.get("kind", QuestionKind.TEXT)
    form = question_form(event, questions_of(event.id), kind=kind if kind in set(QuestionKind) else QuestionKind.TEXT)
    if form.validate_on_submit():
        try:
            question = operations.add_question(event, form.data_given(form.kind.data), at=now())
        except UnusableQuestion as refusal:
            form.form_errors.append(refusal.message)
        else:
            return redirect(_home(event, f"question-{question.uid}"), 303)
    return _question_page(event, form, None)


@blueprint.route("/manage/<slug>/form/questions/<uid>", methods=["GET", "POST"])
@for_registrars
def change(event: Event, uid: str) -> ResponseReturnValue:
    """Change a question. Its kind stays: the answers given would not fit another."""
    question = find_question(event, uid)
    everyone = questions_of(event.id)
    # A sent form has no kind, since it is not shown.
    form = question_form(event, everyone[: everyone.index(question)], question)
    if request.method == "POST":
        form.kind.data, form.kind.raw_data = question.kind, [question.kind]
    if form.validate_on_submit():
        try:
            operations.change_question(event, question, form.data_given(question.kind), at=now())
        except UnusableQuestion as refusal:
            form.form_errors.append(refusal.message)
        else:
            return redirect(_home(event, f"question-{question.uid}"), 303)
    return _question_page(event, form, question)


def _question_page(event: Event, form: object, question: Question | None) -> ResponseReturnValue:
    page = render_managed(
        "registration/manage_form_question.html",
        event,
        "registrations",
        form=form,
        question=question,
        kinds=kind_words(),
        with_options=sorted(WITH_OPTIONS),
        answered=answer_count(question) if question else 0,
    )
    return page, 422 if getattr(form, "errors", None) else 200


@blueprint.post("/manage/<slug>/form/questions/<uid>/move")
@for_registrars
def move(event: Event, uid: str) -> ResponseReturnValue:
    """Put a question at another place, counted from 0."""
    question = find_question(event, uid)
    try:
        operations.move_question(event, question, request.form.get("place", 0, type=int))
    except QuestionNeeded as refusal:
        flash(refusal.message, "bad")
    return redirect(_home(event, f"question-{uid}"), 303)


@blueprint.post("/manage/<slug>/form/questions/<uid>/remove")
@for_registrars
def remove(event: Event, uid: str) -> ResponseReturnValue:
    """Ask a question no more."""
    try:
        operations.remove_question(event, find_question(event, uid), at=now())
    except QuestionNeeded as refusal:
        flash(refusal.message, "bad")
    else:
        flash(_("The question is removed. Answers given so far are kept."), "good")
    return redirect(_home(event, "questions"), 303)


@blueprint.get("/manage/<slug>/form/preview")
@for_registrars
def preview(event: Event) -> ResponseReturnValue:
    """The form as one mode and category see it; nothing can be sent from here."""
    plan = plan_of(event)
    mode = _one_of(request.args.get("mode", ""), [str(mode) for mode in event.modes])
    category = _one_of(request.args.get("category", ""), [str(category) for category in plan.categories])
    shown = Plan(plan.rules, [category], plan.questions)
    form = asking(AskingForm, event, shown, (mode, category))(
        formdata=MultiDict(), mode=mode, category=category, language=page_language()
    )
    form.offer(seats_of(event.id), [category])
    return render_managed(
        "registration/manage_form_preview.html",
        event,
        "registrations",
        form=form,
        plan=plan,
        mode=mode,
        category=category,
    )


def _one_of(wanted: str, offered: list[str]) -> str:
    if not offered:
        raise Refused(_("Offer a way of taking part first, in the settings of the event."))
    return wanted if wanted in offered else offered[0]
