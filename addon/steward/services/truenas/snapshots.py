"""Snapshots of datasets: take one, and roll back to one."""

from collections.abc import Awaitable, Mapping
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult

from ...errors import PreconditionFailed
from ...sdk.answers import known
from ...sdk.description import Action, Call, DryRun, Effect, Gaps
from ...sdk.display import Text
from ...sdk.fields import text_field
from ...sdk.kits import NAME, About, CreateItem, difference, result
from ...texts import translate
from .client import TrueNasClient
from .models import Dataset

FREE: Final = 0.05
"""The part of a dataset that must be free for a snapshot: it grows with every change."""

NEWER: Final = "newer"
MARK: Final = "now"
"""The end of the name of the snapshot that shows whether a rollback took place."""

BACK_TO: Final = text_field(NAME, "Name", "Of the snapshot. Empty for the newest.", required=False)


async def _refusal(client: TrueNasClient, call: Call) -> Text | None:
    datasets = await client.many(Dataset, "pool.dataset.query", Gaps())
    found = next((one for one in datasets if one.id == call.target.id), None)
    if found is None:
        return t"TrueNAS does not list {call.target.name}"
    used, free = known(known(found.used).rawvalue), known(known(found.available).rawvalue)
    return t"{found.id} is nearly full: a snapshot grows with every change" if free < FREE * used else None


def _created(client: TrueNasClient, call: Call, name: str) -> Awaitable[object]:
    form: Mapping[str, str] = {"dataset": call.target.id, "name": name}
    return client.call("pool.snapshot.create", form, changes=True)


SNAPSHOT: Final = CreateItem(
    label=t"Snapshot",
    names=TrueNasClient.snapshots,
    create=_created,
    delete=lambda client, call, name: client.call(
        "pool.snapshot.delete", f"{call.target.id}@{name}", changes=True
    ),
    refusal=_refusal,
)


def roll_back(about: About) -> Action[TrueNasClient]:
    """Return the action that rolls a dataset back. It deletes the snapshots that are newer."""
    return Action(
        dry_run=_dry_run, precheck=_precheck, execute=_execute, probe=_probe, verify=_verify, **about
    )


async def _newer(client: TrueNasClient, call: Call) -> tuple[str, tuple[str, ...]]:
    """Return the snapshot that is wanted, and those that are newer. Raises PreconditionFailed."""
    names = await client.snapshots(call)
    if not names:
        raise PreconditionFailed(t"{call.target.name} has no snapshot")
    wanted = str(call.arguments.get(NAME) or names[0])
    if wanted not in names:
        raise PreconditionFailed(t"{call.target.name} has no snapshot {wanted}")
    return wanted, names[: names.index(wanted)]


async def _dry_run(client: TrueNasClient, call: Call) -> DryRun:
    wanted, newer = await _newer(client, call)
    found = [difference(t"State", t"now", t"snapshot {wanted}")]
    if newer:
        found.append(difference(t"Newer snapshots", ", ".join(newer), t"deleted"))
    return DryRun(
        differences=tuple(found),
        baseline={NAME: wanted, NEWER: ",".join(newer)},
        note=translate(t"Stop what writes to it first. Its child datasets stay as they are."),
    )


async def _precheck(client: TrueNasClient, call: Call, baseline: Mapping[str, Value]) -> None:
    wanted, newer = await _newer(client, call)
    if (wanted, ",".join(newer)) != (baseline[NAME], baseline[NEWER]):
        raise PreconditionFailed(t"{call.target.name} has other snapshots than before")


async def _execute(client: TrueNasClient, call: Call, baseline: Mapping[str, Value]) -> str:
    """Roll back. TrueNAS says it of no dataset afterwards, but only that deletes a newer snapshot.

    Without one, one is taken before.
    """
    if not baseline[NEWER]:
        await _created(client, call, f"{baseline[NAME]}-{MARK}")
        await call.note({MARK: True})
    name = f"{call.target.id}@{baseline[NAME]}"
    await client.call("pool.snapshot.rollback", name, {"recursive": True}, changes=True)
    return translate(t"{call.target.name} was rolled back to {baseline[NAME]}")


async def _is_done(client: TrueNasClient, call: Call, baseline: Mapping[str, Value]) -> bool:
    names = await client.snapshots(call)
    if not baseline[NEWER]:
        is_sent = baseline.get(MARK) is True
        return is_sent and baseline[NAME] in names and f"{baseline[NAME]}-{MARK}" not in names
    return baseline[NAME] in names and not set(str(baseline[NEWER]).split(",")) & set(names)


async def _probe(client: TrueNasClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
    return Effect.DONE if await _is_done(client, call, baseline) else Effect.NOT_SEEN


async def _verify(client: TrueNasClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    is_done = await _is_done(client, call, baseline)
    return result(t"State", t"snapshot {baseline[NAME]}" if is_done else t"not rolled back", ok=is_done)
