"""What letters refuse."""

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class NoSuchLetter(NotFound):
    """There is no such letter, or it was withdrawn."""

    def __init__(self) -> None:
        super().__init__(_("There is no such letter."))


class NotPresent(Refused):
    """A certificate speaks of presence; this person was not seen."""

    status = 404
    title = "No presence"

    def __init__(self) -> None:
        super().__init__(
            _("A certificate is issued to those who attended. Nothing shows this person at the event yet.")
        )


class NotConfirmed(Refused):
    """Letters are for those who have a place."""

    status = 409
    title = "Not confirmed"

    def __init__(self) -> None:
        super().__init__(_("This registration is not confirmed, so no letter can be issued."))


class TemplateChanged(Refused):
    """Somebody else saved the wording meanwhile."""

    status = 409
    title = "Changed meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this text. Open the page again to see it; nothing was saved."))


class NobodyToWriteTo(Refused):
    """A run without anybody."""

    status = 409
    title = "Nobody"

    def __init__(self) -> None:
        super().__init__(_("There is nobody to issue this to yet."))


class NoSuchMeeting(NotFound):
    """There is no such report, or it was taken back."""

    def __init__(self) -> None:
        super().__init__(_("There is no such report. Somebody may have taken it back."))


class NoSuchSession(NotFound):
    """The agenda has no such session."""

    def __init__(self) -> None:
        super().__init__(_("There is no such session."))


class AlreadyImported(Refused):
    """This very file counts already."""

    status = 409
    title = "Already imported"

    def __init__(self, uid: str = "", when: str = "") -> None:
        self.uid = uid
        super().__init__(
            _("This file was imported on %(when)s. Nothing was changed.", when=when)
            if when
            else _("This file was imported before. Nothing was changed.")
        )


class MeetingChanged(Refused):
    """Somebody else imported, replaced or took back the report meanwhile."""

    status = 409
    title = "Changed meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this import. Open the page again; nothing was saved."))


class NobodyInReport(Refused):
    """A report without anybody."""

    status = 422
    title = "Nobody"

    def __init__(self) -> None:
        super().__init__(_("This report names nobody who took part."))


class CannotRegister(Refused):
    """Somebody of a report lacks what a registration needs."""

    status = 422
    title = "Not possible"

    def __init__(self) -> None:
        super().__init__(_("The report has no name and address of this person. Find the registration instead."))
