"""Passes for a phone's wallet: Apple's ``.pkpass``, a ZIP with a signed manifest (PassKit Package Format).

Pure but for the moment of signing, which the signature carries.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key, pkcs7
from cryptography.x509.oid import NameOID
from PIL import Image

MEDIA_TYPE = "application/vnd.apple.pkpass"
_ICON, _LOGO = 29, (160, 50)
_STRIPES = ("#3b2a1d", "#6a4427", "#c79a63", "#a8481f", "#d8b98c", "#8d8a80")


class UnusableCertificate(ValueError):
    """Certificate and key cannot sign a pass; the message says why."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What an organiser got from Apple: the pass type's certificate, its key, and the certificate above it."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    above: x509.Certificate

    @property
    def pass_type(self) -> str:
        """``pass.org.example.events``, the certificate's user id."""
        return _name(self.certificate, NameOID.USER_ID)

    @property
    def team(self) -> str:
        """Apple's ten letters for the organisation."""
        return _name(self.certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)

    def is_valid_at(self, at: datetime) -> bool:
        """Whether phones accept what is signed now."""
        return all(one.not_valid_before_utc <= at <= one.not_valid_after_utc for one in (self.certificate, self.above))


class Line(NamedTuple):
    """A field of a pass."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Pass:
    """What an event ticket in a wallet shows."""

    serial: str
    organisation: str
    description: str
    code: str
    """Text of the QR code."""
    spoken: str
    """The code beneath, in groups."""
    starts_at: datetime
    ends_at: datetime
    head: Sequence[Line]
    main: Sequence[Line]
    more: Sequence[Line]
    place: tuple[float, float] | None = None
    """Latitude and longitude, near which a phone offers the pass by itself."""


def signer_from(certificate: bytes, key: bytes, above: bytes) -> Signer:
    """Read three PEM files. Raises UnusableCertificate."""
    try:
        leaf, issuer = x509.load_pem_x509_certificate(certificate), x509.load_pem_x509_certificate(above)
        private = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise UnusableCertificate(
            "Certificate, key and certificate above must be PEM files, the key without a password."
        ) from error
    if not isinstance(private, RSAPrivateKey) or _public(private.public_key()) != _public(leaf.public_key()):
        raise UnusableCertificate("The key does not belong to the certificate.")
    try:
        leaf.verify_directly_issued_by(issuer)
    except Exception as error:  # the library raises several kinds for one thing: it is not
        raise UnusableCertificate("The certificate was not issued by the one above it.") from error
    signer = Signer(leaf, private, issuer)
    if not signer.pass_type or not signer.team:
        raise UnusableCertificate("This is not a certificate of a pass type: its subject has no UID or no OU.")
    return signer


def _public(key: Any) -> bytes:
    encoded: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def _name(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def pkpass(ticket: Pass, signer: Signer) -> bytes:
    """Return the pass as a file that a phone's wallet opens."""
    files = {"pass.json": json.dumps(_content(ticket, signer), ensure_ascii=False).encode(), **_pictures()}
    # SHA-1 is what the format asks for; the signature over the manifest is what protects it.
    sums = {name: hashlib.sha1(body, usedforsecurity=False).hexdigest() for name, body in files.items()}
    manifest = json.dumps(sums).encode()
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(signer.certificate, signer.key, SHA256())
        .add_certificate(signer.above)
        .sign(Encoding.DER, options)
    )
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {**files, "manifest.json": manifest, "signature": signature}.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return written.getvalue()


def _content(ticket: Pass, signer: Signer) -> Mapping[str, Any]:
    content: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type,
        "teamIdentifier": signer.team,
        "serialNumber": ticket.serial,
        "organizationName": ticket.organisation,
        "description": ticket.description,
        "backgroundColor": "rgb(250, 247, 242)",
        "foregroundColor": "rgb(36, 26, 18)",
        "labelColor": "rgb(155, 61, 27)",
        "relevantDate": ticket.starts_at.isoformat(timespec="seconds"),
        "expirationDate": ticket.ends_at.isoformat(timespec="seconds"),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": ticket.code,
                "messageEncoding": "iso-8859-1",
                "altText": ticket.spoken,
            }
        ],
        "eventTicket": {
            "headerFields": [line._asdict() for line in ticket.head],
            "primaryFields": [line._asdict() for line in ticket.main],
            "secondaryFields": [line._asdict() for line in ticket.more],
        },
    }
    if ticket.place:
        content["locations"] = [{"latitude": ticket.place[0], "longitude": ticket.place[1]}]
    return content


def _pictures() -> dict[str, bytes]:
    found = {}
    for scale, ending in ((1, ""), (2, "@2x"), (3, "@3x")):
        found[f"icon{ending}.png"] = _stripes(_ICON * scale, _ICON * scale)
        found[f"logo{ending}.png"] = _stripes(_LOGO[1] * scale, _LOGO[1] * scale)
    return found


def _stripes(width: int, height: int) -> bytes:
    """Our mark, the layers of a soil."""
    picture = Image.new("RGB", (width, height))
    for number, colour in enumerate(_STRIPES):
        top = height * number // len(_STRIPES)
        picture.paste(colour, (0, top, width, height))
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
