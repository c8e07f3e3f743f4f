"""What delegations refuse."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class NoSuchDelegation(NotFound):
    """The event has no such delegation."""

    def __init__(self) -> None:
        super().__init__(_("There is no such delegation."))


class NoSuchDelegationPage(NotFound):
    """The link opens nothing."""

    def __init__(self) -> None:
        super().__init__(_("This link does not work. A newer one may have replaced it: look in your mail."))


class NoSuchDelegate(NotFound):
    """The person is not, or no longer, in the delegation."""

    def __init__(self) -> None:
        super().__init__(_("This person is no longer in the delegation."))


class NoSuchLetter(NotFound):
    """There is no such letter."""

    def __init__(self) -> None:
        super().__init__(_("There is no such file. It may have been erased."))


class UnusableDelegation(Refused):
    """A delegation that cannot be kept like that; ``field`` names what is wrong."""

    status = 422
    title = "Check the delegation"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooLate(Refused):
    """The deadline is over, or the event."""

    title = "Too late"

    def __init__(self) -> None:
        super().__init__(_("The time for naming people is over. Write to the organisers if something must change."))


class RowsRefused(Refused):
    """Some of several people cannot be entered; none was. ``problems``: place in the list → what is wrong."""

    status = 422
    title = "Check the people"

    def __init__(self, problems: Mapping[int, Sequence[str]]) -> None:
        super().__init__(_("Nobody was entered yet. Some rows need a correction."))
        self.problems = problems


class StillPeople(Refused):
    """A delegation with people in it is not removed."""

    title = "Not possible"

    def __init__(self) -> None:
        super().__init__(_("There are people in this delegation. Withdraw them first."))


class WordsNeeded(Refused):
    """A letter is returned with the reason."""

    status = 422
    title = "Say why"

    def __init__(self) -> None:
        super().__init__(_("Say in a few words what has to be changed."))
