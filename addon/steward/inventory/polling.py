"""How one instance is read: once within its time, and when again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from homelab_steward.contract.state import InstanceStatus

from ..description import AnyService, Client, IncomingAlert
from ..errors import (
    ServiceError,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
    StewardError,
)

POLL_TIMEOUT: Final = 10.0
LONGEST_DELAY: Final = 300.0
JITTER: Final = 0.1
AT_ONCE: Final = 8
TURN: Final = 1.0

type AlertsFound = Callable[[str, tuple[IncomingAlert, ...], bool], Awaitable[None]]
"""Takes (instance id, alerts, complete): ``complete`` says nothing else of it fires now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One reading of an instance. ``problem`` is why its alerts could not be read."""

    state: Any
    alerts: tuple[IncomingAlert, ...] = ()
    problem: ServiceError | None = None


async def read(service: AnyService, client: Client, timeout: float = POLL_TIMEOUT) -> Read:
    """Read the state and, from a monitor, all that fires now; each within ``timeout`` seconds.

    Raises ServiceError: also for answers so strange that the service's own code
    stumbles over them.
    """
    state = await _within(timeout, service.name, lambda: service.poll(client))
    reading = service.alerts.read if service.alerts else None
    if reading is None:
        return Read(state=state)
    try:
        alerts = await _within(timeout, service.name, lambda: reading(client))
        return Read(state=state, alerts=alerts)
    except ServiceError as err:
        return Read(state=state, problem=err)


def delay(interval: float, failures: int, draw: float) -> float:
    """Return seconds until the next poll after so many failures in a row.

    ``draw`` (0 to 1) spreads the instances by a tenth of it, so that they do not
    all come at once.
    """
    longest = max(LONGEST_DELAY, interval)
    wait = min(longest, interval * 2.0 ** min(failures, 16))
    return wait * (1 - JITTER + 2 * JITTER * draw)


def status_of(error: StewardError) -> InstanceStatus:
    """Return what an instance is when reading it came to this."""
    if isinstance(error, ServiceUnauthorized):
        return InstanceStatus.UNAUTHORIZED
    if isinstance(error, ServiceUnreachable):
        return InstanceStatus.UNREACHABLE
    return InstanceStatus.FAILING


class Turns:
    """Bounds how many polls are begun at the same moment.

    A poll keeps its turn for a second at most: one that hangs is not at work any
    more, and must not keep the others waiting until it is given up.
    """

    def __init__(self, at_once: int = AT_ONCE, longest: float = TURN) -> None:
        """``longest`` is in seconds."""
        self._free = asyncio.Semaphore(at_once)
        self._longest = longest

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn, and give it back at the end of the block or after its time."""
        await self._free.acquire()
        timer = asyncio.get_running_loop().call_later(self._longest, self._free.release)
        try:
            yield
        finally:
            if not _is_over(timer):
                timer.cancel()
                self._free.release()


def _is_over(timer: asyncio.TimerHandle) -> bool:
    return timer.when() <= asyncio.get_running_loop().time()


async def _within[Answer](timeout: float, name: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        async with asyncio.timeout(timeout):
            return await ask()
    except TimeoutError as err:
        raise ServiceUnreachable(f"{name} did not answer within {timeout:g} s") from err
    except StewardError:
        raise
    except Exception as err:
        raise ServiceMalformed(f"{name} could not be read: {type(err).__name__}") from err
