"""What networks refuse."""

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class NoSuchNetwork(NotFound):
    """There is no such network."""

    def __init__(self, slug: str = "") -> None:
        super().__init__(
            _("There is no network “%(slug)s”.", slug=slug) if slug else _("There is no such network here.")
        )


class NetworkTaken(Refused):
    """Another network has this address."""

    title = "Address in use"

    def __init__(self, slug: str) -> None:
        super().__init__(_("There is already a network at the address “%(slug)s”.", slug=slug))
