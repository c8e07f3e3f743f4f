"""What readers of attendance reports refuse."""

from flask_babel import gettext as _

from inser_events.errors import Refused


class UnreadableReport(Refused):
    """The file is no report of a meeting; the message says why."""

    status = 422
    title = "Not readable"


class UnknownColumns(UnreadableReport):
    """A table none of whose headings is known: somebody has to say which column holds what."""

    def __init__(self, headings: list[str], rows: list[list[str]]) -> None:
        self.headings, self.rows = headings, rows
        super().__init__(_("None of the columns is known. Say which column holds what."))
