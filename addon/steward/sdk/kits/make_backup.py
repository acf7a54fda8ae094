"""Make a backup whose name the service chooses; undo deletes this backup and no other."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed, ServiceError
from ...texts import translate
from ..description import Action, Call, DryRun, Undo
from ..shown import difference, result
from .about import About, TimedClient, poll_until
from .jobs import LAST, ORDER, RunJob

KNOWN: Final = "backups"
MADE: Final = "backup"
LISTED: Final = 60.0
"""Seconds until a backup must be in the list after its job has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeBackup[C: TimedClient]:
    """Runs a job after which the service lists one more backup, with undo.

    ``listed`` reads the requested backups, the oldest first: the argument for ``delete`` by the name of the
    backup. It raises ServiceMalformed while the list has a gap. An approval is not bound to the existing
    backups: one that is made meanwhile, by a schedule or by a person, does not change the plan.
    """

    job: RunJob[C]
    listed: Callable[[C, Call], Awaitable[Mapping[str, str]]]
    delete: Callable[[C, Call, str], Awaitable[object]]

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action."""
        job = self.job.action(**about)

        async def dry_run(client: C, call: Call) -> DryRun:
            dry, known = await job.dry_run(client, call), await self.listed(client, call)
            baseline = {**dry.baseline, KNOWN: "\n".join(sorted(known))}
            return replace(dry, baseline=baseline, unbound=frozenset({KNOWN, LAST, ORDER}))

        async def execute(client: C, call: Call, baseline: Mapping[str, Value]) -> str:
            await job.execute(client, call, baseline)
            try:
                name = await self._appeared(client, call, baseline)
            except ServiceError:
                # The job has succeeded, even if the list cannot be read.
                name = None
            if name is None:
                return translate(t"{call.target.name} was backed up, and the file is not listed so far")
            await call.note({MADE: name})
            return translate(t"{call.target.name} was backed up: {name}")

        async def verify(client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
            ended = await job.verify(client, call, baseline)
            if ended.ok is not True:
                return ended
            name = await self._appeared(client, call, baseline)
            return result(t"Backup", name or t"not listed", ok=name is not None)

        # A name is used once: deleting it a second time deletes nothing else.
        undo = Undo[C](dry_run=self._undo_dry_run, execute=self._undo, deduplicated=True)
        return replace(job, dry_run=dry_run, execute=execute, verify=verify, undo=undo)

    async def _new(self, client: C, call: Call, baseline: Mapping[str, Value]) -> dict[str, str]:
        """Return the backups that were not listed before, the oldest first."""
        known = str(baseline[KNOWN]).split("\n")
        return {name: one for name, one in (await self.listed(client, call)).items() if name not in known}

    async def _appeared(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str | None:
        """Return the name of the new backup as soon as it is listed, None after LISTED seconds."""

        async def read() -> str | None:
            return next(iter(await self._new(client, call, baseline)), None)

        return await poll_until(
            client.clock, read, lambda name: name is not None, seconds=LISTED, away=LISTED
        )

    async def _ours(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str | None:
        """Return the name of the backup that was made, None when it is deleted. Raises PreconditionFailed.

        When the app stopped before the name was noted, it must be the only new backup.
        """
        new = await self._new(client, call, baseline)
        if (name := baseline.get(MADE)) is not None:
            return str(name) if name in new else None
        if len(new) > 1:
            raise PreconditionFailed(t"Which of {len(new)} backups was made is not known")
        return next(iter(new), None)

    async def _undo_dry_run(
        self, client: C, call: Call, baseline: Mapping[str, Value]
    ) -> tuple[Difference, ...]:
        name = await self._ours(client, call, baseline)
        return () if name is None else (difference(t"Backup", name, t"deleted"),)

    async def _undo(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        name = await self._ours(client, call, baseline)
        if name is not None:
            await self.delete(client, call, (await self.listed(client, call))[name])
        return translate(t"The backup of {call.target.name} was deleted")
