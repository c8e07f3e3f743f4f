"""What can go wrong with badges."""

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class NoSuchLayout(NotFound):
    """There is no layout of this name."""

    def __init__(self) -> None:
        super().__init__(_("There is no such badge layout."))


class NoSuchRun(NotFound):
    """There is no such print run."""

    def __init__(self) -> None:
        super().__init__(_("There is no such print run."))


class NothingToPrint(Refused):
    """Nobody fits what was chosen."""

    title = "Nothing to print"

    def __init__(self) -> None:
        super().__init__(_("Nobody fits this choice. Choose more people."))


class ReasonMissing(Refused):
    """A badge that was printed before needs a reason to be printed again."""

    title = "Printed before"

    def __init__(self) -> None:
        super().__init__(_("This badge was printed before. Say why it is printed again."))


class LayoutChanged(Refused):
    """Somebody else changed the layout meanwhile."""

    title = "Changed meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed this layout meanwhile. Look at it again, then repeat your change."))


class UnusableLayout(Refused):
    """What was sent is not a layout that can be printed; *field* says where, as the form names it."""

    title = "Not usable"
    status = 422

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
