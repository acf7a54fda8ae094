"""Certificates, against a real TLS server."""

import hashlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from homelab_steward.contract.base import Value
from lab.certificate import Certificate, make_certificate
from lab.clock import SteppedClock
from rig.clocks import HANGING
from steward.errors import CertificateNotTrusted, InvalidSetting, ServiceUnreachable
from steward.sdk.access import Access
from steward.sdk.rest import Rest
from steward.sdk.tls import Tls, fetch_fingerprint, normalize, spelled

OTHER = "ab" * 32


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path, "nas.lab")


@pytest.fixture
async def port(certificate: Certificate) -> AsyncIterator[int]:
    async def fine(_: web.Request) -> web.Response:
        return web.json_response({"fine": True})

    app = web.Application()
    app.router.add_get("/x", fine)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=certificate.server_context())
    assert server.port is not None
    yield server.port
    await server.close()


def fingerprint(certificate: Certificate) -> str:
    der = ssl.PEM_cert_to_DER_cert(certificate.ca_path.read_text())
    return hashlib.sha256(der).hexdigest()


def rest(port: int, session: aiohttp.ClientSession, **settings: Value) -> Rest:
    given = {"url": f"https://127.0.0.1:{port}", **settings}
    return Rest(Access(settings=given, session=session, clock=SteppedClock()))


async def test_a_certificate_of_nobody_is_not_trusted(port: int, session: aiohttp.ClientSession) -> None:
    with pytest.raises(CertificateNotTrusted, match="its certificate is not trusted") as caught:
        await rest(port, session).get("x")
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", port)
    with pytest.raises(CertificateNotTrusted):
        await rest(port, session).send("POST", "x")


async def test_it_is_trusted_by_authority_by_fingerprint_or_without_a_check(
    port: int, session: aiohttp.ClientSession, certificate: Certificate
) -> None:
    own = fingerprint(certificate)
    for settings in (
        {"ca_certificate": str(certificate.ca_path)},
        {"fingerprint": own},
        {"fingerprint": spelled(own)},
        {"verify_tls": False},
    ):
        assert await rest(port, session, **settings).get("x") == {"fine": True}


async def test_another_fingerprint_than_the_confirmed_one_is_refused_before_anything_is_sent(
    port: int, session: aiohttp.ClientSession, certificate: Certificate
) -> None:
    with pytest.raises(ServiceUnreachable, match="another fingerprint"):
        await rest(port, session, fingerprint=OTHER).send("POST", "x")
    # A fingerprint replaces the check by authority; turning the check off does not replace it.
    with pytest.raises(ServiceUnreachable, match="another fingerprint"):
        await rest(port, session, fingerprint=OTHER, ca_certificate=str(certificate.ca_path)).get("x")
    with pytest.raises(ServiceUnreachable, match="another fingerprint"):
        await rest(port, session, fingerprint=OTHER, verify_tls=False).get("x")


async def test_the_fingerprint_of_a_server_is_read(port: int, certificate: Certificate) -> None:
    assert await fetch_fingerprint("127.0.0.1", port) == fingerprint(certificate)


async def test_there_is_no_fingerprint_without_tls(server: object) -> None:
    url = str(getattr(server, "url", ""))
    number = int(url.removeprefix("http://127.0.0.1:").removesuffix("/base"))
    with pytest.raises(ServiceUnreachable, match="no TLS connection"):
        await fetch_fingerprint("127.0.0.1", number, timeout=HANGING)
    with pytest.raises(ServiceUnreachable, match="no TLS connection"):
        await fetch_fingerprint("127.0.0.1", 1, timeout=HANGING)


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32, f"{OTHER}0"])
def test_what_is_no_fingerprint(text: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        normalize(text)
    assert caught.value.key == "fingerprint"
    with pytest.raises(InvalidSetting):
        Tls(fingerprint=text).load()


def test_a_fingerprint_is_spelled_as_viewers_do() -> None:
    assert spelled("ab01" * 16).startswith("AB:01:AB")
    assert normalize(spelled(OTHER)) == OTHER
    assert normalize(f" {OTHER.upper()} ") == OTHER


def test_what_aiohttp_is_given(tmp_path: Path) -> None:
    assert Tls().load() is True
    assert Tls(verify=False).load() is False
    assert Tls(verify=False, ca_certificate="/nowhere").load() is False
    (tmp_path / "ca.pem").write_text("no certificate")
    for path in ("/nowhere/ca.pem", str(tmp_path / "ca.pem")):
        with pytest.raises(InvalidSetting, match="ca_certificate"):
            Tls(ca_certificate=path).load()


async def test_a_client_certificate_is_shown(certificate: Certificate) -> None:
    asked: list[bytes] = []

    async def fine(request: web.Request) -> web.Response:
        assert request.transport is not None
        asked.append(request.transport.get_extra_info("ssl_object").getpeercert(binary_form=True))
        return web.json_response({"fine": True})

    context = certificate.server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificate.ca_path)
    app = web.Application()
    app.router.add_get("/x", fine)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    assert server.port is not None
    own = {"client_certificate": str(certificate.ca_path), "client_key": str(certificate.key_path)}
    async with aiohttp.ClientSession() as session:
        assert await rest(server.port, session, verify_tls=False, **own).get("x") == {"fine": True}
        with pytest.raises(ServiceUnreachable):
            await rest(server.port, session, verify_tls=False).get("x")
    assert [hashlib.sha256(one).hexdigest() for one in asked] == [fingerprint(certificate)]
    await server.close()


def test_a_client_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.pem")
    with pytest.raises(InvalidSetting, match="client_certificate"):
        Tls(certificate=absent).load()
    with pytest.raises(InvalidSetting, match="fingerprint"):
        Tls(certificate=absent, fingerprint=OTHER).load()
