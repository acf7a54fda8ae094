"""What can be talked about: every instance and resource, under a name that means one thing only."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import Inventory

SAYABLE: Final = re.compile(r"(?=.{1,40}\Z)[\w.:/()+@-]+(?: [\w.:/()+@-]+){0,3}")
"""A name of up to four words: what is longer is text, and could be meant for a model to obey."""

WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """A target under the name it is offered by; ``service`` is the key of what it belongs to."""

    label: str
    target: TargetRef
    service: str


def named_targets(inventory: Inventory) -> tuple[NamedTarget, ...]:
    """Return everything that can be named, programs first. Labels are unique."""
    found = [*_instances(inventory), *_resources(inventory)]
    times = Counter(one.label.casefold() for one in found)
    return tuple(
        one
        if times[one.label.casefold()] == 1 and SAYABLE.fullmatch(one.label)
        else NamedTarget(_distinct_label(one.target), one.target, one.service)
        for one in found
    )


def named_in(texts: Sequence[str], among: Iterable[NamedTarget]) -> tuple[NamedTarget, ...]:
    """Return the things whose own name (or label) stands in one of the texts, as whole words."""
    said = [f" {' '.join(WORD.findall(text.casefold()))} " for text in texts]
    return tuple(
        one
        for one in among
        if any(_is_in(name, text) for name in (one.target.name, one.label) for text in said)
    )


def related_targets(inventory: Inventory, named_target: NamedTarget) -> tuple[TargetRef, ...]:
    """Return a thing, what it stands on, and the program that runs in it."""
    application = inventory.application(named_target.target)
    return (
        named_target.target,
        *inventory.parents(named_target.target),
        *((application,) if application else ()),
    )


def by_label(among: Iterable[NamedTarget]) -> Mapping[str, NamedTarget]:
    """Return the things by their labels."""
    return {one.label: one for one in among}


def _instances(inventory: Inventory) -> Iterable[NamedTarget]:
    for instance in inventory.instances():
        target = inventory.target(instance.id, None)
        if target is not None:
            yield NamedTarget(target.name, target, instance.service)


def _resources(inventory: Inventory) -> Iterable[NamedTarget]:
    for instance in inventory.instances():
        snapshot = inventory.snapshot(instance.id)
        for resource in snapshot.resources if snapshot else ():
            target = inventory.target(instance.id, resource.id)
            if target is not None:
                yield NamedTarget(target.name, target, instance.service)


def _distinct_label(target: TargetRef) -> str:
    """Return a name for what shares its own with something else: its kind and id."""
    return f"{target.kind} {target.id}"


def _is_in(name: str, said: str) -> bool:
    words = " ".join(WORD.findall(name.casefold()))
    return bool(words) and f" {words} " in said
