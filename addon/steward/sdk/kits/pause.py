"""Pause: turn a function off for some minutes, after which the service itself turns it on again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.incidents import CheckResult

from ...texts import Text
from ..description import Action, Call, DryRun
from ..format import span
from ..shown import difference, result
from .about import About, Refusal, TimedClient
from .switch import Switch, Turn

MINUTES: Final = Field(
    key="minutes", kind=SettingKind.NUMBER, name="Minutes", default=30, minimum=1, maximum=1440, unit="min"
)
SLACK: Final = 60.0
"""Seconds by which the remaining time may be longer than requested, because clocks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Whether the function is on; ``left`` are the seconds until it turns on again, None for never."""

    is_on: bool
    left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause[C: TimedClient]:
    """Turns a function off for some minutes, with undo, and on again.

    ``read`` raises NotKnown or a ServiceError when the state or its end is not known. ``pause`` gets
    the seconds. ``label`` is the name of the function. The verification checks that the pause has an end.
    """

    read: Callable[[C, Call], Awaitable[Paused]]
    pause: Callable[[C, float], Awaitable[object]]
    resume: Callable[[C], Awaitable[object]]
    label: Text
    refusal: Refusal[C] | None = None
    note: Text = ""

    def pause_action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action that turns the function off for a time."""
        said: About = {"arguments": (MINUTES,), "capability": "pause", "icon": "mdi:timer-pause", **about}
        off = self._switch.turn_off(**said)

        async def dry_run(client: C, call: Call) -> DryRun:
            before = await off.dry_run(client, call)
            change = difference(self.label, t"on", t"off for {_span(call)}")
            return replace(before, differences=(change,))

        async def verify(client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
            found = await off.verify(client, call, baseline)
            if found.ok is not True:
                return found
            left = (await self.read(client, call)).left
            if left is None:
                return result(self.label, t"off, and nothing turns it on again", ok=False)
            is_right = left <= call.number("minutes") * 60 + SLACK
            return result(self.label, t"off for another {span(left)}", ok=is_right)

        return replace(off, dry_run=dry_run, verify=verify)

    def resume_action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action that turns the function on before the end of the pause. It cannot be undone."""
        said: About = {"capability": "resume", "icon": "mdi:timer-play", **about}
        return self._switch.turn_on(reversible=False, **said)

    @property
    def _switch(self) -> Switch[C]:
        async def is_on(client: C, call: Call) -> bool:
            return (await self.read(client, call)).is_on

        async def pause(client: C, call: Call) -> object:
            return await self.pause(client, call.number("minutes") * 60)

        async def resume(client: C, _: Call) -> object:
            return await self.resume(client)

        return Switch(
            is_on=is_on,
            on=Turn(to=True, run=resume),
            off=Turn(to=False, run=pause, refusal=self.refusal, note=self.note),
            label=self.label,
        )


def _span(call: Call) -> str:
    return span(call.number("minutes") * 60)
