"""Forms of the agenda: what organisers type, times on the event's own clock."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from inser_events.agenda.errors import Unusable
from inser_events.agenda.models import Document, Item, Purpose, SessionKind, SlotKind, SpeakerRole, SpeakerState
from inser_events.agenda.timing import LONGEST
from inser_events.events.forms import LINE, PARAGRAPHS, Checkboxes, zone_choices
from inser_events.events.models import Event, Mode
from inser_events.languages import INTERFACE, Localized, Text
from inser_events.people.countries import country_choices
from inser_events.web.filters import (
    best_text,
    comma,
    endonym,
    kind_label,
    language_name,
    page_language,
    purpose_label,
    role_label,
    short_day,
)
from inser_events.web.forms import BaseForm, choices
from inser_events.web.state_words import answer_label, document_status_label

PASTED = 100_000
MOST_SHIFT = 600
"""Minutes: ten hours."""
AVAILABLE = ("available", "in_preparation", "withdrawn")

F = TypeVar("F", bound=BaseForm)


def _line(label: str, *validators: object, **options: Any) -> StringField:
    return StringField(label, [*validators, Length(max=LINE, message=_l("Use at most 200 characters."))], **options)


def _minutes(label: str, **options: Any) -> IntegerField:
    message = _l("Enter a length between 1 and %(max)s minutes.", max=LONGEST)
    required = InputRequired(_l("Enter how many minutes it takes."))
    return IntegerField(label, [required, NumberRange(1, LONGEST, message)], **options)


class SessionForm(BaseForm):
    """A session; a title and a text for each language of the event are added by `in_languages`."""

    version = HiddenField()
    kind = SelectField(_l("Kind"), choices=[])
    day = SelectField(_l("Day"), choices=[])
    at = TimeField(_l("Starts at"), [InputRequired(_l("Enter the time it starts, for example 09:30."))])
    second = RadioField(_l("Which one?"), [Optional()], choices=[])
    minutes = _minutes(_l("Minutes"))
    room = SelectField(_l("Room"), choices=[])
    online = BooleanField(_l("People online can follow it"), default=True)
    languages = Checkboxes(_l("Spoken languages"), choices=[])
    interpretation = Checkboxes(_l("Interpretation into"), choices=[])
    track = _line(_l("Track"), description=_l("Only where sessions run side by side."))

    def offer(self, event: Event, *, day: date | None = None) -> None:
        """Fill the choices; *day* stays choosable even outside the event."""
        # The same word names a kind of event, where it reads “Plenary assembly”.
        words = {SessionKind.PLENARY: _("Plenary session")}
        self.kind.choices = [(kind.value, words.get(kind) or kind_label(kind)) for kind in SessionKind]
        self.room.choices = _rooms(event, _("No room"))
        self.day.choices = [(one.isoformat(), short_day(one)) for one in days_between(event, day)]
        self.second.choices = [("0", _("The first time")), ("1", _("The second time, an hour later"))]
        codes = list(dict.fromkeys([*event.languages, *INTERFACE]))
        self.languages.choices = self.interpretation.choices = [(code, language_name(code)) for code in codes]
        if not {Mode.IN_PERSON, Mode.ONLINE} <= set(event.modes):
            del self.online

    def local_start(self) -> tuple[date, time, bool | None]:
        """Day, time on the event's clock, and which of two equal times is meant when that was asked."""
        second = self.second.data
        return date.fromisoformat(self.day.data), self.at.data, None if second in {None, "", "None"} else second == "1"


def _rooms(event: Event, otherwise: str) -> list[SelectChoice]:
    return choices([("", otherwise), *((room.uid, best_text(room.name)) for room in event.rooms)])


def _led(sign: str, title: Localized) -> Text:
    """What is known by a number or a symbol, and its title."""
    text = best_text(title)
    return text._replace(value=f"{sign} {text.value}".strip())


class SlotForm(BaseForm):
    """A slot."""

    seen = HiddenField()
    minutes = _minutes(_l("Minutes"), default=15)
    kind = SelectField(_l("Kind"), choices=[], default=SlotKind.TALK)
    items = Checkboxes(_l("Agenda items taken here"), choices=[])

    def offer(self, items: Sequence[Item]) -> None:
        """Fill the choices."""
        self.kind.choices = [(kind.value, kind_label(kind)) for kind in SlotKind]
        self.items.choices = choices((item.uid, _led(item.number, item.title)) for item in items)


class NewSlotForm(SlotForm):
    """A slot and, at once, who speaks in it."""

    speaker = _line(_l("Speaker"), description=_l("As on the programme, for example Ms Lamiae Ghaouti"))
    job_title = _line(_l("Position"))
    organisation = _line(_l("Organisation"))
    confirmed = BooleanField(_l("Has confirmed"))


class SpeakerForm(BaseForm):
    """Somebody in a role."""

    seen = HiddenField()
    honorific = _line(_l("Form of address"), description=_l("Mr, Ms, Dr, H.E."))
    given_name = _line(_l("Given name"))
    family_name = _line(_l("Family name"), InputRequired(_l("Enter a family name, or the only name.")))
    name_latin = _line(_l("Name in Latin letters"), description=_l("Only when the name is written in another script."))
    job_title = _line(_l("Position"))
    organisation = _line(_l("Organisation"))
    country = SelectField(_l("Country"), choices=[])
    email = EmailField(_l("E-mail"), [Length(max=254)], description=_l("Never published."))
    role = SelectField(_l("Role"), choices=[], default=SpeakerRole.SPEAKER)
    state = SelectField(_l("Agreed to appear"), choices=[], default=SpeakerState.INVITED)
    online = BooleanField(_l("Joins by the call"))
    time_zone = SelectField(
        _l("From which time zone"),
        choices=[],
        default="",
        description=_l("Then you are warned when it would be night there."),
    )

    def offer(self) -> None:
        """Fill the choices."""
        self.time_zone.choices = choices([("", _("Not said")), *zone_choices()])
        self.country.choices = list(country_choices(page_language()))
        self.role.choices = [(role.value, role_label(role)) for role in SpeakerRole]
        self.state.choices = [
            (SpeakerState.INVITED, _("Not answered yet")),
            (SpeakerState.CONFIRMED, answer_label(SpeakerState.CONFIRMED)),
            (SpeakerState.DECLINED, answer_label(SpeakerState.DECLINED)),
        ]


class ItemForm(BaseForm):
    """A numbered item."""

    seen = HiddenField()
    number = _line(_l("Item number"), InputRequired(_l("Enter a number such as 3 or 3.1.")))
    purpose = SelectField(_l("Purpose"), choices=[])
    documents = Checkboxes(_l("Documents"), choices=[])

    def offer(self, documents: Sequence[Document]) -> None:
        """Fill the choices."""
        self.purpose.choices = [("", _("Not stated")), *((one.value, purpose_label(one)) for one in Purpose)]
        self.documents.choices = choices((one.uid, _led(one.symbol, one.title)) for one in documents)


class DocumentForm(BaseForm):
    """A document of the register."""

    seen = HiddenField()
    symbol = _line(_l("Symbol"), InputRequired(_l("Enter the document’s symbol.")), description="GSPPA XIII/2025/3")
    languages = Checkboxes(_l("Available in"), choices=[])
    status = SelectField(_l("Status"), choices=[], default="available")

    def offer(self, event: Event) -> None:
        """Fill the choices."""
        codes = list(dict.fromkeys([*event.languages, *INTERFACE]))
        self.languages.choices = [(code, language_name(code)) for code in codes]
        self.status.choices = [(status, document_status_label(status)) for status in AVAILABLE]


class PublishForm(BaseForm):
    """The act of publishing. ``after``: the release that the draft was compared with."""

    after = IntegerField(widget=HiddenField.widget)
    note = _line(_l("What is new"), description=_l("One sentence for the page of changes. It may stay empty."))


class CallOffForm(BaseForm):
    """Cancelling an event, or taking it back. ``after``: the release that was public when the page was opened."""

    after = IntegerField(widget=HiddenField.widget)
    note = _line(_l("Why"), description=_l("One sentence for the mails and the page of changes. It may stay empty."))


class PasteForm(BaseForm):
    """An agenda as text, one line for each session or slot."""

    text = TextAreaField(
        _l("Agenda"),
        [InputRequired(_l("Paste at least one line with a time.")), Length(max=PASTED)],
    )
    day = SelectField(
        _l("Day"), choices=[], description=_l("Where the text names a day of the event, that one counts.")
    )
    room = SelectField(_l("Room"), choices=[])
    within = SelectField(_l("Every line becomes"), choices=[], default="sessions")

    def offer(self, event: Event) -> None:
        """Fill the choices."""
        self.room.choices = _rooms(event, _("No room"))
        self.day.choices = [(one.isoformat(), short_day(one)) for one in days_between(event)]
        slots = _("a slot; empty lines part sessions")
        self.within.choices = [("sessions", _("a session of its own")), ("slots", slots)]


class ShiftForm(BaseForm):
    """Everything after a moment, so many minutes later. ``seen``: the sessions that the preview was made of."""

    seen = HiddenField()
    day = SelectField(_l("Day"), choices=[])
    after = TimeField(_l("Sessions that start at or after"), [InputRequired(_l("Enter a time, for example 11:00."))])
    room = SelectField(_l("Room"), choices=[])
    minutes = IntegerField(
        _l("Minutes later"),
        [
            InputRequired(_l("Enter how many minutes.")),
            NumberRange(-MOST_SHIFT, MOST_SHIFT, _l("Enter at most %(max)s minutes.", max=MOST_SHIFT)),
        ],
        default=20,
        description=_l("With a minus, earlier: -10."),
    )
    absorb_breaks = BooleanField(_l("Let breaks absorb the delay"), default=True)

    def offer(self, event: Event) -> None:
        """Fill the choices."""
        self.day.choices = [(one.isoformat(), short_day(one)) for one in days_between(event)]
        self.room.choices = _rooms(event, _("Everywhere"))

    def local_day(self) -> date:
        """The chosen day."""
        return date.fromisoformat(self.day.data)


class CopyForm(BaseForm):
    """Where a copy goes."""

    day = DateField(_l("Day"), [Optional()])


def days_between(event: Event, also: date | None = None) -> list[date]:
    """The days of the event in order, and one more if need be."""
    days = {event.starts_on + timedelta(days=count) for count in range((event.ends_on - event.starts_on).days + 1)}
    return sorted(days | ({also} if also else set()))


def in_languages(form: type[F], languages: Sequence[str], *, text: bool = False) -> type[F]:
    """The form with a title, and if wanted a text, for each of the event's languages, the main one first."""
    fields: dict[str, Field] = {}
    for code in languages:
        main = code == languages[0]
        fields[f"title_{code}"] = _line(_l("Title") if main else _l("Title (%(language)s)", language=endonym(code)))
        if text:
            label = _l("Text") if main else _l("Text (%(language)s)", language=endonym(code))
            fields[f"abstract_{code}"] = TextAreaField(label, [Length(max=PARAGRAPHS)])
    return type(form.__name__, (form,), fields)


def texts_of(form: BaseForm, name: str, before: Localized | None = None) -> Localized:
    """What was typed for *name* in each language; languages the form does not show stay as they were."""
    typed = {field.name.removeprefix(f"{name}_"): field.data or "" for field in form if _is_text(field, name)}
    return {**(before or {}), **typed}


def show_texts(form: BaseForm, name: str, localized: Localized) -> None:
    """Put texts into their fields."""
    for field in form:
        if _is_text(field, name):
            field.data = localized.get(field.name.removeprefix(f"{name}_"), "")


def _is_text(field: Field, name: str) -> bool:
    return str(field.name).startswith(f"{name}_")


def show_error(form: BaseForm, error: Unusable) -> None:
    """Put what an operation refused at the field it is about, or above the form."""
    if error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.message]
    else:
        form.form_errors.append(error.message)


def show_start(form: SessionForm, starts_at: datetime, zone: str) -> None:
    """Put a moment into the fields for day and time."""
    local = starts_at.astimezone(ZoneInfo(zone))
    form.day.data = local.date().isoformat()
    form.at.data = local.time().replace(second=0, microsecond=0, fold=0)
    if local.fold:
        form.second.data = "1"


def differing(form: BaseForm, saved: BaseForm) -> list[tuple[Field, str, str]]:
    """Fields in which what was typed differs from what is saved, with both as text."""
    names = [field.name for field in saved if field.name not in {"csrf_token", "version", "seen"}]
    both = ((form[name], _told(saved[name]), _told(form[name])) for name in names)
    return [(field, theirs, mine) for field, theirs, mine in both if theirs != mine]


def _options(field: Field) -> list[tuple[str, str]]:
    return [(value, label) for value, label, *_more in field.choices]


def _told(field: Field) -> str:
    value = field.data
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return comma().join(str(label) for code, label in _options(field) if code in value)
    if getattr(field, "choices", None):
        return next((str(label) for code, label in _options(field) if code == value), "")
    return f"{value:%H:%M}" if isinstance(value, time) else str(value or "").replace("\r\n", "\n").strip()
