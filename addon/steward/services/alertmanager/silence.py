"""Silences one alert for some hours. A mark in the comment tells our silences from others."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.incidents import CheckResult, Difference

from ...description import Action, Call, DryRun, Effect
from ...errors import PreconditionFailed
from .client import AlertmanagerClient
from .models import ActiveAlert, Silence


async def _dry_run(client: AlertmanagerClient, call: Call) -> DryRun:
    alert = await _alert(client, call)
    change = Difference(field="silenced", before="no", after=f"for {call.number('hours'):g} h")
    return DryRun(
        differences=(change,),
        baseline={"mark": _mark(alert, call)},
        note="Only this alert, with exactly its labels.",
    )


async def _precheck(client: AlertmanagerClient, call: Call, baseline: Mapping[str, Value]) -> None:
    alert = await _alert(client, call)
    if _mark(alert, call) != baseline["mark"]:
        raise PreconditionFailed(f"{alert.name} ended and fired anew since it was looked at")
    if alert.is_suppressed:
        raise PreconditionFailed(f"{alert.name} is silenced already")


async def _execute(client: AlertmanagerClient, call: Call, baseline: Mapping[str, Value]) -> str:
    alert = await _alert(client, call)
    ends_at = client.clock.now() + timedelta(hours=call.number("hours"))
    comment = f"Asked for through the steward ({baseline['mark']})"
    silence_id = await client.add_silence(alert.labels, ends_at, comment)
    return f"Silence {silence_id} until {ends_at:%Y-%m-%d %H:%M} UTC"


async def _probe(client: AlertmanagerClient, _: Call, baseline: Mapping[str, Value]) -> Effect:
    return Effect.DONE if await _ours(client, baseline) else Effect.NOT_DONE


async def _verify(client: AlertmanagerClient, _: Call, baseline: Mapping[str, Value]) -> CheckResult:
    ours = await _ours(client, baseline)
    text = f"silenced until {ours[0].ends_at:%Y-%m-%d %H:%M} UTC" if ours else "not silenced"
    return CheckResult(name="Silence", ok=bool(ours), text=text)


async def _undo(client: AlertmanagerClient, _: Call, baseline: Mapping[str, Value]) -> str:
    ours = await _ours(client, baseline)
    for silence in ours:
        await client.expire_silence(silence.id)
    return "The silence was ended" if ours else "The silence has ended already"


async def _alert(client: AlertmanagerClient, call: Call) -> ActiveAlert:
    for alert in await client.alerts():
        if alert.fingerprint == call.target.id:
            return alert
    raise PreconditionFailed("The alert fires no longer")


async def _ours(client: AlertmanagerClient, baseline: Mapping[str, Value]) -> tuple[Silence, ...]:
    mark = f"({baseline['mark']})"
    return tuple(silence for silence in await client.silences() if mark in silence.comment)


def _mark(alert: ActiveAlert, call: Call) -> str:
    """Return what names this silence: the same alert, fired once, for the same time."""
    words = f"{alert.fingerprint} {alert.starts_at.isoformat()} {call.number('hours'):g}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


SILENCE_ALERT: Final = Action(
    key="silence_alert",
    name="Silence alert",
    description="Keeps one alert quiet for some hours.",
    risk=Risk.LOW,
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    undo=_undo,
    scope="alert",
    arguments=(
        Field(
            key="hours",
            kind=SettingKind.NUMBER,
            name="Hours",
            default=4,
            minimum=1,
            maximum=72,
            unit="h",
        ),
    ),
    blast_radius="Nobody is told of this alert meanwhile",
    icon="mdi:bell-sleep",
)
