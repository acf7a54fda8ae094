"""Connections without HTTP: settings, certificates, and what a failure of a call means."""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import SettingKind
from lab.certificate import Certificate, make_certificate
from lab.clock import SteppedClock
from steward.errors import (
    CertificateNotTrusted,
    EffectUnknown,
    InvalidSetting,
    ServiceError,
    ServiceMalformed,
    ServiceUnreachable,
)
from steward.sdk import tcp
from steward.sdk.access import Access
from steward.sdk.tcp import TcpClient
from steward.sdk.typed_calls import Parameter


class Echo(TcpClient):
    """Sends a line and returns the next one."""

    async def get(self, path: str, /, **_: Parameter | None) -> str:
        return await self.echo(path)

    async def echo(self, text: str, *, changes: bool = False) -> str:
        """Send a line and return the answer."""
        async with self.connected() as connection:
            connection.begin("ECHO", changes=changes)
            await connection.write(f"{text}\n".encode())
            answer = await connection.line()
            return str(int(answer)) if text.isdigit() else (await connection.exactly(len(answer))).decode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    line = (await reader.readline()).decode().strip()
    if line == "silence":
        await reader.read()
    elif line != "cut":
        writer.write(b"odd\n" if line == "7" else f"{line}\n{line}".encode())
        await writer.drain()
    writer.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path, "ups.lab")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def secure(certificate: Certificate) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificate.server_context())
    yield server.sockets[0].getsockname()[1]
    server.close()


def client(port: int, session: aiohttp.ClientSession, **settings: Value) -> Echo:
    given = {"host": "127.0.0.1", "port": port, **settings}
    return Echo(Access(settings=given, session=session, clock=SteppedClock()), 3493)


async def test_an_answer(port: int, session: aiohttp.ClientSession) -> None:
    assert await client(port, session).get("heron") == "heron"


@pytest.mark.parametrize(
    ("line", "read", "changed"),
    [("cut", ServiceUnreachable, EffectUnknown), ("7", ServiceMalformed, EffectUnknown)],
)
async def test_what_a_failure_means(
    port: int,
    session: aiohttp.ClientSession,
    line: str,
    read: type[ServiceError],
    changed: type[ServiceError],
) -> None:
    for changes, expected in ((False, read), (True, changed)):
        with pytest.raises(expected, match=r"^ECHO 127\.0\.0\.1"):
            await client(port, session).echo(line, changes=changes)


async def test_silence_is_no_answer_in_time(
    port: int, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "ANSWER", 0.02)
    with pytest.raises(ServiceUnreachable, match="no answer in time"):
        await client(port, session).get("silence")


async def test_more_than_an_answer_may_have_is_refused(session: aiohttp.ClientSession, port: int) -> None:
    with pytest.raises(ServiceMalformed, match="too long"):
        async with client(port, session).connected() as connection:
            await connection.exactly(-1)


async def test_a_change_that_was_never_sent(session: aiohttp.ClientSession) -> None:
    with pytest.raises(ServiceUnreachable, match="cannot connect"):
        await client(1, session).echo("x", changes=True)


async def test_which_certificate_is_trusted(
    secure: int, session: aiohttp.ClientSession, certificate: Certificate
) -> None:
    right = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.ca_path.read_text())).hexdigest()
    trusting: tuple[dict[str, Value], ...] = (
        {"fingerprint": right},
        {"ca_certificate": str(certificate.ca_path)},
        {"verify_tls": False},
    )
    for settings in trusting:
        assert await client(secure, session, tls=True, **settings).get("heron") == "heron"
    wrong: tuple[dict[str, Value], ...] = ({}, {"fingerprint": "ab" * 32})
    for settings in wrong:
        with pytest.raises(CertificateNotTrusted) as caught:
            await client(secure, session, tls=True, **settings).get("heron")
        assert caught.value.port == secure


async def test_a_server_without_tls(port: int, session: aiohttp.ClientSession) -> None:
    with pytest.raises(ServiceUnreachable):
        await client(port, session, tls=True).get("heron")


def test_settings_that_are_wrong() -> None:
    for wrong in ({"port": 70_000}, {"host": ""}):
        with pytest.raises(InvalidSetting):
            Echo(Access(settings={"host": "nas", **wrong}, session=None, clock=SteppedClock()), 1)  # type: ignore[arg-type]


def test_a_service_on_a_port_has_an_optional_login() -> None:
    found = {
        one.key: one for one in tcp.tcp_settings(6379, "Such as redis.example.org", "A user with +info.")
    }
    assert [*found][:5] == ["host", "port", "username", "password", "tls"]
    assert [key for key, one in found.items() if one.required] == ["host"]
    assert (found["port"].default, found["username"].description) == (6379, "A user with +info.")
    assert found["password"].kind is SettingKind.SECRET
