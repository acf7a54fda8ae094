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
from .contract.doctor import Finding, FindingSeverity
from .contract.plain_text import one_line

AWAY_GRACE: Final = 30.0
"""Seconds without a connection (a restart, an update) before an issue is reported."""

DOCUMENTATION: Final = "https://github.com/homelab-steward/homelab-steward/blob/main/docs/"
LEARN_MORE: Final = {
    "steward_away": "troubleshooting.md#all-entities-of-the-steward-are-unavailable",
    "incompatible": "troubleshooting.md#all-entities-of-the-steward-are-unavailable",
    "other_steward": "troubleshooting.md#all-entities-of-the-steward-are-unavailable",
    "nobody_decides": "approvals.md#who-can-approve",
    "phone": "troubleshooting.md#you-get-no-notifications",
    "missing_rights": "home-assistant.md#coverage-and-missing-rights",
    "model_limit": "models.md#limits",
    "doctor": "troubleshooting.md#ask-the-doctor-first",
    "drill_failed": "drill.md#when-a-rule-did-not-hold",
    "drill_old": "drill.md#run-it",
    "restore_failed": "backup.md#prove-that-backups-can-be-restored",
    "restore_old": "backup.md#prove-that-backups-can-be-restored",
    "restore_left": "backup.md#prove-that-backups-can-be-restored",
    "telegram_problem": "troubleshooting.md#you-get-no-telegram-messages",
}
"""The page of the documentation for each kind of issue."""

MOST_FINDINGS: Final = 20
LONGEST_FINDING: Final = 300

FIXABLE: Final = frozenset({"nobody_decides", "other_steward", "missing_rights", "phone"})
"""Kinds with a flow that fixes them, see ``repairs``."""

ATTR_KIND: Final = "kind"
ATTR_ENTRY_ID: Final = "entry_id"
ATTR_SUBJECT: Final = "subject"
"""Keys of the data of a fixable issue; the subject is the id of the instance or of the phone's device."""

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
    placeholders = {"phone": name, "reason": reason}
    _create(hass, entry, "phone", ir.IssueSeverity.WARNING, placeholders, subject=device_id)


@callback
def clear_phone(hass: HomeAssistant, entry: ConfigEntry, device_id: str) -> None:
    """Delete the issue that a phone cannot be notified."""
    ir.async_delete_issue(hass, DOMAIN, f"phone_{entry.entry_id}_{device_id}")


@callback
def report_missing_rights(
    hass: HomeAssistant, entry: ConfigEntry, instance_id: str, name: str, rights: Iterable[str]
) -> None:
    """Report which rights the credentials of an instance lack."""
    placeholders = {"name": name, "rights": "\n".join(f"- {one}" for one in rights)}
    _create(hass, entry, "missing_rights", ir.IssueSeverity.WARNING, placeholders, subject=instance_id)


@callback
def clear_missing_rights(hass: HomeAssistant, entry: ConfigEntry, instance_id: str) -> None:
    """Delete the issue that the credentials of an instance lack rights."""
    ir.async_delete_issue(hass, DOMAIN, f"missing_rights_{entry.entry_id}_{instance_id}")


@callback
def report_model_limit(hass: HomeAssistant, entry: ConfigEntry, models: Iterable[str]) -> None:
    """Report which language models have used most of a limit; each is a line."""
    listed = "\n".join(f"- {one_line(one)}" for one in models)
    _report(hass, entry, "model_limit", ir.IssueSeverity.WARNING, models=listed)


@callback
def clear_model_limit(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issue about the limits of language models."""
    ir.async_delete_issue(hass, DOMAIN, f"model_limit_{entry.entry_id}")


@callback
def set_drill(hass: HomeAssistant, entry: ConfigEntry, failed: Iterable[str], *, is_old: bool) -> None:
    """Report which rules did not hold in the last drill, or that it is old; delete what does not apply."""
    listed = "\n".join(f"- {one_line(one)}" for one in failed)
    if listed:
        _report(hass, entry, "drill_failed", ir.IssueSeverity.ERROR, rules=listed)
    else:
        ir.async_delete_issue(hass, DOMAIN, f"drill_failed_{entry.entry_id}")
    if is_old:
        _report(hass, entry, "drill_old", ir.IssueSeverity.WARNING)
    else:
        ir.async_delete_issue(hass, DOMAIN, f"drill_old_{entry.entry_id}")


@callback
def set_restores(
    hass: HomeAssistant, entry: ConfigEntry, failed: Iterable[str], old: Iterable[str], left: Iterable[str]
) -> None:
    """Report backups that could not be restored, old proofs, and copies that are left; delete the others."""
    found = (
        ("restore_failed", ir.IssueSeverity.ERROR, failed),
        ("restore_old", ir.IssueSeverity.WARNING, old),
        ("restore_left", ir.IssueSeverity.WARNING, left),
    )
    for key, severity, lines in found:
        listed = "\n".join(f"- {one_line(one)[:200]}" for one in lines)
        if listed:
            _report(hass, entry, key, severity, backups=listed)
        else:
            ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def set_doctor(hass: HomeAssistant, entry: ConfigEntry, findings: Iterable[Finding]) -> None:
    """Report findings of the doctor, an issue each; delete those of others."""
    start = f"doctor_{entry.entry_id}_"
    shown = {f"{start}{one.id}": one for one in list(findings)[:MOST_FINDINGS]}
    registry = ir.async_get(hass)
    for domain, issue_id in list(registry.issues):
        if domain == DOMAIN and issue_id.startswith(start) and issue_id not in shown:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, one in shown.items():
        is_error = one.severity is FindingSeverity.ERROR
        severity = ir.IssueSeverity.ERROR if is_error else ir.IssueSeverity.WARNING
        texts = {"subject": one.subject, "problem": one.problem, "why": one.why, "remedy": one.remedy}
        placeholders = {key: one_line(text)[:LONGEST_FINDING] for key, text in texts.items()}
        _create(hass, entry, "doctor", severity, {"name": entry.title, **placeholders}, issue_id=issue_id)


@callback
def report_front_end(
    hass: HomeAssistant, entry: ConfigEntry, front_end: str, problems: Iterable[str], *, is_down: bool
) -> None:
    """Report why messages of the app do not reach people in a front end."""
    severity = ir.IssueSeverity.ERROR if is_down else ir.IssueSeverity.WARNING
    listed = "\n".join(f"- {one_line(one)}" for one in problems)
    key, placeholders = f"{front_end}_problem", {"name": entry.title, "problems": listed}
    _create(hass, entry, key, severity, placeholders, issue_id=_front_end_issue(entry, front_end))


@callback
def clear_front_end(hass: HomeAssistant, entry: ConfigEntry, front_end: str) -> None:
    """Delete the issue of a front end."""
    ir.async_delete_issue(hass, DOMAIN, _front_end_issue(entry, front_end))


def _front_end_issue(entry: ConfigEntry, front_end: str) -> str:
    return f"front_end_{entry.entry_id}_{front_end}"


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
    _create(hass, entry, key, severity, {"name": entry.title, **placeholders})


def _create(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    severity: ir.IssueSeverity,
    placeholders: dict[str, str],
    *,
    subject: str = "",
    issue_id: str = "",
) -> None:
    """Create or change an issue; it is about the entry, or about the subject in it."""
    of_subject = f"_{subject}" if subject else ""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id or f"{key}_{entry.entry_id}{of_subject}",
        is_fixable=key in FIXABLE,
        data={ATTR_KIND: key, ATTR_ENTRY_ID: entry.entry_id, ATTR_SUBJECT: subject},
        learn_more_url=f"{DOCUMENTATION}{LEARN_MORE[key]}",
        severity=severity,
        translation_key=key,
        translation_placeholders=placeholders,
    )
