"""A real SMTP server that keeps what it is given, and refuses or fails as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.servers import free_port


@dataclass
class Inbox:
    """An SMTP server's handler that keeps what it is given."""

    answer: str = "250 OK"
    farewell: str = "221 Bye"
    hangs_up: bool = False
    """The connection breaks when the whole message is there."""
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        """Keep the message, or refuse it with the answer set."""
        if self.answer.startswith("250"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
            self.encrypted.append(session.ssl is not None)
        if self.hangs_up:
            server.transport.close()
        return self.answer

    async def handle_RCPT(  # noqa: N802 — aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Refuse addresses that say so."""
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        """Say goodbye as told."""
        return self.farewell


@contextmanager
def mailbox(**how: Any) -> Iterator[tuple[Inbox, int]]:
    """Serve an inbox on a free port of this machine; *how* is for aiosmtpd's SMTP."""
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **how)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()
