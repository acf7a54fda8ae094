"""What follows from an approval, as one durable workflow; and the port of its engine."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from homelab_steward.contract.incidents import RunStatus

from ..errors import describe_error

log = structlog.get_logger(__name__)

LONGEST_WAIT: Final = 60.0
TRIES: Final = 10
"""After so many failures of one step (about five minutes) the run is given up."""


class Durable(Protocol):
    """What a workflow may do: steps are remembered, sleeps outlive the process."""

    async def step[Result](self, name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        """Do ``work`` and remember its result (plain JSON). At least once, so make it safe."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a restart waits for the rest only."""


class WorkflowEngine(Protocol):
    """Starts the execution workflow under an id, once, and finishes it after a crash."""

    async def start(self) -> None:
        """Begin, and take up what a former life left unfinished."""

    async def begin(self, request_id: str) -> None:
        """Start the workflow of a request. A second start is the same workflow."""

    async def close(self) -> None:
        """Stop. What is under way goes on after the next start."""


class Stages(Protocol):
    """The stages an approved request goes through; each is safe to repeat."""

    async def execute(self, request_id: str) -> RunStatus:
        """Carry it out."""

    async def verify(self, request_id: str, attempt: int) -> float | None:
        """Look whether it helped; return seconds to the next look, None when judged."""

    async def conclude(self, request_id: str) -> None:
        """Write it down and move the incident on."""

    async def give_up(self, request_id: str, reason: str) -> None:
        """End a run that cannot be carried on."""


async def run_approved(durable: Durable, stages: Stages, request_id: str) -> None:
    """Execute, verify until judged, conclude. It ends only when the incident has moved on."""
    try:
        await _execute_and_verify(durable, stages, request_id)
    except Exception as err:  # noqa: BLE001 - told to people; a defect's own text may hold anything
        reason = f"it could not be carried on: {describe_error(err)}"
        await _stubbornly(durable, "give up", lambda: stages.give_up(request_id, reason), None)
    await _stubbornly(durable, "conclude", lambda: stages.conclude(request_id), None)


async def _execute_and_verify(durable: Durable, stages: Stages, request_id: str) -> None:
    async def execute() -> str:
        return (await stages.execute(request_id)).value

    status = await _stubbornly(durable, "execute", execute, TRIES)
    attempt = 0
    while status == RunStatus.VERIFYING:
        wait = await _stubbornly(durable, "verify", _look(stages, request_id, attempt), TRIES)
        if wait is None:
            return
        await durable.sleep(wait)
        attempt += 1


async def _stubbornly[Result](
    durable: Durable, name: str, work: Callable[[], Awaitable[Result]], tries: int | None
) -> Result:
    """Do a step until it succeeds, waiting longer each time; for ever when ``tries`` is None.

    Raises what the last try raised. Every step is safe to repeat.
    """
    failures = 0
    while True:
        try:
            return await durable.step(name, work)
        except Exception:
            failures += 1
            log.exception("a step failed", step=name, failures=failures)
            if failures == tries:
                raise
        await durable.sleep(min(LONGEST_WAIT, 2.0 ** min(failures, 6)))


def _look(stages: Stages, request_id: str, attempt: int) -> Callable[[], Awaitable[float | None]]:
    async def look() -> float | None:
        return await stages.verify(request_id, attempt)

    return look
