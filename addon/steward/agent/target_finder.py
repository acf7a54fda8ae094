"""Finds the targets that runbooks and requests refer to, in the inventory only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from homelab_steward.contract.incidents import Alert
from homelab_steward.contract.state import TargetRef

from ..errors import PreconditionFailed
from ..inventory.ports import Inventory
from ..runbooks.matching import Subject
from ..runbooks.model import About, Condition, Named, Of
from ..sdk.arguments import MOST_SHOWN
from ..sdk.description import Role
from ..texts import english, translate

type Targets = Mapping[About, TargetRef]
"""The targets that a runbook's looks, steps and conditions are about."""

ROLES: Final = {Of.APPLICATION: Role.APPLICATION, Of.HOST: Role.HOST, Of.STORAGE: Role.STORAGE}

MISSING_TARGET: Final = {
    Of.TARGET: english("the target of the alerts is not known"),
    Of.APPLICATION: english("no configured application is known to run in it"),
    Of.HOST: english("no configured host is known to run it"),
    Of.STORAGE: english("no configured storage is known to hold it"),
}


class TargetFinder:
    """Finds targets. A target is only ever one that the inventory knows."""

    def __init__(self, inventory: Inventory) -> None:
        """Everything is looked up in ``inventory``."""
        self._inventory = inventory

    def clean(self, text: str) -> str:
        """Return a service's text without configured secrets."""
        return self._inventory.clean(text)

    def is_off(self, target: TargetRef) -> bool:
        """Return whether the target was seen off."""
        return self._inventory.is_off(target)

    def subject(self, target: TargetRef | None, alerts: Sequence[Alert] = ()) -> Subject:
        """Return a target with its alerts as runbooks are matched to it."""
        service = self._inventory.service(target.instance_id) if target else None
        return Subject(
            alerts=alerts,
            target=target,
            service=service.key if service else None,
            roles=tuple(role for role in Role if target and self._has_role(target, role)),
        )

    def targets(self, target: TargetRef | None) -> dict[About, TargetRef]:
        """Return what ``of: target``, ``of: application`` and so on mean for a target."""
        if target is None:
            return {}
        found: dict[About, TargetRef] = {Of.TARGET: target}
        for of, role in ROLES.items():
            with_role = self._inventory.with_role(target, role)
            if with_role is not None:
                found[of] = with_role
        return found

    def condition_targets(self, targets: Targets, conditions: Sequence[Condition]) -> dict[About, TargetRef]:
        """Return the targets with those that conditions name; one that is not found is left out."""
        found = dict(targets)
        for condition in conditions:
            if condition.target is not None and len(fitting := self._find(condition.target, targets)) == 1:
                found[condition.target] = fitting[0]
        return found

    def _of(self, about: About, targets: Targets) -> TargetRef:
        if isinstance(about, Named):
            return self._only(about, targets)
        if about not in targets:
            raise PreconditionFailed(translate(MISSING_TARGET[about]))
        return targets[about]

    def _only(self, named: Named, targets: Targets) -> TargetRef:
        """Return the one target that fits. Raises PreconditionFailed when none or several do."""
        found = self._find(named, targets)
        if not found:
            raise PreconditionFailed(t"no target fits {named}")
        if len(found) > 1:
            names = ", ".join(target.name for target in found[:MOST_SHOWN])
            raise PreconditionFailed(t"{len(found)} targets fit {named}: {names}")
        return found[0]

    def _find(self, named: Named, targets: Targets) -> tuple[TargetRef, ...]:
        found = self._inventory.find(
            service=named.service,
            instance=named.instance,
            kind=named.kind,
            name=named.name,
            role=named.role,
        )
        if named.reading is None:
            return found
        is_own = self._is_own(named, targets)
        return tuple(
            one for one in found if is_own(one) and self._inventory.readings(one).get(named.reading) is True
        )

    def _is_own(self, named: Named, targets: Targets) -> Callable[[TargetRef], bool]:
        """Return what is true of the targets of the incident's instance; of all if a service is named."""
        if named.service or named.instance or named.role:
            return lambda _: True
        own = targets[Of.TARGET].instance_id if Of.TARGET in targets else None
        return lambda one: one.instance_id == own

    def _known(self, target: TargetRef) -> TargetRef:
        """Return the target as the inventory has it now: targets are only ever enumerated."""
        known = self._inventory.target(target.instance_id, target.kind, target.id)
        if known is None:
            raise PreconditionFailed(t"{target.name} does not exist any more")
        return known

    def _has_role(self, target: TargetRef, role: Role) -> bool:
        return self._inventory.with_role(target, role) == target

    def _ids(self, instance_id: str, kind: str) -> frozenset[str]:
        """Return the ids of an instance's resources of one kind."""
        snapshot = self._inventory.snapshot(instance_id)
        return (
            frozenset(one.id for one in snapshot.resources if one.kind == kind) if snapshot else frozenset()
        )
