"""The client of an MQTT broker: MQTT 3.1.1, as far as reading retained messages needs it."""

import secrets
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

from ...errors import ServiceForbidden, ServiceUnauthorized, ServiceUnreachable
from ...sdk.access import Access
from ...sdk.client import Parameter
from ...sdk.tcp import Connection, TcpClient

PORT: Final = 1883
MOST_MESSAGES: Final = 20_000
KEEP_ALIVE: Final = 30
CONNECT, PUBLISH, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP = 1, 3, 8, 9, 12, 13
ACCEPTED: Final = b"\x20\x02"
"""How the answer to CONNECT begins; flags and a code follow."""

STATISTICS: Final = "$SYS/"
_REFUSED: Final = {
    1: "it does not speak MQTT 3.1.1",
    2: "it refuses the client ID",
    3: "the server is unavailable",
}


class MqttClient(TcpClient):
    """One broker. Each read is a session of its own, which leaves nothing behind."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, PORT)
        self._user, self._password = access.optional("username"), access.optional("password")

    async def get(self, path: str, /, **_: Parameter | None) -> object:
        """Return the retained messages below a topic (without the topic itself). Raises ServiceError."""
        found = {
            topic.removeprefix(path): payload.decode(errors="replace")
            async for topic, payload in self._retained(f"{path}#")
        }
        if not found:
            raise ServiceForbidden(t"The broker publishes nothing below {path}, or the user may not read it")
        return found

    async def topics(self) -> Counter[str]:
        """Return how many retained messages there are below each first part of a topic."""
        return Counter([topic.partition("/")[0] async for topic, _ in self._retained("#")])

    async def _retained(self, topics: str) -> AsyncIterator[tuple[str, bytes]]:
        """Yield what is retained now. The answer to the ping follows it. Raises ServiceError."""
        async with self.connected() as connection:
            connection.begin("CONNECT")
            await self._log_in(connection)
            connection.begin(f"SUBSCRIBE {topics}")
            await connection.write(_packet(SUBSCRIBE << 4 | 2, b"\x00\x01" + _text(topics) + b"\x00"))
            await connection.write(_packet(PINGREQ << 4, b""))
            for _ in range(MOST_MESSAGES):
                kind, body = await _read(connection)
                if kind >> 4 == PUBLISH and kind & 1:
                    yield _message(kind, body)
                elif kind >> 4 == SUBACK and body[-1:] == b"\x80":
                    raise ServiceForbidden(t"The user may not read {topics}")
                elif kind >> 4 == PINGRESP:
                    return
                elif kind >> 4 not in (PUBLISH, SUBACK):
                    raise ValueError("the answer is not that of MQTT")

    async def _log_in(self, connection: Connection) -> None:
        given = [text for text in (self._user, self._password) if text]
        flags = 0x02 | (0x80 if self._user else 0) | (0x40 if self._user and self._password else 0)
        name = _text(f"steward-{secrets.token_hex(6)}")
        texts = b"".join(map(_text, given if self._user else []))
        head = _text("MQTT") + bytes([4, flags]) + KEEP_ALIVE.to_bytes(2)
        await connection.write(_packet(CONNECT << 4, head + name + texts))
        answer = await connection.exactly(4)
        if not answer.startswith(ACCEPTED):
            raise ValueError("the answer is not that of MQTT")
        if (code := answer[3]) in _REFUSED:
            raise ServiceUnreachable(f"{connection.attempt.where}: {_REFUSED[code]}")
        if code:
            raise ServiceUnauthorized(t"{connection.attempt.where}: user name or password are refused")


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2) + data


def _packet(kind: int, body: bytes) -> bytes:
    length, encoded = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        encoded.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([kind, *encoded]) + body


async def _read(connection: Connection) -> tuple[int, bytes]:
    """Return the first byte and the body of the next packet. Raises ValueError for a length that is none."""
    kind, length = (await connection.exactly(1))[0], 0
    for place in range(4):
        digit = (await connection.exactly(1))[0]
        length |= (digit & 0x7F) << 7 * place
        if digit < 0x80:  # noqa: PLR2004 - the last digit of the length
            return kind, await connection.exactly(length)
    raise ValueError("the answer is not that of MQTT")


def _message(kind: int, body: bytes) -> tuple[str, bytes]:
    end = 2 + int.from_bytes(body[:2])
    skipped = 2 if kind & 0x06 else 0  # the number of a message with acknowledgement
    return body[2:end].decode(errors="replace"), body[end + skipped :]
