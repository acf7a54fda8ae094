"""Waits until Android phones confirm that a request arrived. Apple's companion app confirms nothing.

The mobile app integration raises no error when a push server refuses a notification.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later

from .phones import MOBILE_APP, Phone

EVENT: Final = "mobile_app_notification_received"
CONFIRM_WITHIN: Final = 600.0
"""Seconds in which a phone has to confirm a notification."""

MOST_SENT: Final = 3
"""How often a notification is sent at most that a phone does not confirm: it may be switched off."""

type _Key = tuple[str, str]
"""The tag of a notification, and the device of the phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Awaited:
    owner: str
    stop: CALLBACK_TYPE
    sent: int = 1
    is_overdue: bool = False


class Confirmations:
    """The notifications that phones have not confirmed yet, of one entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        overdue: Callable[[str, str, bool], None],
        arrived: Callable[[str], None],
    ) -> None:
        """``overdue`` gets the tag, the device, and whether to send again; ``arrived`` the device."""
        self._hass = hass
        self._overdue = overdue
        self._arrived = arrived
        self._awaited: dict[_Key, _Awaited] = {}

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Follow the confirmations; returns how to stop."""
        stop = self._hass.bus.async_listen(EVENT, self._received)

        def end() -> None:
            stop()
            for awaited in self._awaited.values():
                awaited.stop()
            self._awaited.clear()

        return end

    @callback
    def expect(self, phone: Phone, tag: str) -> None:
        """Wait for the confirmation of a notification that was sent just now."""
        if phone.is_apple:
            return
        key = (tag, phone.device_id)
        known = self._awaited.get(key)
        if known is not None:
            known.stop()

        @callback
        def late(_now: datetime) -> None:
            awaited = self._awaited[key] = replace(self._awaited[key], is_overdue=True)
            self._overdue(*key, awaited.sent < MOST_SENT)

        job = HassJob(late, "homelab_steward confirmation", cancel_on_shutdown=True)
        stop = async_call_later(self._hass, CONFIRM_WITHIN, job)
        sent = known.sent + 1 if known else 1
        is_overdue = known is not None and known.is_overdue
        self._awaited[key] = _Awaited(owner=phone.owner, stop=stop, sent=sent, is_overdue=is_overdue)

    @callback
    def forget(self, tag: str, device_id: str) -> None:
        """Wait no longer: another notification replaced it, or the phone pressed one of its buttons."""
        if awaited := self._awaited.pop((tag, device_id), None):
            awaited.stop()

    def overdue(self, device_id: str) -> tuple[str, ...]:
        """Return the tags of the notifications that a phone did not confirm in time."""
        return tuple(tag for (tag, one), row in self._awaited.items() if one == device_id and row.is_overdue)

    @callback
    def _received(self, event: Event[dict[str, Any]]) -> None:
        tag, sender = event.data.get("tag"), (MOBILE_APP, event.data.get("device_id"))
        registry = dr.async_get(self._hass)
        for key, awaited in tuple(self._awaited.items()):
            device = registry.async_get(key[1])
            is_sender = device is not None and sender in device.identifiers
            if key[0] == tag and is_sender and event.context.user_id == awaited.owner:
                self.forget(*key)
                self._arrived(key[1])
