"""What may be named in a call: the instances of a service and the targets inside them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import Instance, Resource, Snapshot

from .tool import Arguments

SAYABLE: Final = re.compile(r"(?=.{1,40}\Z)[\w.:/()+@-]+(?: [\w.:/()+@-]+){0,3}")
"""A name of up to four words: what is longer is text, and could be meant for a model to obey."""

LONGEST_ID: Final = 200


@dataclass(frozen=True, slots=True)
class Place:
    """The instance and target a call is about."""

    instance_id: str
    target_id: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be said, and what it stands for.

    ``targets`` maps what can be said to an id, by instance; None when the tool is about
    the instance itself.
    """

    instances: Mapping[str, str]
    targets: Mapping[str, Mapping[str, str]] | None = None
    only: str | None = field(default=None)

    def said_instances(self) -> list[str]:
        """Return all names and ids of instances."""
        return list(self.instances)

    def said_targets(self) -> list[str]:
        """Return all names and ids of targets, of whatever instance."""
        every = (said for targets in (self.targets or {}).values() for said in targets)
        return list(dict.fromkeys(every))

    def place(self, arguments: Arguments) -> Place:
        """Return what was meant. Raises ContractError NOT_FOUND for what is not there."""
        instance_id = self.instances.get(str(arguments.get("instance", self.only)))
        if instance_id is None:
            raise ContractError(ErrorCode.NOT_FOUND, "instance: there is no such instance here")
        if self.targets is None:
            return Place(instance_id, None)
        target_id = self.targets.get(instance_id, {}).get(str(arguments.get("target")))
        if target_id is None:
            raise ContractError(ErrorCode.NOT_FOUND, "target: there is no such thing in this instance")
        return Place(instance_id, target_id)


def choices(instances: Sequence[Instance], snapshots: Mapping[str, Snapshot], scope: str | None) -> Choices:
    """Return the choices of a tool over things of kind ``scope``, None: the instances themselves."""
    if scope is None:
        return Choices(_sayable([(one.id, one.name) for one in instances]), only=_only(instances))
    targets = {
        one.id: _sayable(_of_kind(snapshots[one.id].resources, scope))
        for one in instances
        if one.id in snapshots
    }
    having = [one for one in instances if targets.get(one.id)]
    return Choices(_sayable([(one.id, one.name) for one in having]), targets, only=_only(having))


def _of_kind(resources: Sequence[Resource], kind: str) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in resources if one.kind == kind and _is_id(one.id)]


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and text.isprintable()


def _only(instances: Sequence[Instance]) -> str | None:
    return instances[0].id if len(instances) == 1 else None


def _sayable(named: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return what stands for which id: names first, where they mean one thing only; then ids."""
    ids = {one for one, _ in named}
    times = Counter(name for _, name in named)
    names = {
        name: one
        for one, name in named
        if times[name] == 1 and name not in ids and SAYABLE.fullmatch(name) is not None
    }
    return {**names, **{one: one for one in ids_in_order(named)}}


def ids_in_order(named: Sequence[tuple[str, str]]) -> list[str]:
    """Return the ids as they came, each once."""
    return list(dict.fromkeys(one for one, _ in named))
