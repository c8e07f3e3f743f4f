"""Forms. Organisers' forms carry a CSRF token; forms of the public pages need none.

A public form acts with no authority of the browser (no cookie, no session): whoever can send it from another site
can as well send it directly. So it sets no cookie; the browser's own origin headers are checked all the same.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import DecimalField, FloatField
from wtforms.fields.choices import SelectChoice

from inser_events.errors import NotAllowed
from inser_events.languages import Text
from inser_events.web.form_words import FormWords
from inser_events.web.languages import page_language

_WORDS = FormWords()


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Choices of a select or radio field from pairs of value and label; a `Text` says its language where it differs."""
    return [_choice(value, label) for value, label in pairs]


def _choice(value: str, label: Any) -> SelectChoice:
    if not isinstance(label, Text):
        return SelectChoice(value, label)
    foreign = label.value and label.language != page_language()
    return SelectChoice(value, label.value, {"lang": label.language, "dir": label.direction} if foreign else {})


def with_a_point(number: str) -> str:
    """A number as Python reads it: most of the world writes 12,5."""
    number = number.strip().replace("٫", ".")
    return number.replace(",", ".") if number.count(",") == 1 and "." not in number else number


class _AsWritten:
    """A field that reads a number with a point or a comma, and says in our words what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it as people write it."""
        field: Any = super()
        try:
            field.process_formdata([with_a_point(value) for value in valuelist])
        except ValueError as error:
            raise ValueError(_("Write a number, such as 12.5.")) from error


class NumberField(_AsWritten, FloatField):  # type: ignore[misc] # WTForms carries no types
    """A number."""


class MillimetresField(_AsWritten, DecimalField):  # type: ignore[misc] # WTForms carries no types
    """A length, exact to its last place."""


class _Meta(FlaskForm.Meta):  # type: ignore[misc] # Flask-WTF carries no types
    """The words of fields are ours."""

    def get_translations(self, form: Any) -> FormWords:  # noqa: ARG002 — WTForms' signature
        """What stands where WTForms looks for a catalogue."""
        return _WORDS


class BaseForm(FlaskForm):  # type: ignore[misc] # Flask-WTF carries no types
    """A form of a signed-in page."""

    class Meta(_Meta):
        """With a CSRF token."""


class PublicForm(FlaskForm):  # type: ignore[misc] # Flask-WTF carries no types
    """A form of a page without cookies."""

    class Meta(_Meta):
        """No CSRF token, because there is no session it could belong to."""

        csrf = False

    def validate_on_submit(self, *args: Any, **kwargs: Any) -> bool:
        """As usual, but refuse a form that another site made the browser send. Raises NotAllowed."""
        if self.is_submitted() and from_elsewhere():
            message = _("This form was sent from another site. Open the page here and send it again.")
            raise NotAllowed(message)
        return bool(super().validate_on_submit(*args, **kwargs))


def from_elsewhere() -> bool:
    """Whether the browser says that another site caused this request (Fetch Metadata, else Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if not origin or origin == "null":
        return origin == "null"
    base: str = current_app.extensions["settings"].base_url
    return urlsplit(origin).netloc not in {request.host, urlsplit(base).netloc}
