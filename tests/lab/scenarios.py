"""How a runbook is tested: an incident from what breaks to the verdict, declared as data.

``tests/steward/runbooks/test_scenarios.py`` finds and plays every scenario: those of general runbooks
in ``tests/scenarios/*.py``, those of a service's runbooks in ``tests/services/<key>/scenarios.py``. Each
file has a tuple ``SCENARIOS``.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Outcome
from lab.fixtures import fixture_of
from lab.lab import Lab
from lab.replay import Answer, ReplaySimulator, ReplayState
from lab.wire_simulator import WireSimulator

type Change = Callable[[Lab], Awaitable[object]] | Mapping[str, Answer]
"""Changes the lab. Answers replace those of the first service of the scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringAlert:
    """An alert of a monitor. Its labels say what it is about."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    summary: str = "Firing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One incident, the recipe that a person selects, and what comes of it.

    * ``services``: the instances that are configured, each named like its service.
    * ``breaks``: what breaks after all instances were read once.
    * ``alert`` or ``check``: the alert that fires, or the key of the check that finds the problem.
    * ``target``: the name of the incident's target.
    * ``recipe``: the recipe that is selected. What follows depends on its kind.
    * ``helps``: what follows a change of the recipe beyond what the simulator does by itself, such as the end
      of an error that a restart clears.
    * ``ends``: a change of the recipe that helps also ends the alert.
    * ``again``: what breaks right after a change of the recipe, so that it does not help: by default the
      same as ``breaks``. The incident is played a second time with it.
    * ``without_help``: the verdict then. A run that is WORSE must be undone if it can be.
    * ``settings``: settings of instances other than those of the fixture, by service.
    * ``passes``: seconds that pass after the break, for what is only a problem after a while.
    * ``evidence``: a text that one of the first looks must show.
    """

    runbook: str
    services: tuple[str, ...]
    breaks: Change
    recipe: str
    target: str
    alert: FiringAlert | None = None
    check: str | None = None
    helps: Change | None = None
    ends: bool = False
    again: Change | None = None
    without_help: Outcome = Outcome.NOT_FIXED
    settings: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    passes: float = 0.0
    evidence: str = ""

    @classmethod
    def each(cls, *recipes: str, **about: Any) -> tuple[Self, ...]:
        """Return one scenario for each of these recipes; ``about`` are the other fields."""
        return tuple(cls(recipe=recipe, **about) for recipe in recipes)

    def __post_init__(self) -> None:
        """Refuse a scenario that is started by nothing, or by two things."""
        if (self.alert is None) == (self.check is None):
            raise ValueError(f"{self.runbook}: a scenario has an alert or a check")

    @property
    def name(self) -> str:
        """What the test of it is called."""
        return f"{self.runbook}-{self.recipe}-{self.services[0]}"


def investigated(
    runbook: str, service: str, breaks: Change | None, check: str, target: str, **more: Any
) -> Scenario:
    """Return the scenario of a problem that the steward can only look into.

    Without ``breaks`` it is one of those that the unhealthy answers of the service have.
    """
    return Scenario(
        runbook=runbook,
        services=(service,),
        breaks=unhealthy(service) if breaks is None else breaks,
        check=check,
        target=target,
        recipe="investigate",
        **more,
    )


def unhealthy(service: str) -> Change:
    """Return what lets every check of a service find a problem."""
    found = fixture_of(service).unhealthy
    assert found is not None, f"{service} has no checks"
    return found


def replayed(lab: Lab, service: str) -> ReplayState:
    """Return the state of a service whose recorded answers are replayed."""
    served = lab.served[service]
    assert isinstance(served, ReplaySimulator | WireSimulator), "its answers are not replayed"
    return served.state


async def nothing(_: Lab) -> None:
    """Change nothing: only the monitor sees the problem."""
