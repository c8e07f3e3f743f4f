"""Handing a message to a real mail server: encrypted where it can be, never twice, in letters it understands."""

import smtplib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inser_events import smtp
from inser_events.smtp import InDoubt, Server, hand_over, refused_for_good, server_of
from tests.mailbox import mailbox

MESSAGE = b"From: events@example.org\r\nTo: amina@example.org\r\nSubject: x\r\n\r\nText\r\n"


def give(port: int, to: str = "amina@example.org", message: bytes = MESSAGE, **values: Any) -> None:
    server = Server("127.0.0.1", port, secure=False, user="", password="")
    hand_over(server._replace(**values), "events@example.org", to, message)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that this machine has signed itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    day = datetime(2025, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "here.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def encrypting(certificate: Path) -> ssl.SSLContext:
    """What a server needs to offer encryption."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is on another machine."""
    monkeypatch.setattr(smtp, "LOCAL", frozenset())


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, False, "", "")),
        ("smtp://us%40example.org:p%2Fw@mail.example.org", ("mail.example.org", 587, False, "us@example.org", "p/w")),
        ("smtps://a:b@mail.example.org", ("mail.example.org", 465, True, "a", "b")),
        ("smtps://mail.example.org:2465", ("mail.example.org", 2465, True, "", "")),
    ],
)
def test_the_setting_names_the_server(url: str, server: tuple[object, ...]) -> None:
    assert server_of(url) == server


def test_a_server_that_offers_encryption_gets_the_mail_encrypted(encrypting: ssl.SSLContext) -> None:
    with mailbox(tls_context=encrypting) as (inbox, port):
        give(port)
    assert inbox.encrypted == [True]


def test_a_server_elsewhere_must_prove_who_it_is(encrypting: ssl.SSLContext, elsewhere: None) -> None:
    with mailbox(tls_context=encrypting) as (inbox, port), pytest.raises(ssl.SSLCertVerificationError):
        give(port)
    assert inbox.received == []


def test_a_server_elsewhere_with_a_known_certificate_is_trusted(
    encrypting: ssl.SSLContext, elsewhere: None, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mailbox(tls_context=encrypting) as (inbox, port):
        give(port)
    assert inbox.encrypted == [True]


def known(inbox: list[bytes]) -> Any:
    """Let whoever knows the password in; keep what was said."""

    def judge(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        inbox.append(data.password)
        right = data.password == b"p/w"
        return AuthResult(success=right, handled=right)

    return judge


def test_the_password_is_said_where_nobody_listens(encrypting: ssl.SSLContext) -> None:
    said: list[bytes] = []
    with mailbox(tls_context=encrypting, authenticator=known(said), auth_required=True) as (inbox, port):
        give(port, user="us", password="p/w")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            give(port, user="us", password="wrong")
    assert (len(inbox.received), said[0]) == (1, b"p/w")


def test_the_password_is_never_said_in_clear_to_another_machine(elsewhere: None) -> None:
    said: list[bytes] = []
    with (
        mailbox(authenticator=known(said), auth_require_tls=False) as (inbox, port),
        pytest.raises(smtplib.SMTPNotSupportedError),
    ):
        give(port, user="us", password="p/w")
    assert (said, inbox.received) == ([], [])


def test_a_mail_that_was_taken_stays_taken_whatever_the_farewell() -> None:
    with mailbox() as (inbox, port):
        inbox.farewell = "421 going down"
        give(port)
    assert len(inbox.received) == 1


def test_a_connection_that_breaks_with_the_message_under_way_leaves_a_doubt() -> None:
    with mailbox() as (inbox, port):
        inbox.hangs_up = True
        with pytest.raises(InDoubt):
            give(port)


@pytest.mark.parametrize(
    ("answer", "to", "refusal", "for_good"),
    [
        ("250 OK", "nobody@example.org", smtplib.SMTPRecipientsRefused, True),
        ("451 later", "amina@example.org", smtplib.SMTPDataError, False),
        ("554 no", "amina@example.org", smtplib.SMTPDataError, False),
    ],
)
def test_what_is_refused_was_not_taken(answer: str, to: str, refusal: type[Exception], for_good: bool) -> None:
    with mailbox() as (inbox, port):
        inbox.answer = answer
        with pytest.raises(refusal) as refused:
            give(port, to)
    assert (refused_for_good(refused.value), inbox.received) == (for_good, [])


def test_an_address_in_other_letters_needs_a_server_that_knows_them() -> None:
    with mailbox(enable_SMTPUTF8=True) as (inbox, port):
        give(port, "müller@example.org")
    with mailbox(enable_SMTPUTF8=False) as (other, port), pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        give(port, "müller@example.org")
    assert (inbox.recipients, other.recipients) == (["müller@example.org"], [])
    assert refused_for_good(refused.value)
