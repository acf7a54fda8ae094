"""Lets the app read Home Assistant and ask it for a few actions, as the options allow."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, Platform
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import (
    TrackStates,
    async_call_later,
    async_track_state_change_filtered,
)

from .const import CONF_HOME_ACTIONS, CONF_HOME_FACTS, CONF_HOME_READ, DOMAIN, LOGGER
from .contract.errors import ContractError, ErrorCode
from .contract.home import HomePart, HomeQuery, HomeReply, HomeReport, HomeRequest, HomeResult
from .home_apps import async_app_log
from .home_calls import HomeCalls, async_restart_problem
from .home_facts import read_facts
from .home_report import async_build_report, is_own
from .home_updates import async_release_notes

DEBOUNCE: Final = 2.0
LEAST_INTERVAL: Final = 10.0
"""Seconds between two pushed reports."""

PUSHED: Final = tuple(part for part in HomePart if part not in (HomePart.AREAS, HomePart.ENTITIES))
"""What a pushed report holds: states of entities are only sent when the app asks for them."""

type Push = Callable[[HomeReport], Awaitable[None]]


class HomeAccess:
    """Replies to the app's requests, and pushes a report after something relevant changed."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Nothing is pushed before :meth:`start`."""
        self._hass = hass
        self._entry = entry
        self._push: Push | None = None
        self._stop_listening: list[CALLBACK_TYPE] = []
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._pushed_at = -LEAST_INTERVAL

    async def async_answer(self, request: HomeRequest) -> HomeReply:
        """Return the reply to a request.

        Raises ContractError FORBIDDEN, INTERNAL for a defect, and those of HomeCalls.
        """
        try:
            return await self._async_reply(request)
        except ContractError:
            raise
        except Exception as err:
            LOGGER.exception("A request of the app failed")
            message = f"Home Assistant could not answer: {type(err).__name__}"
            raise ContractError(ErrorCode.INTERNAL, message) from err

    async def _async_reply(self, request: HomeRequest) -> HomeReply:
        if not self._is_on(CONF_HOME_READ):
            message = "Home Assistant does not let the app read it: see the options of Homelab Steward"
            raise ContractError(ErrorCode.FORBIDDEN, message)
        if request.query is HomeQuery.REPORT:
            return HomeReply(report=await self._async_report(request.parts))
        if request.query is HomeQuery.APP_LOG:
            return HomeReply(result=HomeResult(text=await async_app_log(self._hass, request.app or "")))
        if request.query is HomeQuery.RELEASE_NOTES:
            notes = await async_release_notes(self._hass, request.update or "")
            return HomeReply(result=HomeResult(text=notes))
        if not self._is_on(CONF_HOME_ACTIONS):
            message = "Home Assistant does not let the app use actions: see the options of Homelab Steward"
            raise ContractError(ErrorCode.FORBIDDEN, message)
        if request.query is HomeQuery.CHECK_RESTART:
            return HomeReply(result=HomeResult(text=await async_restart_problem(self._hass)))
        if request.call is None:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, "The call is missing")
        return HomeReply(result=await HomeCalls(self._hass).async_call(request.call))

    @callback
    def start(self, push: Push) -> CALLBACK_TYPE:
        """Push reports with ``push``; returns how to stop it."""
        self._push = push
        self.refresh()
        return self._stop

    @callback
    def refresh(self) -> None:
        """Listen while the options let the app read Home Assistant, and not otherwise."""
        if not self._is_on(CONF_HOME_READ):
            self._stop()
        elif not self._stop_listening:
            self._listen()
            self.changed()

    @callback
    def changed(self, *_: Any) -> None:
        """Push a report soon: several changes together, and not more often than LEAST_INTERVAL."""
        if self._cancel_timer is None and self._stop_listening:
            due = self._pushed_at + LEAST_INTERVAL - self._hass.loop.time()
            job = HassJob(self._async_push, "homelab_steward report", cancel_on_shutdown=True)
            self._cancel_timer = async_call_later(self._hass, max(DEBOUNCE, due), job)

    async def _async_report(self, parts: Collection[str]) -> HomeReport:
        allows_actions = self._is_on(CONF_HOME_ACTIONS)
        facts = read_facts(self._hass, self._fact_options())
        return await async_build_report(self._hass, parts, allows_actions=allows_actions, facts=facts)

    def _fact_options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self._entry.options.get(CONF_HOME_FACTS, {})
        return options

    def _is_on(self, option: str) -> bool:
        return self._entry.options.get(option, True) is True

    def _listen(self) -> None:
        states = TrackStates(all_states=False, entities=set(), domains={Platform.UPDATE})
        tracker = async_track_state_change_filtered(self._hass, states, self._update_changed)
        self._stop_listening = [
            tracker.async_remove,
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STARTED, self.changed),
            self._hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._issue_changed),
            async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed),
        ]

    @callback
    def _stop(self) -> None:
        for stop in self._stop_listening:
            stop()
        self._stop_listening = []
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _update_changed(self, event: Event[EventStateChangedData]) -> None:
        if not is_own(self._hass, event.data["entity_id"]):
            self.changed()

    @callback
    def _issue_changed(self, event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        if event.data["domain"] != DOMAIN:
            self.changed()

    @callback
    def _entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN:
            self.changed()

    async def _async_push(self, _: datetime) -> None:
        self._cancel_timer = None
        self._pushed_at = self._hass.loop.time()
        report = await self._async_report(PUSHED)
        if self._push is not None and self._stop_listening:
            await self._push(report)
