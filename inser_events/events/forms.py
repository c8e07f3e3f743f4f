"""Forms of an event: what organisers type, in the event's own zone and main language."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from inser_events.clock import zone_names
from inser_events.documents import richtext
from inser_events.events.errors import SlugTaken, UnusableEvent
from inser_events.events.models import Event, Kind, Mode, TeamRole
from inser_events.events.operations import MOST_SEATS, EventData, RoomData
from inser_events.events.team import role_name
from inser_events.languages import ENDONYMS, INTERFACE, Localized
from inser_events.networks.models import Network
from inser_events.people.countries import country_choices
from inser_events.web.filters import comma, kind_label
from inser_events.web.forms import BaseForm, choices

LINE = 200
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""As browsers write a moment, with and without seconds."""
PARAGRAPHS = 20_000
REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
LINES = ("name", "tagline", "venue_name", "venue_city", "organiser")
RICH = ("description", "venue_directions")
LOCALIZED = (*LINES, *RICH)
"""Fields with a text per language."""
PLAIN = ("kind", "time_zone", "venue_address", "venue_country", "online_platform", "online_link", "contact_email")
ROOM_LINE = re.compile(r"^(?P<name>.*?)(?:[,;\t:，；：،؛]\s*(?P<capacity>\d{1,7}))?\s*$")


class Checkboxes(SelectMultipleField):  # type: ignore[misc] # WTForms carries no types
    """Several choices as a list of boxes, which needs no explanation."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _capacity(label: str) -> IntegerField:
    message = _l("Enter a whole number, or leave it empty when there is no limit.")
    return IntegerField(label, [Optional(), NumberRange(0, MOST_SEATS, message)], description=_l("Empty: no limit"))


def _line(label: str, *validators: object, **options: Any) -> StringField:
    return StringField(label, [*validators, Length(max=LINE, message=_l("Use at most 200 characters."))], **options)


def _text(label: str, **options: Any) -> TextAreaField:
    return TextAreaField(label, [Length(max=PARAGRAPHS)], **options)


def _moment(label: str, description: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, [Optional()], format=MOMENTS, description=description)


class ModesForm(BaseForm):
    """How people can take part, and how many."""

    in_person = BooleanField(_l("In the room"), default=True)
    in_person_capacity = _capacity(_l("Seats in the room"))
    online = BooleanField(_l("Online"), default=True)
    online_capacity = _capacity(_l("Places online"))

    def capacities(self) -> dict[str, int | None]:
        """The modes offered, with their capacities."""
        return {mode: self[f"{mode}_capacity"].data for mode in Mode if self[mode].data}

    def validate_in_person(self, field: Field) -> None:
        """At least one mode. Raises ValidationError."""
        if not field.data and not self.online.data:
            raise ValidationError(_("Choose at least one way to take part."))


class FactsForm(BaseForm):
    """Everything about an event but its rooms and capacities, in its main language."""

    name = _line(_l("Name"), InputRequired(_l("Enter the name of the event.")))
    tagline = _line(_l("In one sentence"), description=_l("Shown under the name, and in lists of events."))
    kind = SelectField(_l("Kind"), choices=[])
    network_id = SelectField(_l("Network"), choices=[], coerce=int)
    slug = StringField(
        _l("Web address"),
        [Length(max=60)],
        description=_l("Small letters, digits and hyphens. Left empty, it is made from the name."),
    )
    time_zone = SelectField(
        _l("Time zone"),
        [InputRequired(_l("Choose the time zone of the place."))],
        choices=[],
        description=_l("Every time of the event is entered and shown in it."),
    )
    starts_on = DateField(_l("First day"), [InputRequired(_l("Enter the first day."))])
    ends_on = DateField(_l("Last day"), [Optional()], description=_l("Empty: the first day"))
    main_language = SelectField(_l("Main language"), choices=[], default="en")
    other_languages = Checkboxes(
        _l("Further languages"), choices=[], description=_l("You can add texts in these languages later.")
    )
    description = _text(_l("Description"), description=_l("Blank lines make paragraphs. Simple HTML is welcome."))
    venue_name = _line(_l("Venue"))
    venue_address = _line(_l("Street address"))
    venue_city = _line(_l("City"))
    venue_country = SelectField(_l("Country"), choices=[])
    venue_directions = _text(_l("How to get there"))
    online_platform = _line(_l("Platform"), description=_l("For example Zoom, Teams or Webex."))
    online_link = URLField(
        _l("Join link"),
        [Length(max=2000)],
        description=_l("Only people registered to take part online see it, on their ticket."),
    )
    organiser = _line(_l("Organised by"))
    contact_email = EmailField(
        _l("Contact address"), [Length(max=254)], description=_l("Answers to our mails go there.")
    )
    registration_opens_at = _moment(_l("Registration opens"), _l("Empty: as soon as the event is published"))
    registration_closes_at = _moment(_l("Registration closes"), _l("Empty: at the end of the last day"))

    def offer(self, networks: Iterable[Network], language: str, event: Event | None = None) -> None:
        """Fill the choices; what *event* has stays choosable even if it is unusual."""
        self.kind.choices = choices((kind.value, kind_label(kind)) for kind in Kind)
        self.network_id.choices = choices([("0", _("No network")), *((str(one.id), one.acronym) for one in networks)])
        self.time_zone.choices = choices(zone_choices(event.time_zone) if event else [("", ""), *zone_choices()])
        self.venue_country.choices = choices(country_choices(language))
        codes = [*INTERFACE, *(code for code in (event.languages if event else []) if code not in INTERFACE)]
        self.main_language.choices = choices((code, ENDONYMS.get(code, code)) for code in codes)
        self.other_languages.choices = self.main_language.choices

    def languages(self) -> list[str]:
        """The chosen languages, the main one first."""
        main = self.main_language.data
        return [main, *(code for code in self.other_languages.data or [] if code != main)]


class CreateForm(FactsForm, ModesForm):
    """All that is needed to start an event, on one page."""

    rooms = TextAreaField(
        _l("Rooms"),
        [Length(max=PARAGRAPHS)],
        description=_l("One per line, with its capacity if you like: Plenary hall, 200"),
    )

    def room_data(self) -> list[RoomData]:
        """The rooms typed, one per line."""
        return rooms_from(self.rooms.data or "", self.main_language.data)


class SettingsForm(FactsForm):
    """The facts of an event, with the version they were read in."""

    version = HiddenField()


class TextsForm(BaseForm):
    """An event's texts in one more language."""

    version = HiddenField()
    name = _line(_l("Name"))
    tagline = _line(_l("In one sentence"))
    description = _text(_l("Description"))
    venue_name = _line(_l("Venue"))
    venue_city = _line(_l("City"))
    venue_directions = _text(_l("How to get there"))
    organiser = _line(_l("Organised by"))


class RoomForm(BaseForm):
    """One room."""

    name = _line(_l("Name of the room"), InputRequired(_l("Enter the name of the room.")))
    capacity = IntegerField(
        _l("Capacity"), [Optional(), NumberRange(1, MOST_SEATS, _l("Enter a whole number, or leave it empty."))]
    )

    def further(self) -> dict[str, Field]:
        """The fields for its name in the event's further languages."""
        return {field.name.removeprefix("name_"): field for field in self if field.name.startswith("name_")}

    def names(self, main: str) -> Localized:
        """Its name in each language; empty where it is to have none."""
        return {main: self.name.data or "", **{code: field.data or "" for code, field in self.further().items()}}


def room_form(languages: Sequence[str]) -> type[RoomForm]:
    """The form with a name in each of the event's languages."""
    named = {code: _l("Name of the room (%(language)s)", language=ENDONYMS.get(code, code)) for code in languages[1:]}
    fields = {f"name_{code}": _line(label) for code, label in named.items()}
    return type("RoomForm", (RoomForm,), fields)


class InviteForm(BaseForm):
    """Someone new on the team."""

    email = EmailField(_l("E-mail"), [InputRequired(_l("Enter an e-mail address.")), Length(max=254)])
    name = _line(lazy_pgettext("person", "Name"))
    role = SelectField(_l("Role"), choices=[], default=TeamRole.EDITOR)

    def offer(self) -> None:
        """Fill the roles."""
        self.role.choices = choices(role_choices())


class RoleForm(BaseForm):
    """Another role for someone on the team."""

    role = SelectField(_l("Role"), choices=[])

    def offer(self) -> None:
        """Fill the roles."""
        self.role.choices = choices(role_choices())


class ActForm(BaseForm):
    """A button that acts."""


def role_choices() -> list[tuple[str, str]]:
    """Roles with what they may do."""
    may = {
        TeamRole.OWNER: _("everything, also the team"),
        TeamRole.EDITOR: _("event, agenda and registrations"),
        TeamRole.REGISTRAR: _("registrations and the door"),
        TeamRole.DOOR: _("scan badges"),
        TeamRole.VIEWER: _("look, change nothing"),
    }
    return [(role.value, f"{role_name(role)}: {may[role]}") for role in TeamRole]


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return ("UTC", *sorted(name for name in zone_names() if name.partition("/")[0] in REGIONS))


def zone_choices(also: str = "") -> list[tuple[str, str]]:
    """Time zones by region and city."""
    known = _zones()
    names = known if not also or also in known else (also, *known)
    return [(name, name.replace("_", " ")) for name in names]


def rooms_from(text: str, language: str) -> list[RoomData]:
    """Rooms typed one per line, each with its capacity after a comma."""
    found = (ROOM_LINE.match(line.strip()) for line in text.splitlines() if line.strip())
    rooms = [(match["name"].strip(), match["capacity"]) for match in found if match]
    return [RoomData({language: name}, int(number or 0) or None) for name, number in rooms if name]


def fill_from(form: FactsForm, event: Event) -> None:
    """Show an event in its form."""
    main = event.languages[0]
    for name in LINES:
        form[name].data = getattr(event, name).get(main, "")
    for name in RICH:
        form[name].data = richtext.editable(getattr(event, name).get(main, ""))
    for name in (*PLAIN, "starts_on", "ends_on", "slug"):
        form[name].data = getattr(event, name)
    form.network_id.data = event.network_id or 0
    form.main_language.data, form.other_languages.data = main, event.languages[1:]
    for name in ("registration_opens_at", "registration_closes_at"):
        moment: datetime | None = getattr(event, name)
        form[name].data = moment and moment.astimezone(ZoneInfo(event.time_zone)).replace(tzinfo=None)


def fill_texts(form: TextsForm, event: Event, language: str) -> None:
    """Show an event's texts in one language."""
    for name in LOCALIZED:
        text = getattr(event, name).get(language, "")
        form[name].data = richtext.editable(text) if name in RICH else text


def event_data(form: FactsForm, event: Event | None = None) -> EventData:
    """What a valid form says. Texts in other languages, and what the form does not show, stay as *event* has them."""
    zone = ZoneInfo(form.time_zone.data)
    values: dict[str, Any] = {name: form[name].data or "" for name in PLAIN}
    for name in LOCALIZED:
        others = dict(getattr(event, name)) if event else {}
        values[name] = others | {form.main_language.data: form[name].data or ""}
    for name in ("registration_opens_at", "registration_closes_at"):
        values[name] = _in_zone(form[name].data, zone)
    if event:
        values |= {"latitude": event.latitude, "longitude": event.longitude}
    return EventData(
        **values
        | {
            "starts_on": form.starts_on.data,
            "ends_on": form.ends_on.data or form.starts_on.data,
            "slug": (form.slug.data or "").strip().lower(),
            "network_id": form.network_id.data or None,
            "languages": form.languages(),
        }
    )


def texts_data(form: TextsForm, event: Event, language: str) -> EventData:
    """An event as it is, with the texts of one language as typed."""
    values = {name: getattr(event, name) for name in EventData.__dataclass_fields__}
    return EventData(**values | {name: _with(values[name], language, form[name].data) for name in LOCALIZED})


def _with(texts: Localized, language: str, text: str | None) -> Localized:
    return {**texts, language: text or ""}


def _in_zone(local: datetime | None, zone: ZoneInfo) -> datetime | None:
    return local and local.replace(tzinfo=zone).astimezone(UTC)


def show_error(form: BaseForm, error: UnusableEvent | SlugTaken) -> None:
    """Put what an operation refused at the field it is about."""
    name = error.field if isinstance(error, UnusableEvent) else "slug"
    name = {"modes": "in_person", "languages": "other_languages"}.get(name, name)
    if name in form:
        form[name].errors = [*form[name].errors, error.message]
    else:
        form.form_errors.append(error.message)


def differences(form: FactsForm | TextsForm, saved: FactsForm | TextsForm) -> Sequence[tuple[Field, str, str]]:
    """Fields in which what was typed differs from what is saved, with both as text."""
    names = [field.short_name for field in saved if field.short_name not in {"csrf_token", "version"}]
    told = ((form[name], _told(saved[name]), _told(form[name])) for name in names)
    return [(field, theirs, mine) for field, theirs, mine in told if theirs != mine]


def _told(field: Field) -> str:
    value = field.data
    if isinstance(field, SelectMultipleField):
        return comma().join(choice.label.text for choice in field if choice.data in (value or []))
    if isinstance(field, SelectField):
        return next((label for code, label, *_more in field.iter_choices() if code == value), str(value or ""))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value or "").replace("\r\n", "\n")


def locale_language(locale: Locale | None) -> str:
    """The language of a page's locale."""
    return locale.language if locale else "en"
