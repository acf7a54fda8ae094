"""The client of Alertmanager: its alerts and silences, and whether all alerts have arrived there."""

from datetime import datetime
from typing import Final

from ...errors import EffectUnknown, PreconditionFailed
from ...sdk.access import Access
from ...sdk.auth import Basic
from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.kits.silence import Silenced
from ...sdk.parse import parse
from ...sdk.readings import NotKnown
from ...sdk.rest import Rest
from .models import ActiveAlert, AlertmanagerState, Cluster, Silence, unexpired

MOST_ALERTS: Final = 200
"""Alerts that become resources; all of them are counted."""

SETTLED: Final = 300.0
"""Seconds after its start in which every sender repeats what fires (the default resolve timeout)."""


class AlertmanagerClient(Rest):
    """One Alertmanager, or several behind one address."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="api/v2", auth=Basic())
        self._begun: dict[datetime, float] = {}

    def missing(self, state: AlertmanagerState) -> str | None:
        """Return why an absent alert may still fire: alerts are kept in memory only.

        The age of the first run that is seen is taken from its clock, later ones are measured by ours.
        """
        try:
            status = state.status
        except NotKnown as err:
            return f"It is not known when Alertmanager started: {err}"
        now, age = self.clock.monotonic(), (self.clock.now() - status.started_at).total_seconds()
        begun = self._begun.setdefault(status.started_at, now if self._begun else now - max(age, 0.0))
        if now - begun < SETTLED:
            return "Alertmanager has just started and may not have received all alerts yet"
        return "The cluster of Alertmanager is settling" if status.cluster is Cluster.SETTLING else None

    async def alert(self, call: Call) -> ActiveAlert:
        """Return the target. Raises PreconditionFailed when it does not fire or is silenced."""
        alerts = (await poll(self, Gaps())).alerts
        alert = next((one for one in alerts if one.fingerprint == call.target.id), None)
        if alert is None:
            raise PreconditionFailed(f"{call.target.name} does not fire any more")
        if alert.status.silenced_by:
            raise PreconditionFailed(f"{call.target.name} is already silenced")
        return alert

    async def occurrence(self, call: Call) -> str:
        """Return what identifies the target while it fires. Raises PreconditionFailed."""
        alert = await self.alert(call)
        return f"{alert.fingerprint} {alert.starts_at}"

    async def silences(self, _: Call) -> tuple[Silenced, ...]:
        """Return the silences that hold. Raises ServiceMalformed when one of them cannot be read."""
        answer = parse(tuple[Silence, ...], await self.get("silences", expired=False), "silences")
        return tuple(
            Silenced(id=one.id, ends_at=one.ends_at, comment=one.comment) for one in unexpired(answer)
        )

    async def silence(self, call: Call, ends_at: datetime, comment: str) -> str:
        """Silence alerts with exactly the target's labels; return the silence's id."""
        labels = (await self.alert(call)).labels.items()
        body = {
            "matchers": [{"name": name, "value": value, "isRegex": False} for name, value in labels],
            "startsAt": self.clock.now(),
            "endsAt": ends_at,
            "createdBy": "Homelab Steward",
            "comment": comment,
        }
        answer = await self.send("POST", "silences", body)
        if isinstance(answer, dict) and answer.get("silenceID"):
            return str(answer["silenceID"])
        raise EffectUnknown("silence: the answer has no silenceID")

    async def expire(self, silence_id: str) -> None:
        """End a silence now."""
        await self.send("DELETE", f"silence/{silence_id}")


async def poll(client: AlertmanagerClient, gaps: Gaps) -> AlertmanagerState:
    """Return the state, and as a gap why absent alerts may still fire. Raises ServiceError."""
    state = await AlertmanagerState.poll(client, gaps)
    state.missing = gaps.of("alerts") or client.missing(state)
    if state.missing:
        gaps.add("alerts", state.missing)
    if len(state.alerts) > MOST_ALERTS:
        gaps.add("alert", f"{len(state.alerts)} alerts fire, {MOST_ALERTS} of them are listed")
    return state
