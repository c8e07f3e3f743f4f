"""What accounts refuse."""

from inser_events.errors import NotFound, Refused


class AddressTaken(Refused):
    """There is a user with this address."""

    title = "Address in use"

    def __init__(self, address: str) -> None:
        super().__init__(f"There is already an account for {address}.")


class LastAdministrator(Refused):
    """Nobody would be left to look after the instance."""

    title = "An administrator is needed"

    def __init__(self) -> None:
        super().__init__("At least one administrator has to stay. Make someone else an administrator first.")


class NoSuchLanguage(NotFound):
    """The interface does not speak it."""

    def __init__(self) -> None:
        super().__init__("These pages are not there in this language.")


class NoSuchUser(NotFound):
    """There is no such account."""

    def __init__(self) -> None:
        super().__init__("There is no such account.")
