"""Heartbeats and webhooks, which a monitor has to repeat: their silence is reported as an alert.

Heartbeats are alerts that are meant to fire always; they open no incident. Webhooks are repeated while
something fires. Otherwise silence is normal: only a heartbeat shows that a monitor works.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import Alert, AlertStatus, Severity
from homelab_steward.contract.state import InstanceStatus

from ...inventory.ports import CHECK, STEWARD_INSTANCE, Inventory
from ...sdk.description import IncomingAlert
from ...store import heartbeats, incidents, webhook_rhythms
from ...store.heartbeats import Heartbeat
from ...store.storable_text import storable
from ...store.webhook_rhythms import WebhookRhythm
from ...texts import household, local, translate
from ..incidents.correlation import LONGEST_NAME, fingerprint, is_by_check

MOST: Final = 16
"""The heartbeats of one source that are watched."""

MARGIN: Final = timedelta(minutes=5)
ONCE_SEEN: Final = timedelta(hours=26)
"""How long a heartbeat with an unknown interval may be silent."""

SHORTEST: Final = timedelta(seconds=5)
"""Repetitions within this time count as one, because a poll and a webhook may both report it."""

FORGET: Final = 0.9
"""The factor by which a learned interval shrinks with each shorter pause."""

HEARTBEAT_SILENT: Final = "heartbeat_silent"

FEWEST_PAUSES: Final = 4
"""Regular pauses in a row after which the interval is known; five webhooks have four pauses."""

TIMES: Final = 10
SHORTEST_SILENCE: Final = timedelta(hours=1)
"""A silence is longer than this, and longer than ``TIMES`` intervals."""

TOGETHER: Final = timedelta(minutes=1)
"""Webhooks within this time are one arrival: a monitor sends one for each group of alerts."""

SPREAD: Final = 2.0
"""A pause is regular when it is at most this many times as long, or as short, as the interval."""

WEBHOOKS_SILENT: Final = "webhooks_silent"

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
    """Return whether an alert is meant to fire always, according to its name, its labels or its text."""
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
    """Return whether an alert only controls its monitor, such as an inhibitor, and notifies nobody."""
    is_inhibitor = _INHIBITOR.fullmatch(_plain(alert.name)) is not None
    return is_inhibitor or alert.labels.get("severity", "").strip().lower() == "none"


def seen(known: Heartbeat | None, fresh: Heartbeat, started: datetime) -> Heartbeat:
    """Return a heartbeat that was received again, with its learned interval in seconds.

    A pause in which the app did not run, or that was reported as silence, is not learned.
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


def is_heartbeat_silent(heartbeat: Heartbeat, now: datetime, quiet_since: datetime) -> bool:
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

        The end of a silence, and the silence of a heartbeat that its monitor ended, are added as alerts.
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
            if one.silent_since is None and is_heartbeat_silent(one, now, since):
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
            labels={CHECK: HEARTBEAT_SILENT, STEWARD_INSTANCE: heartbeat.source, "heartbeat": heartbeat.name},
            summary=translate(
                t"{heartbeat.name} of {where} has been silent since {last}: alerts may not arrive"
            ),
            description=translate(t"{heartbeat.name} of {where} was received again.") if is_over else "",
            fingerprint=key,
        )


def arrived(known: WebhookRhythm | None, source: str, now: datetime, started: datetime) -> WebhookRhythm:
    """Return the rhythm after another webhook.

    A pause in which the app did not run, or that was reported as silence, is not learned.
    """
    if known is None:
        return WebhookRhythm(source=source, seen_at=now)
    pause = now - known.seen_at
    seen = replace(known, seen_at=now, silent_since=None)
    if pause < TOGETHER or known.silent_since is not None or known.seen_at < started:
        return seen
    seconds = round(pause.total_seconds())
    if known.interval / SPREAD <= seconds <= known.interval * SPREAD:
        return replace(
            seen, interval=max(seconds, round(known.interval * FORGET)), pauses=min(known.pauses + 1, 1_000)
        )
    return replace(seen, interval=seconds, pauses=1)


def are_webhooks_silent(rhythm: WebhookRhythm, now: datetime, quiet_since: datetime) -> bool:
    """Return whether regular webhooks have stopped, since the last one or ``quiet_since``."""
    allowed = max(SHORTEST_SILENCE, TIMES * timedelta(seconds=rhythm.interval))
    return rhythm.pauses >= FEWEST_PAUSES and now - max(rhythm.seen_at, quiet_since) > allowed


def is_repeated(alerts: Iterable[Alert], before: datetime) -> bool:
    """Return whether a monitor should repeat one of its firing alerts, which it knew ``before``."""
    return any(
        not is_by_check(one) and one.suppressed is None and one.received_at <= before for one in alerts
    )


class WebhookSilence:
    """Remembers when webhooks arrive, and returns the alerts about their silence."""

    def __init__(self, inventory: Inventory, now: datetime) -> None:
        """``now`` is the start of the app: before it nothing could be received."""
        self._inventory = inventory
        self._started = now
        self._unread: dict[str, datetime] = {}

    async def note(self, connection: AsyncConnection, source: str, now: datetime) -> list[IncomingAlert]:
        """Store the arrival of a webhook; return the end of a silence."""
        known = await webhook_rhythms.of_source(connection, source)
        await webhook_rhythms.save(connection, arrived(known, source, now, self._started))
        if known is None or known.silent_since is None:
            return []
        return [self._alert(known, now, translate(t"Webhooks arrive again."))]

    async def silent(self, connection: AsyncConnection, now: datetime) -> dict[str, IncomingAlert]:
        """Return the alerts about silent sources, and the ends for sources where nothing fires any more.

        An instance that cannot be read is a problem of its own: its webhooks are not judged.
        """
        found: dict[str, IncomingAlert] = {}
        for one in await webhook_rhythms.all_rhythms(connection):
            instance = self._inventory.instance(one.source)
            if instance is None:
                await webhook_rhythms.forget(connection, one.source)
                continue
            if instance.status is not InstanceStatus.OK:
                self._unread[one.source] = now
            since = max(self._started, self._unread.get(one.source, self._started))
            if one.silent_since is None and not are_webhooks_silent(one, now, since):
                continue
            alert = await self._judged(connection, one, now)
            if alert is not None:
                found[one.source] = alert
        return found

    async def _judged(
        self, connection: AsyncConnection, one: WebhookRhythm, now: datetime
    ) -> IncomingAlert | None:
        """Return the alert about a source without webhooks, its end, or None."""
        if is_repeated(await incidents.firing_of(connection, one.source), one.seen_at):
            if one.silent_since is None:
                await webhook_rhythms.save(connection, replace(one, silent_since=now))
            return self._alert(one, now)
        if one.silent_since is None:
            return None
        await webhook_rhythms.save(connection, replace(one, silent_since=None, pauses=0))
        return self._alert(one, now, translate(t"Nothing fires there any more."))

    def _alert(self, rhythm: WebhookRhythm, now: datetime, ended: str = "") -> IncomingAlert:
        """Return the alert, or with ``ended`` its end."""
        instance = self._inventory.instance(rhythm.source)
        where = instance.name if instance else rhythm.source
        last = household().date_and_time(local(rhythm.seen_at))
        usual = household().duration(timedelta(seconds=rhythm.interval))
        return IncomingAlert(
            name="WebhooksSilent",
            status=AlertStatus.RESOLVED if ended else AlertStatus.FIRING,
            severity=Severity.INFO,
            starts_at=rhythm.seen_at,
            ends_at=now if ended else None,
            labels={CHECK: WEBHOOKS_SILENT, STEWARD_INSTANCE: rhythm.source},
            summary=translate(t"No webhook of {where} has arrived since {last}"),
            description=ended
            or translate(t"Alerts still fire there, and its webhooks came at intervals of up to {usual}."),
            fingerprint=hashlib.sha256(f"{WEBHOOKS_SILENT}\n{rhythm.source}".encode()).hexdigest(),
        )


def _plain(text: str) -> str:
    return "".join(one for one in text.lower() if one.isalnum())
