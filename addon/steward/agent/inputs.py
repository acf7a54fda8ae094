"""The inputs of the agent that several of its parts share."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..clock import Clock
from ..inventory.ports import Inventory
from ..runbooks.model import Runbook
from ..store.store import Store
from .decisions.gate import People
from .limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentInputs:
    """The store, the watched services, the people, the runbooks by their ids, the clock, and the limits."""

    store: Store
    inventory: Inventory
    people: People
    library: Mapping[str, Runbook]
    clock: Clock
    limits: Limits
