"""The form in which organisers write letters."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from inser_events.attendance.operations import Wording
from inser_events.attendance.wording import LONGEST, TemplateProblem, check
from inser_events.web.forms import BaseForm

LINE = 200


class WordingForm(BaseForm):
    """Title, text and signature of a letter in one language."""

    title = StringField(_l("Title"), [Length(max=LINE)])
    body = TextAreaField(_l("Text"), [Length(max=LONGEST)])
    signatory = TextAreaField(
        _l("Signature"), [Length(max=500)], description=_l("The name on one line, the function on the next.")
    )
    version = HiddenField()

    def validate_title(self, field: StringField) -> None:
        """Refuse what the template language does not know."""
        _understood(field.data)

    def validate_body(self, field: TextAreaField) -> None:
        """Refuse what the template language does not know, naming the line."""
        _understood(field.data)

    def wording(self) -> Wording:
        """What was typed."""
        return Wording(self.title.data or "", self.body.data or "", (self.signatory.data or "").strip())

    def started_from(self) -> int:
        """The version of the text that the form was filled with; 0 when it does not say."""
        return int(self.version.data) if str(self.version.data).isdecimal() else 0


def _understood(text: str | None) -> None:
    try:
        check(text or "")
    except TemplateProblem as problem:
        raise ValidationError(str(problem)) from problem
