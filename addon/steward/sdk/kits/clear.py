"""Clear: remove all items of a list that meet a condition, such as downloads that have failed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult, Difference

from ...errors import PreconditionFailed
from ..description import Action, Call, DryRun, Effect
from .about import About, TimedClient, poll_until

IDS: Final = "ids"
MOST: Final = 100
"""Items that are removed at once."""

MOST_SHOWN: Final = 10
SETTLE: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear[C: TimedClient]:
    """Removes the items that were found in the dry run. It cannot be undone.

    ``read`` returns the items by their ids, each in one line; an item that is missing is certainly
    gone. An id has no comma. ``remove`` removes those with these ids in one request. ``label``
    names the items, ``after`` says what becomes of them. ``settle`` is how long the service may
    still list them (seconds).
    """

    read: Callable[[C, Call], Awaitable[Mapping[str, str]]]
    remove: Callable[[C, Call, Sequence[str]], Awaitable[object]]
    label: str
    after: Callable[[Call], str] = lambda _: "removed"
    note: str = ""
    settle: float = SETTLE

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action."""
        return Action(
            dry_run=self._dry_run,
            precheck=self._precheck,
            execute=self._execute,
            probe=self._probe,
            verify=self._verify,
            **about,
        )

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        found = await self.read(client, call)
        if not found:
            raise PreconditionFailed(f"{call.target.name} has none of these: {self.label.lower()}")
        ids = sorted(found)[:MOST]
        shown = [Difference(field=found[one], before="listed", after=self.after(call)) for one in ids]
        more = len(ids) - MOST_SHOWN
        if more > 0:
            rest = Difference(field=self.label, before=f"{more} more", after=self.after(call))
            shown = [*shown[:MOST_SHOWN], rest]
        left = f"Only {MOST} of {len(found)} are removed at once" if len(found) > MOST else ""
        note = ". ".join(filter(None, (self.note.rstrip("."), left)))
        return DryRun(differences=tuple(shown), baseline={IDS: ",".join(ids)}, note=note)

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        if len(await self._left(client, call, baseline)) != len(_ids(baseline)):
            raise PreconditionFailed(f"{self.label} of {call.target.name} were changed in the meantime")

    async def _execute(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        ids = _ids(baseline)
        await self.remove(client, call, ids)
        return f"{self.label} of {call.target.name}: {len(ids)} {self.after(call)}"

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
        text = f"{len(left)} are still listed" if left else "none is listed any more"
        return CheckResult(name=self.label, ok=not left, text=text)

    async def _left(self, client: C, call: Call, baseline: Mapping[str, Value]) -> list[str]:
        found = await self.read(client, call)
        return [one for one in _ids(baseline) if one in found]


def _ids(baseline: Mapping[str, Value]) -> list[str]:
    return str(baseline[IDS]).split(",")
