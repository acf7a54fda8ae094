"""Stacks: targets of one instance that are deployed together, such as a Compose project. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.state import ResourceKey, TargetRef

STACK: Final = "stack"
"""The kind of resources that are stacks themselves."""

STACK_LABELS: Final = ("compose_project", "namespace")
"""The labels with which services name the stack of a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Targets of one instance that are deployed together. ``parent`` is what they run on, if known."""

    name: str
    instance_id: str
    parent: ResourceKey | None
    members: tuple[TargetRef, ...]

    def is_called(self, target: TargetRef, above: Sequence[TargetRef]) -> bool:
        """Return whether a resource is this stack itself. ``above`` are the parents of the resource."""
        is_there = self.parent is None or any(
            (one.kind, one.id) == (self.parent.kind, self.parent.id) for one in above
        )
        is_named = target.name.casefold() == self.name.casefold()
        return target.kind == STACK and target.instance_id == self.instance_id and is_named and is_there


def stacks_of(
    things: Iterable[tuple[TargetRef, ResourceKey | None, Mapping[str, str]]],
) -> tuple[Stack, ...]:
    """Return the stacks of targets, given with parents and labels; targets need a label of a stack."""
    found: dict[tuple[str, ResourceKey | None, str], list[TargetRef]] = defaultdict(list)
    for target, parent, labels in things:
        name = next((labels[key] for key in STACK_LABELS if labels.get(key)), None)
        if name is not None:
            found[target.instance_id, parent, name].append(target)
    return tuple(
        Stack(name=name, instance_id=instance_id, parent=parent, members=tuple(members))
        for (instance_id, parent, name), members in found.items()
    )


def stack_of(target: TargetRef, above: Sequence[TargetRef], stacks: Iterable[Stack]) -> Stack | None:
    """Return the stack that a target is in, runs in, or is. ``above`` are its parents, nearest first."""
    every = tuple(stacks)
    for one in (target, *above):
        found = next((stack for stack in every if one in stack.members), None)
        if found is not None:
            return found
    return next((one for one in every if one.is_called(target, above)), None)
