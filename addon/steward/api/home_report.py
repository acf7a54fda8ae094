"""Reads what Home Assistant reports; what is not understood becomes a gap."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from homelab_steward.contract.base import Message
from homelab_steward.contract.errors import MalformedMessage
from homelab_steward.contract.home import (
    HomeApp,
    HomeArea,
    HomeBattery,
    HomeEntity,
    HomeFactState,
    HomeIntegration,
    HomeJob,
    HomeLogEntry,
    HomePart,
    HomeRepair,
    HomeReport,
    HomeUpdate,
    HomeWitness,
)
from homelab_steward.contract.state import Gap

type Clean = Callable[[str], str]
"""Returns a text without secrets."""

_LISTS: Final[Mapping[str, type[Message]]] = {
    HomePart.AREAS: HomeArea,
    HomePart.ENTITIES: HomeEntity,
    HomePart.UPDATES: HomeUpdate,
    HomePart.REPAIRS: HomeRepair,
    HomePart.LOG: HomeLogEntry,
    HomePart.INTEGRATIONS: HomeIntegration,
    HomePart.APPS: HomeApp,
    HomePart.BATTERIES: HomeBattery,
    HomePart.WITNESSES: HomeWitness,
    "jobs": HomeJob,
    "facts": HomeFactState,
}
_FIELDS: Final[Mapping[str, Any]] = {
    "version": "",
    "is_running": False,
    "safe_mode": False,
    "recovery_mode": False,
    "allows_actions": False,
    "entity_count": 0,
    "unavailable_count": 0,
    "backups": None,
    "database": None,
}
"""Fields that cost only themselves, each with what replaces a value that is not understood."""


def read_report(plain: Mapping[str, Any], clean: Clean) -> HomeReport:
    """Return the report in decoded JSON; an odd item costs that item, an odd field that field: a gap.

    Raises MalformedMessage when its times, its parts or its own gaps do not fit.
    """
    gaps: list[Gap] = []
    whole = {**plain, **{str(part): [] for part in _LISTS}, **_FIELDS}
    report = HomeReport.from_plain(whole)
    found: dict[str, Any] = {}
    for part, kind in _LISTS.items():
        rows = plain.get(part)
        if not isinstance(rows, list):
            gaps.append(Gap(part=part, reason="It is not a list"))
            continue
        found[part], odd = _read_items(kind, rows)
        if odd:
            gaps.append(Gap(part=part, reason=f"{odd} of {len(rows)} items were not understood"))
    for key in _FIELDS:
        try:
            found[key] = getattr(HomeReport.from_plain({**whole, key: plain[key]}), key)
        except KeyError, MalformedMessage:
            gaps.append(Gap(part=key, reason="What Home Assistant reports was not understood"))
    return _cleaned(replace(report, **found, gaps=(*report.gaps, *gaps)), clean)


def _read_items(kind: type[Message], rows: list[Any]) -> tuple[tuple[Message, ...], int]:
    """Return the items that were understood, and how many were not."""
    found: list[Message] = []
    for row in rows:
        try:
            found.append(kind.from_plain(row))
        except MalformedMessage:
            continue
    return tuple(found), len(rows) - len(found)


def _cleaned(report: HomeReport, clean: Clean) -> HomeReport:
    """Return the report without secrets in the texts that come from logs and exceptions."""

    def optional(text: str | None) -> str | None:
        return None if text is None else clean(text)

    return replace(
        report,
        log=tuple(replace(one, message=clean(one.message)) for one in report.log),
        repairs=tuple(replace(one, title=clean(one.title)) for one in report.repairs),
        updates=tuple(
            replace(one, failure=optional(one.failure), summary=optional(one.summary))
            for one in report.updates
        ),
        integrations=tuple(replace(one, reason=optional(one.reason)) for one in report.integrations),
        jobs=tuple(replace(one, failure=optional(one.failure)) for one in report.jobs),
    )
