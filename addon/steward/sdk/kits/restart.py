"""Restart: a start time or generation of the target shows whether the restart was done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Unpack

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult

from ...errors import PreconditionFailed, ServiceError
from ...texts import Text, translate
from ..description import Action, Call, DryRun, Effect, Latest
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

AWAY: Final = 60.0
"""Seconds that a restart may take."""

STARTED: Final = "started"
WORKED: Final = "worked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart[C: TimedClient]:
    """Restarts its target.

    ``started`` reads a start time or generation that changes with every start and raises
    PreconditionFailed when the target does not run. ``request`` requests the restart.
    ``refusal`` returns why it must not be done now. ``away`` is how long it may take, and ``latest``
    reads how long a request without an answer may take to begin, both in seconds. ``identity`` reads
    what distinguishes the target from a later one with the same id. ``works`` reads whether the target
    works, for a target whose start time changes before it works: it must work again if it worked before,
    with ``must_work`` in any case.
    """

    started: Callable[[C, Call], Awaitable[str]]
    request: Callable[[C, Call], Awaitable[object]]
    refusal: Refusal[C] | None = None
    identity: Identity[C] | None = None
    works: Callable[[C, Call], Awaitable[bool]] | None = None
    must_work: bool = False
    note: Text = ""
    away: float = AWAY
    latest: Latest[C] | None = None

    def action(self, **about: Unpack[About]) -> Action[C]:
        """Return the action."""
        said: About = {
            "interrupts": True,
            "capability": "restart",
            "icon": "mdi:restart",
            "button": True,
            **about,
        }
        return Action(
            dry_run=self._dry_run,
            precheck=self._precheck,
            execute=self._execute,
            probe=self._probe,
            verify=self._verify,
            latest=self.latest,
            **said,
        )

    async def _dry_run(self, client: C, call: Call) -> DryRun:
        marker = await self.started(client, call)
        await refuse(self.refusal, client, call)
        change = difference(t"State", t"running", t"restarted")
        baseline: Mapping[str, Value] = {
            STARTED: marker,
            **await identified(self.identity, client, call),
            **({WORKED: await self.works(client, call)} if self.works and not self.must_work else {}),
        }
        return DryRun(differences=(change,), baseline=baseline, note=translate(self.note))

    async def _precheck(self, client: C, call: Call, baseline: Mapping[str, Value]) -> None:
        await must_be_same(self.identity, client, call, baseline)
        if await self.started(client, call) != baseline[STARTED]:
            raise PreconditionFailed(t"{call.target.name} was restarted in the meantime")
        await refuse(self.refusal, client, call)

    async def _execute(self, client: C, call: Call, _: Mapping[str, Value]) -> str:
        await self.request(client, call)
        return translate(t"The restart of {call.target.name} was requested")

    async def _probe(self, client: C, call: Call, baseline: Mapping[str, Value]) -> Effect:
        try:
            marker = await self.started(client, call)
        except PreconditionFailed:
            return Effect.NOT_SEEN  # It is between stop and start, or does not start again.
        return Effect.NOT_SEEN if marker == baseline[STARTED] else Effect.DONE

    async def _verify(self, client: C, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        try:
            marker, works = await self._wait(client, call, baseline, self.away)
        except (ServiceError, NotKnown) as err:
            return result(t"Restart", t"not back after {self.away:g} seconds: {err}", ok=None)
        if marker is None:
            return result(t"Restart", t"not running", ok=False)
        if marker == baseline[STARTED]:
            return result(t"Restart", t"not restarted, running since {marker}", ok=False)
        if not works:
            text = translate(t"restarted, and it does not work after {self.away:g} seconds")
            return result(t"Restart", text, ok=False)
        return result(t"Restart", t"running since {marker}", ok=True)

    async def _wait(
        self, client: C, call: Call, baseline: Mapping[str, Value], seconds: float
    ) -> tuple[str | None, bool]:
        """Return the start time when it has changed, or the last one, and whether the target works.

        The start time is None when the target does not run. While the program is away, a proxy may answer
        in its place, so every error and every unknown reading is read again.
        """

        async def read() -> tuple[str | None, bool]:
            try:
                marker = await self.started(client, call)
            except PreconditionFailed:
                return None, False  # It is between stop and start.
            is_new = marker != baseline[STARTED]
            works = self.works if self.must_work or baseline.get(WORKED) is True else None
            return marker, is_new and (works is None or await works(client, call))

        return await poll_until(
            client.clock,
            read,
            lambda found: found[1],
            seconds=seconds,
            away=self.away,
            away_on=(ServiceError, NotKnown),
        )
