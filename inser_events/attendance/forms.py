"""The forms in which organisers write letters and import who was online."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from inser_events.agenda.models import Session
from inser_events.attendance.operations import Wording
from inser_events.attendance.wording import LONGEST, TemplateProblem, check
from inser_events.events.forms import zone_choices
from inser_events.events.models import Event
from inser_events.languages import text_in
from inser_events.web.forms import BaseForm, choices

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


class MeetingForm(BaseForm):
    """The report of a meeting, and what it does not say itself."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file first."))],
        description=_l("The attendance report as Zoom, Teams, Meet or Webex gives it, up to 12 MB."),
    )
    session_uid = SelectField(_l("The call was for"), choices=[])
    zone = SelectField(_l("Time zone"), choices=[], description=_l("In which the report tells its times."))
    day = DateField(_l("Day"), [Optional()], description=_l("For times that come without a day."))

    def offer(self, event: Event, sessions: Sequence[Session]) -> None:
        """Fill the choices."""
        self.zone.choices = choices(zone_choices(event.time_zone))
        titles = [(one.uid, text_in(one.title, event.languages)) for one in sessions]
        self.session_uid.choices = choices([("", _("The whole event")), *titles])
