"""Goes back to snapshots of volumes: claims are made again from them while the workload has no pods.

The volumes of before are kept: some drivers have the snapshots in them, and an undo binds them again.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed, ServiceError, ServiceUnreachable
from ...sdk.description import Action, Call, DryRun, Effect, Undo
from ...sdk.fields import text_field
from ...sdk.kits import NAME, difference, poll_until, result
from ...texts import Text, translate
from .client import KubernetesClient
from .volume_restore_plan import Way, planned
from .volume_restore_steps import Restore

WAY: Final = "way"
SENT: Final = "sent"
"""In the baseline: what was there before, and that the change has begun."""

GOING_BACK: Final = "going_back"
READY: Final = 900.0
"""Seconds within which the volumes must be made and the pods be ready."""

READ_FOR: Final = 30.0
BACK_TO: Final = text_field(NAME, "Name", "Of the snapshots. Empty for the newest.", required=False)
AGAIN: Final = (1.0, 5.0, 15.0)
"""Seconds between the tries to bring back what was there before."""


def _way(baseline: Mapping[str, Value]) -> Way:
    return msgspec.json.decode(str(baseline[WAY]), type=Way)


async def _dry_run(client: KubernetesClient, call: Call) -> DryRun:
    way = await planned(client, call)
    found = [
        difference(t"Volume claim {one.claim}", t"volume {one.volume}", t"from snapshot {one.snapshot}")
        for one in way.pieces
    ]
    if way.image != way.image_before:
        found.append(difference(t"Image", way.image_before, way.image))
    kept = ", ".join(one.volume for one in way.pieces)
    return DryRun(
        differences=tuple(found),
        baseline={NAME: way.copy, WAY: msgspec.json.encode(way).decode()},
        note=translate(
            t"Its pods are ended meanwhile. The volumes of now stay until a person deletes them: {kept}."
        ),
    )


async def _precheck(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> None:
    """Raise PreconditionFailed when something is not as before, unless the change has begun."""
    if not baseline.get(SENT) and await planned(client, call) != _way(baseline):
        raise PreconditionFailed(t"{call.target.name} was changed in the meantime")


async def _execute(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> str:
    """Go back. After a failure everything is as before, if that is possible.

    Raises PreconditionFailed then, EffectUnknown when it is not.
    """
    restore = Restore(client, call, _way(baseline))
    await client.workload(call)
    has_begun = bool(baseline.get(SENT))
    await call.note({SENT: True})
    try:
        if baseline.get(GOING_BACK):
            raise EffectUnknown(t"It was ended")
        await _persistently(restore, restore.run, is_over=restore.is_done)
    except ServiceError as err:
        if not has_begun and not restore.changed:
            raise
        if isinstance(err, EffectUnknown) and await restore.is_done():
            raise
        await _back_after(restore, err)
        raise PreconditionFailed(t"{err}. {call.target.name} has its volumes of before") from err
    return translate(t"The volume claims of {call.target.name} were made from {restore.way.copy}")


async def _persistently(
    restore: Restore, step: Callable[[], Awaitable[None]], is_over: Callable[[], Awaitable[bool]]
) -> None:
    """Carry on where it ended when the server does not answer for a short time. Raises ServiceError."""
    for wait in AGAIN:
        try:
            return await step()
        except EffectUnknown, ServiceUnreachable:
            if await is_over():
                raise
            await restore.client.clock.sleep(wait)
    return await step()


async def _never() -> bool:
    return False


async def _back_after(restore: Restore, err: ServiceError) -> None:
    """Bring back what was there before. Raises EffectUnknown when that fails."""
    await restore.call.note({GOING_BACK: True})
    try:
        await _persistently(restore, restore.back, is_over=_never)
    except ServiceError as failure:
        raise EffectUnknown(t"{err}. Going back failed too: {failure}") from failure


async def _probe(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
    restore = Restore(client, call, _way(baseline))
    if await restore.is_done():
        return Effect.DONE
    if not baseline.get(SENT):
        return Effect.NOT_SEEN
    is_ended = baseline.get(GOING_BACK) and await restore.is_untouched()
    return Effect.NOT_DONE if is_ended else Effect.BEGUN


def _in_doubt(call: Call, baseline: Mapping[str, Value]) -> Text:
    """Return what may be left half-way, and what it was before."""
    way = _way(baseline)
    had = ", ".join(f"{one.claim} ({one.volume})" for one in way.pieces)
    return (
        t"The steward carries it on or takes it back for two hours. If {call.target.name} then has no pods, "
        t"set its number of pods to {way.replicas}. Before, its image was {way.image_before}, and its volume "
        t"claims with their volumes were {had}"
    )


async def _latest(_: KubernetesClient, __: Call, ___: Mapping[str, Value]) -> float:
    return READY


async def _verify(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    """Return whether the claims have new volumes and the pods are ready. Either takes its time."""
    restore, label = Restore(client, call, _way(baseline)), t"Volumes"

    async def read() -> CheckResult:
        made = await restore.restored()
        if made is None:
            return result(label, t"not from {restore.way.copy}", ok=False)
        one = await client.workload(call)
        unbound = [own.metadata.name for own in made if own.status.phase != "Bound"]
        if unbound and restore.way.replicas:
            return result(label, t"Volume claim {unbound[0]} has no volume so far", ok=None)
        if one.is_rolled_out:
            return result(label, t"from {restore.way.copy}, {one.ready} pods ready", ok=True)
        is_failed = any(pod.fails() for pod in await client.pods(call))
        text = t"{one.ready} of {one.wanted} pods are ready"
        return result(label, text, ok=False if is_failed else None)

    return await poll_until(
        client.clock, read, lambda found: found.ok is not None, seconds=READ_FOR, away=0.0
    )


async def _undo_dry_run(
    client: KubernetesClient, call: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    restore = Restore(client, call, _way(baseline))
    if await restore.is_untouched():
        return ()
    found: list[Difference] = []
    await restore.must_be_possible()
    for one in restore.way.pieces:
        if not await restore.has_volume_of_before(one):
            before = t"from snapshot {one.snapshot}"
            found.append(difference(t"Volume claim {one.claim}", before, t"volume {one.volume}"))
        elif await restore.is_kept(one):
            found.append(difference(t"Volume {one.volume}", t"kept", one.policy))
    if not found:
        wanted = (await client.workload(call)).wanted
        found.append(difference(t"Pods", str(wanted), f"{restore.way.replicas}, {restore.way.image_before}"))
    return tuple(found)


async def _undo(client: KubernetesClient, call: Call, baseline: Mapping[str, Value]) -> str:
    """Bind the volumes of before again. Raises EffectUnknown when it ends in the middle."""
    restore = Restore(client, call, _way(baseline))
    try:
        await _persistently(restore, restore.back, is_over=_never)
    except ServiceError as err:
        if not restore.changed:
            raise
        await _let_run_again(restore, err)
        raise
    return translate(t"{call.target.name} has its volumes of before again")


async def _let_run_again(restore: Restore, err: ServiceError) -> None:
    """Let the pods run with the restored volumes, after an undo that could not begin.

    Raises EffectUnknown when the claims are not whole: the undo is then carried on.
    """
    try:
        if await restore.restored() is None:
            raise err
        await restore.run_again()
    except ServiceError as failure:
        raise EffectUnknown(t"{err}") from failure


RESTORE_VOLUMES: Final = Action[KubernetesClient](
    key="restore_volumes",
    name="Go back to snapshots of volumes",
    description="Makes its volume claims again from snapshots, with the image of then.",
    risk=Risk.HIGH,
    scope="workload",
    icon="mdi:backup-restore",
    blast_radius="What was written to its volumes since then is not there any more",
    interrupts=True,
    arguments=(BACK_TO,),
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    latest=_latest,
    in_doubt=_in_doubt,
    # Each part looks first whether it was done: an attempt that was interrupted goes on.
    deduplicated=True,
    undo=Undo(dry_run=_undo_dry_run, execute=_undo, deduplicated=True),
)
