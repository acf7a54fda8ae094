"""The client of Prometheus and of servers that are compatible with it. It only reads."""

import math
from itertools import islice
from typing import Final, override

from ...errors import ServiceError, ServiceRefused
from ...sdk.answers import MOST_ITEMS, Item, NotKnown, known, parse
from ...sdk.description import Access, Gaps, IncomingAlert, ReadAlerts
from ...sdk.display import Text, plain
from ...sdk.firing import Firing
from ...sdk.settling import Settling
from .._prometheus.client import PrometheusRest
from .models import Envelope, Place, PrometheusState, place_of
from .series import Series, parse_series

STEPS: Final = 30
SETTLED: Final = 300.0
"""Seconds after a start in which rules are evaluated again and what fired is restored."""


class PrometheusClient(PrometheusRest):
    """One server."""

    api = "api/v1"

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._settling = Settling(access.clock, SETTLED)
        self._firing = Firing("Prometheus")
        self._targets: dict[Place, None] = {}

    @override
    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the data of an answer; what it warns of is a gap.

        Raises ServiceRefused with the server's own text when it is an error, or ServiceMalformed.
        """
        envelope = parse(Envelope, answer, part)
        if envelope.status != "success":
            raise ServiceRefused(f"{part}: {plain(f'{envelope.error_type}: {envelope.error}')}")
        partial = ("the answer is partial",) if envelope.is_partial else ()
        if texts := (*envelope.warnings, *envelope.infos, *partial):
            gaps.add(part, plain("; ".join(texts)))
        return envelope.data

    async def poll(self, gaps: Gaps) -> PrometheusState:
        """Return the state. Raises ServiceError when not even the metric ``up`` can be read."""
        state = await PrometheusState.poll(self, gaps)
        state.missing = gaps.of("alerts") or self._just_started(state) or state.unevaluated("alerting")
        return state

    async def query(self, expression: str, gaps: Gaps) -> tuple[Series, ...]:
        """Return what an expression gives now. Raises ServiceError with the server's own text."""
        answer = await self.get("query", query=expression)
        return parse_series(self.opened(answer, gaps, "result"), gaps, "result")

    async def query_range(self, expression: str, minutes: float, gaps: Gaps) -> tuple[Series, ...]:
        """Return what an expression gave in the last ``minutes``, up to now, in equal steps.

        Raises as :meth:`query` does.
        """
        # Whole seconds: the last step falls on the end, which is now and no earlier.
        end, step = math.ceil(self.clock.now().timestamp()), math.ceil(60 * minutes / STEPS)
        answer = await self.get("query_range", query=expression, start=end - STEPS * step, end=end, step=step)
        return parse_series(self.opened(answer, gaps, "result"), gaps, "result")

    async def read_alerts(self) -> ReadAlerts:
        """Return the alerts of its rules that fire. Raises ServiceError when it does not answer."""
        state, now = await self.poll(Gaps()), self.clock.now()
        self._targets |= dict.fromkeys(place_of(one.labels) for one in state.watched)
        self._targets = dict(islice(self._targets.items(), max(0, len(self._targets) - MOST_ITEMS), None))
        try:
            listed = [one.incoming(now) for one in state.firing]
        except NotKnown:
            alerts: tuple[IncomingAlert, ...] = ()  # ``missing`` says why
        else:
            alerts = self._firing.update(listed, lambda one: state.has_ended(one, self._targets))
        return ReadAlerts(alerts=alerts, missing=state.missing, is_passed_on=await self._is_passed_on())

    async def _is_passed_on(self) -> bool:
        """Return whether it sends its alerts to an Alertmanager; also when it does not say that."""
        try:
            return bool(await self.many(Item, "alertmanagers", Gaps(), below="activeAlertmanagers"))
        except ServiceError:
            return True

    def _just_started(self, state: PrometheusState) -> Text | None:
        try:
            start = known(state.runtime.start_time)
        except NotKnown:
            return None
        is_settled = self._settling.is_settled(start)
        return None if is_settled else t"Prometheus has just started and may not have evaluated all rules yet"
