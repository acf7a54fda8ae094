"""Finds certificates that end soon and backups that are old, in the last readings. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.reports import Aging
from homelab_steward.contract.state import Instance, Snapshot

from ..sdk.dated_readings import CERTIFICATE_DAYS, LAST_BACKUP, number_of, time_of

SOON: Final = 30.0
OLD: Final = 8.0
MOST: Final = 20
DAY_SECONDS: Final = 86_400.0


def aging(
    instances: Iterable[Instance], snapshots: Mapping[str, Snapshot], now: datetime
) -> tuple[Aging, ...]:
    """Return what needs attention within a month, the most urgent first. What is not known is left out."""
    found: list[Aging] = []
    for instance in instances:
        snapshot = snapshots.get(instance.id)
        if snapshot is None:
            continue
        found += _of(instance.name, instance.name, snapshot.values, now)
        for resource in snapshot.resources:
            found += _of(resource.name, instance.name, resource.values, now)
    certificates = sorted((one for one in found if one.is_certificate), key=lambda one: one.days)
    backups = sorted((one for one in found if not one.is_certificate), key=lambda one: -one.days)
    return (*certificates[:MOST], *backups[:MOST])


def _of(name: str, instance: str, values: Mapping[str, Value], now: datetime) -> list[Aging]:
    found: list[Aging] = []
    left = number_of(values.get(CERTIFICATE_DAYS))
    if left is not None and left <= SOON:
        found.append(Aging(is_certificate=True, name=name, instance=instance, days=left))
    made = time_of(values.get(LAST_BACKUP))
    if made is not None and (age := (now - made).total_seconds() / DAY_SECONDS) >= OLD:
        found.append(Aging(is_certificate=False, name=name, instance=instance, days=age))
    return found
