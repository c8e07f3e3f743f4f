"""What forms say of a field that cannot be used as it is."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.form import FormMeta
from wtforms.validators import InputRequired, Length

import inser_events
from inser_events.web.form_words import WORDS
from inser_events.web.forms import BaseForm, PublicForm, choices
from inser_events.web.languages import in_language

WORDED = {"Optional", "InputRequired", "DataRequired", "AnyOf", "UUID"}
"""Validators whose own words are in `WORDS`, or that say nothing."""


class Sample(PublicForm):
    title = StringField(validators=[Length(max=3)])
    seats = IntegerField()
    day = DateField()
    room = SelectField(choices=choices([("a", "A")]))
    rooms = SelectMultipleField(choices=choices([("a", "A")]))
    name = StringField(validators=[InputRequired()])


TYPED = {"title": "four", "seats": "many", "day": "soon", "room": "z", "rooms": "z", "name": ""}


def said(language: str) -> dict[str, str]:
    with in_language(language):
        form = Sample(MultiDict(TYPED))
        form.validate()
        return {name: str(errors[0]) for name, errors in form.errors.items()}


def test_fields_speak_our_words(app: Flask) -> None:
    with app.test_request_context():
        assert said("en") == {
            "title": "Use at most 3 characters.",
            "seats": "Enter a whole number.",
            "day": "Enter a date.",
            "room": "Choose from what is shown.",
            "rooms": "Choose from what is shown.",
            "name": "Fill this in.",
        }


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh"])
def test_fields_speak_the_language_of_the_page(app: Flask, language: str) -> None:
    with app.test_request_context():
        english, theirs = said("en"), said(language)
    assert [name for name in ("title", "day", "room", "rooms") if theirs[name] == english[name]] == []


def test_what_is_right_is_not_spoken_of(app: Flask) -> None:
    right = {"title": "one", "seats": "3", "day": date(2025, 9, 15).isoformat(), "room": "a", "rooms": "a", "name": "A"}
    with app.test_request_context():
        form = Sample(MultiDict(right))
        assert (form.validate(), form.errors) == (True, {})


def every_field() -> Iterator[tuple[str, Any]]:
    """The fields of every form of the product, unbound."""
    for module in pkgutil.walk_packages(inser_events.__path__, "inser_events."):
        if "form" not in module.name and "views" not in module.name:
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            if isinstance(found, FormMeta) and issubclass(found, BaseForm | PublicForm):
                fields = [field for field in vars(found).values() if hasattr(field, "field_class")]
                yield from ((f"{module.name}.{name}", field) for field in fields)


def test_every_validator_has_words_of_ours() -> None:
    silent, seen = set(), 0
    for form, field in every_field():
        validators = field.kwargs.get("validators") or (field.args[1] if len(field.args) > 1 else [])
        for one in validators:
            seen += 1
            kind = type(one).__name__
            counted = kind == "Length" and one.min == -1
            if hasattr(one, "message") and one.message is None and kind not in WORDED and not counted:
                silent.add((form, kind))
    assert silent == set()
    assert seen > 100


def test_words_are_kept_for_messages_that_exist() -> None:
    folder = Path(pkgutil.resolve_name("wtforms").__file__).parent
    code = "".join(path.read_text() for path in folder.rglob("*.py"))
    assert [message for message in WORDS if message not in code] == []
