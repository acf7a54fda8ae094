"""A small MQTT broker in the lab: it sends recorded retained messages."""

import asyncio

from lab.faults import FaultKind
from lab.wire import Json
from lab.wire_simulator import Broken, WireSimulator

USER, PASSWORD = "keeper", "Blue heron 42"
_BROKEN = {
    FaultKind.HTML: b"<!DOCTYPE html>",
    FaultKind.GARBAGE: b"\x20\xff\xff\xff\xff",
    FaultKind.AUTH_LOST: b"\x20\x02\x00\x05",
    FaultKind.STATUS: b"\x20\x02\x00\x03",
}


def text(data: str) -> bytes:
    return len(data.encode()).to_bytes(2) + data.encode()


class BrokerSimulator(WireSimulator):
    """Takes CONNECT, SUBSCRIBE and PINGREQ. ``topics`` are retained besides the statistics.

    ``denied`` refuses the subscription.
    """

    denied = False
    topics: tuple[str, ...] = ("zigbee/lamp", "zigbee/door", "homeassistant/status")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found: Json = None
        while kind := await reader.read(1):
            body = await self._body(reader)
            if kind[0] == 0x10:
                try:
                    found = await self.answer("GET", "/$SYS")
                except Broken as err:
                    writer.write(_BROKEN[err.kind])
                    return await writer.drain()
                writer.write(b"\x20\x02\x00" + (b"\x00" if body.endswith(text(PASSWORD)) else b"\x05"))
            elif kind[0] == 0x82:
                writer.write(b"\x90\x03\x00\x01" + (b"\x80" if self.denied else b"\x00"))
                self._retained(writer, found, has_all=b"$SYS" not in body)
            elif kind[0] == 0xC0:
                writer.write(b"\xd0\x00")
        return None

    def _retained(self, writer: asyncio.StreamWriter, found: Json, *, has_all: bool) -> None:
        values = found if isinstance(found, dict) else {"odd": found}
        messages = {f"$SYS/{key}": value for key, value in values.items() if value is not None}
        for topic, value in (dict.fromkeys(self.topics, "x") if has_all else messages).items():
            body = text(topic) + str(value).encode(errors="replace")
            size = len(body)
            writer.write(bytes([0x31, size % 128 | 0x80, size // 128]) + body)

    async def _body(self, reader: asyncio.StreamReader) -> bytes:
        size = (await reader.readexactly(1))[0]
        if size >= 128:
            size = size - 128 + 128 * (await reader.readexactly(1))[0]
        return await reader.readexactly(size)
