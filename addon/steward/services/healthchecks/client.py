"""The client of Healthchecks."""

from typing import Final

from ...errors import PreconditionFailed
from ...sdk.access import Access
from ...sdk.auth import Key
from ...sdk.coverage import Gaps
from ...sdk.description import Call, Delivery, IncomingAlert, ReadAlerts
from ...sdk.fields import secret_field
from ...sdk.parse import parse
from ...sdk.rest import Rest
from .._monitor.alerts import Alarms, alarm, alarms
from .._monitor.watched import DECIDED
from .models import Flip, HealthchecksState, Job

API_KEY: Final = secret_field(
    "api_key", "API key", "Of one project. A read-only key can watch; pausing needs a read-write key."
)
ALERT: Final = "JobMissed"


class HealthchecksClient(Rest):
    """One project of a Healthchecks server."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, base="api/v3", auth=Key("X-Api-Key", (API_KEY,)))
        self._alarms = Alarms("Healthchecks")

    async def poll(self, gaps: Gaps) -> HealthchecksState:
        """Return all jobs. Raises ServiceError."""
        return await HealthchecksState.poll(self, gaps)

    async def read_alerts(self) -> ReadAlerts:
        """Return an alert for each job that did not report. Raises ServiceError."""
        overview = (await self.poll(Gaps())).overview
        return self._alarms.read(alarms(overview, ALERT), overview.missing, self.clock.now())

    async def job(self, call: Call) -> Job:
        """Return the target. Raises PreconditionFailed when it is not there any more."""
        found = next((one for one in (await self.poll(Gaps())).jobs if one.key == call.target.id), None)
        if found is None:
            raise PreconditionFailed(f"{call.target.name} is not there any more")
        return found

    async def is_active(self, call: Call) -> bool:
        """Return whether the target is watched."""
        return (await self.job(call)).status != "paused"

    async def pause(self, call: Call) -> None:
        """Stop watching the target."""
        await self.send("POST", f"checks/{(await self.job(call)).uuid}/pause")

    async def resume(self, call: Call) -> None:
        """Watch the target again, from its next report on."""
        await self.send("POST", f"checks/{(await self.job(call)).uuid}/resume")

    async def flips(self, call: Call, gaps: Gaps) -> tuple[Flip, ...]:
        """Return when the target went down and up, newest first."""
        return await self.many(Flip, f"checks/{call.target.id}/flips/", gaps)


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alert of a webhook with the body ``$JSON``; none while a job is neither up nor down.

    Raises ServiceMalformed when the body is something else.
    """
    one = parse(Job, delivery.json(), "webhook", is_lenient=True).watched()
    if one.status not in DECIDED:
        return ()
    return (alarm(one, ALERT).alert(delivery.received_at),)
