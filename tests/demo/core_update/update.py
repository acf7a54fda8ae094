"""The update entity. The versions that were installed are the lines of a file in the configuration folder."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from homeassistant.components.update import UpdateEntity, UpdateEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

INSTALLED = "core_versions"
NEW = "2026.11.1"


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the entity with the version that was installed last."""
    file = Path(hass.config.path(INSTALLED))
    versions = await hass.async_add_executor_job(file.read_text)
    async_add_entities([Core(file, versions.split()[-1])])


class Core(UpdateEntity):
    """Installs a version, and stops Home Assistant before the action ends."""

    _attr_title = "Home Assistant Core"
    _attr_name = "Core update"
    _attr_unique_id = "core_version"
    _attr_latest_version = NEW
    _attr_supported_features = UpdateEntityFeature.INSTALL | UpdateEntityFeature.SPECIFIC_VERSION

    def __init__(self, file: Path, installed: str) -> None:
        """``file`` has a line for each version that was installed."""
        self._file = file
        self._attr_installed_version = installed

    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:  # noqa: FBT001 - as in Home Assistant
        """Install a version. The action never ends: Home Assistant is stopped meanwhile."""
        await self.hass.async_add_executor_job(self._store, version or NEW)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    def _store(self, version: str) -> None:
        with self._file.open("a") as file:
            file.write(f"{version}\n")
