"""Functions that return checks of the common kinds."""

import math
from collections.abc import Callable
from typing import Any

from homelab_steward.contract.incidents import Severity

from ..texts import Text
from .description import Check, Outage

type Problem[Item] = Callable[[Item], Text | None]
"""Returns the text of a problem, None without one. Raises NotKnown when that is not known."""


def notice[Item](key: str, name: str, problem: Problem[Item], scope: str | None = None) -> Check[Item]:
    """Return a check whose problem has the severity INFO."""
    return Check(key=key, name=name, severity=Severity.INFO, problem=problem, scope=scope)


def warning[Item](
    key: str,
    name: str,
    problem: Problem[Item],
    scope: str | None = None,
    outage: Outage[Any] | None = None,
) -> Check[Item]:
    """Return a check whose problem has the severity WARNING."""
    return Check(key=key, name=name, severity=Severity.WARNING, problem=problem, scope=scope, outage=outage)


def filling[Item](
    scope: str,
    used: Callable[[Item], float],
    text: Callable[[Item, float], Text],
    *,
    nearly: float = 85.0,
    full: float = 95.0,
) -> tuple[Check[Item], Check[Item]]:
    """Return the checks that a storage is nearly full (a warning), and full (critical).

    ``used`` returns the used share in percent, and may raise NotKnown. ``text`` returns the text of the
    problem for that percentage. Above ``full`` only the critical check has a problem.
    """

    def between(above: float, up_to: float) -> Problem[Item]:
        def problem(item: Item) -> Text | None:
            percent = used(item)
            return text(item, percent) if above < percent <= up_to else None

        return problem

    return (
        warning("storage_nearly_full", "Storage nearly full", between(nearly, full), scope),
        critical("storage_full", "Storage full", between(full, math.inf), scope),
    )


def critical[Item](
    key: str,
    name: str,
    problem: Problem[Item],
    scope: str | None = None,
    outage: Outage[Any] | None = None,
) -> Check[Item]:
    """Return a check whose problem has the severity CRITICAL."""
    return Check(key=key, name=name, severity=Severity.CRITICAL, problem=problem, scope=scope, outage=outage)
