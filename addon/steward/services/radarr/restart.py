"""Restarts the program. Its own start time tells whether it was done."""

from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult, Difference

from ...description import Action, Call, DryRun, Effect
from ...errors import PreconditionFailed, ServiceUnreachable
from .client import RadarrClient
from .models import HealthLevel, Status

AWAY_SECONDS: Final = 60.0
"""How long a restart may take."""

LATE_SECONDS: Final = 3.0
"""A restart whose answer was lost may still be about to begin."""

_LOOK_AGAIN: Final = 0.25


async def _dry_run(client: RadarrClient, _: Call) -> DryRun:
    status = await client.status()
    return DryRun(
        differences=(Difference(field="state", before="running", after="running anew"),),
        baseline={"started_at": status.started_at.isoformat()},
        note="Radarr is away for some seconds; what downloads goes on meanwhile.",
    )


async def _precheck(client: RadarrClient, _: Call, baseline: Mapping[str, Value]) -> None:
    if _is_new(await client.status(), baseline):
        raise PreconditionFailed("Radarr was restarted since it was looked at")


async def _execute(client: RadarrClient, _: Call, __: Mapping[str, Value]) -> str:
    await client.restart()
    return "Radarr said it restarts"


async def _probe(client: RadarrClient, _: Call, baseline: Mapping[str, Value]) -> Effect:
    status = await _await_start(client, baseline, LATE_SECONDS)
    if status is None:
        return Effect.UNKNOWN
    return Effect.DONE if _is_new(status, baseline) else Effect.NOT_DONE


async def _verify(client: RadarrClient, _: Call, baseline: Mapping[str, Value]) -> CheckResult:
    status = await _await_start(client, baseline, AWAY_SECONDS)
    if status is None:
        return CheckResult(name="Restart", ok=False, text=f"no answer for {AWAY_SECONDS:g} s")
    health = await client.health()
    errors = sum(one.level is HealthLevel.ERROR for one in health)
    return CheckResult(
        name="Restart",
        ok=_is_new(status, baseline),
        text=f"running since {status.started_at:%H:%M:%S} UTC, {errors} health errors",
    )


async def _await_start(client: RadarrClient, baseline: Mapping[str, Value], patience: float) -> Status | None:
    """Return the status once Radarr was started anew, or the old one after ``patience`` seconds.

    While it does not answer it is waited for, up to AWAY_SECONDS; then None.
    """
    begun = client.clock.monotonic()
    while True:
        try:
            status = await client.status()
        except ServiceUnreachable:
            if client.clock.monotonic() - begun >= AWAY_SECONDS:
                return None
        else:
            if _is_new(status, baseline) or client.clock.monotonic() - begun >= patience:
                return status
        await client.clock.sleep(_LOOK_AGAIN)


def _is_new(status: Status, baseline: Mapping[str, Value]) -> bool:
    return status.started_at.isoformat() != baseline["started_at"]


RESTART: Final = Action(
    key="restart",
    name="Restart",
    description="Restarts the program, not its container.",
    risk=Risk.LOW,
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    blast_radius="Radarr is away for some seconds",
    button=True,
    icon="mdi:restart",
)
