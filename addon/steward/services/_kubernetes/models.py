"""What every Kubernetes object has. Source: the API of Kubernetes 1.36."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...sdk.answers import Item, NotKnown, Time
from ...sdk.description import Right


class ListMeta(Item):
    """Of a list: how to ask for what follows, "" at its end."""

    more: str = msgspec.field(name="continue", default="")


class Listed(Item):
    """A list, or an object: then it has no items."""

    metadata: ListMeta = ListMeta()
    items: tuple[Any, ...] = ()


class Meta(Item):
    """Name and identity. ``generation`` is higher after each change of what is wanted."""

    name: str
    uid: str
    creation_timestamp: Time
    namespace: str = ""
    deletion_timestamp: Time | None = None
    generation: int = 0
    resource_version: str = ""
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}


class Condition(Item):
    """One condition of an object. ``status`` is True, False or Unknown."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


def condition(conditions: Iterable[Condition], kind: str) -> Condition:
    """Return the condition of this type. Raises NotKnown when it is not reported."""
    for one in conditions:
        if one.type == kind:
            return one
    raise NotKnown(t"Its condition {kind} is not reported")


class Rule(Item):
    """What the token may do with some resources; with names, only with these."""

    verbs: tuple[str, ...]
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()

    def allows(self, right: str) -> bool:
        """Return whether a right, such as "patch deployments.apps", is granted."""
        verb, _, what = right.partition(" ")
        resource, _, group = what.partition(".")
        wanted = ((self.verbs, verb), (self.resources, resource), (self.api_groups, group))
        return not self.resource_names and all({one, "*"} & set(given) for given, one in wanted)


class Review(Item):
    """What the token may do. It may be ``incomplete`` when another authorizer decides too."""

    incomplete: bool
    resource_rules: tuple[Rule, ...]

    def allows(self, right: str) -> bool:
        """Return whether a right, such as "patch deployments.apps", is granted or may be."""
        return self.incomplete or any(rule.allows(right) for rule in self.resource_rules)

    def granted(self, rights: Iterable[Right]) -> frozenset[str]:
        """Return the keys of the rights that are granted. Raises NotKnown when that is not certain."""
        if self.incomplete:
            raise NotKnown(t"The cluster does not list all rights of the token")
        return frozenset(
            one.key for one in rights if any(rule.allows(one.key) for rule in self.resource_rules)
        )
