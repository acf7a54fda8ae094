"""Delete one item: the baseline has its content, from which undo restores it where that is possible."""

from collections.abc import Awaitable, Callable, Mapping
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

CONTENT: Final = "content"
SETTLE: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteItem[C: TimedClient, Item]:
    """Deletes its target.

    ``read`` returns the item, None when it certainly does not exist. ``delete`` gets the item. ``line``
    describes it in one line, ``refusal`` returns why it must not be deleted now, None when it may.
    ``content`` reads the whole item as text for the baseline; ``restore`` creates the item from it.
    Without ``restore`` there is no undo. Without ``content`` the line is compared.
    ``settle`` is how long the service may still list the item after the deletion, in seconds, ``word``
    the word for a deleted item, such as "stopped" for a stream.
    """

    read: Callable[[C, Call], Awaitable[Item | None]]
    delete: Callable[[C, Call, Item], Awaitable[object]]
    line: Callable[[Item], str] = str
    content: Callable[[C, Call], Awaitable[str]] | None = None
    restore: Callable[[C, Call, str], Awaitable[object]] | None = None
    refusal: Callable[[Item], Text | None] | None = None
    note: Text = ""
    settle: float = SETTLE
    word: Text = t"deleted"

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

    def _undo(self, restore: Callable[[C, Call, str], Awaitable[object]]) -> Undo[C]:
        async def execute(client: C, call: Call, baseline: Mapping[str, Value]) -> str:
            await restore(client, call, str(baseline[CONTENT]))
            return translate(t"{call.target.name} was restored")

        return Undo(dry_run=self._undo_dry_run, execute=execute)

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        item = await self._allowed(client, call)
        return DryRun(
            differences=(difference(call.target.name, self.line(item), self.word),),
            baseline={CONTENT: await self._content(client, call, item)},
            note=translate(self.note),
        )

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        item = await self._allowed(client, call)
        if await self._content(client, call, item) != baseline[CONTENT]:
            raise PreconditionFailed(t"{call.target.name} was changed in the meantime")

    async def _execute(self, client: C, call: Call, _: Mapping[str, Value]) -> str:
        await self.delete(client, call, await self._present(client, call))
        return translate(t"{call.target.name} was {self.word}")

    async def _probe(self, client: C, call: Call, _: Mapping[str, Value]) -> Effect:
        return Effect.DONE if await self.read(client, call) is None else Effect.NOT_SEEN

    async def _verify(self, client: C, call: Call, _: Mapping[str, Value]) -> CheckResult:
        item = await self._left(client, call, self.settle)
        return result(call.target.name, self.word if item is None else self.line(item), ok=item is None)

    async def _undo_dry_run(self, client: C, call: Call, _: Mapping[str, Value]) -> tuple[Difference, ...]:
        if await self.read(client, call) is not None:
            return ()
        return (difference(call.target.name, self.word, t"restored"),)

    async def _left(self, client: C, call: Call, seconds: float) -> Item | None:
        """Return the item, None once it is gone."""
        return await poll_until(
            client.clock,
            lambda: self.read(client, call),
            lambda item: item is None,
            seconds=seconds,
            away=seconds,
        )

    async def _allowed(self, client: C, call: Call) -> Item:
        """Return the item. Raises PreconditionFailed when it is gone or must not be deleted."""
        item = await self._present(client, call)
        if self.refusal is not None and (reason := self.refusal(item)) is not None:
            raise PreconditionFailed(reason)
        return item

    async def _present(self, client: C, call: Call) -> Item:
        item = await self.read(client, call)
        if item is None:
            raise PreconditionFailed(t"{call.target.name} is not there any more")
        return item

    async def _content(self, client: C, call: Call, item: Item) -> str:
        return await self.content(client, call) if self.content else self.line(item)
