"""What follows from an approval, as one durable workflow; and the port of its engine."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from homelab_steward.contract.incidents import RunStatus


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


async def run_approved(durable: Durable, stages: Stages, request_id: str) -> None:
    """Execute, verify until judged, conclude."""

    async def execute() -> str:
        return (await stages.execute(request_id)).value

    status = await durable.step("execute", execute)
    attempt = 0
    while status == RunStatus.VERIFYING:
        wait = await durable.step("verify", _look(stages, request_id, attempt))
        if wait is None:
            break
        await durable.sleep(wait)
        attempt += 1

    async def conclude() -> None:
        await stages.conclude(request_id)

    await durable.step("conclude", conclude)


def _look(stages: Stages, request_id: str, attempt: int) -> Callable[[], Awaitable[float | None]]:
    async def look() -> float | None:
        return await stages.verify(request_id, attempt)

    return look
