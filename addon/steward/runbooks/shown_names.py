"""The names that services declare for what runbooks refer to by key: actions, capabilities, checks."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from ..sdk.description import AnyService
from .model import Step


@dataclass(frozen=True, slots=True)
class ShownNames:
    """English names by key; ``actions`` has them by ``service.action`` and by capability."""

    actions: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, services: Iterable[AnyService]) -> Self:
        """Return the names of these services; a key of several has the name that most of them use."""
        actions: dict[str, Counter[str]] = {}
        checks: dict[str, Counter[str]] = {}
        for service in services:
            for action in service.actions:
                for key in filter(None, (f"{service.key}.{action.key}", action.capability)):
                    actions.setdefault(key, Counter())[action.name] += 1
            for check in service.checks:
                checks.setdefault(check.key, Counter())[check.name] += 1
        return cls(_most_used(actions), _most_used(checks))

    def step(self, step: Step) -> str:
        """Return the name of a step; the key of an action that no service offers."""
        if step.wait_for is not None:
            return step.wait_for.name
        return self.actions.get(step.name, step.name)

    def check(self, key: str) -> str:
        """Return the name of a check, its key when no service has it."""
        return self.checks.get(key, key)


def _most_used(counted: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Return the name that is used most for each key; of several the shortest, then the first."""
    return {
        key: min(names, key=lambda name: (-names[name], len(name), name)) for key, names in counted.items()
    }
