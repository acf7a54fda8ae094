"""Keeps the entry's subentries in sync with the app's instances and people."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypedDict

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store

from .const import (
    CONF_INSTANCE_ID,
    CONF_PERSON_ID,
    CONF_SERVICE,
    DOMAIN,
    LOGGER,
    SUBENTRY_PERSON,
    SUBENTRY_SERVICE,
)
from .contract.base import Message
from .contract.commands import InstanceId, PersonId
from .contract.errors import ContractError, ErrorCode
from .contract.protocol import Command, Nothing, RowKind
from .contract.state import Instance, Origin, Person
from .coordinator import Change, StewardCoordinator

ADOPTION_DELAY: Final = 5.0
"""Seconds before a row without a subentry gets one: a flow may be about to create it."""

_REMOVALS: Final[Mapping[str, tuple[Command, type[InstanceId | PersonId]]]] = {
    SUBENTRY_SERVICE: (Command.REMOVE_INSTANCE, InstanceId),
    SUBENTRY_PERSON: (Command.REMOVE_PERSON, PersonId),
}
_NAMED: Final = {SUBENTRY_SERVICE: CONF_INSTANCE_ID, SUBENTRY_PERSON: CONF_PERSON_ID}


class _Stored(TypedDict):
    known: list[list[str]]
    removals: list[list[str]]


type Row = tuple[str, str]
"""A subentry type and the id of the instance or person it stands for."""


def storage(hass: HomeAssistant, entry_id: str) -> Store[_Stored]:
    """Return the storage of one entry's known subentries."""
    return Store(hass, 1, f"{DOMAIN}.{entry_id}.subentries")


class Subentries:
    """Which rows have a subentry, which should, and which a person removed."""

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start empty; ``async_load`` comes first."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._entry = coordinator.entry
        self._store = storage(coordinator.hass, coordinator.entry.entry_id)
        self._known: set[Row] = set()
        self._removals: set[Row] = set()
        self._sending = False
        self._adopting = False
        self._is_closed = False

    async def async_load(self) -> None:
        """Load the stored subentries, and remove those whose row is gone."""
        stored = await self._store.async_load()
        if stored:
            self._known = {(kind, key) for kind, key in stored["known"]}
            self._removals = {(kind, key) for kind, key in stored["removals"]}
        self.compare()
        self._drop_orphans()

    async def async_close(self) -> None:
        """Save the known subentries for the last time."""
        self._is_closed = True
        await self._store.async_save(self._stored())

    @callback
    def start(self) -> None:
        """Follow the app until the entry is unloaded."""
        coordinator, entry = self._coordinator, self._entry
        for kind in (RowKind.INSTANCE, RowKind.PERSON):
            entry.async_on_unload(coordinator.listen(kind, self._row_changed))
        entry.async_on_unload(coordinator.listen_availability(None, self._send_removals))
        self._send_removals()
        self._adopt_soon()

    def subentry_id(self, instance_id: str) -> str | None:
        """Return the subentry of an instance, None for one of the entry itself."""
        subentry = self._find((SUBENTRY_SERVICE, instance_id))
        return subentry.subentry_id if subentry else None

    def has_place(self, instance: Instance) -> bool:
        """Return whether the instance is shown: it has a subentry, or needs none."""
        return instance.origin is Origin.FILE or self.subentry_id(instance.id) is not None

    @callback
    def compare(self) -> None:
        """Find the subentries that a person removed, and remove their rows from the app."""
        now = {row for subentry in self._entry.subentries.values() if (row := _row(subentry))}
        self._removals |= self._known - now
        self._removals -= now
        self._known = now
        self._remember()
        self._send_removals()

    def _find(self, row: Row) -> ConfigSubentry | None:
        subentries = self._entry.subentries.values()
        return next((one for one in subentries if _row(one) == row), None)

    def _rows(self) -> dict[Row, Instance | Person]:
        """Return the rows of the app that should have a subentry."""
        steward_state = self._coordinator.steward_state
        rows: dict[Row, Instance | Person] = {
            (SUBENTRY_SERVICE, instance.id): instance
            for instance in steward_state.instances.values()
            if instance.origin is Origin.FRONT_END
        }
        for person in steward_state.people.values():
            if person.origin is Origin.FRONT_END:
                rows[SUBENTRY_PERSON, person.id] = person
        return rows

    @callback
    def _row_changed(self, change: Change) -> None:
        kind = SUBENTRY_SERVICE if change.kind is RowKind.INSTANCE else SUBENTRY_PERSON
        key = (kind, change.id)
        row = self._rows().get(key)
        subentry = self._find(key)
        if row is None:
            self._removals.discard(key)
            if subentry is not None:
                self._drop(subentry)
        elif subentry is None:
            self._adopt_soon()
        else:
            self._hass.config_entries.async_update_subentry(
                self._entry, subentry, title=row.name, data=_data(row)
            )

    @callback
    def _drop_orphans(self) -> None:
        rows = self._rows()
        for subentry in tuple(self._entry.subentries.values()):
            if (key := _row(subentry)) and key not in rows:
                self._drop(subentry)

    def _drop(self, subentry: ConfigSubentry) -> None:
        """Remove the subentry of a row that is gone."""
        if key := _row(subentry):
            self._known.discard(key)
        self._hass.config_entries.async_remove_subentry(self._entry, subentry.subentry_id)
        self._remember()

    @callback
    def _adopt_soon(self) -> None:
        if self._adopting:
            return
        self._adopting = True
        job = HassJob(self._adopt, "homelab_steward adoption", cancel_on_shutdown=True)
        self._entry.async_on_unload(async_call_later(self._hass, ADOPTION_DELAY, job))

    @callback
    def _adopt(self, _now: datetime) -> None:
        """Add subentries for rows that another client, or an earlier entry, created."""
        self._adopting = False
        for key, row in self._rows().items():
            if key not in self._removals and self._find(key) is None:
                subentry = ConfigSubentry(
                    data=MappingProxyType(_data(row)),
                    subentry_type=key[0],
                    title=row.name,
                    unique_id=subentry_unique_id(*key),
                )
                self._hass.config_entries.async_add_subentry(self._entry, subentry)

    @callback
    def _send_removals(self) -> None:
        if self._removals and self._coordinator.connected and not self._sending:
            self._sending = True
            self._entry.async_create_background_task(
                self._hass, self._async_send_removals(), "homelab_steward removals"
            )

    async def _async_send_removals(self) -> None:
        try:
            for key in tuple(self._removals):
                await self._async_send_removal(key)
        except ContractError as err:
            # Kept, and sent again after a reconnect.
            LOGGER.warning("A removal was not sent to the app yet: %s", err.message)
        finally:
            self._sending = False
            self._remember()

    async def _async_send_removal(self, key: Row) -> None:
        command, request = _REMOVALS[key[0]]
        message: Message = request(id=key[1])
        try:
            await self._coordinator.async_call(command, message, Nothing)
        except ContractError as err:
            if err.code is not ErrorCode.NOT_FOUND:
                raise
        self._removals.discard(key)

    @callback
    def _remember(self) -> None:
        # A removal that ends with the connection must not bring back the file of a removed entry.
        if not self._is_closed:
            self._store.async_delay_save(self._stored, 1)

    def _stored(self) -> _Stored:
        return {
            "known": [list(row) for row in sorted(self._known)],
            "removals": [list(row) for row in sorted(self._removals)],
        }


def _row(subentry: ConfigSubentry) -> Row | None:
    """Return the row of a subentry."""
    named = _NAMED.get(subentry.subentry_type)
    return (subentry.subentry_type, subentry.data[named]) if named else None


def _data(row: Instance | Person) -> dict[str, Any]:
    """Return the data of a subentry: no settings, no secrets."""
    if isinstance(row, Instance):
        return instance_data(row)
    return person_data(row)


def subentry_unique_id(kind: str, row_id: str) -> str:
    """Return the unique id of the subentry of an instance or person."""
    return f"{kind}_{row_id}"


def instance_data(instance: Instance) -> dict[str, Any]:
    """Return the data of the subentry of an instance."""
    return {CONF_INSTANCE_ID: instance.id, CONF_SERVICE: instance.service, CONF_NAME: instance.name}


def person_data(person: Person) -> dict[str, Any]:
    """Return the data of the subentry of a person."""
    return {CONF_PERSON_ID: person.id, CONF_NAME: person.name}
