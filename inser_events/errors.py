"""The roots of every domain's errors. Views show them as pages, the API as RFC 9457 problem documents."""


class Refused(Exception):
    """A rule says no. The message is meant for the person who asked: what happened, what to do next."""

    status = 409
    title = "Not possible"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refused):
    """There is nothing here, or nothing this person may know of."""

    status = 404
    title = "Not found"


class NotAllowed(Refused):
    """The person is known, but may not do this."""

    status = 403
    title = "Not allowed"
