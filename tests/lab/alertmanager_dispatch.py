"""Groups alerts and sends webhooks, with group wait, group interval and repeat interval.

Body format: Alertmanager's webhook payload, version 4, with `notification_reason` (0.33).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout

from lab.alertmanager_store import AlertStore, SilenceStore, StoredAlert, as_json
from lab.promql_vectors import Labels
from lab.wire import Json, JsonObject, dumps, rfc3339

RECEIVER = "steward"
_RETRY_SECONDS = 0.2
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds that a group waits: before its first flush, between flushes, and before a repetition."""

    group_wait: float = 0.1
    group_interval: float = 0.5
    repeat_interval: float = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class _Sent:
    firing: frozenset[str]
    resolved: frozenset[str]
    at: float


class Dispatcher:
    """Runs one task for each group that has alerts."""

    def __init__(
        self,
        alerts: AlertStore,
        silences: SilenceStore,
        wall: Callable[[], float],
        *,
        group_by: tuple[str, ...],
        timing: Timing,
        external_url: Callable[[], str],
    ) -> None:
        self.webhook_url = ""
        self.webhook_token = ""
        self._alerts = alerts
        self._silences = silences
        self._wall = wall
        self._group_by = group_by
        self._timing = timing
        self._external_url = external_url
        self._session: ClientSession | None = None
        self._members: dict[Labels, set[str]] = {}
        self._tasks: dict[Labels, asyncio.Task[None]] = {}
        self._sent: dict[Labels, _Sent] = {}

    async def start(self) -> None:
        """Open the HTTP session."""
        self._session = ClientSession(timeout=ClientTimeout(total=_TIMEOUT_SECONDS))

    async def close(self) -> None:
        """Stop all groups, and close the HTTP session."""
        await self.stop_groups()
        if self._session is not None:
            await self._session.close()

    async def stop_groups(self) -> None:
        """Forget all groups, but not what was sent for them."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._members.clear()

    def dispatch(self, alert: StoredAlert) -> None:
        """Add an alert to its group, and start the group if it is new."""
        key = self.group_labels(alert)
        self._members.setdefault(key, set()).add(alert.fingerprint)
        if key not in self._tasks:
            self._tasks[key] = asyncio.get_running_loop().create_task(self._run(key))

    def group_labels(self, alert: StoredAlert) -> Labels:
        """Return the labels that an alert is grouped by."""
        return tuple((name, value) for name, value in alert.labels if name in self._group_by)

    def groups(self) -> dict[Labels, list[StoredAlert]]:
        """Return the firing alerts by group."""
        found: dict[Labels, list[StoredAlert]] = {}
        for alert in self._alerts.firing(self._wall()):
            found.setdefault(self.group_labels(alert), []).append(alert)
        return found

    async def _run(self, key: Labels) -> None:
        await asyncio.sleep(self._timing.group_wait)
        while self._members.get(key):
            await self._flush(key)
            if self._members.get(key):
                await asyncio.sleep(self._timing.group_interval)
        self._members.pop(key, None)
        del self._tasks[key]

    async def _flush(self, key: Labels) -> None:
        wall = self._wall()
        members = [self._alerts.alerts[number] for number in sorted(self._members[key])]
        unsilenced = [alert for alert in members if not self._silences.covering(alert.labels, wall)]
        reason = self._reason(key, unsilenced, wall)
        if reason is None or await self._send(self._body(key, unsilenced, reason, wall)):
            if reason is not None:
                self._sent[key] = _sent(unsilenced, wall)
            self._remove(key, [alert for alert in members if not alert.is_firing(wall)])

    def _remove(self, key: Labels, resolved: list[StoredAlert]) -> None:
        for alert in resolved:
            if self._alerts.alerts.get(alert.fingerprint) == alert:
                self._members[key].discard(alert.fingerprint)
                del self._alerts.alerts[alert.fingerprint]

    def _reason(self, key: Labels, unsilenced: list[StoredAlert], wall: float) -> str | None:
        now, before = _sent(unsilenced, wall), self._sent.get(key)
        if before is None or (not before.firing and now.firing):
            return "first notification" if now.firing else None
        if not now.firing <= before.firing:
            return "new alerts added"
        if not now.firing:
            return "all alerts resolved" if before.firing else None
        if not now.resolved <= before.resolved:
            return "some alerts resolved"
        return "repeat interval elapsed" if before.at < wall - self._timing.repeat_interval else None

    def _body(self, key: Labels, alerts: list[StoredAlert], reason: str, wall: float) -> JsonObject:
        rows: list[Json] = [_row(alert, wall) for alert in alerts]
        group = ", ".join(f'{name}="{value}"' for name, value in key)
        return {
            "receiver": RECEIVER,
            "status": "firing" if any(alert.is_firing(wall) for alert in alerts) else "resolved",
            "alerts": rows,
            "notification_reason": reason,
            "groupLabels": as_json(key),
            "commonLabels": as_json(_common([alert.labels for alert in alerts])),
            "commonAnnotations": as_json(_common([alert.annotations for alert in alerts])),
            "externalURL": self._external_url(),
            "version": "4",
            "groupKey": f"{{}}:{{{group}}}",
            "truncatedAlerts": 0,
        }

    async def _send(self, body: JsonObject) -> bool:
        """Send with retries, and return whether the receiver accepted the body. A 4xx is not retried."""
        if not self.webhook_url or self._session is None:
            return True
        deadline = asyncio.get_running_loop().time() + _TIMEOUT_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            status = await self._post(self._session, body)
            if status is not None and status < 500:
                return status < 300
            await asyncio.sleep(_RETRY_SECONDS)
        return False

    async def _post(self, session: ClientSession, body: JsonObject) -> int | None:
        headers = {"Content-Type": "application/json", "User-Agent": "Alertmanager/0.33.1"}
        if self.webhook_token:
            headers["Authorization"] = f"Bearer {self.webhook_token}"
        try:
            async with session.post(self.webhook_url, data=dumps(body), headers=headers) as response:
                return response.status
        except ClientError, TimeoutError:
            return None


def _sent(alerts: list[StoredAlert], wall: float) -> _Sent:
    firing = frozenset(alert.fingerprint for alert in alerts if alert.is_firing(wall))
    resolved = frozenset(alert.fingerprint for alert in alerts if not alert.is_firing(wall))
    return _Sent(firing, resolved, wall)


def _row(alert: StoredAlert, wall: float) -> JsonObject:
    is_firing = alert.is_firing(wall)
    return {
        "status": "firing" if is_firing else "resolved",
        "labels": as_json(alert.labels),
        "annotations": as_json(alert.annotations),
        "startsAt": rfc3339(alert.starts_at),
        "endsAt": "0001-01-01T00:00:00Z" if is_firing else rfc3339(alert.ends_at),
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint,
    }


def _common(sets: list[Labels]) -> Labels:
    return tuple(pair for pair in sets[0] if all(pair in labels for labels in sets[1:])) if sets else ()
