"""How each service is set up and tested: one FIXTURE in ``services/<key>/__init__.py``, found by key."""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from homelab_steward.contract.base import Value
from lab.replay import Answer, Replay
from steward.sdk.access import OwnTemplates

if TYPE_CHECKING:
    from lab.lab import Lab

FOLDER = Path(__file__).resolve().parents[1] / "services"

type Prepare = Callable[[Lab], Awaitable[object]]
"""Brings the lab into the state that a test needs."""


class Served(Protocol):
    """A simulator, or a real program with one in front of it.

    What does not answer by HTTP alone still has what Simulator has: the tests of every service
    use its ``requests``, its ``alter`` and the lab's faults. ``home``, when there is one, is what
    the service reaches Home Assistant through.
    """

    @property
    def url(self) -> str:
        """The address clients use."""

    async def start(self) -> None:
        """Serve."""

    async def close(self) -> None:
        """Stop serving."""


@runtime_checkable
class JoinsApp(Protocol):
    """A program that connects to the app, as Home Assistant does."""

    def join(self, connections: Any) -> None:
        """Connect to what the app has for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One action as it is tested: on the resource with this title (None: on the instance).

    ``write`` is the method and path of its one change; ``prepare`` brings the lab into the
    state that the action needs. ``before`` are changes that it makes first. Its undo makes
    ``undo_writes`` changes; with ``is_final`` it cannot be done again afterwards.
    """

    action: str
    write: tuple[str, str]
    target: str | None = None
    arguments: Mapping[str, Value] = field(default_factory=dict)
    before: tuple[tuple[str, str], ...] = ()
    prepare: Prepare | None = None
    undo_writes: int = 1
    is_final: bool = False


def address_only(served: Any) -> dict[str, Value]:
    """Return the settings of a service that needs no credentials."""
    return {"url": served.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFixture:
    """One service in the lab: what serves it, what connects to it, and what is tested.

    * ``simulator``: recorded answers, or what makes the service's own simulator.
    * ``settings``: takes the simulator and returns the settings to connect with.
    * ``rounds``: one for every action.
    * ``wrong_credentials``: settings with which the service refuses.
    * ``targets``: the title of a resource per scope of a tool; ``arguments``: of all tools.
    * ``prepare``: what the lab needs before anything is tested.
    * ``unhealthy``: the answers, or what brings the lab there, with which every check finds a
      problem. Only a service without checks has none.
    * ``unknown``: readings (``sensor`` or ``kind.sensor``) that have no value in a healthy lab, and why.
    * ``optional``: places of an answer (``GET /path key``) whose absence the service defines, or
      whole answers that a poll can do without, and what that means. Everything else that is
      missing changes no reading.
    * ``templates``: takes the simulator and returns the owner's templates.
    * ``timeouts``: constants besides those of the REST client that bound a call, by dotted name.
    """

    simulator: Replay | Callable[[Lab], Served]
    settings: Callable[[Any], Mapping[str, Value]] = address_only
    rounds: tuple[Round, ...] = ()
    wrong_credentials: Mapping[str, Value] = field(default_factory=dict)
    arguments: Mapping[str, Value] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    prepare: Prepare | None = None
    unhealthy: Prepare | Mapping[str, Answer] | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    timeouts: tuple[str, ...] = ()
    templates: Callable[[Any], OwnTemplates] | None = None


def fixture_of(key: str) -> ServiceFixture:
    """Return the fixture of a service. Raises LookupError when it has none."""
    if not (FOLDER / key / "__init__.py").is_file():
        raise LookupError(f"tests/services/{key}/__init__.py is missing: it holds the FIXTURE of the service")
    fixture = getattr(importlib.import_module(f"services.{key}"), "FIXTURE", None)
    if not isinstance(fixture, ServiceFixture):
        raise LookupError(f"tests/services/{key}/__init__.py holds no FIXTURE")
    return fixture


def find_fixtures() -> dict[str, ServiceFixture]:
    """Return the fixtures of all folders that hold one, by key."""
    found: dict[str, ServiceFixture] = {}
    for path in sorted(FOLDER.glob("*/__init__.py")):
        fixture = getattr(importlib.import_module(f"services.{path.parent.name}"), "FIXTURE", None)
        if isinstance(fixture, ServiceFixture):
            found[path.parent.name] = fixture
    return found
