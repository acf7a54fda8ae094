"""Notices that a monitor sends no webhooks any more, while it should repeat what still fires.

Without anything that fires, silence is what it should be: only a heartbeat shows then that a monitor lives.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import Alert, AlertStatus, Severity
from homelab_steward.contract.state import InstanceStatus

from ..inventory.ports import CHECK, STEWARD_INSTANCE, Inventory
from ..sdk.description import IncomingAlert
from ..store import incidents, webhook_rhythms
from ..store.webhook_rhythms import WebhookRhythm
from ..texts import household, local, translate
from .correlation import is_by_check

FEWEST_PAUSES: Final = 4
"""Regular pauses in a row, those between five webhooks, from which on the interval counts as known."""

TIMES: Final = 10
SHORTEST_SILENCE: Final = timedelta(hours=1)
"""A silence is longer than this, and longer than ``TIMES`` intervals."""

TOGETHER: Final = timedelta(minutes=1)
"""Webhooks within this time are one arrival: a monitor sends one for each group of alerts."""

SPREAD: Final = 2.0
"""A pause is regular when it is at most this many times as long, or as short, as the interval."""

FORGET: Final = 0.9
"""How much of a longer interval is kept with each shorter one."""

CHECK_KEY: Final = "webhooks_silent"


def arrived(known: WebhookRhythm | None, source: str, now: datetime, started: datetime) -> WebhookRhythm:
    """Return the rhythm after another webhook.

    A pause in which the app did not run, or that was reported as silence, says nothing.
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


def is_silent(rhythm: WebhookRhythm, now: datetime, quiet_since: datetime) -> bool:
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
        """Return the alerts about silent sources, and the ends of those that need not send any more.

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
            if one.silent_since is None and not is_silent(one, now, since):
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
            labels={CHECK: CHECK_KEY, STEWARD_INSTANCE: rhythm.source},
            summary=translate(t"No webhook of {where} has arrived since {last}"),
            description=ended
            or translate(t"Alerts still fire there, and its webhooks came at intervals of up to {usual}."),
            fingerprint=hashlib.sha256(f"{CHECK_KEY}\n{rhythm.source}".encode()).hexdigest(),
        )
