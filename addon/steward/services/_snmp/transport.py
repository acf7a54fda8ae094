"""How messages reach a device: the interface of both versions, and version 2c."""

import asyncio
import itertools
from collections.abc import Collection, Mapping
from typing import Final, Protocol, Self

from ...sdk.http import Attempt
from .ber import GET_BULK, RESPONSE, Scalar, message, parsed

CELLS: Final = 100
"""Values that one request asks for: they must fit into a datagram, else the device sends fewer."""

type Answer = tuple[int, list[tuple[str, Scalar]]]
"""The error status, and the values by their OIDs."""


class Transport(Protocol):
    """A version of the protocol. What it raises is what happened to an attempt."""

    async def ask(self, attempt: Attempt, kind: int, values: Mapping[str, bytes]) -> Answer:
        """Send one request and return the answer. Raises ServiceError."""

    def close(self) -> None:
        """Close the socket."""


def repetitions(columns: Collection[str]) -> int:
    """Return how many rows of these columns one request asks for."""
    return max(1, CELLS // len(columns))


class Version2(asyncio.DatagramProtocol):
    """SNMP 2c on one datagram socket."""

    def __init__(self, community: bytes, timeout: float) -> None:
        self._community, self._timeout = community, timeout
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._socket: asyncio.DatagramTransport

    @classmethod
    async def opened(cls, attempt: Attempt, where: tuple[str, int], community: str, timeout: float) -> Self:
        """Return the transport to a device. Raises ServiceUnreachable when its name is not known."""
        found = cls(community.encode(), timeout)
        try:
            loop = asyncio.get_running_loop()
            found._socket, _ = await loop.create_datagram_endpoint(lambda: found, remote_addr=where)
        except OSError as err:
            raise attempt.not_sent("the host name is not known") from err
        return found

    async def ask(self, attempt: Attempt, kind: int, values: Mapping[str, bytes]) -> Answer:
        """Send one request and return the answer. Raises ServiceError."""
        number = next(self._numbers)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        ids = (number, 0, repetitions(values) if kind == GET_BULK else 0)
        self._socket.sendto(message(kind, self._community, ids, values.items()))
        try:
            async with asyncio.timeout(self._timeout):
                return await answer
        except TimeoutError as err:
            raise attempt.no_answer("no answer in time") from err
        except OSError as err:
            raise attempt.not_sent("cannot connect") from err
        except ValueError as err:
            raise attempt.malformed(str(err)) from err
        finally:
            del self._answers[number]

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002
        """Hand an answer to who waits for it; one that nobody waits for came too late."""
        try:
            found = parsed(data)
        except ValueError as err:
            self._fail(err)
            return
        waiting = self._answers.get(found.number)
        if found.kind == RESPONSE and waiting is not None and not waiting.done():
            waiting.set_result((found.first, list(found.values)))

    def error_received(self, exc: Exception) -> None:
        """Take that nothing listens at the port."""
        self._fail(exc)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _fail(self, error: Exception) -> None:
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(error)
