"""The client of Prometheus and of servers that are compatible with it. It only reads."""

import math
from typing import Final

from ...errors import ServiceError, ServiceRefused
from ...sdk.access import Access
from ...sdk.auth import Basic
from ...sdk.coverage import Gaps
from ...sdk.parse import at
from ...sdk.rest import Rest
from ...tasks import task_group
from .models import PrometheusState, Target, opened, rows
from .series import Series, parse_series, shown

STEPS: Final = 30
_HEALTH: Final = {"1": "up", "0": "down"}


class PrometheusClient(Rest):
    """One server."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="api/v1", auth=Basic())

    async def targets(self, gaps: Gaps) -> tuple[Target, ...]:
        """Return one target for each job and instance: the worst when there are several.

        A server that lists none (others may scrape for it) is asked for the metric ``up``.
        Raises ServiceError.
        """
        found: tuple[Target, ...] = ()
        try:
            answer = await self.get("targets", state="active")
            found = rows(Target, answer, gaps, "targets", lambda data: at(data, "activeTargets"))
        except ServiceRefused:
            pass  # it has no list
        except ServiceError as err:
            gaps.add("targets", str(err))
        if not found:
            found = tuple(
                Target(labels=one.metric, health=_HEALTH.get(shown(one.samples[-1]), "unknown"))
                for one in await self.query("up", gaps, "targets")
                if one.samples
            )
        best_first = sorted(found, key=lambda one: (-one.rank, one.id))
        return tuple({one.id: one for one in best_first}.values())

    async def query(self, expression: str, gaps: Gaps, part: str = "result") -> tuple[Series, ...]:
        """Return what an expression gives now. Raises ServiceError with the server's own text."""
        answer = await self.get("query", query=expression)
        return parse_series(opened(answer, gaps, part), gaps, part)

    async def query_range(self, expression: str, minutes: float, gaps: Gaps) -> tuple[Series, ...]:
        """Return what an expression gave in the last ``minutes``, up to now, in equal steps.

        Raises as :meth:`query` does.
        """
        # Whole seconds: the last step falls on the end, which is now and no earlier.
        end, step = math.ceil(self.clock.now().timestamp()), math.ceil(60 * minutes / STEPS)
        answer = await self.get("query_range", query=expression, start=end - STEPS * step, end=end, step=step)
        return parse_series(opened(answer, gaps, "result"), gaps, "result")


async def poll(client: PrometheusClient, gaps: Gaps) -> PrometheusState:
    """Return the state. Raises ServiceError when the targets cannot be read."""
    async with task_group() as calls:
        targets = calls.create_task(client.targets(gaps))
        rest = calls.create_task(PrometheusState.poll(client, gaps))
    state = rest.result()
    state.targets, state.gaps = targets.result(), gaps
    return state
