"""What a form's own questions say, for the list of missing translations."""

from collections.abc import Iterator

from flask_babel import gettext as _

from inser_events.agenda.gaps import Translatable, always, fields
from inser_events.events.models import Event
from inser_events.registration.questions import questions_of


def texts_of_questions(event: Event) -> Iterator[Translatable]:
    """Questions, the help beside them, and the answers to choose from."""
    for question in questions_of(event.id):
        form, wording = f"/manage/{event.slug}/form/questions/{question.uid}", question.wording
        yield Translatable(_("Question"), _("Question"), wording.label, fields(f"{form}#label"))
        yield Translatable(_("Question"), _("Explanation"), wording.help, fields(f"{form}#help"))
        for option in wording.options:
            yield Translatable(_("Question"), _("Possible answer"), option["label"], always(f"{form}#answers-title"))
