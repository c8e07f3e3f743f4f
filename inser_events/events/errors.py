"""What events refuse."""

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class NoSuchEvent(NotFound):
    """There is no such event, or it is not public."""

    def __init__(self) -> None:
        super().__init__(_("There is no such event here. It may have been renamed or not be published yet."))


class NoSuchRoom(NotFound):
    """The event has no such room, or no longer."""

    def __init__(self) -> None:
        super().__init__(_("This event has no such room. Someone may have removed it."))


class NoSuchMember(NotFound):
    """The user is not on the event's team, or no longer."""

    def __init__(self) -> None:
        super().__init__(_("This person is not on the team. Someone may have removed them."))


class SlugTaken(Refused):
    """Another event has this address."""

    title = "Address in use"

    def __init__(self, slug: str) -> None:
        super().__init__(_("Another event already uses the address “%(slug)s”. Choose a different one.", slug=slug))


class UnusableEvent(Refused):
    """A value cannot be used; ``field`` is the name of it in `operations.EventData`."""

    status = 422
    title = "Please check"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Outdated(Refused):
    """Someone else saved in the meantime."""

    title = "Changed meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Someone else changed this while you were editing. Compare, then save again."))


class LastOwner(Refused):
    """The event would be left without an owner."""

    title = "The event needs an owner"

    def __init__(self) -> None:
        super().__init__(_("An event needs at least one owner. Make someone else an owner first."))


class AlreadyOnTeam(Refused):
    """The person has a role in the event."""

    title = "Already on the team"

    def __init__(self, email: str) -> None:
        super().__init__(_("%(email)s is already on the team. Change the role in the list.", email=email))


class AlreadyPublic(Refused):
    """What was public stays: it can be cancelled, not deleted."""

    title = "This event was published"

    def __init__(self) -> None:
        super().__init__(_("A published event cannot be deleted, because people rely on it. Cancel it instead."))


class AlreadyCancelled(Refused):
    """The event was cancelled before."""

    title = "Already cancelled"

    def __init__(self) -> None:
        super().__init__(_("This event is already cancelled."))
