"""The client of the API: alerts, and silences that are found again."""

from abc import abstractmethod
from datetime import datetime
from typing import ClassVar, Final

from ...errors import PreconditionFailed
from ...sdk.description import Call, Gaps, IncomingAlert, ReadAlerts
from ...sdk.kits import Silenced
from ...sdk.targets import target
from ...texts import Text
from .._prometheus.client import PrometheusRest
from .models import ActiveAlert, AlertState

MOST_ALERTS: Final = 200
"""Alerts that become resources, the worst of them; all are counted."""


class AlertClient[S: AlertState](PrometheusRest):
    """One server, or several behind one address."""

    state: type[S]
    """What a poll reads."""

    folder: ClassVar[str] = ""
    """What stands before the paths of alerts and silences."""

    @abstractmethod
    def missing(self, state: S) -> Text | None:
        """Return why an absent alert may still fire, None when it does not."""

    async def poll(self, gaps: Gaps) -> S:
        """Return the state, and as a gap why absent alerts may still fire. Raises ServiceError."""
        state = await self.state.poll(self, gaps)
        state.missing = gaps.of("alerts") or self.missing(state)
        if state.missing:
            gaps.add("alerts", state.missing)
        if len(state.alerts) > MOST_ALERTS:
            gaps.add("alert", f"{len(state.alerts)} alerts fire, {MOST_ALERTS} of them are listed")
        return state

    async def read_alerts(self) -> ReadAlerts:
        """Return all alerts, those that nobody is notified of marked. Raises ServiceError."""
        state, now = await self.poll(Gaps()), self.clock.now()
        found = tuple(one.incoming(now, **state.suppression(one)) for one in state.alerts)
        return ReadAlerts(alerts=self.kept(state, found), missing=state.missing)

    def kept(self, state: S, alerts: tuple[IncomingAlert, ...]) -> tuple[IncomingAlert, ...]:  # noqa: ARG002
        """Return the alerts, and those that are not listed and still fire."""
        return alerts

    async def alert(self, call: Call) -> ActiveAlert:
        """Return the target. Raises PreconditionFailed when it does not fire or is silenced."""
        found = (await self.poll(Gaps())).alerts
        alert = target(found, call, lambda one: one.fingerprint, "does not fire any more")
        if alert.status.silenced_by:
            raise PreconditionFailed(t"{call.target.name} is already silenced")
        return alert

    async def occurrence(self, call: Call) -> str:
        """Return what identifies the target while it fires. Raises PreconditionFailed."""
        alert = await self.alert(call)
        return f"{alert.fingerprint} {alert.starts_at}"

    async def silences(self, _: Call) -> tuple[Silenced, ...]:
        """Return the silences that hold. Raises ServiceMalformed when one of them cannot be read."""
        held = [one for one in await self.state.all_silences.whole(self) if one.is_unexpired]
        return tuple(Silenced(id=one.id, ends_at=one.ends_at, comment=one.comment) for one in held)

    async def silence(self, call: Call, ends_at: datetime, comment: str) -> str:
        """Silence alerts with exactly the target's labels; return the silence's id."""
        labels = (await self.alert(call)).labels.items()
        matchers = [{"name": name, "value": value, "isRegex": False} for name, value in labels]
        body = {"matchers": matchers, "startsAt": self.clock.now(), "endsAt": ends_at, "comment": comment}
        body["createdBy"] = "Homelab Steward"
        return await self.sent(str, "POST", f"{self.folder}silences", body, below="silenceID")

    async def expire(self, silence_id: str) -> None:
        """End a silence now."""
        await self.send("DELETE", f"{self.folder}silence/{silence_id}")
