"""The certificate of the listener: each mistake has its own text."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from lab.certificate import Certificate, make_certificate
from steward.api.listener import open_listener, tls_context
from steward.errors import InvalidSetting
from steward.settings.model import Listen


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path, "steward")


def refused(listen: Listen) -> str:
    with pytest.raises(InvalidSetting) as caught:
        open_listener(listen)
    return str(caught.value)


def test_no_certificate_is_plain_http() -> None:
    assert tls_context(Listen()) is None


def test_the_key_may_be_in_the_file_of_the_certificate(made: Certificate, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(made.key_path.read_bytes() + made.ca_path.read_bytes())
    assert isinstance(tls_context(Listen(tls_certificate=both)), ssl.SSLContext)


def test_a_key_without_a_certificate(made: Certificate) -> None:
    expected = "listen.tls_key: has no certificate: set listen.tls_certificate too"
    assert refused(Listen(tls_key=made.key_path)) == expected


def test_a_file_that_does_not_exist(made: Certificate, tmp_path: Path) -> None:
    gone = tmp_path / "gone.pem"
    expected = f"listen.tls_key: {gone} cannot be read: No such file or directory"
    assert refused(Listen(tls_certificate=made.ca_path, tls_key=gone)) == expected


def test_a_file_that_is_not_pem(made: Certificate, tmp_path: Path) -> None:
    der = tmp_path / "cert.der"
    der.write_bytes(b"\x30\x82")
    expected = f"listen.tls_certificate: {der} is not a PEM file"
    assert refused(Listen(tls_certificate=der, tls_key=made.key_path)) == expected


def test_a_certificate_without_its_key(made: Certificate) -> None:
    expected = f"listen.tls_key: {made.ca_path} contains no private key"
    assert refused(Listen(tls_certificate=made.ca_path)) == expected


def test_the_key_of_another_certificate(made: Certificate, tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "other")
    expected = f"listen.tls_key: {other.key_path} is not the key of the certificate {made.ca_path}"
    assert refused(Listen(tls_certificate=made.ca_path, tls_key=other.key_path)) == expected


def test_an_encrypted_key_does_not_ask_for_a_password(made: Certificate, tmp_path: Path) -> None:
    key = serialization.load_pem_private_key(made.key_path.read_bytes(), None)
    encrypted = tmp_path / "encrypted.pem"
    encrypted.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    expected = f"listen.tls_key: {encrypted} is encrypted: store the key without a password"
    assert refused(Listen(tls_certificate=made.ca_path, tls_key=encrypted)) == expected


def test_a_broken_certificate(made: Certificate, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    text = refused(Listen(tls_certificate=broken, tls_key=made.key_path))
    assert text.startswith(f"listen.tls_certificate: {broken} and {made.key_path} cannot be used: ")
