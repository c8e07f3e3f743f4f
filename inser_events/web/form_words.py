"""What WTForms says of a field, in our words and from our catalogues.

Its own catalogues lack some of its messages (the Arabic plurals, everything about days), say others wrongly, and do not
exist for every language that ours may be added for.
"""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

_CHOICE = _l("Choose from what is shown.")
_NUMBER = _l("Enter a number.")

WORDS: Mapping[str, LazyString] = {
    "This field is required.": _l("Fill this in."),
    "Not a valid choice.": _CHOICE,
    "Invalid Choice: could not coerce.": _CHOICE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOICE,
    "Invalid value, must be one of: %(values)s.": _CHOICE,
    "Invalid UUID.": _CHOICE,
    "Not a valid integer value.": _l("Enter a whole number."),
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid date value.": _l("Enter a date."),
    "Not a valid time value.": _l("Enter a time, for example 11:00."),
    "Not a valid datetime value.": _l("Choose a day and a time."),
}
"""Our words by WTForms' own. A validator that has none here carries a message of its own; a test holds that."""


class FormWords:
    """Stands where WTForms looks for a catalogue."""

    def gettext(self, message: str) -> str:
        """What to say; a message we have no words for as it is."""
        return str(WORDS.get(message, message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """What to say of *number* letters; of answers that are no choices."""
        if singular.startswith("Field cannot be longer than"):
            return str(_("Use at most %(count)s characters.", count=number))
        return str(_CHOICE) if "not a valid choice" in singular else (singular if number == 1 else plural)
