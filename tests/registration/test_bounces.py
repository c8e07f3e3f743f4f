"""Lists of bounces in the shapes of mail services."""

import json

import pytest

from inser_events.documents.tables import UnreadableTable
from inser_events.registration.bounces import addresses_in_file, addresses_in_text

GONE, FULL = "gone@example.org", "full@example.org"
MAILGUN = f"""address,code,error,created_at
{GONE},550,"5.1.1 <{GONE}>: user unknown, said postmaster@example.org","Tue, 16 Sep 2025 09:00:00 UTC"
{FULL},552,Mailbox full,"Tue, 16 Sep 2025 09:01:00 UTC"
"""
POSTMARK = f"""ID,Type,From,Subject,BouncedAt,Recipient,Details
1,HardBounce,desk@inser.example,See you,2025-09-16T09:00:00Z,{GONE},smtp;550 5.1.1 unknown
2,SoftBounce,desk@inser.example,See you,2025-09-16T09:00:00Z,{FULL},
"""
SES = {
    "SuppressedDestinationSummaries": [
        {"EmailAddress": GONE, "Reason": "BOUNCE", "LastUpdateTime": "2025-09-16T09:00:00Z"},
        {"EmailAddress": FULL, "Reason": "COMPLAINT"},
    ],
    "NextToken": "someone@example.com",
}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (MAILGUN, {GONE: f"5.1.1 <{GONE}>: user unknown, said postmaster@example.org", FULL: "Mailbox full"}),
        (POSTMARK, {GONE: "smtp;550 5.1.1 unknown", FULL: "SoftBounce"}),
        (f"EmailAddress,Reason,LastUpdateTime\n{GONE},BOUNCE,2025-09-16\n", {GONE: "BOUNCE"}),
        (json.dumps(SES), {GONE: "BOUNCE", FULL: "COMPLAINT"}),
        (json.dumps([{"email": GONE, "reason": "550", "status": "5.1.1"}]), {GONE: "550"}),
        (f"status,reason,email,created\n5.1.1,550 no such user,{GONE},1757926800\n", {GONE: "550 no such user"}),
        (f"{GONE}\n{FULL}\n", {GONE: "", FULL: ""}),
        (f"From,To\ndesk@inser.example,Amina Gone <{GONE}>\n", {GONE: ""}),
        (f"who,what\nAmina Gone <{GONE}>,x\n", {GONE: ""}),
        ("who,what\nAmina,x\n", {}),
    ],
    ids=["mailgun", "postmark", "ses", "ses json", "sendgrid json", "sendgrid", "bare", "names", "any heading", "none"],
)
def test_lists_of_mail_services_are_read(content: str, found: dict[str, str]) -> None:
    assert addresses_in_file(content.encode(), "list") == found


@pytest.mark.parametrize("content", [b'{"EmailAddress": "a@b.org"', b"[" * 100_000])
def test_json_that_cannot_be_read_is_told(content: bytes) -> None:
    with pytest.raises(UnreadableTable, match=r"^list: not a readable JSON file\.$"):
        addresses_in_file(content, "list")


def test_pasted_addresses_are_parted_by_anything() -> None:
    text = "Gone <gone@example.org>; 'o'neil@example.org', mailto:full@example.org.\n\"x@example.org\"，y@example.org"
    assert list(addresses_in_text(text)) == [
        *(GONE, "o'neil@example.org", FULL, "x@example.org", "y@example.org"),
    ]
