"""What goes to Home Assistant's repairs, and when it leaves again."""

from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

AWAY_GRACE: Final = 30.0
"""Seconds the steward may be away (a restart, an update) before anybody is bothered."""

_TIMERS: Final[HassKey[dict[str, CALLBACK_TYPE]]] = HassKey(f"{DOMAIN}_away")


@callback
def steward_is_away(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Tell after a grace that the steward does not answer, unless it is back by then.

    The timer outlives failed attempts to set the entry up.
    """
    timers = hass.data.setdefault(_TIMERS, {})
    if entry.entry_id in timers:
        return

    @callback
    def report(_now: datetime) -> None:
        if entry.disabled_by is None:
            _report(hass, entry, "steward_away", ir.IssueSeverity.ERROR)

    job = HassJob(report, "homelab_steward away", cancel_on_shutdown=True)
    timers[entry.entry_id] = async_call_later(hass, AWAY_GRACE, job)


@callback
def steward_is_back(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back everything that was said about the connection."""
    if stop := hass.data.get(_TIMERS, {}).pop(entry.entry_id, None):
        stop()
    for key in ("steward_away", "incompatible", "other_steward"):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def is_incompatible(hass: HomeAssistant, entry: ConfigEntry, reason: str) -> None:
    """Tell which side is too old to understand the other."""
    _report(hass, entry, "incompatible", ir.IssueSeverity.ERROR, reason=reason)


@callback
def is_another_steward(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Tell that another steward than the one set up answers at its address."""
    _report(hass, entry, "other_steward", ir.IssueSeverity.ERROR)


@callback
def set_nobody_decides(hass: HomeAssistant, entry: ConfigEntry, *, nobody: bool) -> None:
    """Tell, or take back, that no known person may decide anything."""
    if nobody:
        _report(hass, entry, "nobody_decides", ir.IssueSeverity.WARNING)
    else:
        ir.async_delete_issue(hass, DOMAIN, f"nobody_decides_{entry.entry_id}")


@callback
def phone_is_deaf(hass: HomeAssistant, entry: ConfigEntry, device_id: str, name: str, reason: str) -> None:
    """Tell that a chosen phone cannot be reached, by its name."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"phone_{entry.entry_id}_{device_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="phone",
        translation_placeholders={"phone": name, "reason": reason},
    )


@callback
def phone_reachable(hass: HomeAssistant, entry: ConfigEntry, device_id: str) -> None:
    """Take back that a phone cannot be reached."""
    ir.async_delete_issue(hass, DOMAIN, f"phone_{entry.entry_id}_{device_id}")


@callback
def forget_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back everything said for this entry."""
    steward_is_back(hass, entry)
    registry = ir.async_get(hass)
    ours = [
        issue_id for domain, issue_id in registry.issues if domain == DOMAIN and entry.entry_id in issue_id
    ]
    for issue_id in ours:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _report(
    hass: HomeAssistant, entry: ConfigEntry, key: str, severity: ir.IssueSeverity, **phrases: str
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders={"name": entry.title, **phrases},
    )
