"""Handing one message to the mail server, as RFC 5321 has it. The only place that speaks SMTP.

What is sent goes encrypted wherever the server can (RFC 3207), a password never otherwise. The certificate is checked,
except on this machine, where nobody stands in between.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from inser_events.languages import N_

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SECONDS = 20
SCANNING_SECONDS = 120
"""A server may look through the whole message before it says that it has it (RFC 5321 section 4.5.3.2.6)."""
TAKEN, FORWARDED = 250, 251
PERMANENT = 500
"""From this reply code on the mail server will not change its mind (RFC 5321 section 4.2.1)."""


class InDoubt(Exception):
    """The message was on its way when the connection broke: it may have been taken or not."""


class Server(NamedTuple):
    """Where to hand mails over."""

    host: str
    port: int
    secure: bool
    """Encrypted from the first byte."""
    user: str
    password: str


def server_of(url: str) -> Server:
    """The server that the setting names."""
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    port = parts.port or (465 if secure else 587 if parts.username else 25)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname or "localhost", port, secure, user, password)


@contextmanager
def connected(server: Server, seconds: float = SECONDS) -> Iterator[smtplib.SMTP]:
    """A connection on which mails can be handed over. Raises OSError, of which SMTPException is one."""
    context = ssl.create_default_context()
    if server.host in LOCAL:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
        if server.secure
        else smtplib.SMTP(server.host, server.port, timeout=seconds)
    )
    try:
        connection.ehlo_or_helo_if_needed()  # before it the server's extensions are not known
        encrypted = server.secure
        if not encrypted and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
            encrypted = True
        if server.user:
            if not encrypted and server.host not in LOCAL:
                raise smtplib.SMTPNotSupportedError(N_("The server offers no encryption; the password is not sent."))
            connection.login(server.user, server.password)
        yield connection
        with suppress(OSError):  # what was taken stays taken, however the other side leaves
            connection.quit()
    finally:
        connection.close()


def hand_over(server: Server, sender: str, recipient: str, message: bytes) -> None:
    """Give a message to the server. Raises OSError when it was not taken, and InDoubt."""
    options = () if (sender + recipient).isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    with connected(server) as connection:
        if options and not connection.has_extn("smtputf8"):
            refusal = 550, b"The mail server takes no addresses with letters like these."
            raise smtplib.SMTPRecipientsRefused({recipient: refusal})
        code, said = connection.mail(sender, options)
        if code != TAKEN:
            raise smtplib.SMTPSenderRefused(code, said, sender)
        code, said = connection.rcpt(recipient)
        if code not in {TAKEN, FORWARDED}:
            raise smtplib.SMTPRecipientsRefused({recipient: (code, said)})
        _give(connection, message)


def _give(connection: smtplib.SMTP, message: bytes) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(SCANNING_SECONDS)
    try:
        code, said = connection.data(message)
    except smtplib.SMTPResponseException:
        raise  # it did not want to see the message at all
    except OSError as error:
        raise InDoubt(str(error)) from error
    if code != TAKEN:
        raise smtplib.SMTPDataError(code, said)


def refused_for_good(error: Exception) -> bool:
    """Whether the server will not take this mail tomorrow either."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return False
