"""Polls an instance once within a time limit, and computes the delay until the next poll."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from homelab_steward.contract.state import InstanceStatus

from ..coalesce import coalesced_reads
from ..errors import (
    ServiceError,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
    StewardError,
)
from ..sdk.coverage import Gaps
from ..sdk.description import AnyService, Client, IncomingAlert
from ..sdk.readings import NotKnown
from ..texts import Text
from .ports import Completeness

POLL_TIMEOUT: Final = 10.0
LONGEST_DELAY: Final = 300.0
JITTER: Final = 0.1
AT_ONCE: Final = 8
TURN: Final = 1.0


type AlertsFound = Callable[[str, tuple[IncomingAlert, ...], Completeness], Awaitable[None]]
"""Takes an instance id, its alerts, and the meaning of absent alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The result of one poll of an instance.

    ``gaps`` are the parts that could not be read. ``missing`` is the reason why alerts that
    are absent from ``alerts`` may still fire, None when they do not. ``is_passed_on`` is set when
    another monitor gets the alerts too. ``problem`` is the error
    that prevented reading the alerts.
    """

    state: Any
    gaps: Gaps
    alerts: tuple[IncomingAlert, ...] = ()
    missing: Text | None = None
    is_passed_on: bool = False
    problem: ServiceError | None = None


async def read(service: AnyService, client: Client, timeout: float = POLL_TIMEOUT) -> Poll:
    """Read the state and, from a monitor, the firing alerts; each within ``timeout`` seconds.

    What both need is read once. Raises ServiceError, also when the service's own code fails on an
    answer.
    """
    gaps = Gaps()
    read_alerts = service.alerts.read if service.alerts else None
    async with coalesced_reads():
        state = await _within(timeout, service.name, lambda: service.poll(client, gaps))
        if read_alerts is None:
            return Poll(state=state, gaps=gaps)
        try:
            found = await _within(timeout, service.name, lambda: read_alerts(client))
        except ServiceError as err:
            return Poll(state=state, gaps=gaps, problem=err)
    return Poll(
        state=state,
        gaps=gaps,
        alerts=found.alerts,
        missing=found.missing,
        is_passed_on=found.is_passed_on,
    )


def delay(interval: float, failures: int, draw: float) -> float:
    """Return the seconds until the next poll after this number of failures in a row.

    ``draw`` (0 to 1) changes the result by at most a tenth, so that the polls of the
    instances are spread over time.
    """
    longest = max(LONGEST_DELAY, interval)
    wait = min(longest, interval * 2.0 ** min(failures, 16))
    return wait * (1 - JITTER + 2 * JITTER * draw)


def status_of(error: StewardError) -> InstanceStatus:
    """Return the status of an instance whose poll failed with this error."""
    if isinstance(error, ServiceUnauthorized):
        return InstanceStatus.UNAUTHORIZED
    if isinstance(error, ServiceUnreachable):
        return InstanceStatus.UNREACHABLE
    return InstanceStatus.FAILING


class PollSlots:
    """Limits how many polls start at the same time.

    A poll occupies a slot for at most a second: a poll that waits for an answer does no
    work and must not delay the others until it times out.
    """

    def __init__(self, at_once: int = AT_ONCE, longest: float = TURN) -> None:
        """``longest`` is the longest time in a slot, in seconds."""
        self._free = asyncio.Semaphore(at_once)
        self._longest = longest

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a slot, and release it at the end of the block or after the longest time."""
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


async def _within[Answer](timeout: float, name: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        async with asyncio.timeout(timeout):
            return await call()
    except TimeoutError as err:
        raise ServiceUnreachable(f"{name} did not answer within {timeout:g} s") from err
    except NotKnown as err:
        raise ServiceMalformed(f"{name}: {err}") from err
    except StewardError:
        raise
    except Exception as err:
        raise ServiceMalformed(f"{name} could not be read: {type(err).__name__}") from err
