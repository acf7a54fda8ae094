"""Set a value: the baseline has the value from before, and undo sets it again."""

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

VALUE: Final = "value"
GOAL: Final = "goal"
TOKEN: Final = "token"  # noqa: S105 - the version of a configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The current value.

    ``token`` changes with every change of the target's configuration (a digest, a version): when it
    differs from that of the dry run, somebody else changed the target. ``is_effective`` is False while
    the value is configured and not in force yet, None when that is not known. ``text`` is shown as the
    result of the verification, ``detail`` beside the value, such as the digest of an image.
    """

    value: Value
    token: str = ""
    is_effective: bool | None = True
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue[C: TimedClient]:
    """Sets ``argument``, shown as ``label``, with undo.

    ``write`` gets the new value and the result of a ``read`` just before. ``refusal`` returns why the
    value must not be set now. ``goal`` reads the new value when it is no argument, such as the version
    before; it is read once, in the dry run. ``away`` is how long the verification waits for the value to
    be in force, in seconds.
    """

    argument: str = ""
    goal: Callable[[C, Call], Awaitable[Value]] | None = None
    label: Text
    read: Callable[[C, Call], Awaitable[Current]]
    write: Callable[[C, Call, Value, Current], Awaitable[object]]
    refusal: Callable[[C, Call, Current], Awaitable[Text | None]] | None = None
    unit: str = ""
    note: Text = ""
    away: float = 0.0

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action."""
        return Action(
            dry_run=self._dry_run,
            precheck=self._precheck,
            execute=self._execute,
            probe=self._probe,
            verify=self._verify,
            undo=Undo(dry_run=self._undo_dry_run, execute=self._undo),
            **about,
        )

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        current = await self.read(client, call)
        read = {GOAL: await self.goal(client, call)} if self.goal else {}
        goal = self._goal(call, read)
        if current.value == goal:
            raise PreconditionFailed(t"{self.label} of {call.target.name} is already {self._shown(goal)}")
        await self._refuse(client, call, current)
        return DryRun(
            differences=(self._difference(current, goal),),
            baseline={VALUE: current.value, TOKEN: current.token, **read},
            note=translate(self.note),
        )

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        current = await self.read(client, call)
        if current.value != baseline[VALUE] or current.token != baseline[TOKEN]:
            raise PreconditionFailed(t"{call.target.name} was changed in the meantime")
        await self._refuse(client, call, current)

    async def _execute(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        goal, current = self._goal(call, baseline), await self.read(client, call)
        if current.token != baseline[TOKEN]:
            raise PreconditionFailed(t"{call.target.name} was changed in the meantime")
        await self.write(client, call, goal, current)
        return translate(t"{self.label} of {call.target.name} was set to {self._shown(goal)}")

    async def _probe(self, client: C, call: Call, baseline: Mapping[str, Value]) -> Effect:
        current = await self.read(client, call)
        if current.value == self._goal(call, baseline):
            return Effect.DONE
        return Effect.NOT_SEEN if current.value == baseline[VALUE] else Effect.UNKNOWN

    async def _verify(self, client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        current = await poll_until(
            client.clock,
            lambda: self.read(client, call),
            lambda found: found.is_effective is True or found.value != self._goal(call, baseline),
            seconds=self.away,
            away=self.away,
        )
        ok = current.is_effective if current.value == self._goal(call, baseline) else False
        return result(self.label, current.text or self._shown(current.value), ok=ok)

    async def _undo_dry_run(
        self, client: C, call: Call, baseline: Mapping[str, Value]
    ) -> tuple[Difference, ...]:
        current = await self.read(client, call)
        before = self._shown(current.value)
        if current.value == baseline[VALUE]:
            if current.is_effective is not False:
                return ()
            before = translate(t"{before}, which is not in force yet")
        elif current.value != self._goal(call, baseline):
            found = translate(t"{self.label} of {call.target.name} is {before}")
            raise PreconditionFailed(t"{found}: somebody else changed it")
        return (difference(self.label, before, self._shown(baseline[VALUE])),)

    async def _undo(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        await self.write(client, call, baseline[VALUE], await self.read(client, call))
        return translate(t"{self.label} of {call.target.name} was set back to {self._shown(baseline[VALUE])}")

    def _goal(self, call: Call, baseline: Mapping[str, Value]) -> Value:
        return baseline[GOAL] if self.goal else call.arguments[self.argument]

    async def _refuse(self, client: C, call: Call, current: Current) -> None:
        reason = await self.refusal(client, call, current) if self.refusal else None
        if reason is not None:
            raise PreconditionFailed(reason)

    def _difference(self, current: Current, after: Value) -> Difference:
        detail = f" ({current.detail})" if current.detail else ""
        before = f"{self._shown(current.value)}{detail}"
        return difference(self.label, before, self._shown(after))

    def _shown(self, value: Value) -> str:
        return f"{value} {self.unit}".strip()
