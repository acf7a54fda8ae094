"""The steward as a process with additional settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import override

from aiohttp import ClientSession

from demo.steward import Steward
from lab.wire import Json


class ConfiguredSteward(Steward):
    """Adds `more` to all settings it writes."""

    def __init__(self, session: ClientSession, folder: Path, more: Mapping[str, Json]) -> None:
        super().__init__(session, folder)
        self._more = more

    @override
    async def write_settings(self, settings: Mapping[str, Json]) -> None:
        await super().write_settings({**settings, **self._more})
