"""What the columns of a table of registrations are called, on the pages of imports and exports and in files."""

from flask_babel import gettext as _
from flask_babel import pgettext

from inser_events.people.tables import person_words


def column_words() -> dict[str, str]:
    """The word for each column we write or understand, by its key."""
    return {
        "name": _("Whole name"),
        **person_words(),
        "language": _("Language"),
        "mode": _("In the room or online"),
        "category": _("Category"),
        "listed": _("Agrees to be listed"),
        "phone": _("Telephone"),
        "gender": _("Gender"),
        "state": _("State"),
        "uid": _("Which registration it is"),
        "delegation": _("Delegation"),
        "created_at": _("Registered on"),
        "confirmed_at": _("Confirmed on"),
        "cancelled_at": _("Cancelled on"),
    }


def page_words() -> dict[str, str]:
    """What our pages call some of them, in fewer words."""
    return {"name": pgettext("person", "Name"), "phone": _("Phone"), "mode": _("Takes part")}
