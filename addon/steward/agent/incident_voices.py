"""Who says that the problem of an incident exists: alerts, monitors, and the app's own readings. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Aspect, Word
from homelab_steward.contract.incidents import Alert, AlertStatus, Incident
from homelab_steward.contract.state import TargetRef

from ..inventory.ports import CHECK, OUTAGE, STEWARD_INSTANCE, Witnessed
from ..quorum.witnesses import Testimony, Witness
from .device_book import DeviceBook, reach, testimonies

OWN: Final = "steward"
"""What all of the app's own readings come from: they are one vote."""

RESENT: Final = timedelta(minutes=5)
"""How often a source repeats an alert at least, as it is noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRead:
    """What the app itself read of the target of an incident.

    ``instance_id`` is the instance that was read. ``word`` is whether the target runs, ``measured`` whether
    another problem of it is there; None when the app does not judge it.
    """

    instance_id: str
    word: Word | None
    measured: Word | None = None
    read_at: datetime
    interval: timedelta
    vantage: str = ""


def voices(
    incident: Incident,
    target: TargetRef,
    book: DeviceBook,
    own: OwnRead | None,
    monitors: Mapping[str, str],
    *,
    is_host: bool,
) -> tuple[Testimony, ...]:
    """Return what is said about the problem of an incident; without anybody but the app itself, nothing.

    ``monitors`` are the ids of the instances that report about others, with the one that each repeats
    ("" for none). Whether a host can be reached is also said by what is said about its device.
    """
    known = about(book, target, is_host=is_host)
    firing = [one for one in incident.alerts if one.status is AlertStatus.FIRING and one.stale_since is None]
    is_availability = any(OUTAGE in one.labels for one in firing) or any(
        one.word is Word.DOWN for one in testimonies(known)
    )
    aspect = Aspect.REACH if is_host else Aspect.SERVICE
    if not is_availability:
        aspect = Aspect.CAPACITY
        own = None if own is None else replace(own, word=own.measured)
    said = list(testimonies(known)) if is_availability else []
    heard = {one.witness.instance for one in said}
    said += [
        _alert(one, target, aspect, monitors)
        for one in firing
        if one.source in monitors and one.source not in heard
    ]
    if not said:
        return ()
    return (*said, *own_testimony(own, target, aspect))


def about(book: DeviceBook, target: TargetRef, *, is_host: bool) -> tuple[Witnessed, ...]:
    """Return what is said about a target: of a host also what is said about its device."""
    found: dict[int, Witnessed] = {}
    for device in book.devices:
        exact = [one for one in device.said if target.key in (one.about.key, one.target.key)]
        said = reach(device.said) if is_host and exact else exact
        found |= {id(one): one for one in said}
    return tuple(found.values())


def _alert(alert: Alert, target: TargetRef, aspect: Aspect, monitors: Mapping[str, str]) -> Testimony:
    witness = Witness(id=alert.source, instance=alert.source, derived_from=monitors[alert.source])
    return Testimony(
        witness=witness,
        subject="/".join(target.key),
        aspect=aspect,
        word=Word.DOWN,
        checked_at=alert.seen_at or alert.received_at,
        interval=RESENT,
    )


def own_testimony(own: OwnRead | None, target: TargetRef, aspect: Aspect) -> Iterator[Testimony]:
    """Yield what the app itself says, nothing when it does not judge it."""
    if own is None or own.word is None:
        return
    witness = Witness(
        id=f"{OWN}/{own.instance_id}", instance=own.instance_id, vantage=own.vantage, derived_from=OWN
    )
    yield Testimony(
        witness=witness,
        subject="/".join(target.key),
        aspect=aspect,
        word=own.word,
        checked_at=own.read_at,
        interval=own.interval,
    )


def checks_of(alerts: Iterable[Alert], target: TargetRef) -> frozenset[str]:
    """Return the app's own checks that an incident's alerts are about."""
    return frozenset(
        one.labels[CHECK]
        for one in alerts
        if CHECK in one.labels and one.labels.get(STEWARD_INSTANCE) == target.instance_id
    )


def own_word(checks: Iterable[str], results: Mapping[str, bool | None]) -> Word | None:
    """Return what the results of checks say together: a problem in one of them is a problem."""
    found = [results.get(one) for one in checks]
    if not found:
        return None
    if False in found:
        return Word.DOWN
    return Word.UNKNOWN if None in found else Word.UP
