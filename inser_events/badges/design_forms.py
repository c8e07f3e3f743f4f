"""Forms of the layout designer: one field, the paper, a new layout."""

from typing import Any

import msgspec
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, pgettext
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from inser_events.badges.checks import Problem
from inser_events.badges.designs import LONGEST_WORDS, PERSON_LINES, WITHOUT_WORDS, Field, Kind
from inser_events.badges.layouts import Layout
from inser_events.badges.print_forms import finite
from inser_events.documents.colours import parsed
from inser_events.events.models import Category
from inser_events.web.filters import category_label, endonym
from inser_events.web.forms import BaseForm, NumberField, choices

BACKS = ("none", "fold", "sheet")


def kind_words() -> dict[str, str]:
    """What a field shows, in words."""
    return {
        Kind.PERSON: _("Person: name and lines below"),
        Kind.NAME: _("Name alone"),
        Kind.NAME_LATIN: _("Name in Latin letters"),
        Kind.JOB_TITLE: _("Position"),
        Kind.ORGANISATION: _("Organisation"),
        Kind.COUNTRY: _("Country"),
        Kind.EVENT: _("Event with place and date"),
        Kind.BAND: _("Band with the category"),
        Kind.CATEGORY: _("Category as words"),
        Kind.MODE: _("In the room or online"),
        Kind.QR: _("QR code"),
        Kind.CODE: _("Code to type"),
        Kind.TEXT: _("Fixed words"),
        Kind.MARK: _("Logo, else stripes"),
        Kind.STRIPES: _("Stripes"),
        Kind.BOX: _("Coloured area"),
        Kind.PICTURE: _("Picture"),
    }


def _length(label: Any) -> NumberField:
    return NumberField(label, validators=[InputRequired(_l("Write a number, such as 12.5.")), finite])


def _points(label: Any, **more: Any) -> NumberField:
    return NumberField(label, validators=[Optional(), finite, NumberRange(0, 400, _l("From 0 to 400."))], **more)


class FieldForm(BaseForm):
    """One field of a layout. Only what its kind has is shown."""

    version = HiddenField()
    left = _length(_l("From the left (mm)"))
    top = _length(_l("From the top (mm)"))
    width = _length(_l("Width (mm)"))
    height = _length(_l("Height (mm)"))
    size = _points(_l("Largest size (pt)"))
    least = _points(_l("Smallest size (pt)"), description=_l("Long texts shrink to it, then wrap."))
    small = _points(_l("Smaller lines (pt)"))
    align = SelectField(_l("Across"), validate_choice=False)
    upright = SelectField(_l("Up and down"), validate_choice=False)
    bold = BooleanField(_l("Bold"))
    colour = StringField(_l("Colour"), description=_l("Such as #9b3d1b. Empty: the usual one."))
    lines = SelectField(_l("Lines"), validate_choice=False)

    @property
    def shown(self) -> list[str]:
        """Inputs that this kind of field has, apart from place and size."""
        names = [] if self.kind in WITHOUT_WORDS else ["size", "least"]
        if self.kind in {Kind.PERSON, Kind.BAND}:
            names.append("small")
        if self.kind not in {*WITHOUT_WORDS, Kind.BAND}:
            names += ["align", "upright"]
        if self.kind not in {Kind.QR, Kind.PICTURE, Kind.MARK, Kind.STRIPES}:
            names.append("colour")
        if self.kind == Kind.PERSON:
            names.append("lines")
        return names

    def offer(self, field: Field) -> None:
        """Offer what this field has."""
        self.kind = field.kind
        self.align.choices = choices([("start", _("Left")), ("centre", _("Middle")), ("end", _("Right"))])
        self.upright.choices = choices([("top", _("Top")), ("middle", _("Middle")), ("bottom", _("Bottom"))])
        self.lines.choices = choices((name, words) for name, (words, _lines) in line_choices().items())

    def changed(self, field: Field, words: dict[str, str]) -> Field:
        """The field as the form has it."""
        values: dict[str, Any] = {name: round(float(self[name].data), 2) for name in ("left", "top", "width", "height")}
        for name in ("size", "least", "small"):
            if name in self.shown:
                values[name] = round(float(self[name].data or 0), 2)
        for name in ("align", "upright"):
            if name in self.shown and self[name].data in {choice.value for choice in self[name].choices}:
                values[name] = self[name].data
        if "size" in self.shown:
            values["bold"] = self.bold.data
        if "colour" in self.shown:
            text = (self.colour.data or "").strip()
            values["colour"] = parsed(text) or text
        if "lines" in self.shown and self.lines.data in line_choices():
            values["lines"] = line_choices()[self.lines.data][1]
        if field.kind == Kind.TEXT:
            values["words"] = {language: text[:LONGEST_WORDS] for language, text in words.items() if text.strip()}
        return msgspec.structs.replace(field, **values)

    def blame(self, problems: list[Problem]) -> None:
        """Show what is wrong at the inputs."""
        for problem in problems:
            if problem.part in self:
                self[problem.part].errors = [*self[problem.part].errors, problem.message]
            else:
                self.form_errors.append(problem.message)


def line_choices() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Ways to fill a person's block: words and lines."""
    return {
        "all": (_("Name, Latin letters, position, organisation, country"), PERSON_LINES),
        "latin": (
            _("Latin letters large, own script below"),
            ("name_latin", "name", "job_title", "organisation", "country"),
        ),
        "short": (_("Name, Latin letters, organisation"), ("name", "name_latin", "organisation")),
        "country": (_("Name, Latin letters, country"), ("name", "name_latin", "country")),
        "names": (_("Name and Latin letters"), ("name", "name_latin")),
        "name": (pgettext("person", "Name"), ("name",)),
    }


def field_data(field: Field) -> dict[str, Any]:
    """The field as the form starts with it."""
    lines = field.lines or PERSON_LINES
    named = next((name for name, (_words, each) in line_choices().items() if each == lines), "all")
    return {**msgspec.structs.asdict(field), "lines": named}


class PaperForm(BaseForm):
    """The paper, and what holds for the whole layout."""

    version = HiddenField()
    name = StringField(_l("Name"), validators=[InputRequired(_l("Give the layout a name.")), Length(max=80)])
    badge_width = _length(_l("Width of a badge (mm)"))
    badge_height = _length(_l("Height of a badge (mm)"))
    page_width = _length(_l("Width of the paper (mm)"))
    page_height = _length(_l("Height of the paper (mm)"))
    columns = IntegerField(_l("Side by side"), validators=[InputRequired(), NumberRange(1, 20, _l("From 1 to 20."))])
    rows = IntegerField(
        _l("One below the other"), validators=[InputRequired(), NumberRange(1, 20, _l("From 1 to 20."))]
    )
    gap_across = _length(_l("Gap between columns (mm)"))
    gap_down = _length(_l("Gap between rows (mm)"))
    left = NumberField(_l("White at the left (mm)"), validators=[Optional(), finite])
    top = NumberField(_l("White at the top (mm)"), validators=[Optional(), finite])
    has_cut_marks = BooleanField(_l("Marks to cut along"))
    back = SelectField(lazy_pgettext("side of a badge", "Back"))
    is_mirrored = BooleanField(_l("On wide badges, change left and right for Arabic"))
    language = SelectField(_l("Language of the badges"))

    def offer(self, languages: list[str]) -> None:
        """Offer the event's languages."""
        self.back.choices = choices(
            [
                ("none", _("No back")),
                ("fold", _("Beside the front, to fold")),
                ("sheet", _("On the next page, for both sides")),
            ]
        )
        self.language.choices = choices(
            [("", _("The event’s main language")), *((each, endonym(each)) for each in languages)]
        )

    def changed(self, layout: Layout, bands: dict[str, str]) -> Layout:
        """The layout as the form has it. Raises msgspec.ValidationError."""
        corner = None if self.left.data is None or self.top.data is None else (self.left.data, self.top.data)
        values = msgspec.to_builtins(layout) | {
            "page": (self.page_width.data, self.page_height.data),
            "badge": (self.badge_width.data, self.badge_height.data),
            "columns": self.columns.data,
            "rows": self.rows.data,
            "gap": (self.gap_across.data, self.gap_down.data),
            "corner": corner,
            "has_cut_marks": self.has_cut_marks.data,
            "copies": 2 if self.back.data == "fold" else 1,
            "is_duplex": self.back.data == "sheet",
            "is_mirrored": self.is_mirrored.data,
            "language": self.language.data,
            "bands": {name: parsed(colour) or colour for name, colour in bands.items() if colour.strip()},
        }
        return msgspec.convert(values, Layout)


def paper_data(layout: Layout, name: str) -> dict[str, Any]:
    """The layout as the form starts with it."""
    return {
        "name": name,
        "badge_width": layout.badge[0],
        "badge_height": layout.badge[1],
        "page_width": layout.page[0],
        "page_height": layout.page[1],
        "columns": layout.columns,
        "rows": layout.rows,
        "gap_across": layout.gap[0],
        "gap_down": layout.gap[1],
        "left": layout.corner[0] if layout.corner else None,
        "top": layout.corner[1] if layout.corner else None,
        "has_cut_marks": layout.has_cut_marks,
        "back": "fold" if layout.copies > 1 else "sheet" if layout.is_duplex else "none",
        "is_mirrored": layout.is_mirrored,
        "language": layout.language,
    }


def band_inputs(layout: Layout, sent: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    """Category, its name, and the colour of its band as typed."""
    bands = layout.bands if sent is None else sent
    return [(str(category), category_label(category), bands.get(category, "")) for category in Category]


class NewForm(BaseForm):
    """A new layout."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Give the layout a name.")), Length(max=80)])
    start = SelectField(_l("Begin with"))
