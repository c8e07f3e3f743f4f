"""What the records of people refuse."""

from flask_babel import gettext as _

from inser_events.errors import Refused


class NameMissing(Refused):
    """Nobody is without a name."""

    status = 422
    title = "Name missing"

    def __init__(self) -> None:
        super().__init__(_("Enter a name."))


class UnknownCountry(Refused):
    """Not an ISO 3166-1 alpha-2 code."""

    status = 422
    title = "Unknown country"

    def __init__(self, code: str) -> None:
        super().__init__(_("“%(code)s” is not the code of a country.", code=code))
