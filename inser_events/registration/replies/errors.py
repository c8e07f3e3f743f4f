"""What is wrong with an answer."""

from inser_events.errors import Refused


class NotAReply(Refused):
    """The calendar in the file is no answer."""

    status = 422
    title = "Not a reply"


class UnknownInvitation(Refused):
    """No event or session of this instance that people were invited to has the UID."""

    status = 404
    title = "Unknown invitation"

    def __init__(self, uid: str) -> None:
        super().__init__(f"No event here has the calendar entry “{uid}”.")


class UnknownAttendee(Refused):
    """Nobody with this address is registered for the event."""

    status = 404
    title = "Unknown attendee"

    def __init__(self, address: str, event_name: str) -> None:
        super().__init__(f"Nobody with the address {address or '(none)'} is registered for “{event_name}”.")
