"""An SNMP agent in the lab: recorded tables over UDP, with the faults of the lab."""

import asyncio
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from lab.faults import FaultKind, Faults
from lab.replay import Answer
from lab.wire import Json
from lab.wire_simulator import Broken, Cut, WireSimulator
from lab.world import World
from steward.services._snmp.ber import (
    COUNTER64,
    GET_BULK,
    INTEGER,
    OCTETS,
    RESPONSE,
    SET,
    Message,
    block,
    message,
    number,
    parsed,
    parts,
)
from steward.services._snmp.tables import Table

COMMUNITY = "heron"
END = b"\x82\x00"
AUTHORIZATION, GENERAL = 16, 5


class Agent(WireSimulator, asyncio.DatagramProtocol):
    """Serves ``GET /<table>`` as rows with their ``index``, and takes changes of single columns.

    A list in place of a value is not sent; a row that is none is sent with an odd first column.
    """

    def __init__(
        self,
        service: str,
        world: World,
        faults: Faults,
        answers: Mapping[str, Answer],
        tables: Mapping[str, Table],
    ) -> None:
        super().__init__(service, world, faults, answers)
        self.tables = tables
        self._socket: asyncio.DatagramTransport | None = None
        self._replies: set[asyncio.Task[None]] = set()

    def settings(self) -> dict[str, str | int | float | bool]:
        return {**super().settings(), "community": COMMUNITY, "timeout": 0.06}

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._socket, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", self.port)
        )
        self.port = self._socket.get_extra_info("sockname")[1]
        self._server = self._socket  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._reply(data, addr))
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    async def _reply(self, data: bytes, addr: Any) -> None:
        asked = parsed(data)
        if asked.community != COMMUNITY.encode():
            return
        status, values = 0, list[tuple[str, bytes]]()
        try:
            status, values = await (self._set(asked) if asked.kind == SET else self._bulk(asked))
        except Cut:
            return
        except Broken as err:
            if err.kind in (FaultKind.HTML, FaultKind.GARBAGE):
                values = [("1.3", block(OCTETS, b"<html>"))] if err.kind is FaultKind.HTML else []
                if asked.kind == SET:
                    data = b"\x30\x03\x02\x01"
            status = {FaultKind.AUTH_LOST: AUTHORIZATION, FaultKind.STATUS: GENERAL}.get(err.kind, 0)
            if asked.kind == SET and status == 0:
                self._send(data, addr)
                return
        self._send(message(RESPONSE, asked.community, (asked.number, status, 0), values), addr)

    def _send(self, data: bytes, addr: Any) -> None:
        if self._socket is not None:
            self._socket.sendto(data, addr)

    async def _bulk(self, asked: Message) -> tuple[int, list[tuple[str, bytes]]]:
        assert asked.kind == GET_BULK
        name, table = self._table(asked.values[0][0])
        found = await self.answer("GET", f"/{name}")
        cells = self._cells(name, table, found)
        order = sorted(cells, key=parts)
        values: list[tuple[str, bytes]] = []
        places = {oid: order[bisect_right(order, parts(oid), key=parts) :] for oid, _ in asked.values}
        for repetition in range(asked.second):
            for oid, _ in asked.values:
                left = places[oid]
                one = left[repetition] if repetition < len(left) else None
                values.append((oid, END) if one is None else (one, cells[one]))
        return 0, values

    def _table(self, oid: str) -> tuple[str, Table]:
        return next(
            (name, one)
            for name, one in self.tables.items()
            if any(f"{oid}.".startswith(f"{column}.") for column in one.columns.values())
        )

    def _cells(self, name: str, table: Table, found: Json) -> dict[str, bytes]:
        cells: dict[str, bytes] = {}
        rows = [found] if table.is_scalar else found
        for place, row in enumerate(rows if isinstance(rows, list) else []):
            is_row = isinstance(row, dict) and (table.is_scalar or isinstance(row.get("index"), str))
            values = row if isinstance(row, dict) and is_row else dict.fromkeys(table.columns, "odd")
            index = "0" if table.is_scalar else str(values.get("index")) if is_row else f"9{place}"
            if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in index.split(".")):
                index = f"9{place}"
            for column, oid in table.columns.items():
                cell = _cell(values.get(column), column in table.bits)
                if cell is not None:
                    cells[f"{oid}.{index}"] = cell
        return cells

    async def _set(self, asked: Message) -> tuple[int, list[tuple[str, bytes]]]:
        named = [(self._named(oid), value) for oid, value in asked.values]
        table, column, index = named[-1][0]
        path = f"/{column}.{index}={int(str(named[-1][1]))}"

        def change() -> Json:
            old = [self._row(one[0], one[2]).get(one[1]) for one, _ in named]
            new = [value.hex() if isinstance(value, bytes) else value for _, value in named]
            if old != new:
                for one, value in zip((one for one, _ in named), new, strict=True):
                    self._row(one[0], one[2])[one[1]] = value
                self.changed(path, table, column, index)
            return "done"

        await self.answer("SET", path, change)
        return 0, []

    def changed(self, path: str, table: str, column: str, index: str) -> None:
        """Take that a value was changed."""
        self.record("SET", path)

    def _named(self, oid: str) -> tuple[str, str, str]:
        name, table = self._table(oid)
        column = next(one for one, at in table.columns.items() if oid.startswith(f"{at}."))
        return name, column, oid.removeprefix(f"{table.columns[column]}.")

    def _row(self, table: str, index: str) -> dict[str, Json]:
        found = self.state.rows(f"GET /{table}")
        return next(row for row in found if isinstance(row, dict) and row["index"] == index)


def _cell(value: Json, is_bits: bool) -> bytes | None:  # noqa: FBT001
    if isinstance(value, int):
        if -(2**31) <= value < 2**31:
            return number(value, INTEGER)
        return number(value, COUNTER64) if 0 <= value < 2**63 else block(OCTETS, str(value).encode())
    if value is None or isinstance(value, list | dict):
        return None
    text = str(value)
    try:
        return block(OCTETS, bytes.fromhex(text) if is_bits else text.encode())
    except ValueError:
        return block(OCTETS, text.encode(errors="replace"))
