"""What registration refuses."""

from inser_events.errors import NotFound, Refused


class RegistrationClosed(Refused):
    """Not open yet, over, or the event is cancelled."""

    title = "Registration is closed"


class ModeNotOffered(Refused):
    """The event has no such way of taking part."""

    status = 422
    title = "Not offered"

    def __init__(self) -> None:
        super().__init__("This event does not offer that way of taking part.")


class AlreadyRegistered(Refused):
    """The address has an active registration for this event."""

    title = "Already registered"

    def __init__(self, registration_id: int) -> None:
        super().__init__("This address is already registered. We have sent its link again.")
        self.registration_id = registration_id


class NoSuchTicket(NotFound):
    """The link opens nothing."""

    def __init__(self) -> None:
        super().__init__("This ticket link does not work. It may have been replaced by a newer one: look in your mail.")


class NotActive(Refused):
    """The registration was cancelled or declined."""

    title = "No longer registered"

    def __init__(self) -> None:
        super().__init__("This registration was cancelled. Register again if you would like to come.")


class NoSuchQuestion(NotFound):
    """The form has no such question."""

    def __init__(self) -> None:
        super().__init__("This question is not part of the form any more.")


class UnusableQuestion(Refused):
    """A question cannot be asked like that."""

    status = 422
    title = "Check the question"


class QuestionNeeded(Refused):
    """Another question hangs on this one."""

    title = "Not possible yet"


class UnusableAnswer(Refused):
    """An answer is not of the question's kind."""

    status = 422
    title = "Check the answer"


class UnusableFile(Refused):
    """A file that is not taken."""

    status = 422
    title = "Not a usable file"


class NoSuchFile(NotFound):
    """There is no such file."""

    def __init__(self) -> None:
        super().__init__("There is no such file. It may have been erased.")
