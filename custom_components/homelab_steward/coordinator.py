"""Where the app's words arrive: keeps the house and wakes who listens."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Final, cast

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
from .contract.client import Connection, Listeners, StewardClient
from .contract.incidents import ApprovalRequest
from .contract.protocol import Command, Event, Hello, InitialState, RowKind
from .contract.state import Instance, InstanceStatus, Person
from .readings import Readings
from .steward_state import StewardState

SETUP_TIMEOUT: Final = 20.0

_FRESH: Final = frozenset({InstanceStatus.OK, InstanceStatus.PENDING})
"""States of an instance in which its last readings may be shown as true."""

_HAPPENINGS: Final = frozenset({RowKind.INCIDENT, RowKind.APPROVAL})
"""Kinds whose changes are events: told once everything is available again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that is not as it was, and both houses to look it up in."""

    kind: RowKind
    id: str
    before: StewardState
    after: StewardState


type Listener = Callable[[Change], None]


class StewardCoordinator:
    """The connection of one entry: fed by push alone, it asks for nothing by the clock."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, session: aiohttp.ClientSession) -> None:
        """Remember the way; nothing is opened here."""
        self.hass = hass
        self.entry = entry
        self.steward_state = StewardState.empty()
        self.readings = Readings()
        self.connected = False
        self._client = StewardClient(
            session,
            entry.data[CONF_URL],
            entry.data[CONF_TOKEN],
            Listeners(
                state=self._receive_state,
                event=self._receive_event,
                connection=self._receive_connection,
            ),
        )
        self._rows: dict[RowKind, list[Listener]] = defaultdict(list)
        self._availability: dict[str | None, set[CALLBACK_TYPE]] = defaultdict(set)
        self._first: asyncio.Future[None] | None = None
        self._wire: asyncio.Task[None] | None = None
        self._late: list[Change] = []

    @property
    def app_id(self) -> str:
        """Return the id of the app this entry was set up for."""
        return cast(str, self.entry.unique_id)

    @property
    def hello(self) -> Hello | None:
        """Return what the app said of itself when it last answered."""
        return self._client.hello

    async def async_connect(self) -> None:
        """Connect and wait for the first state.

        Raises ConfigEntryNotReady or ConfigEntryAuthFailed, translated.
        """
        self._first = self.hass.loop.create_future()
        self._wire = self.entry.async_create_background_task(self.hass, self._run(), "homelab_steward wire")
        try:
            async with asyncio.timeout(SETUP_TIMEOUT):
                await self._first
        except TimeoutError as err:
            issues.steward_is_away(self.hass, self.entry)
            raise _not_ready("timeout") from err
        finally:
            self._first = None

    async def async_close(self) -> None:
        """Close the wire; calls under way fail."""
        self.connected = False
        if self._wire is not None:
            self._wire.cancel()
            await asyncio.wait([self._wire])

    async def async_call[Answer: Message](
        self, command: Command, request: Message, answer: type[Answer]
    ) -> Answer:
        """Send one command and return its answer. Raises ContractError with a code."""
        return await self._client.call(command, request, answer)

    def ask(self, question: ChatQuestion, silence: float) -> AsyncGenerator[ChatPiece]:
        """Return the pieces of an answer as they come; raises ContractError as the client does."""
        return self._client.ask(question, silence)

    @callback
    def learn(self, row: Instance | Person | ApprovalRequest) -> None:
        """Take in a row known from an answer, before the app pushes it."""
        if isinstance(row, Instance):
            event = _learned(RowKind.INSTANCE, row.id, instance=row)
        elif isinstance(row, Person):
            event = _learned(RowKind.PERSON, row.id, person=row)
        else:
            event = _learned(RowKind.APPROVAL, row.id, approval=row)
        self._receive_event(event)

    def is_available(self, instance_id: str | None) -> bool:
        """Return whether what is shown of the instance (None: the steward) is true now."""
        if not self.connected or instance_id is None:
            return self.connected
        instance = self.steward_state.instances.get(instance_id)
        return instance is not None and instance.status in _FRESH

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
        except Exception as err:  # noqa: BLE001 - whatever it was, it must not end in silence
            LOGGER.exception("The connection to the steward ended on a fault")
            self._lose()
            self._fail_setup(HomeAssistantError(str(err)))
            self._start_afresh()

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
            if change.kind not in _HAPPENINGS:
                self._notify(change)
        self._late = [change for change in changes if change.kind in _HAPPENINGS]

    @callback
    def _receive_event(self, event: Event) -> None:
        before, self.steward_state = self.steward_state, self.steward_state.after(event)
        self._notify(Change(kind=event.kind, id=event.id, before=before, after=self.steward_state))

    @callback
    def _receive_connection(self, connection: Connection, reason: str) -> None:
        match connection:
            case Connection.CONNECTED if self._is_ours():
                self._become_connected()
            case Connection.CONNECTED:
                self._meet_another()
            case Connection.LOST:
                self._lose(reason)
                issues.steward_is_away(self.hass, self.entry)
                self._fail_setup(_not_ready("cannot_connect"))
            case Connection.UNAUTHORIZED:
                self._lose(reason)
                self._be_refused()
            case Connection.INCOMPATIBLE:
                self._lose(reason)
                issues.is_incompatible(self.hass, self.entry, reason)
                self._fail_setup(_not_ready("incompatible", message=reason))
                self._start_afresh()

    def _become_connected(self) -> None:
        issues.steward_is_back(self.hass, self.entry)
        if self._first is not None and not self._first.done():
            self._first.set_result(None)
        if not self.connected:
            self.connected = True
            LOGGER.info("Connected to the steward")
            self._notify_availability()
        late, self._late = self._late, []
        for change in late:
            self._notify(change)

    def _lose(self, reason: str = "") -> None:
        if self.connected:
            self.connected = False
            LOGGER.warning("The steward is away: %s", reason)
            self._notify_availability()

    def _be_refused(self) -> None:
        if self._first is None:
            self.entry.async_start_reauth(self.hass)
        self._fail_setup(ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="unauthorized"))

    def _meet_another(self) -> None:
        self._lose("another steward answers at this address")
        issues.is_another_steward(self.hass, self.entry)
        self._fail_setup(_not_ready("other_steward"))
        self._start_afresh()

    def _is_ours(self) -> bool:
        return self.hello is not None and self.hello.app_id == self.app_id

    def _fail_setup(self, err: HomeAssistantError) -> None:
        if self._first is not None and not self._first.done():
            self._first.set_exception(err)

    def _start_afresh(self) -> None:
        """Go back to Home Assistant's own retries, which never give up."""
        if self.entry.state is ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)

    def _notify(self, change: Change) -> None:
        if change.kind in (RowKind.SNAPSHOT, RowKind.INSTANCE):
            self.readings.update(change.id, change.after.snapshots.get(change.id))
        for listener in tuple(self._rows[change.kind]):
            listener(change)
        if change.kind is RowKind.INSTANCE and self._turned(change):
            self._notify_availability(change.id)

    def _turned(self, change: Change) -> bool:
        before = change.before.instances.get(change.id)
        after = change.after.instances.get(change.id)
        return before is None or after is None or before.status is not after.status

    def _notify_availability(self, instance_id: str | None = None) -> None:
        keys = tuple(self._availability) if instance_id is None else (instance_id,)
        for key in keys:
            for listener in tuple(self._availability[key]):
                listener()


def _differences(before: StewardState, after: StewardState) -> list[tuple[RowKind, str]]:
    """Return every row that differs, the catalogue and the instances first."""
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
    )
    for kind, old, new in pairs:
        keys = [*new, *(key for key in old if key not in new)]
        found.extend((kind, key) for key in keys if old.get(key) != new.get(key))
    return found


def _learned(
    kind: RowKind,
    key: str,
    *,
    instance: Instance | None = None,
    person: Person | None = None,
    approval: ApprovalRequest | None = None,
) -> Event:
    return Event(
        sequence=0,
        kind=kind,
        id=key,
        at=dt_util.utcnow(),
        instance=instance,
        person=person,
        approval=approval,
    )


def _not_ready(key: str, **phrases: str) -> ConfigEntryNotReady:
    return ConfigEntryNotReady(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=phrases
    )
