"""Addresses in lists of bounces as mail services hand them out, each with what the list says of a reason.

Amazon SES writes JSON or ``EmailAddress,Reason,LastUpdateTime``; Mailgun ``address,code,error,created_at``; Postmark
``Type,…,Recipient,From,…,Details``; SendGrid ``status,reason,email,created``; others write no headings at all.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from inser_events.documents.tables import Table, UnreadableTable, table_from
from inser_events.registration.import_headings import SPELLINGS, key

RECIPIENTS = frozenset(
    key(word)
    for word in (
        *SPELLINGS["email"],
        *(
            "Recipient",
            "Recipients",
            "Final-Recipient",
            "To",
            "Address",
            "Bounced address",
            "Subscriber",
            "Destinataire",
        ),
    )
)
SENDERS = frozenset(key(word) for word in ("From", "Sender", "Sent by", "Reply-To", "Return-Path", "Expéditeur", "De"))
_REASONS = (
    *("Reason", "Error", "Details", "Description", "Diagnostic", "Diagnostic-Code", "Bounce", "Bounce type", "Type"),
    *("Status", "Message", "Raison", "Motivo", "Причина"),
)
REASONS = tuple(map(key, _REASONS))
"""The most telling first."""
_ADDRESS = re.compile(r"[^\s,;:<>()\[\]\"«»“”，；、]+@[^\s,;:<>()\[\]\"«»“”，；、@]+")


def addresses_in_text(text: str) -> dict[str, str]:
    """Addresses typed or pasted, parted by anything; no reasons."""
    return {found.strip("'.").removesuffix("/"): "" for found in _ADDRESS.findall(text)}


def addresses_in_file(content: bytes, name: str) -> dict[str, str]:
    """The addresses of a list somebody uploads. Raises UnreadableTable."""
    if content.lstrip()[:1] in {b"{", b"["}:
        try:
            return dict(_in_json(json.loads(content)))
        except (ValueError, RecursionError) as error:
            raise UnreadableTable(_("%(name)s: not a readable JSON file.", name=name)) from error
    return addresses_in_table(table_from(content, name))


def addresses_in_table(table: Table) -> dict[str, str]:
    """The addresses of a table, each with what its row says of a reason.

    A list without headings counts its first row too.
    """
    rows = [table.header, *table.rows]
    headings = [key(heading) for heading in table.header]
    # Not the sender's, which stands in every row; and not those that a reason quotes.
    numbers = [
        0 if heading in SENDERS else sum(_is_address(row[place]) for row in rows)
        for place, heading in enumerate(headings)
    ]
    named = [place for place, heading in enumerate(headings) if heading in RECIPIENTS and numbers[place]]
    best = named[0] if named else max(range(len(numbers)), key=numbers.__getitem__)
    reasons = [headings.index(word) for word in REASONS if word in headings]
    found = {}
    for row in rows:
        for address in addresses_in_text(row[best]) if _is_address(row[best]) else ():
            found[address] = next((row[place] for place in reasons if row[place]), "")
    return found


def _is_address(cell: str) -> bool:
    """Whether a cell is one, with a name perhaps, and no sentence about one."""
    rest = _ADDRESS.sub("", cell, count=1)
    return "@" in cell and rest != cell and "@" not in rest and ("<" in cell or len(rest.split()) <= 1)


def _in_json(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        told = {key(str(name)): text for name, text in value.items() if isinstance(text, str)}
        reason = next((told[word] for word in REASONS if told.get(word)), "")
        for name, text in told.items():
            if name in RECIPIENTS and "@" in text:
                yield text, reason
    if isinstance(value, Mapping | list):
        for inner in _inside(value):
            yield from _in_json(inner)


def _inside(value: Mapping[str, Any] | Sequence[Any]) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, Mapping) else value
