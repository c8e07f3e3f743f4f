"""What accounts refuse."""

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class AddressTaken(Refused):
    """There is a user with this address."""

    title = "Address in use"

    def __init__(self, address: str) -> None:
        super().__init__(_("There is already an account for %(address)s.", address=address))


class LastAdministrator(Refused):
    """Nobody would be left to look after the instance."""

    title = "An administrator is needed"

    def __init__(self) -> None:
        super().__init__(_("At least one administrator has to stay. Make someone else an administrator first."))


class NoSuchPasskey(NotFound):
    """This user has no such passkey."""

    def __init__(self) -> None:
        super().__init__(_("There is no such passkey. It may have been removed already."))


class PasskeyNameTaken(Refused):
    """Another passkey of this user has the name."""

    title = "Name in use"

    def __init__(self) -> None:
        super().__init__(_("Another passkey of yours has this name."))


class SecondStepRequired(Refused):
    """Nobody may do without one here."""

    title = "A second step is needed"

    def __init__(self) -> None:
        super().__init__(
            _("Everybody here signs in with a second step. Set up another phone instead of switching it off.")
        )


class SignInElsewhereFails(Refused):
    """The organisation's own sign-in does not answer, or not as it should."""

    title = "Not reachable"

    def __init__(self) -> None:
        super().__init__(_("Your organisation’s sign-in does not answer. Try again later, or use your password."))


class WrongCode(Refused):
    """The app does not show this code now."""

    title = "Wrong code"

    def __init__(self) -> None:
        super().__init__(_("This is not the code the app shows now. Wait for the next one and type that."))


class NoSuchLanguage(NotFound):
    """The interface does not speak it."""

    def __init__(self) -> None:
        super().__init__(_("These pages are not there in this language."))


class NoSuchUser(NotFound):
    """There is no such account."""

    def __init__(self) -> None:
        super().__init__(_("There is no such account."))
