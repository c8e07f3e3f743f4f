"""Passes for a wallet, with a certificate made here: what they say, and that openssl accepts the signature."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from inser_events.registration.operations import cancel_registration
from inser_events.registration.queries import link_of
from tests.checkin.factories import code_of, make_registration

AGE = timedelta(days=365 * 30)


def named(**parts: str) -> x509.Name:
    oids = {"cn": NameOID.COMMON_NAME, "uid": NameOID.USER_ID, "ou": NameOID.ORGANIZATIONAL_UNIT_NAME}
    return x509.Name([x509.NameAttribute(oids[part], value) for part, value in parts.items()])


def certified(subject: x509.Name, key: rsa.RSAPrivateKey, issuer: x509.Name, by: rsa.RSAPrivateKey) -> bytes:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start + AGE)
    is_root = subject == issuer
    built = built.add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    return built.sign(by, SHA256()).public_bytes(Encoding.PEM)


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Certificate, key, the certificate above, and a key of somebody else."""
    folder = tmp_path_factory.mktemp("wallet")
    root, own, other = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    above = named(cn="Worldwide Developer Relations")
    subject = named(uid="pass.org.example.events", cn="Pass Type ID", ou="ABCDE12345")
    contents = [certified(subject, own, above, root), pem(own), certified(above, root, above, root), pem(other)]
    paths = [folder / f"{number}.pem" for number in range(4)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def installed(app: Flask, *paths: Path) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["wallet", *map(str, paths)])
    return result.exit_code, result.output


@pytest.fixture
def guest(launch: Event) -> Registration:
    guest = make_registration(launch, family_name="Benali")
    commit()
    return guest


def test_without_a_certificate_nothing_is_offered(client: FlaskClient, guest: Registration) -> None:
    address = f"/tickets/{link_of(guest)}"
    assert client.get(f"{address}/ticket.pkpass").status_code == 404
    assert "ticket.pkpass" not in client.get(f"{address}/show").get_data(as_text=True)


def test_pass_says_whose_ticket_it_is(app: Flask, client: FlaskClient, guest: Registration, papers: list[Path]) -> None:
    assert installed(app, *papers[:3]) == (0, "Tickets can be added to Apple Wallet as pass.org.example.events.\n")
    address = f"/tickets/{link_of(guest)}"
    assert "ticket.pkpass" in client.get(f"{address}/show").get_data(as_text=True)
    answer = client.get(f"{address}/ticket.pkpass")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        content = json.loads(archive.read("pass.json"))
        sums = json.loads(archive.read("manifest.json"))
        files = {name: archive.read(name) for name in archive.namelist()}
    assert answer.mimetype == "application/vnd.apple.pkpass"
    assert (content["passTypeIdentifier"], content["teamIdentifier"]) == ("pass.org.example.events", "ABCDE12345")
    assert content["barcodes"][0]["message"].endswith(f"/B/{code_of(guest)}")
    assert content["eventTicket"]["primaryFields"][0]["value"] == "Amina Benali"
    assert content["relevantDate"] == "2025-09-15T09:00:00+01:00"
    expected = {
        name: hashlib.sha1(body).hexdigest()
        for name, body in files.items()
        if name not in {"manifest.json", "signature"}
    }
    assert (sums, {"icon.png", "icon@2x.png"} <= set(sums)) == (expected, True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_signature_is_accepted_by_openssl(
    app: Flask, client: FlaskClient, guest: Registration, papers: list[Path], tmp_path: Path
) -> None:
    installed(app, *papers[:3])
    with zipfile.ZipFile(BytesIO(client.get(f"/tickets/{link_of(guest)}/ticket.pkpass").data)) as archive:
        archive.extractall(tmp_path)
    files = ["-in", "signature", "-content", "manifest.json", "-CAfile", str(papers[2])]
    command = ["openssl", "smime", "-verify", "-binary", "-inform", "DER", "-purpose", "any", *files]
    assert subprocess.run(command, check=False, cwd=tmp_path).returncode == 0
    (tmp_path / "manifest.json").write_text("{}")
    assert subprocess.run(command, check=False, cwd=tmp_path).returncode != 0


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ((0, 3, 2), "The key does not belong to the certificate."),
        ((2, 1, 2), "The key does not belong to the certificate."),
        ((0, 1, 0), "The certificate was not issued by the one above it."),
        ((1, 1, 2), "must be PEM files"),
    ],
)
def test_certificate_that_cannot_sign_is_refused(
    app: Flask, guest: Registration, papers: list[Path], places: tuple[int, ...], message: str
) -> None:
    code, said = installed(app, *(papers[place] for place in places))
    assert (code, message in said) == (2, True)


def test_cancelled_ticket_has_no_pass(app: Flask, client: FlaskClient, guest: Registration, papers: list[Path]) -> None:
    installed(app, *papers[:3])
    address = f"/tickets/{link_of(guest)}/ticket.pkpass"
    cancel_registration(db.session.get_one(Registration, guest.id), at=now())
    commit()
    assert client.get(address).status_code == 404
