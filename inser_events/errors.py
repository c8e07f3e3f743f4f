"""The roots of every domain's errors.

Views show them as pages, the API as RFC 9457 problem documents, every command line (Flask's too) as one line with exit
status 2: which is what click does with a ClickException.
"""

import click


class Refused(click.ClickException):
    """A rule says no. The message is meant for the person who asked: what happened, what to do next."""

    status = 409
    title = "Not possible"
    exit_code = 2


class NotFound(Refused):
    """There is nothing here, or nothing this person may know of."""

    status = 404
    title = "Not found"


class NotAllowed(Refused):
    """The person is known, but may not do this."""

    status = 403
    title = "Not allowed"
