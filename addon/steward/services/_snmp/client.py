"""The client of a device with SNMP: reads tables, and sets values once."""

import asyncio
from collections.abc import Mapping
from typing import Final

from ...clock import Clock
from ...errors import (
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from ...sdk.access import Access
from ...sdk.client import Parameter
from ...sdk.coverage import Gaps
from ...sdk.fields import number_field, secret_field, text_field
from ...sdk.http import Attempt
from ...sdk.tcp import host_fields
from .ber import GET_BULK, NULL, SET, Scalar, parts
from .tables import Table
from .transport import Transport, Version2

PORT: Final = 161
MOST_ROWS: Final = 2_000
TRIES: Final = 2
AUTHORIZATION: Final = 16
DENIED: Final = {2: "noSuchName", 4: "readOnly", 6: "noAccess", 17: "notWritable"}
REFUSED: Final = {
    3: "badValue",
    7: "wrongType",
    8: "wrongLength",
    10: "wrongValue",
    11: "noCreation",
    12: "inconsistentValue",
    13: "resourceUnavailable",
    14: "commitFailed",
    18: "inconsistentName",
}
"""Error statuses after which it is certain that nothing was set (RFC 3416)."""

SETTINGS: Final = (
    *host_fields(PORT, "Such as switch.example.org", "UDP"),
    secret_field("community", "Community", "SNMP 2c; by default public", required=False),
    text_field("username", "User name", "SNMP 3; used instead of the community", required=False),
    secret_field("password", "Authentication password", "SNMP 3 with SHA", required=False),
    secret_field("privacy_password", "Privacy password", "SNMP 3 with AES", required=False),
    number_field(
        "timeout",
        "Time for an answer",
        "Until a request is sent again",
        least=0.05,
        most=30,
        default=3,
        unit="s",
    ),
)


class SnmpClient:
    """One device. ``tables`` are what can be read, by the name of an endpoint."""

    def __init__(self, access: Access, tables: Mapping[str, Table]) -> None:
        """Open nothing. Raises InvalidSetting."""
        self.access, self._tables = access, tables
        self._host, self._port = access.text("host"), int(access.number("port", default=PORT))
        self._transport: Transport | None = None
        self._turn = asyncio.Lock()

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self.access.clock

    async def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:  # noqa: ARG002
        """Return the content of an answer."""
        return answer

    async def get(self, path: str, /, **_: Parameter | None) -> object:
        """Return the rows of a table with their ``index``; of a group its only row. Raises ServiceError."""
        rows = await self._walk(path, self._tables[path])
        return rows[0] if self._tables[path].is_scalar and rows else rows

    async def set(self, what: str, values: Mapping[str, bytes]) -> None:
        """Set values in one request, all of them or none. Raises ServiceError."""
        transport = await self._connected()
        status, _ = await transport.ask(self._attempt(f"SET {what}", changes=True), SET, values)
        self._check(self._attempt(f"SET {what}", changes=True), status)

    async def _walk(self, path: str, wanted: Table) -> list[dict[str, object]]:
        """Read the columns side by side until each has left its subtree."""
        rows: dict[str, dict[str, object]] = {}
        after = dict(wanted.columns)
        attempt = self._attempt(f"GET {path}")
        while after:
            names, asked = list(after), dict(after)
            for place, (oid, value) in enumerate(await self._bulk(attempt, after)):
                name = names[place % len(names)]
                if value is None:
                    after.pop(name, None)
                    continue
                if not _follows(oid, asked[name]):
                    raise attempt.malformed("the objects are not in their order")
                asked[name] = oid
                index = oid.removeprefix(f"{wanted.columns[name]}.")
                if index == oid:
                    after.pop(name, None)
                elif name in after:
                    after[name] = oid
                    rows.setdefault(index, {"index": index})[name] = _shown(value, name in wanted.bits)
            if len(rows) > MOST_ROWS:
                raise ServiceMalformed(t"{attempt.where}: more than {MOST_ROWS} rows")
        return list(rows.values())

    async def _bulk(self, attempt: Attempt, after: Mapping[str, str]) -> list[tuple[str, Scalar]]:
        transport = await self._connected()
        for left in reversed(range(TRIES)):
            try:
                status, found = await transport.ask(attempt, GET_BULK, dict.fromkeys(after.values(), NULL))
            except ServiceUnreachable:
                if not left:
                    raise
                continue
            self._check(attempt, status)
            if not found:
                raise attempt.malformed("the answer has no values")
            return found
        raise AssertionError(TRIES)

    @staticmethod
    def _check(attempt: Attempt, status: int) -> None:
        """Raise what an error status means."""
        error: type[ServiceError]
        if status == AUTHORIZATION:
            error, text = ServiceUnauthorized, "authorizationError"
        elif status in DENIED:
            error, text = ServiceForbidden, f"{DENIED[status]}: may it write?"
        elif status in REFUSED:
            error, text = ServiceRefused, REFUSED[status]
        elif status:
            raise attempt.no_answer(f"error status {status}")
        else:
            return
        raise error(f"{attempt.where}: {text}")

    def _attempt(self, what: str, *, changes: bool = False) -> Attempt:
        return Attempt(where=f"{what} {self._host}:{self._port}", changes=changes)

    async def _connected(self) -> Transport:
        async with self._turn:
            if self._transport is None:
                timeout = self.access.number("timeout", default=3)
                if self.access.optional("username"):
                    from .version3 import Version3  # noqa: PLC0415 - imports pysnmp

                    self._transport = await Version3.opened(self.access, self._host, self._port, timeout)
                else:
                    community = self.access.optional("community") or "public"
                    where, attempt = (self._host, self._port), self._attempt("UDP")
                    self._transport = await Version2.opened(attempt, where, community, timeout)
            return self._transport


def _follows(oid: str, before: str) -> bool:
    """Return whether an OID comes after another: an agent that returns others would never end."""
    return parts(oid) > parts(before)


def _shown(value: Scalar, is_bits: bool) -> object:  # noqa: FBT001
    """Return bytes as text, or as hex digits when they are none."""
    if not isinstance(value, bytes):
        return value
    try:
        text = " ".join(value.decode().rstrip("\0").split())
    except UnicodeDecodeError:
        return value.hex()
    return value.hex() if is_bits or not text.isprintable() else text
