"""Asks Prometheus."""

import math
from typing import Final

from ...clock import Clock
from ...coalesce import coalesced
from ...http import RestClient
from ...tasks import task_group
from .models import (
    RuleAlert,
    Series,
    State,
    parse_alerts,
    parse_series,
    parse_targets,
    parse_version,
)

STEPS: Final = 30


class PrometheusClient:
    """One Prometheus; it is only ever read. Raises what RestClient.read raises."""

    def __init__(self, rest: RestClient, clock: Clock) -> None:
        """Remember the way; nothing is opened here."""
        self._rest = rest
        self._clock = clock

    async def close(self) -> None:
        """Do nothing: the session belongs to who handed it in."""

    async def state(self) -> State:
        """Return everything one poll shows."""
        async with task_group() as calls:
            version = calls.create_task(self._rest.read("api/v1/status/buildinfo"))
            targets = calls.create_task(self._rest.read("api/v1/query", {"query": "up"}))
            alerts = calls.create_task(self.alerts())
        return State(
            version=parse_version(version.result()),
            targets=parse_targets(targets.result()),
            alerts=alerts.result(),
        )

    @coalesced
    async def alerts(self) -> tuple[RuleAlert, ...]:
        """Return the alerts of all rules, pending ones included."""
        return parse_alerts(await self._rest.read("api/v1/alerts"))

    async def query(self, expression: str) -> tuple[Series, ...]:
        """Return what an expression gives now."""
        return parse_series(await self._rest.read("api/v1/query", {"query": expression}))

    async def query_range(self, expression: str, minutes: float) -> tuple[Series, ...]:
        """Return what an expression gave in the last ``minutes``, up to now, in equal steps."""
        # Whole seconds: the last step falls on the end, which is now and no earlier.
        end = math.ceil(self._clock.now().timestamp())
        step = math.ceil(60 * minutes / STEPS)
        parameters = {
            "query": expression,
            "start": f"{end - STEPS * step}",
            "end": f"{end}",
            "step": f"{step}",
        }
        return parse_series(await self._rest.read("api/v1/query_range", parameters))
