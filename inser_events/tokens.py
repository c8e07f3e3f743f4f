"""Tickets and private links: thirty letters that a scanner, a thumb and any keyboard layout get right.

A token is fifteen bytes written four bits to a letter, most significant half first. The first five bytes are the
number (40 bits, big-endian); the other ten are the first ten bytes of an HMAC-SHA-256 over it:

- ticket: ``HMAC(key, number)``, where *number* is the same five bytes. *key* belongs to the event and is known to
  its paired scanners, so that they recognise a new ticket without a network.
- link: ``HMAC(secret, b"link:" + purpose + b":" + number)``. *secret* never leaves the server, so whoever
  photographs a badge cannot open the page of its owner.
"""

import hmac
import re
import secrets
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET = "CBDEFGHIJKLNRTUV"
"""A letter's value, 0 to 15, is its place here. All sit on the same keys on QWERTY, AZERTY and QWERTZ."""

LENGTH = 30
KEY_BYTES = 32
_NUMBER_BYTES = 5
_MAC_BYTES = 10

_TO_LETTERS = str.maketrans("0123456789abcdef", ALPHABET)
_FROM_LETTERS = str.maketrans(ALPHABET, "0123456789abcdef")

# What a Turkish keyboard (dotted and dotless i) or an East Asian one in full-width mode makes of the letters.
# Spelled out instead of asking for Unicode case-folding, so that the scanner in JavaScript agrees to the letter.
_TYPED = str.maketrans(
    {"\u0131": "I", "\u0130": "I"}
    | {chr(0xFEE0 + ord(letter)): letter for letter in ALPHABET}
    | {chr(0xFEE0 + ord(letter.lower())): letter for letter in ALPHABET},
)
_RUN = re.compile(f"[{ALPHABET}{ALPHABET.lower()}]+")
_GAPS = re.compile("[ \t\r\n\u00a0-]+")


@cache
def key_from(secret: bytes, label: str) -> bytes:
    """Derive an independent 32-byte key for the use named by *label* (HKDF, RFC 5869, with SHA-256 and no salt)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label.encode()).derive(secret)


def new_ticket_number() -> int:
    """Return a random 40-bit number; the caller makes sure that it is not taken."""
    return secrets.randbits(8 * _NUMBER_BYTES)


def ticket_token(number: int, key: bytes) -> str:
    """Write a ticket. Raises ValueError when *number* is not a 40-bit one."""
    return _token(number, key, b"")


def link_token(number: int, secret: bytes, *, purpose: str = "ticket") -> str:
    """Write the token of a private link, of the same shape as a ticket but worthless at a door."""
    return _token(number, secret, b"link:" + purpose.encode() + b":")


def is_authentic(token: str, key: bytes) -> bool:
    """Tell whether *token* is a ticket made with *key*, in a time that does not depend on where it differs."""
    return _is_made_by(token, key, b"")


def is_authentic_link(token: str, secret: bytes, *, purpose: str = "ticket") -> bool:
    """Tell whether *token* is the private link that `link_token` wrote for this purpose."""
    return _is_made_by(token, secret, b"link:" + purpose.encode() + b":")


def ticket_number(token: str) -> int:
    """Return the number in a token of either kind. Raises ValueError when it is not thirty of our letters."""
    if len(token) != LENGTH or not set(token) <= set(ALPHABET):
        msg = "not a token of thirty letters"
        raise ValueError(msg)
    return int(token[: 2 * _NUMBER_BYTES].translate(_FROM_LETTERS), 16)


def find_token(text: str) -> str | None:
    """Find the token in whatever a scanner, a paste or a person typed; None when there is none.

    It is the end of the last run of at least thirty of our letters, in either case. Only when no run is that long are
    blanks and hyphens between letters taken out, for a code typed in groups as it is printed.
    """
    typed = text.translate(_TYPED)
    return _last_token(typed) or _last_token(_GAPS.sub("", typed))


def qr_text(host_url: str, token: str) -> str:
    """Return the text of a ticket's QR code, ``HTTPS://HOST/B/TOKEN``, all in alphanumeric mode.

    *host_url* is the address of this installation; its scheme, host and port are kept. A path, where the
    application does not own its host, stays as it is because servers tell its case apart.
    """
    parts = urlsplit(host_url)
    host = (parts.hostname or "").encode("idna").decode() if not (parts.hostname or "").isascii() else parts.hostname
    host = f"[{host}]" if host and ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}".upper() + parts.path.rstrip("/") + f"/B/{token}"


def grouped(token: str, size: int = 5) -> str:
    """Split a token into groups for reading aloud: ``CBDEF GHIJK …``."""
    return " ".join(token[start : start + size] for start in range(0, len(token), size))


def _token(number: int, key: bytes, label: bytes) -> str:
    try:
        body = number.to_bytes(_NUMBER_BYTES, "big")
    except OverflowError:
        msg = f"a ticket number has 40 bits, not {number}"
        raise ValueError(msg) from None
    return (body + hmac.digest(key, label + body, "sha256")[:_MAC_BYTES]).hex().translate(_TO_LETTERS)


def _is_made_by(token: str, key: bytes, label: bytes) -> bool:
    try:
        expected = _token(ticket_number(token), key, label)
    except ValueError:
        return False
    return hmac.compare_digest(token, expected)


def _last_token(text: str) -> str | None:
    runs = [run for run in _RUN.findall(text) if len(run) >= LENGTH]
    return runs[-1][-LENGTH:].upper() if runs else None
