"""The words of the scanner, which speaks without asking the server. Placeholders are in braces."""

from flask_babel import gettext as _
from flask_babel import pgettext

from inser_events.events.models import Category, Mode
from inser_events.registration.models import State
from inser_events.web.filters import category_label, mode_label
from inser_events.web.state_words import state_label


def scanner_words() -> dict[str, str]:
    """Every sentence of the scanner by its key, in the page's language."""
    return {
        **_outcomes(),
        **_standing(),
        **{f"camera.{key}": text for key, text in _camera().items()},
        **{f"category.{category}": category_label(category) for category in Category},
        **{f"mode.{mode}": mode_label(mode) for mode in Mode},
        **{f"state.{state}": state_label(state) for state in State},
    }


def outcome_words() -> dict[str, str]:
    """One or two words for each outcome, as large on the screen as they can be."""
    return {
        "admitted": _("Welcome"),
        "left": _("Goodbye"),
        "already_in": _("Already in"),
        "not_confirmed": pgettext("registration", "Not confirmed"),
        "cancelled": pgettext("registration", "Cancelled"),
        "revoked": _("Old badge"),
        "wrong_mode": _("Online only"),
        "wrong_checkpoint": _("Not this door"),
        "wrong_time": _("Not now"),
        "unknown_ticket": _("Unknown code"),
        "conflict": _("Let in twice"),
    }


def matter_words() -> dict[str, str]:
    """What there is to look at in the inbox."""
    return {
        "twice": _("Let in twice"),
        "against_rules": _("Let in against the rules"),
        "repeat": _("Sent twice, differently"),
    }


def _outcomes() -> dict[str, str]:
    return {
        **{f"outcome.{outcome}": word for outcome, word in outcome_words().items()},
        "taken_back": _("Taken back"),
        "too_late": _("It is too late to take this back. Scan the badge on the way out instead."),
        "why.since": _("Inside since {time}, {place}"),
        "why.conflict": _("Another device let this badge in at {time}, {place}"),
        "why.not_confirmed": _("Send them to the registration desk."),
        "why.cancelled": _("This registration was cancelled. Send them to the registration desk."),
        "why.revoked": _("A newer badge was made. Ask for that one."),
        "why.wrong_mode": _("Registered to take part online. Send them to the registration desk."),
        "why.wrong_checkpoint": _("This badge does not open this door."),
        "why.wrong_time": _("This door is not open to them at this time."),
        "why.unknown_ticket": _("This is not a badge of this event. Search by name instead."),
        **_details(),
        "why.new_ticket": _("Genuine badge, issued a moment ago. The name follows."),
        "why.garbled": _(
            "The scanner typed “{sample}…”, which is no badge code. Set the scanner and this computer's keyboard to "
            "the same language."
        ),
        "why.admitted": "",
        "why.left": "",
        "why.already_in": "",
    }


def _details() -> dict[str, str]:
    """Why, where an outcome has several causes, see `rules.Verdict`."""
    return {
        "why.another_event": _("This badge is for another event. Search by name instead."),
        "why.no_door": _("This door is not in the list any more. Choose another one above."),
        "why.exit_only": _("This door is an exit only. Send them to an entrance."),
        "why.entrance_only": _("This door is an entrance only. Send them to an exit."),
        "why.in_the_room": _("This door is for people who take part online."),
        "why.category": _("This door is not for their category."),
        "why.not_signed_up": _("They did not sign up for this session, or wait for a seat in it."),
        "why.too_early": _("Too early. The door opens later."),
        "why.too_late": _("Too late. The door has closed."),
        "why.other_day": _("This door is open on other days."),
    }


def _standing() -> dict[str, str]:
    return {
        "status.ready": _("Ready offline"),
        "status.ready_while_open": _("Ready while this page stays open"),
        "status.not_ready": _("Waiting for the list of people"),
        "status.people": _("{count} people"),
        "status.age": _("list {age}"),
        "status.waiting": _("{count} scans waiting"),
        "status.waiting_one": _("1 scan waiting"),
        "status.contact": _("last contact {time}"),
        "status.no_contact": _("no contact yet"),
        "status.clock": _("clock wrong, corrected"),
        "leftovers.waiting": _("{count} scans from before were kept. They are sent as soon as there is a network."),
        "leftovers.waiting_one": _("1 scan from before was kept. It is sent as soon as there is a network."),
        "leftovers.sent": _("{count} scans from before were kept and have arrived."),
        "leftovers.sent_one": _("1 scan from before was kept and has arrived."),
        "filling.inside": _("{count} inside"),
        "filling.of": _("{count} of {capacity} inside"),
        "filling.green": _("there is room"),
        "filling.amber": _("nearly full"),
        "filling.red": _("full"),
        "age.now": _("just now"),
        "age.minutes": _("{count} min old"),
        "age.hours": _("{count} h old"),
        "unpaired.none": _("Choose an event and a door first."),
        "unpaired.revoked": _("The organisers have signed this device off. Names and codes were removed from it."),
        "unpaired.expired": _("The pairing has run out. Pair again; scans that wait are kept and sent then."),
        "unpaired.unknown": _("The server does not know this device any more. Names and codes were removed from it."),
        "unpaired.lost": _("{count} scans were not sent and are lost."),
        "unpaired.lost_one": _("1 scan was not sent and is lost."),
    }


def _camera() -> dict[str, str]:
    return {
        "off": _("The camera is off."),
        "starting": _("Starting the camera. Allow it if the browser asks."),
        "running": _("Hold the badge in front of the camera"),
        "insecure": _("The camera needs an address that starts with https. Type the code or search by name."),
        "none": _("This browser gives no access to a camera. Type the code or search by name."),
        "refused": _("The camera was not allowed. Allow it for this page in the browser's settings, then start it."),
        "missing": _("No camera was found. Plug in a scanner, type the code or search by name."),
        "busy": _("Another app is using the camera. Close it, then start the camera again."),
        "failed": _("The camera did not start. Try again, or type the code."),
    }
