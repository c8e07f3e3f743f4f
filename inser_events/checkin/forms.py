"""Forms of the door."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import UUID, DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from inser_events.checkin.inbox import LONGEST_NOTE
from inser_events.checkin.models import BOTH, CheckpointKind, Direction
from inser_events.checkin.pairing import LONGEST_NAME
from inser_events.events.models import Category, Mode
from inser_events.web.filters import category_label, mode_label
from inser_events.web.forms import BaseForm, choices

MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class PairForm(BaseForm):
    """Start scanning: which event, which door, what this device is called."""

    event = HiddenField(validators=[InputRequired()])
    door = SelectField(_l("Door"), validate_choice=False)
    name = StringField(
        _l("Name of this device"),
        description=_l("Organisers see it beside each scan."),
        validators=[DataRequired(_l("Give it a name, such as “Sara’s phone”.")), Length(max=LONGEST_NAME)],
    )


class DeviceForm(BaseForm):
    """Pair another phone by a QR code."""

    name = StringField(
        _l("Name of the device"),
        validators=[DataRequired(_l("Give it a name, such as “East door”.")), Length(max=LONGEST_NAME)],
    )
    door = SelectField(_l("Door"), validate_choice=False)


class ActForm(BaseForm):
    """A button that changes something."""


class DecisionForm(BaseForm):
    """Settle a conflict."""

    first = HiddenField(validators=[UUID()])
    second = HiddenField(validators=[Length(max=36)])
    decision = HiddenField()
    note = StringField(_l("Note"), validators=[Length(max=LONGEST_NOTE)])


class CheckForm(BaseForm):
    """Scan one ticket from an ordinary page."""

    scan = HiddenField(validators=[UUID()])
    """Made with the page, so that a double click is one scan."""
    door = SelectField(_l("Door"), validate_choice=False)
    direction = HiddenField()


class _Boxes(SelectMultipleField):  # type: ignore[misc] # WTForms carries no types
    """Several of several, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CheckpointForm(BaseForm):
    """A door and who may pass."""

    name = StringField(
        _l("Name"), validators=[DataRequired(_l("Give the door a name, such as “Hall A”.")), Length(max=LONGEST_NAME)]
    )
    kind = SelectField(_l("What is behind it"))
    direction = SelectField(_l("Which way"))
    modes = _Boxes(_l("Who may pass"))
    room = SelectField(_l("Room"), default="", description=_l("Its capacity is the limit of the light."))
    session = SelectField(_l("Session"), default="")
    categories = _Boxes(_l("Categories"), description=_l("Leave all empty to let every category pass."))
    sessions = _Boxes(
        _l("Only who signed up for"), description=_l("Leave all empty to let people pass who did not sign up too.")
    )
    days = _Boxes(_l("Days"), description=_l("Leave all empty to open it on every day."))
    begins = TimeField(_l("From, each day"), validators=[Optional()])
    ends = TimeField(
        _l("Until, each day"), description=_l("An earlier time than “from” is after midnight."), validators=[Optional()]
    )
    opens_at = DateTimeLocalField(_l("Opens"), format=MOMENTS, validators=[Optional()])
    closes_at = DateTimeLocalField(_l("Closes"), format=MOMENTS, validators=[Optional()])
    override = BooleanField(_l("Door staff may let people in anyway, giving a reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(
            (
                (CheckpointKind.ENTRANCE, _l("The venue")),
                (CheckpointKind.ROOM, _l("A room")),
                (CheckpointKind.SESSION, _l("A session")),
                (CheckpointKind.MEAL, _l("A meal")),
                (CheckpointKind.DESK, _l("A desk")),
            )
        )
        self.direction.choices = choices(
            ((BOTH, _l("In and out")), (Direction.IN, _l("In only")), (Direction.OUT, _l("Out only")))
        )
        self.modes.choices = choices((mode, mode_label(mode)) for mode in Mode)
        self.categories.choices = choices((category, category_label(category)) for category in Category)

    def validate_session(self, field: SelectField) -> None:
        """A session's door needs its session."""
        if self.kind.data == CheckpointKind.SESSION and not field.data:
            raise ValidationError(_l("Choose the session that is behind this door."))

    def validate_closes_at(self, field: DateTimeLocalField) -> None:
        """A door closes after it opens."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("Choose a time after it opens."))

    def validate_ends(self, field: TimeField) -> None:
        """Hours have a beginning and an end."""
        if field.data == self.begins.data and field.data is not None:
            raise ValidationError(_l("Choose another time than “from”."))
        if field.data and self.begins.data is None:
            raise ValidationError(_l("Enter a “from” time too, or leave both empty."))

    def validate_begins(self, field: TimeField) -> None:
        """The same, from the other side."""
        if field.data is not None and self.ends.data is None and not self.ends.errors:
            raise ValidationError(_l("Enter an “until” time too, or leave both empty."))
