"""The parts of a loaded entry."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .coordinator import StewardCoordinator
from .dynamic_entities import DynamicEntities
from .notifications import Notifications
from .subentries import Subentries


@dataclass(frozen=True, slots=True, kw_only=True)
class StewardRuntime:
    """The parts of one loaded entry."""

    coordinator: StewardCoordinator
    subentries: Subentries
    entities: DynamicEntities
    notifications: Notifications


type StewardConfigEntry = ConfigEntry[StewardRuntime]
