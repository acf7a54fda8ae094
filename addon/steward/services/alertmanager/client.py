"""Asks Alertmanager, and tells it what to keep quiet about."""

from collections.abc import Mapping
from datetime import datetime

from ...clock import Clock
from ...coalesce import coalesced
from ...errors import EffectUnknown, ServiceMalformed
from ...http import RestClient
from ...tasks import task_group
from .models import (
    ActiveAlert,
    Silence,
    State,
    parse_alerts,
    parse_silence_id,
    parse_silences,
    parse_status,
)

AUTHOR = "Homelab Steward"


class AlertmanagerClient:
    """One Alertmanager. Reads raise what RestClient.read raises, changes what .change does."""

    def __init__(self, rest: RestClient, clock: Clock) -> None:
        """Remember the way; nothing is opened here."""
        self._rest = rest
        self._clock = clock

    @property
    def clock(self) -> Clock:
        """The clock silences are dated by."""
        return self._clock

    async def close(self) -> None:
        """Do nothing: the session belongs to who handed it in."""

    async def state(self) -> State:
        """Return everything one poll shows."""
        async with task_group() as calls:
            status = calls.create_task(self._rest.read("api/v2/status"))
            alerts = calls.create_task(self.alerts())
            silences = calls.create_task(self.silences())
        return State(status=parse_status(status.result()), alerts=alerts.result(), silences=silences.result())

    @coalesced
    async def alerts(self) -> tuple[ActiveAlert, ...]:
        """Return all alerts it has, suppressed ones included."""
        return parse_alerts(await self._rest.read("api/v2/alerts"))

    async def loud_alerts(self) -> tuple[ActiveAlert, ...]:
        """Return the alerts nobody silenced or inhibited."""
        wanted = {"active": "true", "silenced": "false", "inhibited": "false"}
        return parse_alerts(await self._rest.read("api/v2/alerts", wanted))

    @coalesced
    async def silences(self) -> tuple[Silence, ...]:
        """Return the silences that hold or will hold."""
        return parse_silences(await self._rest.read("api/v2/silences", {"expired": "false"}))

    async def add_silence(self, labels: Mapping[str, str], ends_at: datetime, comment: str) -> str:
        """Silence all alerts with exactly these labels from now on; return the silence's id."""
        body = {
            "matchers": [
                {"name": name, "value": value, "isRegex": False, "isEqual": True}
                for name, value in labels.items()
            ],
            "startsAt": self._clock.now(),
            "endsAt": ends_at,
            "createdBy": AUTHOR,
            "comment": comment,
        }
        try:
            return parse_silence_id(await self._rest.change("POST", "api/v2/silences", body))
        except ServiceMalformed as err:
            raise EffectUnknown("silence: Alertmanager's answer was not understood") from err

    async def expire_silence(self, silence_id: str) -> None:
        """End a silence now."""
        await self._rest.change("DELETE", f"api/v2/silence/{silence_id}")
