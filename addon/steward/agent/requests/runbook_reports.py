"""Makes the reports of runbooks that only read. Nothing is stored."""

import asyncio
from collections.abc import Sequence
from typing import Final

from homelab_steward.contract.diagnosis import Evidence
from homelab_steward.contract.runbook_runs import RunbookReport
from homelab_steward.contract.state import Instance, TargetRef

from ...clock import Clock
from ...coalesce import coalesced_reads
from ...errors import StewardError
from ...inventory.ports import Inventory
from ...runbooks.model import Each, Look, Runbook
from ...texts import household
from ..diagnosis.diagnoser import Diagnoser, telling_lines
from ..diagnosis.health_report import OwnHealth, Polled, headline, health_report, section
from ..plans.plan import ReadyLook
from ..plans.resolver import Resolver

TELLING: Final = 3
"""The most lines of one service's own health in a report about many services."""


class RunbookReports:
    """Reads the looks of a runbook for one target, or for each instance."""

    def __init__(self, inventory: Inventory, resolver: Resolver, diagnoser: Diagnoser, clock: Clock) -> None:
        """``diagnoser`` polls instances and reads tools."""
        self._inventory = inventory
        self._resolver = resolver
        self._diagnoser = diagnoser
        self._clock = clock

    async def read(self, runbook: Runbook, target: TargetRef | None) -> RunbookReport:
        """Return the report of a runbook about a target, or without a target about each instance.

        The report names what cannot be read.
        """
        if runbook.each is Each.INSTANCE or target is None:
            return await self._of_instances(runbook, self._instances(target))
        return await self._of_target(runbook, target)

    def _instances(self, target: TargetRef | None) -> list[Instance]:
        every = self._inventory.instances()
        return [one for one in every if target is None or one.id == target.instance_id]

    async def _of_instances(self, runbook: Runbook, instances: Sequence[Instance]) -> RunbookReport:
        texts = household()
        failures = await asyncio.gather(*(self._diagnoser.poll(one.id) for one in instances))
        # The poll may have replaced the row of an instance.
        after = [self._inventory.instance(one.id) or one for one in instances]
        polled = [Polled(one, failure) for one, failure in zip(after, failures, strict=True)]
        targets = [self._inventory.target(one.instance.id) for one in polled if one.failure is None]
        looks = [look for one in targets if one is not None for look in self._looks(runbook, one)]
        read = await self._evidence(looks)
        own = OwnHealth(
            tuple(self._line(one) for one in read if one.ok),
            tuple(self._line(one) for one in read if not one.ok),
        )
        now = self._clock.now()
        return health_report(texts.name(runbook.title), polled, self._inventory, own, now, texts)

    def _line(self, evidence: Evidence) -> str:
        """Return the own health of one service: the lines that report a problem, else the first ones."""
        instance = self._inventory.instance(evidence.instance_id)
        lines = [one for one in evidence.text.splitlines() if one.strip()]
        said = "; ".join(telling_lines(lines, TELLING)) or evidence.title
        return f"{instance.name if instance else evidence.instance_id}: {said}"

    async def _of_target(self, runbook: Runbook, target: TargetRef) -> RunbookReport:
        texts = household()
        failure = await self._diagnoser.poll(target.instance_id)
        seen = self._inventory.seen(target)
        silent = texts("{name} cannot be read: {reason}", name=target.name, reason=failure)
        problems = [silent] if failure is not None else list(seen.problems)
        read = await self._evidence(self._looks(runbook, target))
        is_complete = failure is None and seen.is_listed and not seen.unknown and all(one.ok for one in read)
        found = section(texts("Problems"), problems, texts)
        unknown = section(texts("Not known"), seen.unknown, texts)
        looked = (section(one.title, one.text.splitlines(), texts) for one in read)
        title = texts.name(runbook.title)
        return RunbookReport(
            title=f"{title}: {target.name}",
            headline=headline(len(problems), int(failure is None), is_complete=is_complete, texts=texts),
            sections=(*(one for one in (found, unknown) if one.lines), *looked),
            problems=len(problems),
            is_complete=is_complete,
        )

    async def _evidence(self, looks: Sequence[ReadyLook]) -> list[Evidence]:
        async with coalesced_reads():
            return list(
                await asyncio.gather(*(self._diagnoser.read(number, one) for number, one in enumerate(looks)))
            )

    def _looks(self, runbook: Runbook, target: TargetRef) -> list[ReadyLook]:
        """Return the looks of a runbook that a target offers, each once."""
        targets = self._resolver.targets(target)
        found: dict[tuple[str, TargetRef], ReadyLook] = {}
        for look in looks_of(runbook):
            try:
                one = self._resolver.look(look, targets)
            except StewardError:
                continue  # Not every service offers each look, and a look that is not offered is no problem.
            found[one.name, one.call.target] = one
        return list(found.values())


def looks_of(runbook: Runbook) -> tuple[Look, ...]:
    """Return all looks of a runbook, also those of its recipes."""
    return (*runbook.looks, *(look for recipe in runbook.recipes for look in recipe.looks))
