"""SNMP 3 with authentication and privacy, by pysnmp. Only devices with a user import it."""

import asyncio
import importlib
from collections.abc import Mapping
from typing import Any, Final, Self

from ...errors import ServiceUnauthorized
from ...sdk.access import Access
from ...sdk.http import Attempt, plain
from .ber import GAUGE, GET_BULK, INTEGER, Scalar
from .transport import Answer, repetitions

LIBRARY: Final = "pysnmp.hlapi.v3arch.asyncio"
NOTHING: Final = ("NoSuchObject", "NoSuchInstance", "EndOfMibView")
_DENIED: Final = ("digest", "user", "security", "decrypt", "authentication", "authorization")
"""Words of the errors with which an engine refuses a user."""


class Version3:
    """One engine and one user: SHA and AES with 128 bits, as far as there are passwords."""

    def __init__(self, library: Any, engine: Any, user: Any, target: Any, timeout: float) -> None:
        self._library, self._engine, self._user, self._target = library, engine, user, target
        self._timeout = timeout

    @classmethod
    async def opened(cls, access: Access, host: str, port: int, timeout: float) -> Self:
        """Return the transport to a device."""
        library = await asyncio.to_thread(importlib.import_module, LIBRARY)
        engine = await asyncio.to_thread(library.SnmpEngine)
        user = library.UsmUserData(
            access.text("username"),
            access.optional("password"),
            access.optional("privacy_password"),
            authProtocol=library.usmHMACSHAAuthProtocol if access.optional("password") else None,
            privProtocol=library.usmAesCfb128Protocol if access.optional("privacy_password") else None,
        )
        target = await library.UdpTransportTarget.create((host, port), timeout=timeout, retries=0)
        return cls(library, engine, user, target, timeout)

    def close(self) -> None:
        """Close the socket."""
        self._engine.close_dispatcher()

    async def ask(self, attempt: Attempt, kind: int, values: Mapping[str, bytes]) -> Answer:
        """Send one request and return the answer. Raises ServiceError."""
        library, context = self._library, self._library.ContextData()
        bound = [self._bound(name, value) for name, value in values.items()]
        head = (self._engine, self._user, self._target, context)
        if kind == GET_BULK:
            call = library.bulk_cmd(*head, 0, repetitions(values), *bound, lookupMib=False)
        else:
            call = library.set_cmd(*head, *bound, lookupMib=False)
        failure, status, _, found = await call
        if failure:
            text = plain(str(failure)).lower()
            if any(word in text for word in _DENIED):
                raise ServiceUnauthorized(f"{attempt.where}: {text}")
            raise attempt.no_answer("no answer in time" if "no snmp response" in text else text)
        return int(status), [(str(name), _plain(value)) for name, value in found]

    def _bound(self, name: str, value: bytes) -> Any:
        library, tag, body = self._library, value[0], value[2:]
        kinds = {INTEGER: library.Integer32, GAUGE: library.Unsigned32}
        if kind := kinds.get(tag):
            content: Any = kind(int.from_bytes(body, signed=True))
        else:
            content = library.OctetString(body) if body else library.Null("")
        return library.ObjectType(library.ObjectIdentity(name), content)


def _plain(value: Any) -> Scalar:
    name = type(value).__name__
    if name in NOTHING or name == "Null":
        return None
    if name in ("OctetString", "Opaque", "Bits", "IpAddress"):
        return bytes(value)
    return str(value) if name in ("ObjectIdentifier", "ObjectIdentity") else int(value)
