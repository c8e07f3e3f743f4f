"""Forms of the print pages."""

import math
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from inser_events.badges.runs import LONGEST_REASON
from inser_events.badges.selection import Order, Selection, Which
from inser_events.badges.stock import find_layout, layout_names
from inser_events.events.models import Category, Event
from inser_events.web.filters import category_label, mode_label
from inser_events.web.forms import BaseForm, MillimetresField, choices

FARTHEST = 20
"""Millimetres by which a print may be moved."""


def which_words() -> dict[str, str]:
    """Whom a run is for, in words."""
    return {
        Which.DUE: _("New and changed"),
        Which.NEW: _("Only new"),
        Which.CHANGED: _("Only changed since the last print"),
        Which.ALL: _("Everyone confirmed"),
    }


def order_words() -> dict[str, str]:
    """By what badges are sorted, in words."""
    return {Order.NAME: pgettext("person", "Name"), Order.ORGANISATION: _("Organisation"), Order.COUNTRY: _("Country")}


class PrintForm(BaseForm):
    """Whose badges, on which paper, in which order."""

    layout = SelectField(_l("Layout"))
    which = RadioField(_l("Whose badges"), default=Which.DUE)
    mode = SelectField(_l("Takes part"))
    category = SelectField(_l("Category"))
    order = SelectField(_l("Sorted by"), default=Order.NAME)
    place = IntegerField(
        _l("First free label"),
        description=_l("On a sheet of labels that was used before. They are counted row by row."),
        default=1,
        validators=[InputRequired(_l("Write a number, 1 for a whole sheet."))],
    )
    counts = BooleanField(
        _l("Count them as printed"),
        description=_l("Leave it out for a trial on plain paper."),
        default=True,
    )

    def offer(self, event: Event, uids: list[str]) -> None:
        """Offer what the event has; *uids* are people ticked elsewhere."""
        self.event = event
        self.layout.choices = choices(layout_names(event))
        which = which_words() | ({Which.CHOSEN: _("The people you ticked")} if uids else {})
        self.which.choices = choices(which.items())
        self.mode.choices = choices([("", _("In the room and online")), *((m, mode_label(m)) for m in event.modes)])
        self.category.choices = choices([("", _("All categories")), *((c, category_label(c)) for c in Category)])
        self.order.choices = choices(order_words().items())

    def validate_place(self, field: Field) -> None:
        """No more than there are on a sheet."""
        names = [choice.value for choice in self.layout.choices]
        if self.layout.data not in names or field.data is None:
            return
        most = find_layout(self.event, self.layout.data).per_page
        if not 1 <= field.data <= most:
            raise ValidationError(_("A sheet of this layout has places 1 to %(most)s.", most=most))

    def selection(self, uids: list[str]) -> Selection:
        """What was chosen."""
        return Selection(
            which=Which(self.which.data),
            uids=tuple(uids),
            mode=self.mode.data,
            category=self.category.data,
            order=Order(self.order.data),
        )


def finite(_form: Any, field: Field) -> None:
    """Refuse what is a number only by name: “nan”, “inf”."""
    if field.data is not None and not math.isfinite(field.data):
        raise ValidationError(_("Write a number, such as 1.5."))


def _millimetres(label: Any, description: Any) -> MillimetresField:
    return MillimetresField(
        label,
        description=description,
        places=1,
        default=0,
        validators=[
            Optional(),
            finite,
            NumberRange(-FARTHEST, FARTHEST, _l("At most %(most)s mm either way.", most=FARTHEST)),
        ],
    )


class ShiftForm(BaseForm):
    """How far a printer is off."""

    right = _millimetres(_l("To the right (mm)"), _l("Less than 0 moves to the left."))
    down = _millimetres(_l("Down (mm)"), _l("Less than 0 moves up."))


class AgainForm(BaseForm):
    """One badge once more."""

    layout = SelectField(_l("Layout"))
    reason = StringField(
        _l("Why it is printed again"),
        description=_l("Such as: lost, name misspelt, printer jam."),
        validators=[Length(max=LONGEST_REASON)],
    )
