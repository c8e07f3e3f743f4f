"""What a form's own questions say, for the list of missing translations."""

from collections.abc import Iterator

from flask_babel import gettext as _

from inser_events.agenda.gaps import Translatable
from inser_events.events.models import Event
from inser_events.registration.questions import questions_of


def texts_of_questions(event: Event) -> Iterator[Translatable]:
    """Questions, the help beside them, and the answers to choose from."""
    for question in questions_of(event.id):
        form, wording = f"/manage/{event.slug}/form/questions/{question.uid}", question.wording
        yield Translatable(_("Question"), _("Question"), wording.label, lambda code, form=form: f"{form}#label_{code}")
        yield Translatable(_("Question"), _("Explanation"), wording.help, lambda code, form=form: f"{form}#help_{code}")
        for option in wording.options:
            yield Translatable(
                _("Question"), _("Answer"), option["label"], lambda _code, form=form: f"{form}#answers-title"
            )
