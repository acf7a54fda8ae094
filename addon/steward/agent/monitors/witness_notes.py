"""The claims of witnesses about a problem, stored until it is known whether they were right. Pure."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import Word
from homelab_steward.contract.incidents import Alert, AlertStatus, Incident, IncidentStatus

from ...inventory.ports import CHECK
from ...quorum.reliability import Claim
from ...quorum.witnesses import Testimony
from ...store.monitor_problems import MonitorProblem, ProblemKind
from .device_book import DeviceBook, testimonies
from .incident_voices import OWN
from .monitor_findings import CHECKS, Split, is_in_doubt

NOTED: Final = (
    IncidentStatus.OPEN,
    IncidentStatus.DIAGNOSED,
    IncidentStatus.WAITING,
    IncidentStatus.SCHEDULED,
)
"""The states of incidents whose claims are stored: no change was made for the incident yet."""


def claims_about(
    incident: Incident, said: Iterable[Testimony], book: DeviceBook, now: datetime
) -> tuple[Claim, ...]:
    """Return the claims of witnesses about an incident's problem; ``said`` are the testimonies about it.

    A problem of monitors that disagree or cannot be read has no claims. A witness that is reported as blind
    claims that it is not blind.
    """
    firing = [one for one in incident.alerts if one.status is AlertStatus.FIRING and one.stale_since is None]
    if incident.status not in NOTED or incident.run is not None or not firing:
        return ()
    if is_in_doubt(firing):
        return _of_blind(firing, book, now)
    return tuple(_claims(incident, said, now))


def new_claims(known: Iterable[Claim], found: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the claims that are not stored. A claim that the problem is real replaces one that it is not."""
    before = {(one.witness, one.aspect): one for one in known}
    fresh: dict[tuple[str, str], Claim] = {}
    for one in found:
        key = one.witness, one.aspect
        last = fresh.get(key) or before.get(key)
        if last is None or (one.right_if_real and not last.right_if_real):
            fresh[key] = one
    return tuple(fresh.values())


def split_claims(split: Split) -> tuple[Claim, ...]:
    """Return the claims of the witnesses that disagree: DOWN claims that the problem is real."""
    aspect, consensus = split.facet.aspect, split.facet.consensus
    return (
        *(Claim(witness=one, aspect=aspect, right_if_real=True) for one in consensus.support),
        *(Claim(witness=one, aspect=aspect, right_if_real=False) for one in consensus.against),
    )


def source_of(problem: MonitorProblem) -> str:
    """Return the id of one disagreement: the SHA-256 of the problem's key and its first sighting."""
    return hashlib.sha256(f"{problem.key}\n{problem.seen_from.isoformat()}".encode()).hexdigest()


def _claims(incident: Incident, said: Iterable[Testimony], now: datetime) -> Iterator[Claim]:
    for one in said:
        if one.witness.id.startswith(f"{OWN}/") or not one.is_fresh(now):
            continue
        if one.word is Word.DOWN:
            yield Claim(witness=one.witness.id, aspect=one.aspect, right_if_real=True)
        # A monitor that checked before the problem began, or while it began, does not deny it.
        elif one.word is Word.UP and one.checked_at >= incident.opened_at + one.interval:
            yield Claim(witness=one.witness.id, aspect=one.aspect, right_if_real=False)


def _of_blind(firing: Iterable[Alert], book: DeviceBook, now: datetime) -> tuple[Claim, ...]:
    """Return the claims of witnesses whose blindness is the problem: they are wrong if it is real."""
    label = CHECKS[ProblemKind.BLIND]
    sources = {one.source for one in firing if one.labels.get(CHECK) == label}
    blind = {one.witness for one in book.blind}
    said = (one for device in book.devices for one in testimonies(device.said))
    return tuple(
        Claim(witness=one.witness.id, aspect=one.aspect, right_if_real=False)
        for one in said
        if one.witness.instance in sources
        and one.witness.id in blind
        and one.word is Word.DOWN
        and one.is_fresh(now)
    )
