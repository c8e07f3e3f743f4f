"""What readers of attendance reports refuse."""

from flask_babel import gettext as _

from inser_events.errors import Refused


class UnreadableReport(Refused):
    """The file is no report of a meeting; the message says why."""

    status = 422
    title = "Not readable"


class DayNeeded(UnreadableReport):
    """The times have no day, or one that can be read in two ways."""

    def __init__(self) -> None:
        super().__init__(_("The dates in this file can be read in two ways. Say on which day the meeting was."))


class UnknownColumns(UnreadableReport):
    """A table none of whose headings is known: somebody has to say which column holds what."""

    def __init__(self, headings: list[str], rows: list[list[str]]) -> None:
        self.headings, self.rows = headings, rows
        super().__init__(_("None of the columns is known. Say which column holds what."))
