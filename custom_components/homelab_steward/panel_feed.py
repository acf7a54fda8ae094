"""Sends the rows of the app to one open panel or card: all at first, then each change."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator
from .panel_access import Access, shown_row, shown_rows, viewer_of
from .runtime import StewardConfigEntry

type Send = Callable[[dict[str, Any]], None]

STATE: Final = "state"
CONNECTION: Final = "connection"
ROW: Final = "row"


def find_entry(hass: HomeAssistant, entry_id: str | None) -> StewardConfigEntry | None:
    """Return the entry with this id, or without an id the first one, a loaded one if there is one."""
    entries = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    if entry_id is not None:
        return next((one for one in entries if one.entry_id == entry_id), None)
    loaded = (one for one in entries if one.state is ConfigEntryState.LOADED)
    return next(loaded, entries[0] if entries else None)


class PanelFeed:
    """The rows for one subscription. It outlives reloads of the entry and disconnects of the app."""

    def __init__(
        self, hass: HomeAssistant, user: User, entry_id: str | None, kinds: Collection[RowKind], send: Send
    ) -> None:
        """``kinds`` are the kinds of rows to send. ``entry_id`` None means any entry."""
        self._hass = hass
        self._user = user
        self._entry_id = entry_id
        self._kinds = frozenset(kinds)
        self._send = send
        self._coordinator: StewardCoordinator | None = None
        self._stop_listening: list[CALLBACK_TYPE] = []
        self._stop_watching: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Send the current state and follow the changes; returns how to stop."""
        self._stop_watching = async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
        )
        self._attach()
        return self._stop

    @callback
    def _stop(self) -> None:
        self._detach()
        if self._stop_watching is not None:
            self._stop_watching()
            self._stop_watching = None

    @callback
    def _entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Follow an entry that was loaded, unloaded or added."""
        if entry.domain == DOMAIN and self._loaded() is not self._coordinator:
            self._attach()

    def _loaded(self) -> StewardCoordinator | None:
        entry = find_entry(self._hass, self._entry_id)
        is_loaded = entry is not None and entry.state is ConfigEntryState.LOADED
        return entry.runtime_data.coordinator if entry is not None and is_loaded else None

    def _attach(self) -> None:
        self._detach()
        coordinator = self._coordinator = self._loaded()
        if coordinator is not None:
            self._stop_listening = [
                coordinator.listen_availability(None, partial(self._connection_changed, coordinator)),
                # The viewer's own rights depend on the people.
                *(coordinator.listen(kind, self._changed) for kind in self._kinds | {RowKind.PERSON}),
            ]
        self._send_state()

    def _detach(self) -> None:
        for stop in self._stop_listening:
            stop()
        self._stop_listening = []
        self._coordinator = None

    def _send_state(self) -> None:
        coordinator = self._coordinator
        entries = self._hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        message: dict[str, Any] = {
            "kind": STATE,
            "loaded": coordinator is not None,
            "connected": coordinator is not None and coordinator.connected,
            "entries": [{"entry_id": one.entry_id, "title": one.title} for one in entries],
            "entry_id": coordinator.entry.entry_id if coordinator else None,
            "viewer": None,
            "rows": {},
        }
        if coordinator is not None:
            state = coordinator.steward_state
            viewer = viewer_of(self._user, state)
            message["viewer"] = viewer.to_dict()
            if viewer.access is not Access.NONE:
                message["rows"] = {kind.value: shown_rows(state, kind, viewer) for kind in self._kinds}
        self._send(message)

    @callback
    def _connection_changed(self, coordinator: StewardCoordinator) -> None:
        self._send({"kind": CONNECTION, "connected": coordinator.connected})

    @callback
    def _changed(self, change: Change) -> None:
        before, viewer = viewer_of(self._user, change.before), viewer_of(self._user, change.after)
        if before != viewer:
            self._send_state()
        elif change.kind in self._kinds and viewer.access is not Access.NONE:
            row = shown_row(change.after, change.kind, change.id, viewer)
            self._send({"kind": ROW, "row_kind": change.kind.value, "id": change.id, "row": row})
