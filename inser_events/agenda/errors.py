"""What the agenda refuses. ``field`` names the answer that is at fault, for the form that asked."""

from flask_babel import gettext as _

from inser_events.errors import NotFound, Refused


class Unusable(Refused):
    """An answer cannot be used."""

    status = 422
    title = "Please check one answer"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TitleMissing(Unusable):
    """There is no title in the event's main language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"title_{language}", _("Enter a title in the event’s main language."))


class UnusableMinutes(Unusable):
    """A length of time that nothing can have."""

    def __init__(self, maximum: int) -> None:
        super().__init__("minutes", _("Enter a length between 1 and %(maximum)s minutes.", maximum=maximum))


class NoSuchTime(Unusable):
    """The clocks skip this time on this day."""

    def __init__(self, zone: str) -> None:
        super().__init__(
            "at", _("The clocks in %(zone)s go forward that day and skip this time. Choose another.", zone=zone)
        )


class TimeTwice(Unusable):
    """The clocks show this time twice on this day; ``fold`` says which is meant."""

    def __init__(self, zone: str) -> None:
        super().__init__(
            "at", _("The clocks in %(zone)s go back that day and show this time twice. Say which one.", zone=zone)
        )


class ElsewhereRoom(Unusable):
    """The room belongs to another event."""

    def __init__(self) -> None:
        super().__init__("room", _("Choose one of this event’s rooms."))


class NumberTaken(Unusable):
    """Another item has this number."""

    def __init__(self, number: str) -> None:
        super().__init__("number", _("Another item already has the number %(number)s.", number=number))


class SymbolTaken(Unusable):
    """Another document has this symbol."""

    def __init__(self, symbol: str) -> None:
        super().__init__("symbol", _("Another document already has the symbol %(symbol)s.", symbol=symbol))


class AlreadySpeaks(Unusable):
    """The person already has this role here."""

    def __init__(self) -> None:
        super().__init__("family_name", _("This person already has this role here."))


class UnknownZone(Unusable):
    """There is no such time zone."""

    def __init__(self) -> None:
        super().__init__("time_zone", _("Choose a time zone from the list."))


class Published(Refused):
    """A release has named it: it is withdrawn, not deleted, so that calendars can be told."""

    title = "Already published"

    def __init__(self) -> None:
        super().__init__(_("This session has been published. Withdraw it, so that people’s calendars can be told."))


class ReleasedMeanwhile(Refused):
    """Someone else published while this person was reading what would change."""

    title = "Published meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Someone else published in the meantime. Read what would change now, then publish again."))


class OtherStep(Refused):
    """The last step of the draft is not the one that the person wanted to take back."""

    title = "Changed meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Someone else changed the draft in the meantime. Look at the last step, then try again."))


class ChangedSince(Refused):
    """What a step changed has been changed again in another way, so that taking it back would lose that."""

    title = "Changed since"

    def __init__(self) -> None:
        super().__init__(_("The same place has been changed since. Nothing was taken back, so that nothing is lost."))


class NotRunning(Refused):
    """The part of the programme cannot be started, finished or made longer now."""

    title = "Nothing changed"

    def __init__(self) -> None:
        super().__init__(_("That is not possible any more. Here is what is on now."))


class NotInAgenda(NotFound):
    """There is no such session, slot, speaker, item or document in this event."""

    def __init__(self) -> None:
        super().__init__(_("There is no such entry in this agenda. It may have been removed."))


class NoSuchSpeakerPage(NotFound):
    """The link is not one of ours, or the organisers closed it."""

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Ask the organisers for a new one."))


class NoSuchRelease(NotFound):
    """The event has no release of this number."""

    def __init__(self) -> None:
        super().__init__(_("There is no such release."))
