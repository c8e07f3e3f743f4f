"""What registration refuses."""

from collections.abc import Sequence

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class RegistrationClosed(Refused):
    """Not open yet, over, or the event is cancelled."""

    title = "Registration is closed"


class ModeNotOffered(Refused):
    """The event has no such way of taking part."""

    status = 422
    title = "Not offered"

    def __init__(self) -> None:
        super().__init__(_("This event does not offer that way of taking part."))


class AlreadyRegistered(Refused):
    """The address has an active registration for this event."""

    title = "Already registered"

    def __init__(self, registration_id: int) -> None:
        super().__init__(_("This address is already registered. We have sent its link again."))
        self.registration_id = registration_id


class SameName(Refused):
    """Somebody of this name is registered; the registrar says whether it is the same person."""

    title = "Somebody of this name is registered"

    def __init__(self, registration_ids: Sequence[int]) -> None:
        super().__init__(_("Somebody of this name is registered already. Look whether it is the same person."))
        self.registration_ids = registration_ids


class NoSuchTicket(NotFound):
    """The link opens nothing."""

    def __init__(self) -> None:
        super().__init__(
            _("This ticket link does not work. It may have been replaced by a newer one: look in your mail.")
        )


class NotActive(Refused):
    """The registration was cancelled or declined."""

    title = "No longer registered"

    def __init__(self) -> None:
        super().__init__(_("This registration was cancelled. Register again if you would like to come."))


class NoSuchQuestion(NotFound):
    """The form has no such question."""

    def __init__(self) -> None:
        super().__init__(_("This question is not part of the form any more."))


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
        super().__init__(_("There is no such file. It may have been erased."))


class OrganisationFull(Refused):
    """The organisation has all the seats in the room it may have."""

    title = "No seat left for this organisation"

    def __init__(self) -> None:
        super().__init__(_("This organisation has all the seats in the room it may have. Write to the organisers."))


class OfferOver(Refused):
    """There is no offer to answer any more."""

    title = "This offer is over"

    def __init__(self) -> None:
        super().__init__(_("The seat was kept for you until the time shown. It has gone to the next person."))


class StillActive(Refused):
    """The registration has not ended."""

    title = "Still registered"

    def __init__(self) -> None:
        super().__init__(_("This person is registered. Open the page again to see how it stands."))


class NotPending(Refused):
    """The registration does not wait for an answer."""

    title = "Already answered"

    def __init__(self) -> None:
        super().__init__(_("Somebody has answered this registration already. Open it again to see how it stands."))


class AlreadySeated(Refused):
    """There is nothing to seat."""

    title = "Has a seat already"

    def __init__(self) -> None:
        super().__init__(_("This person has a seat already."))


class ReasonNeeded(Refused):
    """An exception needs a reason, which the history keeps."""

    status = 422
    title = "Give a reason"

    def __init__(self) -> None:
        super().__init__(_("Say in a few words why. It is kept in the history."))


class NoSignUp(Refused):
    """Only people with a seat in the room sign up for sessions."""

    title = "Not possible"

    def __init__(self) -> None:
        super().__init__(_("Sessions with sign-up are for people who have a seat in the room."))


class NoSuchSession(NotFound):
    """The session needs no sign-up, or does not exist."""

    def __init__(self) -> None:
        super().__init__(_("This session does not need signing up."))


class UnusableLimit(Refused):
    """A limit that cannot hold."""

    status = 422
    title = "Check the limits"


class SpeakerAddressMissing(Refused):
    """The organisers have no address of the speaker, and none was typed."""

    status = 422
    title = "Address missing"

    def __init__(self) -> None:
        super().__init__(_("Enter your e-mail address, and choose how you take part. Your ticket comes by mail."))


class PartyTooLarge(Refused):
    """So many can never have a seat together."""

    status = 422
    title = "Too many together"

    def __init__(self, most: int) -> None:
        super().__init__(
            _(
                "At most %(most)s of these people can have a seat in this way. Let the others take part online.",
                most=most,
            )
        )
        self.most = most


class NotTheSame(Refused):
    """Only two registrations for one event can be merged."""

    status = 422
    title = "Not possible"

    def __init__(self) -> None:
        super().__init__(_("Choose two different registrations for this event."))
