"""The durable workflow that follows an approval, and the interface of its engine."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from homelab_steward.contract.incidents import RunStatus

from ...errors import describe_error
from ...texts import translate

log = structlog.get_logger(__name__)

LONGEST_WAIT: Final = 60.0
TRIES: Final = 10
"""Failures of one step (about five minutes) after which the run is given up."""


class Durable(Protocol):
    """The durable operations of a workflow: results of steps and sleeps survive a restart."""

    async def step[Result](self, name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        """Do ``work`` and record its result (plain JSON). It may be done more than once."""

    async def sleep(self, seconds: float) -> None:
        """Wait; after a restart only the remaining time."""


class WorkflowEngine(Protocol):
    """Starts the workflow of a request once, and continues it after a crash."""

    async def start(self) -> None:
        """Start, and continue unfinished workflows."""

    async def begin(self, request_id: str) -> None:
        """Start the workflow of a request; does nothing when it was started before."""

    def is_live(self, request_id: str) -> bool:
        """Return whether a workflow of the request runs now."""

    async def resume(self, request_id: str) -> None:
        """Start another workflow of a request whose workflow ended before its run did."""

    async def close(self) -> None:
        """Stop; unfinished workflows continue after the next start."""


class Stages(Protocol):
    """The stages an approved request goes through; each is safe to repeat."""

    async def execute(self, request_id: str) -> RunStatus | float:
        """Carry the request out; return the run's status.

        While a step waits, return the seconds after which to call it again.
        """

    async def verify(self, request_id: str, attempt: int) -> float | None:
        """Verify the result; return seconds until the next read, None when the verdict is written."""

    async def conclude(self, request_id: str) -> None:
        """Record the result and update the incident."""

    async def give_up(self, request_id: str, reason: str) -> None:
        """End a run that cannot be continued."""


async def run_approved(durable: Durable, stages: Stages, request_id: str) -> None:
    """Execute, verify until there is a verdict, conclude. It ends when the incident is updated."""
    try:
        await _execute_and_verify(durable, stages, request_id)
    except Exception as err:  # noqa: BLE001 - people get the reason; a defect's own text is left out
        reason = translate(t"it cannot be continued: {describe_error(err)}")
        await _with_retries(durable, "give up", lambda: stages.give_up(request_id, reason), None)
    await _with_retries(durable, "conclude", lambda: stages.conclude(request_id), None)


async def _execute_and_verify(durable: Durable, stages: Stages, request_id: str) -> None:
    async def execute() -> str | float:
        found = await stages.execute(request_id)
        return found.value if isinstance(found, RunStatus) else found

    status = await _with_retries(durable, "execute", execute, TRIES)
    while not isinstance(status, str):
        await durable.sleep(status)
        status = await _with_retries(durable, "execute", execute, TRIES)
    attempt = 0
    while status == RunStatus.VERIFYING:
        wait = await _with_retries(durable, "verify", _verify(stages, request_id, attempt), TRIES)
        if wait is None:
            return
        await durable.sleep(wait)
        attempt += 1


async def _with_retries[Result](
    durable: Durable, name: str, work: Callable[[], Awaitable[Result]], tries: int | None
) -> Result:
    """Repeat a step until it succeeds, waiting longer each time; without end when ``tries`` is None.

    Raises what the last try raised. Every step is safe to repeat.
    """
    failures = 0
    while True:
        try:
            return await durable.step(name, work)
        except Exception:
            failures += 1
            log.exception("workflow step failed", step=name, failures=failures)
            if failures == tries:
                raise
        await durable.sleep(min(LONGEST_WAIT, 2.0 ** min(failures, 6)))


def _verify(stages: Stages, request_id: str, attempt: int) -> Callable[[], Awaitable[float | None]]:
    async def verify() -> float | None:
        return await stages.verify(request_id, attempt)

    return verify
