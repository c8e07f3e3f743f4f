"""Correcting the details of somebody registered: by themselves behind their link, or by a registrar."""

from dataclasses import replace

from flask_babel import gettext as _

from inser_events.clock import now
from inser_events.database import rollback
from inser_events.registration.answers import values_of
from inser_events.registration.errors import AlreadyRegistered, OrganisationFull
from inser_events.registration.form_models import Rule
from inser_events.registration.forms import PERSON_FIELDS, person_values
from inser_events.registration.models import Registration
from inser_events.registration.operations import correct_details
from inser_events.registration.question_forms import AskingAgainForm, AskingOneselfForm, asking, form_data
from inser_events.registration.questions import given, plan_of


def correction_form(registration: Registration, *, own: bool = False) -> AskingAgainForm | AskingOneselfForm:
    """The form with what is known, the person's *own* or a registrar's; mode and category stay what they are."""
    event, earlier = registration.event, values_of(registration)
    plan = replace(plan_of(event), categories=[registration.category])
    kind = AskingOneselfForm if own else AskingAgainForm
    made = asking(kind, event, plan, (registration.mode, registration.category))
    form: AskingAgainForm | AskingOneselfForm = made(
        obj=registration, list_consent=registration.listed, **form_data(plan, earlier)
    )
    form.kept, form.without_address = frozenset(earlier), not registration.email
    return form


def lacks_answers(registration: Registration) -> bool:
    """Whether something is not known that has to be: a colleague named only a name, somebody came over from the call.

    Whoever registers alone cannot leave anything out; what was asked since, or of others, they are asked here.
    """
    plan, mine = plan_of(registration.event), (registration.mode, registration.category)
    needed = (name for name in PERSON_FIELDS if name != "email" and plan.rule(name, mine[1]) == Rule.REQUIRED)
    if any(not getattr(registration, name) for name in needed):
        return True
    values = values_of(registration) if plan.questions else {}
    return any(question.required and not given(values.get(question.uid)) for question in plan.asked(*mine, values))


def corrected(registration: Registration, form: AskingAgainForm | AskingOneselfForm, *, by_staff: bool = False) -> bool:
    """Keep what a valid form says; False, with the reason at its field, when that is refused. Raises NotActive."""
    names = [name for name in PERSON_FIELDS if form.plan.rule(name, registration.category) != Rule.OFF]
    values = person_values(form, names)
    if isinstance(form, AskingOneselfForm):
        values["listed"] = form.list_consent.data
    try:
        correct_details(registration, values, answers=form.values(), at=now(), by_staff=by_staff)
    except AlreadyRegistered:
        rollback()  # the page shows how things stand
        form.email.errors = [_("Another registration for this event uses this address.")]
        return False
    except OrganisationFull as refusal:
        rollback()
        form.organisation.errors = [refusal.message]
        return False
    return True
