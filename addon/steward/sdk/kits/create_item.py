"""Create one item with a name that the steward chooses, such as a snapshot; undo deletes it."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed, ServiceRefused
from ...texts import Text, translate
from ..description import Action, Call, DryRun, Effect, Undo
from ..fields import text_field
from ..readings import NotKnown
from ..shown import difference, result
from .about import About, Identity, Refusal, TimedClient, identified, must_be_same, poll_until, refuse
from .jobs import LAST, ORDER, Job, Jobs, find, last, start_and_wait, wait_for

NAME: Final = "name"
PREFIX: Final = "steward-"
SETTLE: Final = 30.0
NAMES: Final = re.compile(r"[a-z][a-z0-9-]{1,30}", re.ASCII)
"""The names that every service accepts."""

ITEM_NAME: Final = text_field(
    NAME, "Name", "Lower-case letters, digits, and hyphens. Empty for the next free one.", required=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateItem[C: TimedClient]:
    """Creates an item with the name ``steward-`` and the next free number, with undo.

    The argument ITEM_NAME, if the action has it, is another name; a number is added when it exists already.
    ``names`` reads the names of all items of the target, and raises ServiceMalformed when the list
    has a gap. ``create`` and ``delete`` get the name; with ``jobs`` both return the handle of a job.
    ``label`` is the word for the item. ``identity`` reads what distinguishes the target from a later one
    with the same id.
    """

    label: Text
    names: Callable[[C, Call], Awaitable[Collection[str]]]
    create: Callable[[C, Call, str], Awaitable[object]]
    delete: Callable[[C, Call, str], Awaitable[object]]
    jobs: Jobs[C] | None = None
    refusal: Refusal[C] | None = None
    identity: Identity[C] | None = None
    note: Text = ""

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action. Without ``jobs`` it is deduplicated, because the service refuses a used name.

        A job may still create the item when a second one is refused, so it is only probed.
        """
        whole: About = {**about, "deduplicated": self.jobs is None}
        return Action(
            dry_run=self._dry_run,
            precheck=self._precheck,
            execute=self._execute,
            probe=self._probe,
            verify=self._verify,
            # A name is used once: deleting it a second time deletes nothing else.
            undo=Undo(dry_run=self._undo_dry_run, execute=self._undo, deduplicated=True),
            **whole,
        )

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        await refuse(self.refusal, client, call)
        name = free_name(await self.names(client, call), str(call.arguments.get(NAME) or ""))
        before = last(await self.jobs.newest(client, call)) if self.jobs is not None else {}
        return DryRun(
            differences=(difference(self.label, t"none", name),),
            baseline={NAME: name, **before, **await identified(self.identity, client, call)},
            note=translate(self.note),
            unbound=frozenset({LAST, ORDER}),
        )

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        await must_be_same(self.identity, client, call, baseline)
        if await self._is_there(client, call, baseline):
            raise PreconditionFailed(t"{baseline[NAME]} of {call.target.name} was created in the meantime")
        await refuse(self.refusal, client, call)

    async def _execute(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        await self._run(client, call, baseline, self.create, is_there=True)
        return translate(t"{baseline[NAME]} of {call.target.name} was created")

    async def _probe(self, client: C, call: Call, baseline: Mapping[str, Value]) -> Effect:
        try:
            job, not_seen = await self._job(client, call, baseline), Effect.NOT_SEEN
        except NotKnown:
            job, not_seen = None, Effect.UNKNOWN
        if job is not None and job.is_running:
            return Effect.DONE
        if await self._is_there(client, call, baseline):
            return Effect.DONE
        return Effect.NOT_DONE if job is not None and job.ok is False else not_seen

    async def _job(self, client: C, call: Call, baseline: Mapping[str, Value]) -> Job | None:
        """Return the job that creates the item, also without a noted handle. Raises NotKnown."""
        return await find(client, call, baseline, self.jobs) if self.jobs is not None else None

    async def _verify(self, client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        """Return whether the item exists, and whether the job that creates it succeeded."""
        with suppress(NotKnown):
            job = await self._job(client, call, baseline)
            if job is not None and job.is_running and self.jobs is not None:
                job = await wait_for(client, call, job.handle, self.jobs)
            if job is not None and job.ok is not True:
                return result(self.label, job.text, ok=job.ok)
        is_there = await poll_until(
            client.clock,
            lambda: self._is_there(client, call, baseline),
            lambda found: found,
            seconds=SETTLE,
            away=SETTLE,
        )
        return result(self.label, str(baseline[NAME]) if is_there else t"none", ok=is_there)

    async def _undo_dry_run(
        self, client: C, call: Call, baseline: Mapping[str, Value]
    ) -> tuple[Difference, ...]:
        await must_be_same(self.identity, client, call, baseline)
        if not await self._is_there(client, call, baseline):
            return ()
        return (difference(self.label, str(baseline[NAME]), t"deleted"),)

    async def _undo(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        await self._run(client, call, baseline, self.delete, is_there=False)
        return translate(t"{baseline[NAME]} of {call.target.name} was deleted")

    async def _run(
        self,
        client: C,
        call: Call,
        baseline: Mapping[str, Value],
        change: Callable[[C, Call, str], Awaitable[object]],
        *,
        is_there: bool,
    ) -> None:
        """Create or delete once; with a job, wait for its end. Raises ServiceRefused and EffectUnknown."""

        async def start(client: C, call: Call) -> str:
            return str(await change(client, call, str(baseline[NAME])))

        if self.jobs is None:
            await start(client, call)
            return
        job: Job = await start_and_wait(client, call, start, self.jobs)
        if job.ok:
            return
        try:
            is_unchanged = await self._is_there(client, call, baseline) is not is_there
        except Exception as err:
            raise EffectUnknown(t"The job did not end well, and the list cannot be read: {job.text}") from err
        if job.is_running or not is_unchanged:
            raise EffectUnknown(t"The job did not end well: {job.text}")
        raise ServiceRefused(t"The job failed: {job.text}")

    async def _is_there(self, client: C, call: Call, baseline: Mapping[str, Value]) -> bool:
        return baseline[NAME] in await self.names(client, call)


def free_name(names: Collection[str], wanted: str) -> str:
    """Return the name of a new item: the wanted one, else the steward's next one. Raises PreconditionFailed.

    A number is added to a wanted name that is among ``names``.
    """
    if not wanted:
        return f"{PREFIX}{_highest(names, PREFIX) + 1}"
    if not NAMES.fullmatch(wanted):
        raise PreconditionFailed(
            t"A name has lower-case letters, digits, and hyphens, and at most 31 of them"
        )
    return wanted if wanted not in names else f"{wanted}-{max(_highest(names, f'{wanted}-'), 1) + 1}"


def _highest(names: Collection[str], prefix: str) -> int:
    """Return the highest number that follows a prefix, 0 for none."""
    numbers = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    return max((int(one) for one in numbers if one.isdecimal()), default=0)
