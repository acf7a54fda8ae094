"""A small PostgreSQL in the lab: recorded answers by statement name, by its protocol (version 3)."""

import asyncio
import re

from lab.faults import FaultKind
from lab.wire import Json, dumps
from lab.wire_simulator import Broken, WireSimulator

USER, PASSWORD = "keeper", "Blue heron 42"
SSL_REQUEST, CANCEL = 80_877_103, 80_877_102


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4) + body


def error(code: str, text: str) -> bytes:
    return message(b"E", f"SERROR\0VERROR\0C{code}\0M{text}\0\0".encode())


def rows(*texts: str) -> bytes:
    """Return a result with one column of text."""
    column = (
        b"json\0" + bytes(6) + (25).to_bytes(4) + (2**16 - 1).to_bytes(2) + (2**32 - 1).to_bytes(4) + b"\0\0"
    )
    found = [message(b"T", b"\0\1" + column)]
    for one in texts:
        data = one.encode(errors="replace")
        found.append(message(b"D", b"\0\1" + len(data).to_bytes(4) + data))
    return b"".join((*found, message(b"C", b"SELECT 1\0")))


_READY = message(b"Z", b"I")
_BROKEN = {
    FaultKind.HTML: rows("<!DOCTYPE html>"),
    FaultKind.GARBAGE: rows('{"version": tru'),
    FaultKind.AUTH_LOST: error("42501", "permission denied for function"),
    FaultKind.STATUS: error("57P03", "the database system is shutting down"),
}


class PostgresqlSimulator(WireSimulator):
    """Takes a password in clear text, and statements that begin with their name in a comment."""

    ends = True
    """Whether a signal ends what it is sent to."""

    is_next = False
    """Whether each process runs its next query since the queries were listed."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (start := await self._block(reader))[:4] == SSL_REQUEST.to_bytes(4):
            writer.write(b"N")
        if start[:4] == CANCEL.to_bytes(4):
            return None
        writer.write(message(b"R", (3).to_bytes(4)))
        await reader.readexactly(1)
        if (await self._block(reader)).rstrip(b"\0").decode() != PASSWORD or USER.encode() not in start:
            writer.write(error("28P01", f'password authentication failed for user "{USER}"'))
            return await writer.drain()
        settings = {"server_version": "17.2", "client_encoding": "UTF8", "standard_conforming_strings": "on"}
        parameters = [message(b"S", f"{key}\0{value}\0".encode()) for key, value in settings.items()]
        writer.write(b"".join((message(b"R", bytes(4)), *parameters, message(b"K", bytes(8)), _READY)))
        while kind := await reader.read(1):
            statement = (await self._block(reader)).rstrip(b"\0").decode()
            if kind == b"X":
                return None
            try:
                answer = await self._run(statement)
            except Broken as err:
                answer = _BROKEN[err.kind]
            writer.write(answer + _READY)
        return None

    async def _block(self, reader: asyncio.StreamReader) -> bytes:
        return await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)

    async def _run(self, statement: str) -> bytes:
        name = statement.partition("\n")[0].removeprefix("-- ")
        if name not in ("cancel_query", "end_session"):
            return rows(dumps(await self.answer("GET", f"/{name}")))
        found = re.search(r"WHERE pid = (\d+) .* = (\d+)", statement)
        assert found is not None
        answer = await self.answer("SEND", f"/{name}", lambda: self._end(name, *map(int, found.groups())))
        return rows() if answer is None else rows(dumps(answer))

    def _end(self, name: str, pid: int, start: int) -> Json:
        queries = self.state.rows("GET /queries")
        hit = next((one for one in queries if isinstance(one, dict) and one["pid"] == pid), None)
        if hit is None or hit["start"] != start or self.is_next:
            return None
        self.record("SEND", f"/{name}")
        if self.ends:
            queries.remove(hit)
        return {"done": self.ends}
