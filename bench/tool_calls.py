"""Rounds of tool calls to two servers, in turns, at several numbers of clients."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import Figure, quantile
from bench.load import Address, post_to
from bench.process import cpu_seconds
from bench.progress import report

CLIENTS: Final = (1, 16, 64)


class RefusedError(Exception):
    """A server refused calls; the text is how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server whose tool is called: its name, its process, and where ``body`` of each call goes."""

    name: str
    pid: int
    address: Address
    body: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Calls of one server: the seconds of each, those of all together, and those of the processor."""

    times: tuple[float, ...]
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Calls per second."""
        return len(self.times) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time for a call."""
        return self.cpu * 1000 / len(self.times)

    def ms(self, share: float) -> float:
        """Return a quantile of the calls in milliseconds."""
        return quantile(self.times, share) * 1000


@dataclass(frozen=True, slots=True)
class Pair:
    """A round of the steward and one of its peer, one directly after the other."""

    steward: Round
    peer: Round


type Pairs = Mapping[int, Sequence[Pair]]
"""The pairs by the number of clients."""


async def call(server: Server, clients: int, calls: int) -> Round:
    """Return a round of calls. Raises RefusedError, and what :func:`post_to` raises."""
    before = cpu_seconds(server.pid)
    sent = await post_to(server.address, map(server.body, range(calls)), at_once=clients)
    if sent.refused:
        raise RefusedError(f"{sent.refused} calls of {server.name}")
    return Round(times=tuple(sent.times), seconds=sent.seconds, cpu=cpu_seconds(server.pid) - before)


async def pairs(steward: Server, peer: Server, *, rounds: int, calls: Mapping[int, int]) -> Pairs:
    """Return ``rounds`` pairs in alternating order; ``calls`` is the number of calls by that of clients.

    Before them each server has as many calls that are not measured.
    """
    found: dict[int, list[Pair]] = {}
    for clients, number in calls.items():
        for one in (steward, peer):
            await call(one, clients, number)
        found[clients] = [
            await _pair(steward, peer, clients, number, swapped=bool(one % 2)) for one in range(rounds)
        ]
        report(f"{clients} clients, {rounds} rounds of {number} calls of {steward.name} and {peer.name}")
    return found


async def _pair(steward: Server, peer: Server, clients: int, calls: int, *, swapped: bool) -> Pair:
    if swapped:
        beside = await call(peer, clients, calls)
        return Pair(await call(steward, clients, calls), beside)
    return Pair(await call(steward, clients, calls), await call(peer, clients, calls))


def details(name: str, clients: int, rounds: Sequence[Round]) -> tuple[Figure, ...]:
    """Return the calls per second, their times, and the processor time of a server."""
    label = f"{name}, {clients} client{'s' if clients > 1 else ''}"
    return (
        Figure.of(f"{label}, calls per second", "/s", [one.rate for one in rounds]),
        Figure.of(f"{label}, p50", "ms", [one.ms(0.5) for one in rounds]),
        Figure.of(f"{label}, p95", "ms", [one.ms(0.95) for one in rounds]),
        Figure.of(f"{label}, processor per call", "ms", [one.cpu_ms for one in rounds]),
    )
