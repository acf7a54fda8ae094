"""The targets of the inventory that each runbook can be requested for."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.runbook_runs import RunbookTarget, RunbookTargets, RunbookTargetsQuery
from homelab_steward.contract.state import TargetRef

from ...errors import StewardError
from ...inventory.ports import INSTANCE, Inventory
from ...runbooks.matching import fits_target
from ...runbooks.model import Each, Look, Recipe, Runbook
from ...texts import household, translate
from ..diagnosis.diagnoser import subject_of
from ..plans.resolver import Resolver, Targets
from .runbook_reports import looks_of


class RunbookTargetList:
    """Lists the targets of runbooks. Nothing is read from services, and no dry run is made."""

    def __init__(self, inventory: Inventory, resolver: Resolver, library: Mapping[str, Runbook]) -> None:
        """``library`` has the runbooks by id."""
        self._inventory = inventory
        self._resolver = resolver
        self._library = library

    def titles(self) -> Mapping[str, str]:
        """Return the English titles of all runbooks, by id."""
        return {key: one.title for key, one in self._library.items()}

    async def list(self, query: RunbookTargetsQuery) -> RunbookTargets:
        """Return the targets that a runbook can be requested for. Raises ContractError NOT_FOUND."""
        runbook = self._library.get(query.runbook_id)
        if runbook is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such runbook."))
        found = tuple(self._of(runbook))
        title = household().name(runbook.title)
        reason = "" if found else translate(t"No step of {title} applies to anything that is configured.")
        return RunbookTargets(
            targets=found,
            only_reads=runbook.only_reads,
            is_for_all=runbook.each is Each.INSTANCE,
            reason=reason,
        )

    def _of(self, runbook: Runbook) -> Iterator[RunbookTarget]:
        if runbook.each is Each.STACK:
            for stack in self._inventory.stacks():
                fitting = (one for one in stack.members if self._fits(runbook, one))
                first = next((one for one in fitting if self._applies(runbook, one)), None)
                if first is not None:
                    yield RunbookTarget(target=first, name=stack.name)
            return
        for one in self._targets(runbook):
            if self._fits(runbook, one) and self._applies(runbook, one):
                yield RunbookTarget(target=one, name=one.name)

    def _targets(self, runbook: Runbook) -> Iterator[TargetRef]:
        """Yield the targets of the kinds that a runbook is for."""
        kinds = (INSTANCE,) if runbook.each is Each.INSTANCE else runbook.match.targets
        for instance in self._inventory.instances():
            for kind, key in self._keys(instance.id):
                target = (
                    self._inventory.target(instance.id, kind, key) if not kinds or kind in kinds else None
                )
                if target is not None:
                    yield target

    def _keys(self, instance_id: str) -> Iterable[tuple[str, str]]:
        """Yield kind and id of an instance and of everything in its last readings."""
        snapshot = self._inventory.snapshot(instance_id)
        yield INSTANCE, instance_id
        yield from ((one.kind, one.id) for one in (snapshot.resources if snapshot else ()))

    def _fits(self, runbook: Runbook, target: TargetRef) -> bool:
        return fits_target(runbook.match, subject_of(self._inventory, target))

    def _applies(self, runbook: Runbook, target: TargetRef) -> bool:
        """Return whether a recipe could be offered for a target, or a look of the runbook read there."""
        if runbook.each is Each.INSTANCE:
            return True
        targets = self._resolver.targets(target)
        if runbook.only_reads:
            return any(self._can_read(one, targets) for one in looks_of(runbook))
        acting = (one for one in runbook.recipes if one.kind is OptionKind.ACT)
        return any(self._can_act(one, targets) for one in acting)

    def _can_read(self, look: Look, targets: Targets) -> bool:
        with suppress(StewardError):
            self._resolver.look(look, targets)
            return True
        return False

    def _can_act(self, recipe: Recipe, targets: Targets) -> bool:
        """Return whether each step of a recipe has a target that offers its action."""
        with suppress(StewardError):
            for step in recipe.steps:
                if step.wait_for is None:
                    self._resolver.placed(step, targets)
            return True
        return False
