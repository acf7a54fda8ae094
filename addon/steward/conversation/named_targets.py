"""The targets that people and models name, with unique labels."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import is_not
from typing import Final
from urllib.parse import urlsplit

from homelab_steward.contract.state import Instance, TargetRef

from ..inventory.ports import Inventory
from ..language.words import WORD
from .mentions import NamedTarget

SAYABLE: Final = re.compile(r"(?=.{1,40}\Z)[\w.:/()+@-]+(?: [\w.:/()+@-]+){0,3}")
"""A name of up to four words. Longer names could carry instructions to a model."""


def named_targets(inventory: Inventory) -> tuple[NamedTarget, ...]:
    """Return all targets, instances first. Labels are unique.

    Targets with the same name are named with the place where they are: Radarr on nas, Radarr on mini.
    """
    found = [*_instances(inventory), *_resources(inventory)]
    times = Counter(one.label.casefold() for one in found)
    placed = {
        one: _label_with_place(inventory, one.target) for one in found if times[one.label.casefold()] > 1
    }
    times.update(label.casefold() for label in placed.values())
    return tuple(_with_label(one, (one.label, placed.get(one, "")), times) for one in found)


class TargetNames:
    """All targets with their labels; they are read again when an instance or its readings changed."""

    def __init__(self, inventory: Inventory) -> None:
        """``inventory`` replaces what it knows about an instance by new objects."""
        self._inventory = inventory
        self._read: tuple[object, ...] | None = None
        self._targets: tuple[NamedTarget, ...] = ()

    def every(self) -> tuple[NamedTarget, ...]:
        """Return what ``named_targets`` returns."""
        instances = self._inventory.instances()
        read = (*instances, *(self._inventory.snapshot(one.id) for one in instances))
        before = self._read
        if before is None or len(before) != len(read) or any(map(is_not, before, read, strict=True)):
            self._read, found = read, named_targets(self._inventory)
            # The same tuple lets others see at once that nothing changed.
            self._targets = self._targets if self._targets == found else found
        return self._targets


def named_in(texts: Sequence[str], among: Iterable[NamedTarget]) -> tuple[NamedTarget, ...]:
    """Return the targets whose name or label occurs in one of the texts, as whole words.

    A label such as "Radarr on nas" does not mean the other targets named Radarr.
    """
    said = [f" {_words(text)} " for text in texts]

    def is_in(name: str) -> bool:
        words = _words(name)
        return bool(words) and any(f" {words} " in text for text in said)

    found = [one for one in among if is_in(one.target.name) or is_in(one.label)]
    exact = {one.target.name for one in found if one.label != one.target.name and is_in(one.label)}
    return tuple(one for one in found if one.target.name not in exact or is_in(one.label))


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


def _with_label(one: NamedTarget, labels: Iterable[str], times: Mapping[str, int]) -> NamedTarget:
    """Return the target with the first label that is unique and short; else with its kind and id."""
    found = (label for label in labels if times[label.casefold()] == 1 and SAYABLE.fullmatch(label))
    return NamedTarget(next(found, f"{one.target.kind} {one.target.id}"), one.target, one.service)


def _label_with_place(inventory: Inventory, target: TargetRef) -> str:
    """Return the name and where the target is: what it runs in, or the host of its address.

    Empty when that is not known.
    """
    parents = (one.name for one in inventory.parents(target) if one.name != target.name)
    instance = inventory.instance(target.instance_id)
    place = next(parents, None) or (_host(instance) if instance else "")
    return f"{target.name} on {place}" if place else ""


def _host(instance: Instance) -> str:
    """Return the host in the address of an instance, without its domain."""
    texts = (value for value in instance.settings.values() if isinstance(value, str) and "://" in value)
    host = next(filter(None, (urlsplit(one).hostname for one in texts)), "")
    return host if host.replace(".", "").isdigit() else host.partition(".")[0]


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    """Return the words of a text; cached, because a text is compared with every name."""
    return " ".join(WORD.findall(text.casefold()))
