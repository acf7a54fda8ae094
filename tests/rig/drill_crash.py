"""The process of the drill's crash, with an executor that sends again what it does not know."""

from typing import Any

from homelab_steward.contract.incidents import StepState
from steward.agent.plans.references import Work
from steward.agent.runs.effects import Effects
from steward.agent.runs.progress import DONE, Progress
from steward.drill import crash_probes


def run_sending_again(*arguments: Any) -> None:
    """Run the process. It is in a module that another process can import."""

    async def again(self: Effects, work: Work) -> Progress:
        ready = self._resolver.ready(work.step)
        await self._mark(work, StepState.EFFECT_KNOWN, await self._execute(work, ready))
        return DONE

    Effects._find_out = again  # type: ignore[method-assign,assignment]
    crash_probes._run(*arguments)
