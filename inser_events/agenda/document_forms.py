"""The form for a document's files."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField

from inser_events.agenda.document_files import missing_languages
from inser_events.agenda.models import Document
from inser_events.events.models import Event
from inser_events.languages import INTERFACE
from inser_events.web.filters import language_name
from inser_events.web.forms import BaseForm, choices


class DocumentFileForm(BaseForm):
    """A document in one language, as a file."""

    language = SelectField(_l("Language of the file"), choices=[])
    file = FileField(_l("File"), description=_l("PDF, Word, Excel or PowerPoint, up to 40 MB."))

    def offer(self, event: Event, document: Document) -> None:
        """Fill the choices: first what is promised and missing."""
        missing = missing_languages(document)
        codes = dict.fromkeys([*missing, *document.languages, *event.languages, *INTERFACE])
        self.language.choices = choices((code, language_name(code)) for code in codes)
