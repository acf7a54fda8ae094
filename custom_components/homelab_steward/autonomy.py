"""Selects: the autonomy level of each runbook, its evidence, and what the next level lacks."""

from typing import Any, Final

from homeassistant.components.select import SelectEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN, LOGGER
from .contract.autonomy import (
    AutonomyCell,
    AutonomyLevel,
    LevelAnswer,
    LevelQuery,
    RunbookLevel,
    RunbookLevels,
    SetLevel,
)
from .contract.errors import ContractError
from .contract.plain_text import one_line
from .contract.protocol import Command, RowKind
from .coordinator import StewardCoordinator
from .entity import StewardEntity
from .errors import translated
from .speakers import async_speaker

MOST_ENABLED: Final = 10
"""With more runbooks than this, their selects are disabled by default."""

LONGEST_TITLE: Final = 80
LONGEST_MISSING: Final = 200

KEY: Final = "autonomy_"

RUNBOOKS_SIGNAL: Final[SignalType[str]] = SignalType(f"{DOMAIN}_runbooks")
"""A runbook of the app with this id was saved."""


@callback
def runbooks_changed(coordinator: StewardCoordinator) -> None:
    """Read the levels again: a runbook was saved."""
    async_dispatcher_send(coordinator.hass, RUNBOOKS_SIGNAL, coordinator.app_id)


class AutonomyLevels:
    """Has one select for each runbook that can change something, as the app lists them."""

    def __init__(self, coordinator: StewardCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
        """Start without selects."""
        self._coordinator = coordinator
        self._hass: HomeAssistant = coordinator.hass
        self._add = add
        self._selects: dict[str, AutonomySelect] = {}

    @callback
    def start(self) -> None:
        """Follow the runbooks until the entry is unloaded."""
        entry = self._coordinator.entry
        entry.async_on_unload(self._coordinator.listen_availability(None, self._refresh))
        entry.async_on_unload(self._coordinator.listen(RowKind.LEVEL, lambda _change: self._refresh()))
        entry.async_on_unload(async_dispatcher_connect(self._hass, RUNBOOKS_SIGNAL, self._saved))
        self._refresh()

    @callback
    def _saved(self, app_id: str) -> None:
        if app_id == self._coordinator.app_id:
            self._refresh()

    @callback
    def _refresh(self) -> None:
        if self._coordinator.connected:
            # In the background: the set-up does not wait for the list.
            self._coordinator.entry.async_create_background_task(
                self._hass, self._async_read(), f"{DOMAIN} autonomy levels"
            )

    async def _async_read(self) -> None:
        query = LevelQuery(language=self._hass.config.language)
        try:
            found = await self._coordinator.async_call(Command.LIST_LEVELS, query, RunbookLevels)
        except ContractError as err:
            LOGGER.warning("The autonomy levels are read again after a reconnect: %s", err.message)
            return
        self._show({one.id: one for one in found.levels})

    @callback
    def _show(self, levels: dict[str, RunbookLevel]) -> None:
        self._remove_gone(levels)
        is_enabled = len(levels) <= MOST_ENABLED
        new = {
            key: AutonomySelect(self._coordinator, level, is_enabled=is_enabled)
            for key, level in levels.items()
            if key not in self._selects
        }
        for key, select in self._selects.items():
            select.show(levels[key])
        self._selects |= new
        self._add(new.values())

    @callback
    def _remove_gone(self, levels: dict[str, RunbookLevel]) -> None:
        """Remove the selects of runbooks that the app does not have any more, also disabled ones."""
        prefix = f"{self._coordinator.app_id}/{KEY}"
        entities = er.async_get(self._hass)
        for one in er.async_entries_for_config_entry(entities, self._coordinator.entry.entry_id):
            if one.unique_id.startswith(prefix) and one.unique_id.removeprefix(prefix) not in levels:
                entities.async_remove(one.entity_id)
        for key in self._selects.keys() - levels.keys():
            del self._selects[key]


class AutonomySelect(StewardEntity, SelectEntity):
    """The autonomy level of one runbook."""

    _attr_translation_key = "autonomy_level"
    _attr_entity_category = EntityCategory.CONFIG
    _unrecorded_attributes = frozenset({"cells", "missing"})

    def __init__(self, coordinator: StewardCoordinator, level: RunbookLevel, *, is_enabled: bool) -> None:
        """Show the level as it is now."""
        super().__init__(coordinator, f"{KEY}{level.id}")
        self._attr_options = [one.value for one in AutonomyLevel]
        self._attr_translation_placeholders = {"runbook": one_line(level.title)[:LONGEST_TITLE]}
        self._attr_entity_registry_enabled_default = is_enabled
        self._level = level
        self._store()

    @callback
    def show(self, level: RunbookLevel) -> None:
        """Show a level or evidence that may be other ones."""
        if level != self._level:
            self._level = level
            self._store()
            if self.was_added:
                self.async_write_ha_state()

    def _store(self) -> None:
        self._attr_current_option = self._level.level.value
        self._attr_extra_state_attributes = {
            "missing": missing_of(self._level),
            "cells": [described(one) for one in self._level.cells],
        }

    async def async_select_option(self, option: str) -> None:
        """Lower the level, or request a higher one, which a person approves.

        Raises ServiceValidationError, with what is missing for a level that is not earned.
        """
        speaker = await async_speaker(self.coordinator, self._context, "autonomy_level", needs_user=True)
        if option == self._attr_current_option:
            return
        request = SetLevel(
            runbook_id=self._level.id,
            level=AutonomyLevel(option),
            speaker=speaker,
            language=self.hass.config.language,
        )
        try:
            answer = await self.coordinator.async_call(Command.SET_LEVEL, request, LevelAnswer)
        except ContractError as err:
            raise translated(err) from err
        self.show(answer.runbook)


def missing_of(level: RunbookLevel) -> list[str]:
    """Return what the cells with the level of the runbook lack for the next one, each text once."""
    lowest = (one for one in level.cells if one.level is level.level)
    texts = (one_line(text)[:LONGEST_MISSING] for cell in lowest for text in cell.missing)
    return list(dict.fromkeys(texts))


def described(cell: AutonomyCell) -> dict[str, Any]:
    """Return a cell as an attribute of the select."""
    return {
        "recipe": one_line(cell.label)[:LONGEST_TITLE],
        "targets": one_line(cell.target_class)[:LONGEST_TITLE],
        "level": cell.level.value,
        "evidence": round(cell.evidence, 2),
        "undo_evidence": round(cell.undo_evidence, 2),
        "good": cell.good,
        "bad": cell.bad,
        "unknown": cell.unknown,
        "automatic": cell.automatic,
        "harmed": cell.harmed,
        "made_worse_and_undone": cell.worse,
        "harm_at_most_percent": round(cell.harm_bound * 100, 1),
        "missing": [one_line(text)[:LONGEST_MISSING] for text in cell.missing],
        "since": cell.since,
    }
