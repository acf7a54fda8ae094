"""Alerts that are meant to fire always: they open no incident, but their silence does."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.state import InstanceStatus

from ..inventory.ports import CHECK, STEWARD_INSTANCE, Inventory
from ..sdk.description import IncomingAlert
from ..store import heartbeats
from ..store.heartbeats import Heartbeat
from ..store.storable_text import storable
from ..texts import household, local, translate
from .correlation import LONGEST_NAME, fingerprint

MOST: Final = 16
"""Heartbeats that are watched of one source."""

MARGIN: Final = timedelta(minutes=5)
ONCE_SEEN: Final = timedelta(hours=26)
"""How long a heartbeat may be silent whose interval is not known yet."""

SHORTEST: Final = timedelta(seconds=5)
"""Repetitions within this time are one: a poll and a webhook."""

FORGET: Final = 0.9
"""How much of a longer interval is kept with each shorter one."""

CHECK_KEY: Final = "heartbeat_silent"

_NAME: Final = re.compile(
    r"(prometheus|alertmanager|alerting|monitoring|mimir|thanos|vmalert|loki|grafana|the)*"
    r"(watchdog|deadmans?(switch|snitch)?|heartbeat|alwaysfiring|keepalive|pipeline(alive|test))"
    r"(alert|test|check|signal|switch)?|"
    r"(?!.*(missing|absent|lost|fail|timeout|notreceived|silent)).*(deadmans?(switch|snitch)|alwaysfiring)"
)
_TEXT: Final = re.compile(
    r"\b(always[ -](be )?(fire|fires|firing|active)\b|"
    r"fir(es|ing) (always|constantly|continuously|permanently|all the time|for ?ever)\b)"
    r"(?! (when|if|while|once|after|on))|"
    r"\b(meant|supposed|designed|intended|expected) to (always |constantly )(fire|be firing)|"
    r"\bpipeline (is|are) (functional|working|alive)|\bpipeline works|\bdead man'?s? switch",
    re.IGNORECASE,
)
_MISSING: Final = re.compile(
    r"missing|absent|stopped|lost|fail|overdue|expired|silent|timeout|not ?(been )?received|reset",
    re.IGNORECASE,
)
_INHIBITOR: Final = re.compile(r"(info)?inhibitor")
_MARKED: Final = ("heartbeat", "watchdog", "deadman", "deadmansswitch")


def is_heartbeat(alert: IncomingAlert) -> bool:
    """Return whether an alert is meant to fire always: by its name, its labels or its text."""
    name = _plain(alert.name)
    if _NAME.fullmatch(name):
        return True
    if _MISSING.search(alert.name) or _INHIBITOR.fullmatch(name):
        return False
    marks = (alert.labels.get("severity", ""), alert.labels.get("type", ""), alert.labels.get("kind", ""))
    if any(_plain(one) in _MARKED for one in marks):
        return True
    text = f"{alert.summary} {alert.description}"
    return _TEXT.search(text) is not None and _MISSING.search(text) is None


def is_for_nobody(alert: IncomingAlert) -> bool:
    """Return whether an alert only steers its monitor: nobody is to be notified of it."""
    is_inhibitor = _INHIBITOR.fullmatch(_plain(alert.name)) is not None
    return is_inhibitor or alert.labels.get("severity", "").strip().lower() == "none"


def seen(known: Heartbeat | None, fresh: Heartbeat, started: datetime) -> Heartbeat:
    """Return a heartbeat that was received again, with what its pause says about its interval.

    A pause in which the app did not run, or that was reported as silence, says nothing.
    """
    if known is None:
        return fresh
    pause = fresh.seen_at - known.seen_at
    if pause < SHORTEST:
        return replace(known, silent_since=None)
    interval = known.interval
    if known.silent_since is None and known.seen_at >= started:
        interval = max(round(pause.total_seconds()), round(interval * FORGET))
    return replace(fresh, interval=interval)


def is_silent(heartbeat: Heartbeat, now: datetime, quiet_since: datetime) -> bool:
    """Return whether a heartbeat has been silent for too long, since it was seen or ``quiet_since``."""
    interval = timedelta(seconds=heartbeat.interval)
    allowed = max(2 * interval, interval + MARGIN) if interval else ONCE_SEEN
    return now - max(heartbeat.seen_at, quiet_since) > allowed


class Heartbeats:
    """Remembers the heartbeats of each source, and returns the alerts about their silence."""

    def __init__(self, inventory: Inventory, now: datetime) -> None:
        """``now`` is the start of the app: before it nothing could be received."""
        self._inventory = inventory
        self._started = now
        self._unread: dict[str, datetime] = {}

    async def take(
        self, connection: AsyncConnection, source: str, alerts: Sequence[IncomingAlert], now: datetime
    ) -> list[IncomingAlert]:
        """Store the heartbeats among the alerts of a source; return the other alerts.

        Added are the end of a silence, and the silence of a heartbeat that its monitor ended.
        """
        beats = [one for one in alerts if is_heartbeat(one)]
        others = [one for one in alerts if not is_heartbeat(one) and not is_for_nobody(one)]
        if not beats:
            return others
        known = await heartbeats.of_source(connection, source)
        found = list(self._changes(known, source, beats, now))
        await heartbeats.save(connection, [one for one, _ in found])
        return others + [alert for _, alert in found if alert is not None]

    def _changes(
        self, known: Mapping[str, Heartbeat], source: str, beats: Iterable[IncomingAlert], now: datetime
    ) -> Iterable[tuple[Heartbeat, IncomingAlert | None]]:
        room = MOST - len(known)
        for beat in {fingerprint(one): one for one in beats}.values():
            key = fingerprint(beat)
            before = known.get(key)
            if beat.status is AlertStatus.RESOLVED:
                if before is not None and before.silent_since is None:
                    yield replace(before, silent_since=now), self._alert(before, now)
                continue
            room -= before is None
            if room < 0:
                continue
            fresh = Heartbeat(
                source=source, fingerprint=key, name=storable(beat.name, LONGEST_NAME), seen_at=now
            )
            is_back = before is not None and before.silent_since is not None
            yield (
                seen(before, fresh, self._started),
                self._alert(fresh, now, is_over=True) if is_back else None,
            )

    async def silent(self, connection: AsyncConnection, now: datetime) -> dict[str, list[IncomingAlert]]:
        """Return the alerts of heartbeats that are silent, by source.

        An instance that cannot be read is a problem of its own: its heartbeats are not judged.
        """
        found: dict[str, list[IncomingAlert]] = {}
        for one in await heartbeats.all_heartbeats(connection):
            instance = self._inventory.instance(one.source)
            if instance is None:
                await heartbeats.forget(connection, one.source)
                continue
            if instance.status is not InstanceStatus.OK:
                self._unread[one.source] = now
            since = max(self._started, self._unread.get(one.source, self._started))
            row = one
            if one.silent_since is None and is_silent(one, now, since):
                row = replace(one, silent_since=now)
                await heartbeats.save(connection, [row])
            if row.silent_since is not None:
                found.setdefault(one.source, []).append(self._alert(one, now))
        return found

    def _alert(self, heartbeat: Heartbeat, now: datetime, *, is_over: bool = False) -> IncomingAlert:
        instance = self._inventory.instance(heartbeat.source)
        where = instance.name if instance else heartbeat.source
        last = household().date_and_time(local(heartbeat.seen_at))
        key = hashlib.sha256(f"{heartbeat.source}\n{heartbeat.fingerprint}".encode()).hexdigest()
        return IncomingAlert(
            name="HeartbeatSilent",
            status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
            severity=Severity.CRITICAL,
            starts_at=heartbeat.seen_at,
            ends_at=now if is_over else None,
            labels={CHECK: CHECK_KEY, STEWARD_INSTANCE: heartbeat.source, "heartbeat": heartbeat.name},
            summary=translate(
                t"{heartbeat.name} of {where} has been silent since {last}: alerts may not arrive"
            ),
            description=translate(t"{heartbeat.name} of {where} was received again.") if is_over else "",
            fingerprint=key,
        )


def _plain(text: str) -> str:
    return "".join(one for one in text.lower() if one.isalnum())
