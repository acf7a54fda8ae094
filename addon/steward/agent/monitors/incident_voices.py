"""The testimonies about the problem of an incident, also as lines for people. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Aspect, Word
from homelab_steward.contract.incidents import Alert, AlertStatus, Incident
from homelab_steward.contract.state import TargetRef

from ...inventory.ports import CHECK, OUTAGE, STEWARD_INSTANCE, Witnessed
from ...quorum.reliability import UNKNOWN, Reliabilities, Reliability, share_of
from ...quorum.witnesses import Testimony, Witness
from ...sdk.alert_labels import is_about_part
from ...texts import household, local, translate, translate_plural
from .device_book import DeviceBook, reach, testimonies

OWN: Final = "steward"
"""The common source of all readings of the app itself: together they are one vote."""

RESENT: Final = timedelta(minutes=5)
"""The assumed interval of a source's reports: the time of the last report is stored as exactly."""

_NOTHING: Final[Reliabilities] = {}
_SHOWN: Final = (Word.DOWN, Word.UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRead:
    """The app's own reading of the target of an incident.

    ``instance_id`` is the instance that was read. ``word`` is whether the target runs, ``measured`` whether
    it has another problem; None when the app does not read that.
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
    """Return the testimonies about the problem of an incident; nothing when only the app itself has one.

    ``monitors`` are the ids of the instances that report about others, with the one that each repeats
    ("" for none). Testimonies about the device of a host count for whether the host can be reached.
    """
    known = testimonies(about(book, target, is_host=is_host))
    firing = [one for one in incident.alerts if one.status is AlertStatus.FIRING and one.stale_since is None]
    of_outage = [one for one in firing if _may_be_outage(one)]
    said = [one for one in known if one.aspect is not Aspect.CAPACITY]
    heard = {one.witness.instance for one in known}
    aspect = Aspect.REACH if is_host else Aspect.SERVICE
    if not _is_availability(firing, of_outage, said):
        aspect, of_outage, said, heard = Aspect.CAPACITY, firing, [], set()
        own = None if own is None else replace(own, word=own.measured)
    said += [
        _alert(one, target, aspect, monitors)
        for one in of_outage
        if one.source in monitors and one.source not in heard
    ]
    if not said:
        return ()
    return (*said, *own_testimony(own, target, aspect))


def _is_availability(firing: Sequence[Alert], of_outage: Sequence[Alert], said: Iterable[Testimony]) -> bool:
    """Return whether the problem of an incident is that something does not run or cannot be reached."""
    is_known = any(OUTAGE in one.labels for one in firing)
    may_be = bool(of_outage) or not firing
    return is_known or (may_be and any(one.word is Word.DOWN for one in said))


def _may_be_outage(alert: Alert) -> bool:
    """Return whether an alert may say that its subject does not run: not one about memory, or a disk."""
    if OUTAGE in alert.labels:
        return True
    return CHECK not in alert.labels and not is_about_part(alert.name, alert.labels)


def about(book: DeviceBook, target: TargetRef, *, is_host: bool) -> tuple[Witnessed, ...]:
    """Return the testimonies about a target, for a host also those about its device."""
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
    """Yield the testimony of the app itself, nothing without a reading."""
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
    """Return DOWN when one of the checks finds a problem, UP when none does, None without checks."""
    found = [results.get(one) for one in checks]
    if not found:
        return None
    if False in found:
        return Word.DOWN
    return Word.UNKNOWN if None in found else Word.UP


def voice_lines(
    said: Iterable[Testimony],
    now: datetime,
    name: Callable[[str], str | None],
    reliable: Reliabilities = _NOTHING,
) -> tuple[str, ...]:
    """Return a line for each witness that says up or down, those that say down first.

    Within each group the most reliable are first. ``name`` returns the name of an instance by its id.
    Outdated testimonies are left out; a witness that says both is shown as down.
    """
    fresh = [one for one in said if one.is_fresh(now)]
    found: dict[str, str] = {}
    for word in _SHOWN:
        for one in _ordered(fresh, word, reliable):
            record = reliable.get((one.witness.id, one.aspect), UNKNOWN)
            line = _line(one, witness_name(one.witness, name))
            found.setdefault(one.witness.id, _with_record(line, record))
    return tuple(found.values())


def witness_name(witness: Witness, name: Callable[[str], str | None]) -> str:
    """Return what people call a witness: the monitor, with the probe if it has several."""
    if witness.id.startswith(f"{OWN}/"):
        return "Homelab Steward"
    instance = name(witness.instance) or witness.instance
    probe = witness.id.partition("@")[2]
    return f"{instance} ({probe})" if probe else instance


def _ordered(said: Iterable[Testimony], word: Word, reliable: Reliabilities) -> Iterator[Testimony]:
    """Yield the testimonies with a word: the most reliable first, then the oldest."""

    def order(one: Testimony) -> tuple[float, bool, datetime, str]:
        share = share_of(reliable, one.witness.id, one.aspect)
        return -share, one.since is None, one.since or one.checked_at, one.witness.id

    yield from sorted((one for one in said if one.word is word), key=order)


def _with_record(line: str, record: Reliability) -> str:
    """Return a line with how often its witness was right, if that is known."""
    if not record.total:
        return line
    return translate_plural(
        "{line} (right in {right} of {count} case)",
        "{line} (right in {right} of {count} cases)",
        record.total,
        line=line,
        right=record.right,
    )


def _line(one: Testimony, name: str) -> str:
    if one.since is None:
        return translate(t"{name} says down") if one.word is Word.DOWN else translate(t"{name} says up")
    when = household().date_and_time(local(one.since))
    if one.word is Word.DOWN:
        return translate(t"{name} says down since {when}")
    return translate(t"{name} says up since {when}")
