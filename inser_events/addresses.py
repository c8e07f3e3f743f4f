"""Mail addresses: checked by email-validator without asking the DNS, since a venue may have no network."""

import re
import unicodedata
from functools import lru_cache

import email_validator
from flask_babel import gettext as _

from inser_events.errors import Refused

# Sample people live under example.org, organisers try things at localhost: the reserved names must be usable.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
_COPIED = re.compile(r"^(?:mailto:|[^<>@]*<)([^<>]*)>?$", re.IGNORECASE)
"""How an address comes out of a link or out of another mail's header."""


class UnusableEmail(Refused):
    """The text is not a mail address."""

    status = 422
    title = "Not a mail address"


@lru_cache(maxsize=256)
def clean_email(text: str) -> str:
    """The address in its normal form. Raises UnusableEmail with a sentence for the person who typed it."""
    try:
        return email_validator.validate_email(_as_meant(text), check_deliverability=False).normalized
    except email_validator.EmailNotValidError as error:
        raise UnusableEmail(_("Check the address: it should look like name@example.org.")) from error


def _as_meant(text: str) -> str:
    """What somebody wanted to type or paste: no full-width letters or dots of an East Asian keyboard, no name around.

    No mailbox is written in full-width letters, and phones put "mailto:" or invisible marks into what they copy.
    """
    kept = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return _COPIED.sub(r"\1", kept.replace("。", ".").strip())


@lru_cache(maxsize=256)
def postal_email(address: str) -> str:
    """The address as mail servers know it: its domain in the letters of the DNS (RFC 5890)."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{email_validator.validate_email(f'a@{domain}', check_deliverability=False).ascii_domain}"
    except email_validator.EmailNotValidError:
        return address  # the mail server says what it thinks of it


def folded_email(address: str) -> str:
    """The form under which two spellings of one address are the same."""
    return address.strip().casefold()
