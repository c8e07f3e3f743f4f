"""Forms of the speaker’s own page, which sets no cookie and so needs no token; and the organisers’ for biographies."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FileField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional

from inser_events.agenda.editing import fingerprint
from inser_events.agenda.models import SpeakerState
from inser_events.documents import richtext
from inser_events.documents.text import one_line
from inser_events.events.forms import zone_choices
from inser_events.languages import Localized
from inser_events.people.countries import country_choices
from inser_events.people.models import Person
from inser_events.people.operations import PersonData, data_of
from inser_events.web.filters import endonym
from inser_events.web.forms import BaseForm, PublicForm, choices
from inser_events.web.languages import page_language

PERSON = ("honorific", "given_name", "family_name", "name_latin", "job_title", "organisation", "country")
NAME_LENGTH = 150
POSITION = re.compile("job_[a-z]{2}(-.+)?")
LINE_LENGTH = 255
BIOGRAPHY_LENGTH = 4_000


def _line(label: Any, *more: Any, length: int = LINE_LENGTH, **kwargs: Any) -> StringField:
    return StringField(label, [*(more or (Optional(),)), Length(max=length)], filters=[_tidy], **kwargs)


def _tidy(text: str | None) -> str:
    return one_line(text or "")


class Biographies:
    """A biography in each language of the event and the position in the further ones, see `biography_fields`.

    The fields are called ``bio_<language>`` and ``job_<language>``.
    """

    def positions(self) -> dict[str, Field]:
        """The fields for the position, by language."""
        form: Any = self
        return {field.name.removeprefix("job_"): field for field in form if POSITION.fullmatch(field.name)}

    def biographies(self) -> dict[str, Field]:
        """The fields for the biography, by language."""
        form: Any = self
        return {field.name.removeprefix("bio_"): field for field in form if field.name.startswith("bio_")}

    def show_biographies(self, person: Person) -> None:
        """Fill in what is written."""
        for code, field in self.biographies().items():
            field.data = richtext.editable(person.biography.get(code, ""))
        for code, field in self.positions().items():
            field.data = person.job_titles.get(code, "")

    def written(self, person: Person) -> PersonData:
        """What is known of the person, with these as typed; languages the form does not show stay as they were."""
        return replace(
            data_of(person),
            biography={**person.biography, **_typed(self.biographies())},
            job_titles={**person.job_titles, **_typed(self.positions())},
        )


def _typed(fields: Mapping[str, Field]) -> Localized:
    return {code: field.data or "" for code, field in fields.items()}


def biography_fields(languages: Sequence[str]) -> dict[str, Any]:
    """A field for the biography in each language, and for the position in each but the first, which has its own."""
    fields: dict[str, Any] = {}
    for code in languages[1:]:
        fields[f"job_{code}"] = _line(_l("Position (%(language)s)", language=endonym(code)))
    for code in languages:
        label = _l("Biography") if len(languages) == 1 else _l("Biography (%(language)s)", language=endonym(code))
        fields[f"bio_{code}"] = TextAreaField(label, [Optional(), Length(max=BIOGRAPHY_LENGTH)], render_kw={"rows": 5})
    return fields


class BiographyForm(Biographies, BaseForm):
    """The biography, for organisers."""

    seen = HiddenField()

    def show(self, person: Person) -> None:
        """Fill in what is written."""
        self.show_biographies(person)
        self.seen.data = biography_seen(person)


def biography_form(languages: Sequence[str], **kwargs: Any) -> BiographyForm:
    """The form with a field for each of the event's languages, the main one first."""
    form: BiographyForm = type("BiographyForm", (BiographyForm,), biography_fields(languages))(**kwargs)
    return form


def biography_seen(person: Person) -> str:
    """What was written when a form was made of it."""
    return fingerprint([person.biography, person.job_titles])


class DetailsForm(Biographies, PublicForm):
    """How somebody is named on the programme; a biography for each language is added by `details_form`."""

    seen = HiddenField()
    honorific = _line(_l("Form of address"), length=30, description=_l("Mr, Ms, Dr, H.E."))
    given_name = _line(_l("Given name"), length=NAME_LENGTH)
    family_name = _line(
        _l("Family name"),
        DataRequired(_l("Enter your family name. If you have only one name, enter it here.")),
        length=NAME_LENGTH,
    )
    name_latin = _line(
        _l("Name in Latin letters"),
        length=NAME_LENGTH,
        description=_l("Only when your name is written in another script."),
    )
    job_title = _line(_l("Position"))
    organisation = _line(_l("Organisation"))
    country = SelectField(_l("Country"), [Optional()], choices=[])

    def show(self, person: Person) -> None:
        """Fill in what is known."""
        for name in PERSON:
            self[name].data = getattr(person, name)
        self.show_biographies(person)
        self.seen.data = details_seen(person)

    def details(self, person: Person) -> PersonData:
        """What is known of the person with what was typed; languages the form does not show stay as they were."""
        typed: dict[str, Any] = {name: self[name].data or "" for name in PERSON}
        return replace(self.written(person), **typed)


def details_form(languages: Sequence[str], **kwargs: Any) -> DetailsForm:
    """The form with a biography in each of the event's languages, the main one first."""
    form: DetailsForm = type("DetailsForm", (DetailsForm,), biography_fields(languages))(**kwargs)
    form.country.choices = list(country_choices(page_language()))
    return form


def details_seen(person: Person) -> str:
    """What the details said when a form was made of them."""
    return fingerprint(asdict(data_of(person)))


class AnswerForm(PublicForm):
    """Yes or no to one part."""

    speaker = HiddenField(validators=[InputRequired()])
    answer = HiddenField(validators=[AnyOf([str(SpeakerState.CONFIRMED), str(SpeakerState.DECLINED)])])


class CallForm(PublicForm):
    """Whether one joins by the call for a part, and from where."""

    online = BooleanField(_l("I join by the call"))
    time_zone = SelectField(_l("My time zone"), choices=[], default="")

    def offer(self) -> None:
        """Fill the choices."""
        self.time_zone.choices = choices([("", _("Not said")), *zone_choices()])


class PhotoForm(PublicForm):
    """A photo."""

    photo = FileField(_l("Photo"), description=_l("JPEG, PNG or WebP, up to 10 MB."))


class FileForm(PublicForm):
    """Slides or a paper."""

    file = FileField(_l("Slides or paper"), description=_l("PDF or PowerPoint (PPTX), up to 40 MB."))


class ActForm(PublicForm):
    """A button that acts."""
