"""The client of Healthchecks."""

from typing import Final

from ...sdk.auth import Key
from ...sdk.coverage import Gaps
from ...sdk.description import Call, Delivery, IncomingAlert
from ...sdk.fields import secret_field
from ...sdk.parse import parse
from .._monitor.alerts import alarm
from .._monitor.pausing import PausingClient
from .._monitor.watched import DECIDED
from .models import Flip, HealthchecksState, Job

API_KEY: Final = secret_field(
    "api_key", "API key", "Of one project. A read-only key can watch; pausing needs a read-write key."
)


class HealthchecksClient(PausingClient[HealthchecksState]):
    """One project of a Healthchecks server."""

    base = "api/v3"
    auth = Key("X-Api-Key", (API_KEY,))
    monitor, alert = "Healthchecks", "JobMissed"
    state = HealthchecksState

    async def pause(self, call: Call) -> None:
        """Stop watching the target."""
        await self.send("POST", f"checks/{(await self.target(call)).item.uuid}/pause")

    async def resume(self, call: Call) -> None:
        """Watch the target again, from its next report on."""
        await self.send("POST", f"checks/{(await self.target(call)).item.uuid}/resume")

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
    return (alarm(one, HealthchecksClient.alert).alert(delivery.received_at),)
