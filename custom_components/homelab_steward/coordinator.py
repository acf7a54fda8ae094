"""Receives rows from the app, stores them and notifies listeners."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Final, cast

import aiohttp
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady, HomeAssistantError
from homeassistant.util import dt as dt_util

from . import issues
from .const import DOMAIN, LOGGER
from .contract.base import Message
from .contract.chat import ChatPiece, ChatQuestion
from .contract.client import CALL_TIMEOUT, Connection, Listeners, StewardClient
from .contract.doctor import DOCTOR_ID
from .contract.drill import DRILL_ID
from .contract.foreign_tools import FOREIGN_TOOLS_ID
from .contract.incidents import ApprovalRequest
from .contract.maintenance import MaintenanceWindow
from .contract.mode import MODE_ID, StewardMode
from .contract.protocol import Command, Event, Hello, InitialState, RowKind
from .contract.restore_drill import RESTORES_ID
from .contract.state import Instance, InstanceStatus, Person
from .contract.usage import USAGE_ID
from .home import HomeAccess
from .pending_actions import PendingActions
from .readings import Readings, ResourceId
from .steward_state import StewardState

SETUP_TIMEOUT: Final = 20.0

_FRESH: Final = frozenset({InstanceStatus.OK, InstanceStatus.PENDING})
"""States of an instance in which its last readings are current."""

_STORED: Final[dict[type[Message], RowKind]] = {
    Instance: RowKind.INSTANCE,
    Person: RowKind.PERSON,
    ApprovalRequest: RowKind.APPROVAL,
    MaintenanceWindow: RowKind.MAINTENANCE,
    StewardMode: RowKind.MODE,
}
"""Answers of commands that are rows; the kind is also the name of the field of an event."""

_EVENTS: Final = frozenset({RowKind.INCIDENT, RowKind.APPROVAL, RowKind.REPORT})
"""Kinds whose changes are events: published once all entities are available again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One changed row, with the state before and after the change."""

    kind: RowKind
    id: str
    before: StewardState
    after: StewardState


type Listener = Callable[[Change], None]


class StewardCoordinator:
    """The connection of one entry. The app pushes every change; nothing is polled."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        session: aiohttp.ClientSession,
        home_id: str,
        version: str | None,
    ) -> None:
        """Prepare the client; ``async_connect`` opens the connection.

        ``home_id`` is the instance ID of Home Assistant, ``version`` that of the integration.
        """
        self.hass = hass
        self.entry = entry
        self.steward_state = StewardState.empty()
        self.readings = Readings()
        self.pending = PendingActions()
        self.connected = False
        self.home = HomeAccess(hass, entry)
        self._client = StewardClient(
            session,
            entry.data[CONF_URL],
            entry.data[CONF_TOKEN],
            Listeners(
                state=self._receive_state,
                event=self._receive_event,
                connection=self._receive_connection,
                home=self.home.async_answer,
                home_id=home_id,
                language=hass.config.language,
                time_zone=hass.config.time_zone,
                version=version,
            ),
        )
        self._rows: dict[RowKind, list[Listener]] = defaultdict(list)
        self._availability: dict[str | None, set[CALLBACK_TYPE]] = defaultdict(set)
        self._first: asyncio.Future[None] | None = None
        self._connection_task: asyncio.Task[None] | None = None
        self._deferred: list[Change] = []

    @property
    def app_id(self) -> str:
        """Return the id of the app this entry was set up for."""
        return cast(str, self.entry.unique_id)

    @property
    def hello(self) -> Hello | None:
        """Return the last hello of the app, None before the first."""
        return self._client.hello

    async def async_connect(self) -> None:
        """Connect and wait for the first state.

        Raises ConfigEntryNotReady or ConfigEntryAuthFailed, translated.
        """
        self._first = self.hass.loop.create_future()
        self._connection_task = self.entry.async_create_background_task(
            self.hass, self._run(), "homelab_steward connection"
        )
        try:
            async with asyncio.timeout(SETUP_TIMEOUT):
                await self._first
        except TimeoutError as err:
            issues.schedule_away(self.hass, self.entry)
            raise _not_ready("timeout") from err
        finally:
            self._first = None

    async def async_close(self) -> None:
        """Close the connection; pending calls fail."""
        self.connected = False
        if self._connection_task is not None:
            self._connection_task.cancel()
            await asyncio.wait([self._connection_task])

    async def async_call[Answer: Message](
        self, command: Command, request: Message, answer: type[Answer], seconds: float = CALL_TIMEOUT
    ) -> Answer:
        """Send one command and return its answer. Raises ContractError with a code."""
        return await self._client.call(command, request, answer, seconds)

    def ask(self, question: ChatQuestion, silence: float) -> AsyncGenerator[ChatPiece]:
        """Yield the pieces of an answer as they arrive. Raises ContractError."""
        return self._client.ask(question, silence)

    @callback
    def start_home(self) -> CALLBACK_TYPE:
        """Push reports about Home Assistant to the app; returns how to stop it."""
        stop_pushing = self.home.start(self._client.push_report)
        stop_listening = self.listen_availability(None, self.home.changed)

        @callback
        def stop() -> None:
            stop_listening()
            stop_pushing()

        return stop

    @callback
    def store(self, row: Instance | Person | ApprovalRequest | MaintenanceWindow | StewardMode) -> None:
        """Store a row from a command's answer before the app pushes it."""
        kind, key = _STORED[type(row)], MODE_ID if isinstance(row, StewardMode) else row.id
        rows: dict[str, Any] = {kind.value: row}
        event = Event(sequence=0, kind=kind, id=key, at=dt_util.utcnow(), **rows)
        self._receive_event(event)

    def is_available(self, instance_id: str | None, resource: ResourceId | None = None) -> bool:
        """Return whether the readings of an instance or a resource (None, None: the app) are current."""
        if not self.connected or instance_id is None:
            return self.connected
        instance = self.steward_state.instances.get(instance_id)
        if instance is None or instance.status not in _FRESH:
            return False
        return resource is None or self.readings.has(instance_id, resource)

    def unavailable_reason(self, instance_id: str, action: str) -> str | None:
        """Return why an action of an instance is not offered now, None when it is."""
        snapshot = self.steward_state.snapshots.get(instance_id)
        return snapshot.unavailable.get(f"action.{action}") if snapshot else None

    @callback
    def listen(self, kind: RowKind, listener: Listener) -> CALLBACK_TYPE:
        """Call ``listener`` for every changed row of a kind; returns how to stop it."""
        listeners = self._rows[kind]
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    @callback
    def listen_availability(self, instance_id: str | None, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call ``listener`` whenever availability may have changed; returns how to stop it."""
        listeners = self._availability[instance_id]
        listeners.add(listener)
        return lambda: listeners.discard(listener)

    async def _run(self) -> None:
        try:
            await self._client.run()
        except Exception as err:  # noqa: BLE001 - without the reload the entry would stay dead
            LOGGER.exception("The connection to the app failed unexpectedly")
            self._set_disconnected()
            self._fail_setup(_not_ready("internal", message=str(err) or type(err).__name__))
            self._reload()

    @callback
    def _receive_state(self, state: InitialState) -> None:
        if not self._is_ours():
            return
        before, self.steward_state = self.steward_state, StewardState.from_state(state)
        changes = [
            Change(kind=kind, id=key, before=before, after=self.steward_state)
            for kind, key in _differences(before, self.steward_state)
        ]
        for change in changes:
            if change.kind not in _EVENTS:
                self._notify(change)
        self._deferred = [change for change in changes if change.kind in _EVENTS]

    @callback
    def _receive_event(self, event: Event) -> None:
        before, self.steward_state = self.steward_state, self.steward_state.after(event)
        self._notify(Change(kind=event.kind, id=event.id, before=before, after=self.steward_state))

    @callback
    def _receive_connection(self, connection: Connection, reason: str) -> None:
        match connection:
            case Connection.CONNECTED if self._is_ours():
                self._set_connected()
            case Connection.CONNECTED:
                self._refuse_other_app()
            case Connection.LOST:
                self._set_disconnected(reason)
                issues.schedule_away(self.hass, self.entry)
                self._fail_setup(_not_ready("cannot_connect"))
            case Connection.UNAUTHORIZED:
                self._set_disconnected(reason)
                self._request_reauth()
            case Connection.INCOMPATIBLE:
                self._set_disconnected(reason)
                issues.report_incompatible(self.hass, self.entry, reason)
                self._fail_setup(_not_ready("incompatible", message=reason))
                self._reload()

    def _set_connected(self) -> None:
        issues.clear_connection(self.hass, self.entry)
        self.pending.forget_requested()
        if self._first is not None and not self._first.done():
            self._first.set_result(None)
        if not self.connected:
            self.connected = True
            LOGGER.info("Connected to the app")
            self._notify_availability()
        deferred, self._deferred = self._deferred, []
        for change in deferred:
            self._notify(change)

    def _set_disconnected(self, reason: str = "") -> None:
        if self.connected:
            self.connected = False
            LOGGER.warning("The app does not answer: %s", reason)
            self._notify_availability()

    def _request_reauth(self) -> None:
        if self._first is None:
            self.entry.async_start_reauth(self.hass)
        self._fail_setup(ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="unauthorized"))

    def _refuse_other_app(self) -> None:
        self._set_disconnected("another steward answers at this address")
        issues.report_other_steward(self.hass, self.entry)
        self._fail_setup(_not_ready("other_steward"))
        self._reload()

    def _is_ours(self) -> bool:
        return self.hello is not None and self.hello.app_id == self.app_id

    def _fail_setup(self, err: HomeAssistantError) -> None:
        if self._first is not None and not self._first.done():
            self._first.set_exception(err)

    def _reload(self) -> None:
        """Reload the entry, so that Home Assistant retries the setup."""
        if self.entry.state is ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)

    def _notify(self, change: Change) -> None:
        lists_others = False
        if change.kind in (RowKind.SNAPSHOT, RowKind.INSTANCE):
            lists_others = self.readings.update(change.id, change.after.snapshots.get(change.id))
        elif change.kind is RowKind.APPROVAL:
            self.pending.update(change.after.approvals)
        for listener in tuple(self._rows[change.kind]):
            listener(change)
        if lists_others or _may_change_availability(change):
            self._notify_availability(change.id)

    def _notify_availability(self, instance_id: str | None = None) -> None:
        keys = tuple(self._availability) if instance_id is None else (instance_id,)
        for key in keys:
            for listener in tuple(self._availability[key]):
                listener()


def _may_change_availability(change: Change) -> bool:
    match change.kind:
        case RowKind.INSTANCE:
            old, new = change.before.instances.get(change.id), change.after.instances.get(change.id)
            return old is None or new is None or old.status is not new.status
        case RowKind.SNAPSHOT:
            before, after = change.before.snapshots.get(change.id), change.after.snapshots.get(change.id)
            return before is None or after is None or before.unavailable != after.unavailable
        case _:
            return False


def _differences(before: StewardState, after: StewardState) -> list[tuple[RowKind, str]]:
    """Return kind and id of every row that differs, the catalogue and the instances first."""
    found: list[tuple[RowKind, str]] = []
    if before.catalogue != after.catalogue:
        found.append((RowKind.CATALOGUE, after.catalogue.digest))
    pairs = (
        (RowKind.INSTANCE, before.instances, after.instances),
        (RowKind.SNAPSHOT, before.snapshots, after.snapshots),
        (RowKind.PERSON, before.people, after.people),
        (RowKind.INCIDENT, before.incidents, after.incidents),
        (RowKind.APPROVAL, before.approvals, after.approvals),
        (RowKind.STATISTICS, before.statistics, after.statistics),
        (RowKind.FRONT_END, before.front_ends, after.front_ends),
        (RowKind.MAINTENANCE, before.windows, after.windows),
        (RowKind.MODE, {MODE_ID: before.mode}, {MODE_ID: after.mode}),
        (RowKind.USAGE, {USAGE_ID: before.usage}, {USAGE_ID: after.usage}),
        (RowKind.REPORT, {"": before.report}, {"": after.report}),
        (RowKind.DRILL, {DRILL_ID: before.drill}, {DRILL_ID: after.drill}),
        (RowKind.DOCTOR, {DOCTOR_ID: before.doctor}, {DOCTOR_ID: after.doctor}),
        (RowKind.RESTORES, {RESTORES_ID: before.restores}, {RESTORES_ID: after.restores}),
        (
            RowKind.FOREIGN_TOOLS,
            {FOREIGN_TOOLS_ID: before.foreign_tools},
            {FOREIGN_TOOLS_ID: after.foreign_tools},
        ),
        (RowKind.SCHEDULED, before.scheduled, after.scheduled),
        (RowKind.CHANGE, before.changes, after.changes),
    )
    for kind, old, new in pairs:
        keys = [*new, *(key for key in old if key not in new)]
        found.extend((kind, key) for key in keys if old.get(key) != new.get(key))
    return found


def _not_ready(key: str, **phrases: str) -> ConfigEntryNotReady:
    return ConfigEntryNotReady(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=phrases
    )
