"""Creates and deletes the issues that Home Assistant shows as repairs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .contract.plain_text import one_line

AWAY_GRACE: Final = 30.0
"""Seconds without a connection (a restart, an update) before an issue is reported."""

_TIMERS: Final[HassKey[dict[str, CALLBACK_TYPE]]] = HassKey(f"{DOMAIN}_away")


@callback
def schedule_away(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Report after ``AWAY_GRACE`` that the app does not answer, unless it does by then.

    The timer survives failed attempts to set up the entry.
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
def clear_connection(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues about the connection."""
    if stop := hass.data.get(_TIMERS, {}).pop(entry.entry_id, None):
        stop()
    for key in ("steward_away", "incompatible", "other_steward"):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def report_incompatible(hass: HomeAssistant, entry: ConfigEntry, reason: str) -> None:
    """Report that app and integration do not support each other's version."""
    _report(hass, entry, "incompatible", ir.IssueSeverity.ERROR, reason=reason)


@callback
def report_other_steward(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Report that another app than the one set up answers at its address."""
    _report(hass, entry, "other_steward", ir.IssueSeverity.ERROR)


@callback
def set_nobody_decides(hass: HomeAssistant, entry: ConfigEntry, *, nobody: bool) -> None:
    """Report, or delete the issue, that no known person may decide anything."""
    if nobody:
        _report(hass, entry, "nobody_decides", ir.IssueSeverity.WARNING)
    else:
        ir.async_delete_issue(hass, DOMAIN, f"nobody_decides_{entry.entry_id}")


@callback
def report_phone(hass: HomeAssistant, entry: ConfigEntry, device_id: str, name: str, reason: str) -> None:
    """Report that a selected phone cannot be notified."""
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
def clear_phone(hass: HomeAssistant, entry: ConfigEntry, device_id: str) -> None:
    """Delete the issue that a phone cannot be notified."""
    ir.async_delete_issue(hass, DOMAIN, f"phone_{entry.entry_id}_{device_id}")


@callback
def report_missing_rights(
    hass: HomeAssistant, entry: ConfigEntry, instance_id: str, name: str, rights: Iterable[str]
) -> None:
    """Report which rights the credentials of an instance lack."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"missing_rights_{entry.entry_id}_{instance_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="missing_rights",
        translation_placeholders={"name": name, "rights": "\n".join(f"- {one}" for one in rights)},
    )


@callback
def clear_missing_rights(hass: HomeAssistant, entry: ConfigEntry, instance_id: str) -> None:
    """Delete the issue that the credentials of an instance lack rights."""
    ir.async_delete_issue(hass, DOMAIN, f"missing_rights_{entry.entry_id}_{instance_id}")


@callback
def report_front_end(
    hass: HomeAssistant, entry: ConfigEntry, front_end: str, problems: Iterable[str], *, is_down: bool
) -> None:
    """Report why messages of the app do not reach people in a front end."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"front_end_{entry.entry_id}_{front_end}",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR if is_down else ir.IssueSeverity.WARNING,
        translation_key=f"{front_end}_problem",
        translation_placeholders={
            "name": entry.title,
            "problems": "\n".join(f"- {one_line(one)}" for one in problems),
        },
    )


@callback
def clear_front_end(hass: HomeAssistant, entry: ConfigEntry, front_end: str) -> None:
    """Delete the issue of a front end."""
    ir.async_delete_issue(hass, DOMAIN, f"front_end_{entry.entry_id}_{front_end}")


@callback
def clear_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues of the entry."""
    clear_connection(hass, entry)
    registry = ir.async_get(hass)
    ours = [
        issue_id for domain, issue_id in registry.issues if domain == DOMAIN and entry.entry_id in issue_id
    ]
    for issue_id in ours:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _report(
    hass: HomeAssistant, entry: ConfigEntry, key: str, severity: ir.IssueSeverity, **placeholders: str
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders={"name": entry.title, **placeholders},
    )
