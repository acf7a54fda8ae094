"""Clear: change all items of a list that meet a condition, such as removing downloads that have failed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed
from ...texts import Text, translate
from ..description import Action, Call, DryRun, Effect, Undo
from ..shown import difference, result
from .about import About, TimedClient, poll_until

IDS: Final = "ids"
MOST: Final = 100
"""The most items that are removed at once."""

MOST_SHOWN: Final = 10
SETTLE: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear[C: TimedClient]:
    """Removes the items that the dry run found, or changes them so that they do not meet the condition.

    ``read`` returns a line for each item that meets the condition, by its id; an id has no comma.
    ``remove`` removes or changes the items with some ids in one request, and ``restore`` undoes that;
    without it there is no undo. ``label`` names the items, ``before`` and ``after`` are the words for
    their states. ``settle`` is how long the service may still list them, in seconds.
    """

    read: Callable[[C, Call], Awaitable[Mapping[str, str]]]
    remove: Callable[[C, Call, Sequence[str]], Awaitable[object]]
    label: Text
    restore: Callable[[C, Call, Sequence[str]], Awaitable[object]] | None = None
    before: Text = t"listed"
    after: Callable[[Call], Text] = lambda _: t"removed"
    note: Text = ""
    settle: float = SETTLE

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action."""
        return Action(
            dry_run=self._dry_run,
            precheck=self._precheck,
            execute=self._execute,
            probe=self._probe,
            verify=self._verify,
            undo=None if self.restore is None else self._undo(self.restore),
            **about,
        )

    def _undo(self, restore: Callable[[C, Call, Sequence[str]], Awaitable[object]]) -> Undo[C]:
        async def dry_run(client: C, call: Call, baseline: Mapping[str, Value]) -> tuple[Difference, ...]:
            changed = len(_ids(baseline)) - len(await self._left(client, call, baseline))
            if not changed:
                return ()
            return (difference(self.label, t"{changed} {self.after(call)}", self.before),)

        async def execute(client: C, call: Call, baseline: Mapping[str, Value]) -> str:
            left = await self._left(client, call, baseline)
            ids = [one for one in _ids(baseline) if one not in left]
            await restore(client, call, ids)
            return translate(t"{self.label} of {call.target.name}: {len(ids)} are {self.before} again")

        return Undo(dry_run=dry_run, execute=execute)

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        found = await self.read(client, call)
        if not found:
            raise PreconditionFailed(t"{call.target.name} has none of these: {self.label}")
        ids = sorted(found)[:MOST]
        shown = [difference(found[one], self.before, self.after(call)) for one in ids]
        more = len(ids) - MOST_SHOWN
        if more > 0:
            rest = difference(self.label, t"{more} more", self.after(call))
            shown = [*shown[:MOST_SHOWN], rest]
        left = translate(t"Only {MOST} of {len(found)} are removed at once") if len(found) > MOST else ""
        note = ". ".join(filter(None, (translate(self.note).rstrip("."), left)))
        return DryRun(differences=tuple(shown), baseline={IDS: ",".join(ids)}, note=note)

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        if len(await self._left(client, call, baseline)) != len(_ids(baseline)):
            raise PreconditionFailed(t"{self.label} of {call.target.name} were changed in the meantime")

    async def _execute(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        ids = _ids(baseline)
        await self.remove(client, call, ids)
        return translate(t"{self.label} of {call.target.name}: {len(ids)} {self.after(call)}")

    async def _probe(self, client: C, call: Call, baseline: Mapping[str, Value]) -> Effect:
        return Effect.NOT_SEEN if await self._left(client, call, baseline) else Effect.DONE

    async def _verify(self, client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        left = await poll_until(
            client.clock,
            lambda: self._left(client, call, baseline),
            lambda found: not found,
            seconds=self.settle,
            away=self.settle,
        )
        text = (
            translate(t"{len(left)} are still {self.before}")
            if left
            else translate(t"none is {self.before} any more")
        )
        return result(self.label, text, ok=not left)

    async def _left(self, client: C, call: Call, baseline: Mapping[str, Value]) -> list[str]:
        found = await self.read(client, call)
        return [one for one in _ids(baseline) if one in found]


def _ids(baseline: Mapping[str, Value]) -> list[str]:
    return str(baseline[IDS]).split(",")
