"""Healthchecks: scheduled jobs that must report, alerts for those that did not, and pausing them."""

from typing import Final

from ...sdk.alarms import DECIDED
from ...sdk.answers import parse
from ...sdk.client import Key
from ...sdk.description import Call, Delivery, Gaps, IncomingAlert, Right, Versions
from ...sdk.display import brief, duration, list_tool, time
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.monitors.pausing import ACTIVE, PausingClient, pausing
from ...sdk.monitors.service import monitor_service, watched_kind
from ...sdk.monitors.watched import Watched
from .models import Flip, HealthchecksState, Job

WRITE: Final = Right(key="write", name="Read-write API key", needed_for="pause and resume jobs")
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
    return (one.alarm(HealthchecksClient.alert).alert(delivery.received_at),)


def _line(one: Watched[Job]) -> str:
    return brief(f"{one}; {one.item.plan}" if one.item.plan else str(one))


@list_tool(
    "job_history",
    "Job history",
    "When a job went down and up, newest first.",
    empty=t"Nothing has changed yet",
    scope="job",
    capability="tasks",
)
async def _history(client: HealthchecksClient, gaps: Gaps, call: Call) -> list[str]:
    flips = await client.flips(call, gaps)
    return [f"{one.timestamp:%Y-%m-%d %H:%M} UTC {'up' if one.up else 'down'}" for one in flips]


SERVICE: Final = (
    monitor_service(
        key="healthchecks",
        name="Healthchecks",
        what=("jobs", "Jobs"),
        icon="mdi:calendar-check",
        settings=(url_field("https://healthchecks.example.org"), API_KEY, *TLS_SETTINGS),
        connect=HealthchecksClient,
        line=_line,
        parse=parse_webhook,
        version=lambda _: "API 3",
        resources=(
            watched_kind(
                "job",
                "Job",
                ACTIVE,
                time("last_report", "Last report", lambda one: one.item.last_ping),
                duration("last_duration", "Last duration", lambda one: one.item.last_duration, enabled=False),
                labels=lambda one: {"healthcheck": one.key},
                is_device=True,
            ),
        ),
        rights=(WRITE,),
        granted=lambda state: frozenset({WRITE.key} if state.can_write else ()),
        understood=Versions(note="3.0 to 3.13"),
    )
    .extended(tools=(_history,))
    .extended(
        **pausing(
            "job",
            HealthchecksClient,
            notes=("Its next report resumes it by itself.", "It is watched from its next report on."),
            needs=(WRITE.key,),
        )
    )
)
