"""Clients for other protocols than HTTP: one TCP connection per call, with the errors of HTTP calls."""

import asyncio
import hashlib
import socket
import ssl
from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp

from homelab_steward.contract.catalogue import Field, SettingKind

from ..clock import Clock
from ..errors import CertificateNotTrusted, InvalidSetting
from ..texts import english, translate
from .access import Access
from .coverage import Gaps
from .fields import TLS_SETTINGS, secret_field, text_field
from .http import CONNECTION_LOST, MAX_BODY, Attempt, plain
from .typed_calls import Parameter

ANSWER: Final = 5.0
"""Seconds to wait for a connection, and for each piece of an answer."""

LONGEST_PORT: Final = 65_535
USE_TLS: Final = Field(
    key="tls",
    kind=SettingKind.BOOLEAN,
    name="Connect with TLS",
    description="Turn on if the service encrypts the connection.",
    required=False,
    default=False,
)


def host_fields(port: int, example: str, protocol: str = "TCP") -> tuple[Field, ...]:
    """Return the settings of an address without a scheme; ``port`` is the default."""
    return (
        text_field("host", "Host", example),
        Field(
            key="port",
            kind=SettingKind.NUMBER,
            name="Port",
            description=f"{protocol} port, usually {port}.",
            required=False,
            default=port,
            minimum=1,
            maximum=LONGEST_PORT,
        ),
    )


def tcp_settings(port: int, example: str, user: str) -> tuple[Field, ...]:
    """Return the settings of a service on a TCP port with an optional login; ``user`` says which user."""
    return (
        *host_fields(port, example),
        text_field("username", "User name", user, required=False),
        secret_field("password", "Password", required=False),
        USE_TLS,
        *TLS_SETTINGS,
    )


class Connection:
    """One open connection. ``attempt`` is the current call, which has the errors for failures."""

    def __init__(self, where: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._where, self._reader, self._writer = where, reader, writer
        self.attempt = Attempt(where=where, changes=False)

    def begin(self, what: str, *, changes: bool = False) -> None:
        """Set the call that follows; ``what`` is its name for errors, without secrets."""
        self.attempt = Attempt(where=f"{what} {self._where}", changes=changes)

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)
        await self._writer.drain()

    async def line(self) -> str:
        """Return the next line without its end."""
        async with asyncio.timeout(ANSWER):
            data = await self._reader.readuntil(b"\n")
        return data.decode(errors="replace").rstrip("\r\n")

    async def exactly(self, count: int) -> bytes:
        """Return the next ``count`` bytes. Raises ValueError for more than MAX_BODY."""
        if not 0 <= count <= MAX_BODY:
            raise ValueError("the answer is too long")
        async with asyncio.timeout(ANSWER):
            return await self._reader.readexactly(count)


class TcpClient:
    """Base class of the client of such a service. ``get`` reads the endpoints of its State."""

    def __init__(self, access: Access, port: int) -> None:
        """Open nothing. Raises InvalidSetting."""
        self.access = access
        self.host, self.port = access.text("host"), int(access.number("port", default=port))
        if not 0 < self.port <= LONGEST_PORT:
            raise InvalidSetting("port", "must be between 1 and 65535")
        self._tls = access.tls if access.flag(USE_TLS.key, default=False) else None

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self.access.clock

    async def close(self) -> None:
        """Do nothing: each call closes its own connection."""

    @abstractmethod
    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the answer for an endpoint with this name. Raises ServiceError."""

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:  # noqa: ARG002
        """Return the content of an answer; parts that the answer reports as missing are gaps of ``part``."""
        return answer

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """Yield a connection.

        Errors in the block become ServiceError, or EffectUnknown during a call with ``changes``; a
        ValueError means an answer that is not understood.
        """
        where = f"{self.host}:{self.port}"
        try:
            async with asyncio.timeout(ANSWER):
                reader, writer = await self._open()
        except ssl.SSLCertVerificationError as err:
            raise CertificateNotTrusted(f"{where}: {_reason(err)}", self.host, self.port) from err
        except (OSError, TimeoutError) as err:
            raise Attempt(where=where, changes=False).not_sent(_reason(err)) from err
        connection = Connection(where, reader, writer)
        try:
            yield connection
        except (OSError, TimeoutError, EOFError) as err:
            raise connection.attempt.no_answer(_reason(err)) from err
        except (ValueError, asyncio.LimitOverrunError) as err:
            raise connection.attempt.malformed(plain(str(err))) from err
        finally:
            writer.transport.abort()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        trusted = await asyncio.to_thread(self._tls.load) if self._tls else None
        context = _context(trusted)
        opened = await asyncio.open_connection(self.host, self.port, ssl=context, limit=MAX_BODY)
        if isinstance(trusted, aiohttp.Fingerprint):
            shown = opened[1].get_extra_info("ssl_object").getpeercert(binary_form=True)
            if hashlib.sha256(shown or b"").digest() != trusted.fingerprint:
                opened[1].transport.abort()
                raise ssl.SSLCertVerificationError
        return opened


def _context(trusted: ssl.SSLContext | aiohttp.Fingerprint | bool | None) -> ssl.SSLContext | None:  # noqa: FBT001
    if trusted is None or isinstance(trusted, ssl.SSLContext):
        return trusted
    context = ssl.create_default_context()
    if trusted is not True:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _reason(err: BaseException) -> str:
    """Return a fixed text for an error."""
    reason = next((reason for kind, reason in _REASONS if isinstance(err, kind)), CONNECTION_LOST)
    return translate(reason)


_REASONS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (TimeoutError, english("no answer in time")),
    (socket.gaierror, english("the host name is not known")),
    (ssl.SSLCertVerificationError, english("its certificate is not trusted")),
    (ssl.SSLError, english("no TLS connection")),
    (ConnectionRefusedError, english("cannot connect")),
)
