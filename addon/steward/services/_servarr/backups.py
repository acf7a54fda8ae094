"""The program's own backup: its database and its settings, in a file that the program keeps itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed, ServiceMalformed
from ...sdk.answers import Item, Time
from ...sdk.description import Action, Call, DryRun, Gaps, Risk, Undo
from ...sdk.kits import Jobs, RunJob, always, difference, poll_until, result
from ...texts import translate
from .client import ServarrClient

COMMAND: Final = "Backup"
MANUAL: Final = "manual"
KNOWN: Final = "backups"
MADE: Final = "backup"
LISTED: Final = 60.0
"""Seconds until the file is in the list after its command has ended."""


class Backup(Item):
    """One backup. ``type`` is manual, scheduled or update."""

    id: int
    name: str
    type: str
    time: Time


JOB: Final = RunJob[ServarrClient](
    start=lambda client, _: client.start_command(COMMAND),
    jobs=Jobs(
        read=lambda client, _, handle: client.command(handle),
        newest=lambda client, _: client.newest_command(COMMAND),
        seconds=600.0,
    ),
    changes=always(t"Backup", t"none", t"database and settings"),
    note=t"The program keeps the file and deletes it after the days in its settings.",
)


def backup() -> Action[ServarrClient]:
    """Return the action that makes a backup; its undo deletes the file."""
    job = JOB.action(
        key="backup",
        name="Back up",
        description="Makes a backup of its database and settings.",
        risk=Risk.LOW,
        blast_radius="Nothing is changed",
        icon="mdi:archive-arrow-down",
    )

    async def dry_run(client: ServarrClient, call: Call) -> DryRun:
        dry, known = await job.dry_run(client, call), await _manual(client)
        return replace(dry, baseline={**dry.baseline, KNOWN: ",".join(sorted(one.name for one in known))})

    async def execute(client: ServarrClient, call: Call, baseline: Mapping[str, Value]) -> str:
        await job.execute(client, call, baseline)
        made = await _listed(client, baseline)
        if made is None:
            return translate(t"{call.target.name} was backed up, and the file is not listed so far")
        await call.note({MADE: made.name})
        return translate(t"{call.target.name} was backed up: {made.name}")

    async def verify(client: ServarrClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        ended = await job.verify(client, call, baseline)
        if ended.ok is not True:
            return ended
        made = await _listed(client, baseline)
        if made is None:
            return result(t"Backup", t"not listed", ok=False)
        return result(t"Backup", made.name, ok=True)

    return replace(
        job,
        dry_run=dry_run,
        execute=execute,
        verify=verify,
        undo=Undo(dry_run=_undo_dry_run, execute=_delete, deduplicated=True),
    )


async def _manual(client: ServarrClient) -> Sequence[Backup]:
    """Return the backups that somebody asked for. Raises ServiceMalformed while the list has a gap."""
    found = await client.many(Backup, "system/backup", gaps := Gaps())
    if (reason := gaps.of("system/backup")) is not None:
        raise ServiceMalformed(reason)
    return [one for one in found if one.type == MANUAL]


async def _listed(client: ServarrClient, baseline: Mapping[str, Value]) -> Backup | None:
    """Return the backup that was made, as soon as it is listed."""

    async def read() -> Backup | None:
        known = str(baseline[KNOWN]).split(",")
        new = [one for one in await _manual(client) if one.name not in known]
        return min(new, key=lambda one: one.time, default=None)

    return await poll_until(client.clock, read, lambda one: one is not None, seconds=LISTED, away=LISTED)


async def _ours(client: ServarrClient, baseline: Mapping[str, Value]) -> Backup | None:
    """Return the backup that was made, None when it is deleted. Raises PreconditionFailed.

    When the app stopped before its name was noted, it is the only new one.
    """
    known = str(baseline[KNOWN]).split(",")
    new = [one for one in await _manual(client) if one.name not in known]
    if (name := baseline.get(MADE)) is not None:
        return next((one for one in new if one.name == name), None)
    if len(new) > 1:
        raise PreconditionFailed(t"Which of {len(new)} backups was made is not known")
    return new[0] if new else None


async def _undo_dry_run(
    client: ServarrClient, _: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    found = await _ours(client, baseline)
    return (difference(t"Backup", found.name, t"deleted"),) if found else ()


async def _delete(client: ServarrClient, call: Call, baseline: Mapping[str, Value]) -> str:
    found = await _ours(client, baseline)
    if found is not None:
        await client.send("DELETE", f"system/backup/{found.id}")
    return translate(t"The backup of {call.target.name} was deleted")
