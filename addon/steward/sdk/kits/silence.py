"""Silence for a time: silences of the steward are found again by a mark in their comment."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed
from ...texts import Text, household, local, translate
from ..description import Action, Call, DryRun, Effect, Undo
from ..shown import difference, result
from .about import About, TimedClient

HOURS: Final = Field(
    key="hours", kind=SettingKind.NUMBER, name="Hours", default=4, minimum=1, maximum=72, unit="h"
)
MARK: Final = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """One active silence: its id, when it ends, and its comment."""

    id: str
    ends_at: datetime
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence[C: TimedClient]:
    """Silences its target for some hours, with undo.

    ``subject`` returns what identifies this occurrence (it changes when the alert ends and
    fires again) and raises PreconditionFailed when there is nothing to silence. ``start`` gets
    the end and a comment, and returns the id of the new silence.
    """

    subject: Callable[[C, Call], Awaitable[str]]
    active: Callable[[C, Call], Awaitable[tuple[Silenced, ...]]]
    start: Callable[[C, Call, datetime, str], Awaitable[str]]
    end: Callable[[C, str], Awaitable[object]]
    note: Text = ""

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action."""
        said: About = {"arguments": (HOURS,), "capability": "silence", "icon": "mdi:bell-sleep", **about}
        return Action(
            dry_run=self._dry_run,
            precheck=self._precheck,
            execute=self._execute,
            probe=self._probe,
            verify=self._verify,
            undo=Undo(dry_run=self._undo_dry_run, execute=self._undo),
            **said,
        )

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        change = difference(t"Silenced", t"no", t"for {call.number('hours'):g} h")
        mark = _mark(await self.subject(client, call), call)
        return DryRun(differences=(change,), baseline={MARK: mark}, note=translate(self.note))

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        if _mark(await self.subject(client, call), call) != baseline[MARK]:
            raise PreconditionFailed(t"{call.target.name} ended and fired again in the meantime")
        if await self._ours(client, call, baseline):
            raise PreconditionFailed(t"{call.target.name} is already silenced")

    async def _execute(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        ends_at = client.clock.now() + timedelta(hours=call.number("hours"))
        comment = f"Requested through Homelab Steward ({baseline[MARK]})"
        await call.note({"silence": await self.start(client, call, ends_at, comment)})
        return translate(t"Silenced until {_shown(ends_at)}")

    async def _probe(self, client: C, call: Call, baseline: Mapping[str, Value]) -> Effect:
        return Effect.DONE if await self._ours(client, call, baseline) else Effect.NOT_SEEN

    async def _verify(self, client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        found = await self._ours(client, call, baseline)
        text = translate(t"silenced until {_shown(found[0].ends_at)}") if found else t"not silenced"
        return result(t"Silence", text, ok=bool(found))

    async def _undo_dry_run(
        self, client: C, call: Call, baseline: Mapping[str, Value]
    ) -> tuple[Difference, ...]:
        return tuple(
            difference(t"Silenced", t"until {household().time(local(one.ends_at))}", t"no")
            for one in await self._ours(client, call, baseline)
        )

    async def _undo(self, client: C, call: Call, baseline: Mapping[str, Value]) -> str:
        for one in await self._ours(client, call, baseline):
            await self.end(client, one.id)
        return translate(t"The silence was ended")

    async def _ours(self, client: C, call: Call, baseline: Mapping[str, Value]) -> tuple[Silenced, ...]:
        mark = f"({baseline[MARK]})"
        return tuple(one for one in await self.active(client, call) if mark in one.comment)


def _shown(at: datetime) -> str:
    return household().date_and_time(local(at))


def _mark(occurrence: str, call: Call) -> str:
    """Return the mark of a silence: 16 hexadecimal digits of the hash of the occurrence and the hours."""
    return hashlib.sha256(f"{occurrence} {call.number('hours'):g}".encode()).hexdigest()[:16]
