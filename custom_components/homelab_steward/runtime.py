"""What lives as long as an entry is loaded."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .coordinator import StewardCoordinator
from .dynamic_entities import Drawing
from .notifications import Notifications
from .subentries import Subentries


@dataclass(frozen=True, slots=True, kw_only=True)
class StewardRuntime:
    """The parts of one loaded entry."""

    coordinator: StewardCoordinator
    subentries: Subentries
    drawing: Drawing
    notifications: Notifications


type StewardConfigEntry = ConfigEntry[StewardRuntime]
