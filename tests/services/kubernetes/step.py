"""One step on the simulated cluster as the executor carries it out, with its journal in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import StepState
from homelab_steward.contract.step_parts import PlannedStep
from lab.visit import Visit
from rig import records
from steward.agent.plans.plan import ReadyStep
from steward.agent.plans.references import Work
from steward.agent.runs.effects import Effects
from steward.agent.runs.progress import LONGEST_EFFECT, Progress
from steward.store.runs import Entry

from .story import Story


class Ended(BaseException):
    """The app ended."""


class Step:
    """The journal and the resolver of one planned step. Each :meth:`live` is another life of the app."""

    def __init__(self, it: Story) -> None:
        assert it.dry is not None
        self.it, self.clock = it, it.here.clock
        self.step: PlannedStep = replace(records.step(), target=it.call.target)
        self.entry = Entry(
            position=0,
            state=StepState.INTENDED,
            changed_at=self.clock.now(),
            baseline=it.dry.baseline,
            detail="",
        )
        self.live()

    def live(self) -> None:
        self.effects = Effects(self, self, self.clock)  # type: ignore[arg-type]

    async def carry_out(self) -> Progress:
        """Carry the step out, and again after each wait."""
        return await self._until_over(self.effects.carry_out)

    async def undo(self) -> Progress:
        return await self._until_over(self.effects.undo)

    async def _until_over(self, do: Callable[[Work], Awaitable[Progress]]) -> Progress:
        while True:
            found = await do(Work("run", self.step, self.entry))
            if found.wait is None:
                return found
            self.clock.advance(found.wait)

    async def lease(self, _run: str, _step: PlannedStep) -> bool:
        return True

    async def start(self, _run: str, _position: int) -> bool:
        await self.mark("run", 0, StepState.STARTED, "")
        return True

    async def require_unpaused(self, _run: str) -> None:
        """Nothing is paused."""

    async def mark(
        self, _run: str, _position: int, state: StepState, detail: str, *, is_temporary: bool = False
    ) -> None:
        assert not is_temporary
        self.entry = replace(self.entry, state=state, detail=detail, changed_at=self.clock.now())

    async def note(self, _run: str, _position: int, values: Mapping[str, Value]) -> None:
        self.entry = replace(self.entry, baseline={**self.entry.baseline, **values})

    async def baseline(self, _run: str, _position: int) -> Mapping[str, Value]:
        return self.entry.baseline

    async def begin_undo(self, _run: str, _position: int) -> None:
        begun: datetime = self.entry.undoing_at or self.clock.now()
        self.entry = replace(self.entry, undoing_at=begun)

    async def end_undo(self, _run: str, _position: int) -> None:
        self.entry = replace(self.entry, undoing_at=None)

    def in_doubt_for(self, _entry: Entry) -> float | None:
        return None

    def sending(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def fenced(self, _step: PlannedStep) -> str | None:
        return None

    def clean(self, text: str) -> str:
        return text

    def begun(self, _step: PlannedStep) -> ReadyStep:
        return ReadyStep(self.it.action, self.it.here.client, self.it.call)

    ready = begun


def before_write(
    here: Visit, number: int, happens: Callable[[], Awaitable[None]], patched: pytest.MonkeyPatch
) -> None:
    """Let something happen instead of the change with this number, and only once."""
    send, left = here.client.send, [number]

    async def counted(method: str, *given: Any, **more: Any) -> Any:
        if method != "GET":
            left[0] -= 1
            if left[0] == -1:
                await happens()
        return await send(method, *given, **more)

    patched.setattr(here.client, "send", counted)


async def kill() -> None:
    """End the app."""
    raise Ended


def past_the_limit(patched: pytest.MonkeyPatch) -> Callable[[], Awaitable[None]]:
    """Return what does not end before the step is cancelled: the time of the event loop moves."""
    loop = asyncio.get_running_loop()
    real, ahead = loop.time, [0.0]
    patched.setattr(loop, "time", lambda: real() + ahead[0])

    async def hang() -> None:
        ahead[0] += LONGEST_EFFECT
        await asyncio.Event().wait()

    return hang
