"""The instances and targets that the arguments of a call can name."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import Instance, Resource, Snapshot

from .arguments import as_written
from .tool import Arguments, JsonObject

SAYABLE: Final = re.compile(r"(?=.{1,40}\Z)[\w.:/()+@-]+(?: [\w.:/()+@-]+){0,3}")
"""A name of up to four words. Longer names could carry instructions to a model."""

LONGEST_ID: Final = 200

MOST_CHOICES: Final = 100
"""A schema with more of them would fill a model's context: it has none instead."""


@dataclass(frozen=True, slots=True)
class CallTarget:
    """The instance of a call, and its target if the tool has one."""

    instance_id: str
    target_id: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """The names and ids a call accepts, mapped to ids.

    ``targets`` has one mapping per instance id; it is None when the tool is about the instance itself.
    ``only`` is the default instance, when there is exactly one.
    """

    instances: Mapping[str, str]
    targets: Mapping[str, Mapping[str, str]] | None = None
    only: str | None = field(default=None)

    def instance_names(self) -> list[str]:
        """Return all names and ids of instances."""
        return list(self.instances)

    def target_names(self) -> list[str]:
        """Return all names and ids of targets of all instances."""
        every = (name for targets in (self.targets or {}).values() for name in targets)
        return list(dict.fromkeys(every))

    def target_schema(self, kind: str) -> JsonObject:
        """Return the schema of the argument that names a target of this kind."""
        names, described = self.target_names(), f"Which {kind}, by name or id"
        schema: JsonObject = {"type": "string", "title": "Target", "maxLength": LONGEST_ID}
        if len(names) > MOST_CHOICES:
            return {**schema, "description": f"{described}. There are many: find_targets returns them."}
        return {**schema, "description": described, "enum": list(names)}

    def call_target(self, arguments: Arguments) -> CallTarget:
        """Return the instance and target of a call. Raises ContractError NOT_FOUND."""
        instance_id = _id_of(self.instances, str(arguments.get("instance", self.only)))
        if instance_id is None:
            raise ContractError(ErrorCode.NOT_FOUND, "instance: this instance does not exist")
        if self.targets is None:
            return CallTarget(instance_id, None)
        target_id = _id_of(self.targets.get(instance_id, {}), str(arguments.get("target")))
        if target_id is None:
            raise ContractError(ErrorCode.NOT_FOUND, "target: this instance has no such target")
        return CallTarget(instance_id, target_id)


def _id_of(ids: Mapping[str, str], name: str) -> str | None:
    return ids.get(as_written(name, ids))


def choices(instances: Sequence[Instance], snapshots: Mapping[str, Snapshot], scope: str | None) -> Choices:
    """Return the choices of a tool for resources of kind ``scope``, or for instances if it is None."""
    if scope is None:
        return Choices(_ids_by_name([(one.id, one.name) for one in instances]), only=_only(instances))
    targets = {
        one.id: _ids_by_name(_of_kind(snapshots[one.id].resources, scope))
        for one in instances
        if one.id in snapshots
    }
    with_targets = [one for one in instances if targets.get(one.id)]
    return Choices(
        _ids_by_name([(one.id, one.name) for one in with_targets]), targets, only=_only(with_targets)
    )


def is_sayable(name: str) -> bool:
    """Return whether a name is too short to carry instructions to a model."""
    return SAYABLE.fullmatch(name) is not None


def _of_kind(resources: Sequence[Resource], kind: str) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in resources if one.kind == kind and _is_id(one.id)]


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and text.isprintable()


def _only(instances: Sequence[Instance]) -> str | None:
    return instances[0].id if len(instances) == 1 else None


def _ids_by_name(items: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return ids by unique, short name, followed by every id by itself."""
    ids = {one for one, _ in items}
    times = Counter(name for _, name in items)
    names = {name: one for one, name in items if times[name] == 1 and name not in ids and is_sayable(name)}
    return {**names, **{one: one for one in _unique_ids(items)}}


def _unique_ids(items: Sequence[tuple[str, str]]) -> list[str]:
    """Return the ids in order, without duplicates."""
    return list(dict.fromkeys(one for one, _ in items))
