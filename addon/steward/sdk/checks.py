"""Checks in one line each."""

from collections.abc import Callable
from typing import Any

from homelab_steward.contract.incidents import Severity

from ..texts import Text
from .description import Check, Outage

type Problem[Item] = Callable[[Item], Text | None]
"""Returns what is wrong, None when nothing is. Raises NotKnown when that cannot be judged."""


def notice[Item](key: str, name: str, problem: Problem[Item], scope: str | None = None) -> Check[Item]:
    """Return a check whose problem is only worth knowing."""
    return Check(key=key, name=name, severity=Severity.INFO, problem=problem, scope=scope)


def warning[Item](
    key: str,
    name: str,
    problem: Problem[Item],
    scope: str | None = None,
    outage: Outage[Any] | None = None,
) -> Check[Item]:
    """Return a check whose problem is a warning."""
    return Check(key=key, name=name, severity=Severity.WARNING, problem=problem, scope=scope, outage=outage)


def critical[Item](
    key: str,
    name: str,
    problem: Problem[Item],
    scope: str | None = None,
    outage: Outage[Any] | None = None,
) -> Check[Item]:
    """Return a check whose problem is critical."""
    return Check(key=key, name=name, severity=Severity.CRITICAL, problem=problem, scope=scope, outage=outage)
