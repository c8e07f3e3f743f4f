"""What networks refuse."""

from inser_events.errors import NotFound, Refused


class NoSuchNetwork(NotFound):
    """There is no such network."""

    def __init__(self, slug: str = "") -> None:
        super().__init__(f"There is no network “{slug}”." if slug else "There is no such network here.")


class NetworkTaken(Refused):
    """Another network has this address."""

    title = "Address in use"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is already a network at the address “{slug}”.")
