"""What the door refuses. Tickets are never refused by an error: each scan gets an outcome."""

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class DeviceRefused(Refused):
    """The bearer token opens nothing. ``reason`` tells the device what to do: unknown, revoked, expired."""

    status = 401
    title = "Device not accepted"

    def __init__(self, reason: str) -> None:
        super().__init__(
            {
                "revoked": "This device was signed off by the organisers. Pair it again to go on.",
                "expired": "The pairing of this device has run out. Pair it again to go on.",
            }.get(reason, "Send the token of a paired device: Authorization: Bearer …")
        )
        self.reason = reason


class UnreadableUpload(Refused):
    """The body is not JSON."""

    status = 400
    title = "Not readable"


class UnusableUpload(Refused):
    """JSON, but not an upload of scans."""

    status = 422
    title = "Not an upload of scans"


class UploadTooLarge(Refused):
    """More scans in one upload than the server takes."""

    status = 413
    title = "Too large"


class NoSuchCheckpoint(NotFound):
    """No checkpoint of this event has this id."""

    def __init__(self) -> None:
        super().__init__(_("There is no such checkpoint in this event. It may have been removed."))


class NoSuchDevice(NotFound):
    """No device of this event has this id."""

    def __init__(self) -> None:
        super().__init__(_("There is no such device in this event."))


class NoSuchPhoto(NotFound):
    """No photo of a speaker of this event has this name (any more)."""

    def __init__(self) -> None:
        super().__init__(_("There is no such page."))


class NoSuchConflict(NotFound):
    """These two scans do not contradict each other (any more)."""

    def __init__(self) -> None:
        super().__init__(_("There is no such conflict. It may have been settled by a scan that came in meanwhile."))


class CheckpointInUse(Refused):
    """Scans were made at this checkpoint, so that it stays."""

    title = "In use"

    def __init__(self) -> None:
        super().__init__(_("Scans were made here, so it stays in the list. You can rename it."))


class NameMissing(Refused):
    """A checkpoint or a device needs a name."""

    status = 422
    title = "Name missing"

    def __init__(self) -> None:
        super().__init__(_("Give it a name, so that people know which one is meant."))


class RacedUpload(Exception):
    """Another transaction stored the same scans while this one judged them. Roll back and judge again."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__(f"stored meanwhile: {', '.join(ids[:3])}")
