"""Names every instance and resource uniquely, and finds those names in texts."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE, Inventory

SAYABLE: Final = re.compile(r"(?=.{1,40}\Z)[\w.:/()+@-]+(?: [\w.:/()+@-]+){0,3}")
"""A name of up to four words. Longer names could carry instructions to a model."""

WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """A target with its unique label; ``service`` is the key of its service."""

    label: str
    target: TargetRef
    service: str

    @property
    def resource_id(self) -> str | None:
        """The id of a resource, None for an instance."""
        return None if self.scope is None else self.target.id

    @property
    def scope(self) -> str | None:
        """The kind of a resource, None for an instance."""
        return None if self.target.kind == INSTANCE else self.target.kind


def named_targets(inventory: Inventory) -> tuple[NamedTarget, ...]:
    """Return all targets, instances first. Labels are unique."""
    found = [*_instances(inventory), *_resources(inventory)]
    times = Counter(one.label.casefold() for one in found)
    return tuple(
        one
        if times[one.label.casefold()] == 1 and SAYABLE.fullmatch(one.label)
        else NamedTarget(_distinct_label(one.target), one.target, one.service)
        for one in found
    )


def named_in(texts: Sequence[str], among: Iterable[NamedTarget]) -> tuple[NamedTarget, ...]:
    """Return the targets whose name or label occurs in one of the texts, as whole words."""
    return tuple(
        one
        for one in among
        if any(occurs(name, text) for name in (one.target.name, one.label) for text in texts)
    )


def occurs(name: str, text: str) -> bool:
    """Return whether a name or value occurs in a text, as whole words."""
    words = _words(name)
    return bool(words) and f" {words} " in f" {_words(text)} "


def related_targets(inventory: Inventory, named_target: NamedTarget) -> tuple[TargetRef, ...]:
    """Return a target, its parents, and the application that runs in it."""
    application = inventory.application(named_target.target)
    return (
        named_target.target,
        *inventory.parents(named_target.target),
        *((application,) if application else ()),
    )


def by_label(among: Iterable[NamedTarget]) -> Mapping[str, NamedTarget]:
    """Return the targets by their labels."""
    return {one.label: one for one in among}


def _instances(inventory: Inventory) -> Iterable[NamedTarget]:
    for instance in inventory.instances():
        target = inventory.target(instance.id)
        if target is not None:
            yield NamedTarget(target.name, target, instance.service)


def _resources(inventory: Inventory) -> Iterable[NamedTarget]:
    for instance in inventory.instances():
        snapshot = inventory.snapshot(instance.id)
        for resource in snapshot.resources if snapshot else ():
            target = inventory.target(instance.id, resource.kind, resource.id)
            if target is not None:
                yield NamedTarget(target.name, target, instance.service)


def _distinct_label(target: TargetRef) -> str:
    """Return the kind and id, as the label of a target whose name is not unique."""
    return f"{target.kind} {target.id}"


def _words(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))
