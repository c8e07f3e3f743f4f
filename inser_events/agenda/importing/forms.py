"""Forms of an import: which file, and what of it."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from inser_events.agenda.importing.planning import Plan
from inser_events.events.forms import zone_choices
from inser_events.events.operations import SLUG_LENGTH
from inser_events.networks.models import Network
from inser_events.web.forms import BaseForm, choices


class UploadForm(BaseForm):
    """A file to read."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("schedule.xml, schedule.json, a calendar (.ics), or a table (.xlsx, .csv). Up to 12 MB."),
    )


class NewEventForm(BaseForm):
    """What the file does not say about the event to be made of it."""

    slug = StringField(
        _l("Address"),
        [Length(max=SLUG_LENGTH)],
        description=_l("Small letters, digits and hyphens. Leave it empty and one is made from the name."),
    )
    zone = SelectField(_l("Time zone"), choices=[])
    network_id = SelectField(_l("Network"), choices=[], coerce=int)

    def offer(self, networks: Iterable[Network], zone: str) -> None:
        """Fill the lists."""
        self.zone.choices = choices(zone_choices(zone))
        self.network_id.choices = choices([("0", _("No network")), *((str(one.id), one.acronym) for one in networks)])


class StepsForm(BaseForm):
    """Which of the changes to make. ``seen``: a fingerprint of the changes that were shown."""

    steps = SelectMultipleField(
        _l("Changes to make"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    seen = HiddenField()

    def offer(self, plan: Plan) -> None:
        """List the changes, all of them chosen at first."""
        self.steps.choices = choices((step.key, step.change.uid) for step in plan.steps)
