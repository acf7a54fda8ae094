"""Switch: two actions that set one of two states of a target, each the undo of the other."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed, ServiceRefused
from ...texts import Text, translate
from ..description import Action, Call, DryRun, Effect, Latest, Undo
from ..readings import NotKnown
from ..shown import difference, result
from .about import (
    About,
    Identity,
    Refusal,
    TimedClient,
    identified,
    must_be_same,
    poll_until,
    refuse,
)
from .jobs import HANDLE, Jobs, find, last, newer, start_and_wait

SETTLE: Final = 30.0
"""Seconds until a read must show the new state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn[C: TimedClient]:
    """One direction of a switch: the call that switches, and the reads of the job that it starts, if any.

    ``latest`` reads within how many seconds a request without an answer takes effect.
    """

    to: bool
    run: Callable[[C, Call], Awaitable[object]]
    jobs: Jobs[C] | None = None
    refusal: Refusal[C] | None = None
    note: Text = ""
    latest: Latest[C] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch[C: TimedClient]:
    """A state with two values. ``is_on`` raises NotKnown or a ServiceError when it is not known.

    Without ``off`` it can only be turned on, and that cannot be undone. ``identity`` reads what
    distinguishes the target from a later one with the same id.
    """

    is_on: Callable[[C, Call], Awaitable[bool]]
    on: Turn[C]
    off: Turn[C] | None = None
    words: tuple[Text, Text] = (t"off", t"on")
    label: Text = t"State"
    settle: float = SETTLE
    identity: Identity[C] | None = None

    def turn_on(self, *, reversible: bool = True, **about: Unpack[About]) -> Action[C]:
        """Return the action that turns it on."""
        return self._action(self.on, self.off if reversible else None, about)

    def turn_off(self, *, reversible: bool = True, **about: Unpack[About]) -> Action[C]:
        """Return the action that turns it off. Raises ValueError when it cannot be turned off."""
        if self.off is None:
            raise ValueError("The switch has no way to turn it off")
        return self._action(self.off, self.on if reversible else None, about)

    def _action(self, turn: Turn[C], back: Turn[C] | None, about: About) -> Action[C]:
        async def dry_run(client: C, call: Call) -> DryRun:
            await self._must_be(client, call, not turn.to)
            await refuse(turn.refusal, client, call)
            newest = await turn.jobs.newest(client, call) if turn.jobs else None
            return DryRun(
                differences=(self._difference(turn),),
                baseline={
                    **last(newest),
                    **await identified(self.identity, client, call),
                },
                note=translate(turn.note),
            )

        async def precheck(client: C, call: Call, baseline: Mapping[str, Value]) -> None:
            await must_be_same(self.identity, client, call, baseline)
            await self._must_be(client, call, not turn.to)
            if turn.jobs and await newer(client, call, baseline, turn.jobs) is not None:
                raise PreconditionFailed(t"{call.target.name} was switched in the meantime")
            await refuse(turn.refusal, client, call)

        async def execute(client: C, call: Call, _: Mapping[str, Value]) -> str:
            return await self._run(client, call, turn)

        async def probe(client: C, call: Call, baseline: Mapping[str, Value]) -> Effect:
            return await self._probe(client, call, turn, baseline)

        async def verify(client: C, call: Call, _: Mapping[str, Value]) -> CheckResult:
            is_on = await self._settled(client, call, turn.to)
            return result(self.label, self._word(is_on), ok=is_on is turn.to)

        return Action(
            dry_run=dry_run,
            precheck=precheck,
            execute=execute,
            probe=probe,
            verify=verify,
            undo=None if back is None else self._undo(back),
            latest=turn.latest,
            **about,
        )

    def _undo(self, back: Turn[C]) -> Undo[C]:
        async def dry_run(client: C, call: Call, baseline: Mapping[str, Value]) -> tuple[Difference, ...]:
            await must_be_same(self.identity, client, call, baseline)
            return () if await self.is_on(client, call) is back.to else (self._difference(back),)

        async def execute(client: C, call: Call, _: Mapping[str, Value]) -> str:
            return await self._run(client, call, back)

        return Undo(dry_run=dry_run, execute=execute)

    async def _run(self, client: C, call: Call, turn: Turn[C]) -> str:
        """Switch once; with a job, wait for its end. Raises ServiceRefused and EffectUnknown."""
        done = translate(
            t"{call.target.name} was switched from {self._word(not turn.to)} to {self._word(turn.to)}"
        )
        if turn.jobs is None:
            await turn.run(client, call)
            return done

        async def start(client: C, call: Call) -> str:
            return str(await turn.run(client, call))

        job = await start_and_wait(client, call, start, turn.jobs)
        if job.ok:
            return done
        try:
            is_on = await self.is_on(client, call)
        except Exception as err:
            raise EffectUnknown(
                translate(t"The job did not end well, and the state cannot be read: {job.text}")
            ) from err
        if job.is_running or is_on is turn.to:
            raise EffectUnknown(t"The job did not end well: {job.text}")
        raise ServiceRefused(t"The job failed: {job.text}")

    async def _probe(self, client: C, call: Call, turn: Turn[C], baseline: Mapping[str, Value]) -> Effect:
        job = None
        try:
            if turn.jobs is not None:
                job = await find(client, call, baseline, turn.jobs)
        except NotKnown:
            return Effect.DONE if await self.is_on(client, call) is turn.to else Effect.UNKNOWN
        if await self.is_on(client, call) is turn.to:
            return Effect.DONE
        has_failed = job is not None and job.handle == baseline.get(HANDLE) and job.ok is False
        return Effect.NOT_DONE if has_failed else Effect.NOT_SEEN

    async def _settled(self, client: C, call: Call, goal: bool) -> bool:  # noqa: FBT001 - the state itself
        return await poll_until(
            client.clock,
            lambda: self.is_on(client, call),
            lambda is_on: is_on is goal,
            seconds=self.settle,
            away=self.settle,
        )

    async def _must_be(self, client: C, call: Call, wanted: bool) -> None:  # noqa: FBT001 - the state itself
        is_on = await self.is_on(client, call)
        if is_on is not wanted:
            raise PreconditionFailed(t"{call.target.name} is already {self._word(is_on)}")

    def _difference(self, turn: Turn[C]) -> Difference:
        return difference(self.label, self._word(not turn.to), self._word(turn.to))

    def _word(self, is_on: bool) -> str:  # noqa: FBT001 - the state itself
        return translate(self.words[is_on])
