"""How each service is set up and tried in the lab: one module per service, found by its key."""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from homelab_steward.contract.base import Value
from lab.house import Lab

type Prepare = Callable[[Lab], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One action as it is tried: on the resource with this title (None: on the instance).

    `write` is the method and path of its one change; `prepare` brings the lab into the
    state the action needs.
    """

    action: str
    write: tuple[str, str]
    target: str | None = None
    arguments: Mapping[str, Value] = field(default_factory=dict)
    prepare: Prepare | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One service in the lab: what connects to it, what is wrong, what can be tried.

    `targets` gives the title of a resource per scope of a tool. `patience` names the constant
    that bounds a whole call, `late` those that wait for something that mostly does not come.
    """

    settings: Callable[[Lab], dict[str, Value]]
    rounds: tuple[Round, ...] = ()
    wrong_credentials: Mapping[str, Value] = field(default_factory=dict)
    arguments: Mapping[str, Value] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    prepare: Prepare | None = None
    patience: str = "steward.http.PATIENCE"
    late: tuple[str, ...] = ()


def house_of(key: str) -> House:
    """The house of a service; raises `ModuleNotFoundError` when nobody has furnished one."""
    house = importlib.import_module(f"houses.{key}").HOUSE
    assert isinstance(house, House)
    return house
