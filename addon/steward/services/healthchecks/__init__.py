"""Healthchecks: scheduled jobs that must report, alerts for those that did not, and pausing them."""

from typing import Final

from ...sdk.coverage import Gaps
from ...sdk.description import Call, Right, Versions
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.format import brief
from ...sdk.lists import list_tool
from ...sdk.sensors import duration, time
from .._monitor.pausing import ACTIVE, pause_switch, pausing
from .._monitor.service import monitor_service, watched_kind
from .._monitor.watched import Watched
from .client import API_KEY, HealthchecksClient, parse_webhook
from .models import Job


def _line(one: Watched[Job]) -> str:
    return brief(f"{one}; {one.item.plan}" if one.item.plan else str(one))


async def _history(client: HealthchecksClient, gaps: Gaps, call: Call) -> list[str]:
    flips = await client.flips(call, gaps)
    return [f"{one.timestamp:%Y-%m-%d %H:%M} UTC {'up' if one.up else 'down'}" for one in flips]


WRITE: Final = "write"

SERVICE: Final = monitor_service(
    key="healthchecks",
    name="Healthchecks",
    what=("jobs", "Jobs"),
    manufacturer="Healthchecks",
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
            part="jobs",
            icon="mdi:calendar-check",
        ),
    ),
    tools=(
        list_tool(
            "job_history",
            "Job history",
            "When a job went down and up, newest first.",
            _history,
            empty="Nothing has changed yet",
            scope="job",
            capability="tasks",
        ),
    ),
    actions=pausing(
        "job",
        HealthchecksClient,
        notes=("Its next report resumes it by itself.", "It is watched from its next report on."),
        needs=(WRITE,),
    ),
    controls=(pause_switch("job"),),
    rights=(Right(key=WRITE, name="Read-write API key", needed_for="pause and resume jobs"),),
    granted=lambda state: frozenset({WRITE} if state.can_write else ()),
    understood=Versions(note="3.0 to 3.13"),
)
