"""One connection to Uptime Kuma, and what its events have said since it was opened."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import orjson
import structlog

from ...clock import Clock
from ...errors import ServiceMalformed, ServiceRefused, ServiceUnauthorized, ServiceUnreachable
from ...sdk.answers import NotKnown, parse, parse_items
from ...sdk.description import Changed, Gaps, IncomingAlert, Push, ReadAlerts
from ...sdk.http import plain
from ...sdk.socket_io import SocketIO
from .models import LATE, Beat, Certificate, KumaState, Monitor, Numbered, Watched

log = structlog.get_logger(__name__)

HISTORY: Final = 4.0
"""Seconds to wait after the login for the beats of all monitors."""

MOST_BEATS: Final = 100


class Session(SocketIO):
    """Asks for the list of monitors at each poll; their beats come by themselves.

    ``pushes`` takes what a listener yields, and None at the end.
    """

    def __init__(self, clock: Clock, firing: dict[int, IncomingAlert]) -> None:
        """Open nothing. ``firing`` is kept up to date: the alerts of monitors that are down, by monitor."""
        super().__init__()
        self._firing = firing
        self.pushes: asyncio.Queue[Push | None] = asyncio.Queue()
        self._clock = clock
        self._monitors: dict[int, Monitor] = {}
        self._listed = Gaps()
        self._lists = 0
        self._awaited: set[int] | None = None
        self._arrived = asyncio.Event()
        self._earlier: dict[int, tuple[Beat, ...]] = {}
        self._live: dict[int, tuple[Beat, ...]] = {}
        self._odd_beats: dict[int, str] = {}
        self._seen: dict[int, float] = {}
        self._certificates: dict[int, int] = {}
        self._odd = Gaps()
        self._version: str | None = None
        self._latest: str | None = None
        self._windows: list[Any] = []

    async def log_in(self, username: str, password: str) -> None:
        """Log in. Raises ServiceUnauthorized; ServiceUnreachable when there were too many logins."""
        answer = await self.call("login", {"username": username, "password": password, "token": ""})
        if answer.get("tokenRequired"):
            raise ServiceUnauthorized(t"Uptime Kuma asks for a two-factor token, which is not supported")
        if "frequently" in str(answer.get("msg")):
            raise ServiceUnreachable(t"Uptime Kuma takes no logins for a minute: there were too many")
        if answer.get("ok") is not True:
            raise ServiceUnauthorized(t"Uptime Kuma refused the user name or the password")

    async def ask(self, event: str, *arguments: object, changes: bool = False) -> dict[str, Any]:
        """Send an event, and return its acknowledgement as done.

        Raises ServiceRefused, and what ``call`` raises.
        """
        answer = await self.call(event, *arguments, changes=changes)
        if answer.get("ok") is not True:
            text = plain(str(answer.get("msg")))
            error = ServiceUnauthorized if "not logged in" in text else ServiceRefused
            raise error(f"{event}: {text}")
        return answer

    async def maintenance(self) -> list[Any]:
        """Return all maintenance windows, as they come. Raises ServiceError."""
        self._windows.clear()
        await self.ask("getMaintenanceList")
        if not self._windows:
            raise ServiceMalformed(t"getMaintenanceList: no list came")
        return list(parse(dict[str, Any], self._windows[-1], "maintenanceList").values())

    async def refresh(self) -> None:
        """Read the list of monitors, and wait a little for beats that are still to come."""
        before = self._lists
        await self.ask("getMonitorList")
        if self._lists == before:
            raise ServiceMalformed(self._odd.of("monitors") or "getMonitorList: no list came")
        with suppress(TimeoutError):
            async with asyncio.timeout(HISTORY):
                while self._awaited and not self.is_closed:
                    self._arrived.clear()
                    await self._arrived.wait()
        if self.is_closed:
            raise ServiceUnreachable(t"The connection to Uptime Kuma was lost")

    def state(self, gaps: Gaps) -> KumaState:
        """Return what is known now; what has not come or was not understood is a gap."""
        monitors = tuple(self._watched(one) for one in self._monitors.values())
        late = sum(not one.is_whole for one in monitors)
        if late:
            gaps.add("beats", f"the beats of {late} monitors have not come yet")
        for part, found in (("monitors", self._listed), ("beats", self._odd)):
            if reason := found.of(part):
                gaps.add(part, reason)
        missing = gaps.of("monitors") or gaps.of("beats")
        if not monitors:
            missing = missing or "Uptime Kuma lists no monitors"
        for number, reason in self._odd_beats.items():
            if number in self._monitors:
                gaps.add("beats", reason)
        return KumaState(monitors=monitors, version=self._version, latest=self._latest, missing=missing)

    def alerts(self) -> ReadAlerts:
        """Return an alert for each monitor that was not up again since it was down, deleted ones included."""
        missing = self.state(Gaps()).missing
        for monitor in self._monitors.values():
            try:
                self._note(self._watched(monitor))
            except NotKnown as err:
                missing = missing or str(err)
        is_odd = self._listed.of("monitors") is not None
        for number in () if is_odd else self._firing.keys() - self._monitors.keys():
            self._firing[number] = replace(self._firing[number], suppressed="not listed by Uptime Kuma")
        return ReadAlerts(alerts=tuple(self._firing.values()), missing=missing)

    def watched(self, monitor: str) -> Watched | None:
        """Return a monitor by its id, None when it is not there."""
        found = self._monitors.get(int(monitor)) if monitor.isdecimal() else None
        return self._watched(found) if found else None

    def handle(self, event: str, arguments: list[Any]) -> None:
        """Take an event; one that is not understood is logged, and a gap until the next connection."""
        part = "monitors" if event == "monitorList" else "beats"
        try:
            self._understand(event, arguments)
        except ServiceMalformed as err:
            log.warning("event not understood", event_name=event, reason=str(err))
            self._odd.add(part, str(err))

    def end(self) -> None:
        """End the listener, and do not wait for beats any more."""
        self.pushes.put_nowait(None)
        self._arrived.set()

    def _understand(self, event: str, arguments: list[Any]) -> None:
        match event, arguments:
            case "monitorList", [rows, *_]:
                self._list(parse(dict[str, Any], rows, event))
            case "heartbeat", [row, *_]:
                self._beat(row)
            case "heartbeatList", [number, rows, *_]:
                self._history(parse(int, number, event), rows)
            case "certInfo", [number, str() as text, *_]:
                with suppress(orjson.JSONDecodeError, ServiceMalformed):  # not every monitor has one
                    days = parse(Certificate, orjson.loads(text), event).info.days_remaining
                    self._certificates[parse(int, number, event)] = days
            case "maintenanceList", [rows, *_]:
                self._windows[:] = [rows]
            case "info", [{"version": str() as version, **more}, *_]:
                self._version, latest = version, more.get("latestVersion")
                self._latest = latest if isinstance(latest, str) else None
            case (("updateMonitorIntoList" | "deleteMonitorFromList"), _):
                self.pushes.put_nowait(Changed.POLL_NOW)
            case _:
                pass  # notifications, status pages and other things that are not watched

    def _list(self, rows: dict[str, Any]) -> None:
        gaps = Gaps()
        monitors = {one.id: one for one in parse_items(Monitor, list(rows.values()), gaps, "monitors")}
        if self._awaited is None:
            self._awaited = set(monitors)
        elif monitors != self._monitors:
            self.pushes.put_nowait(Changed.POLL_NOW)
        self._monitors, self._listed = monitors, gaps
        self._lists += 1

    def _history(self, monitor: int, rows: object) -> None:
        odd, beats = Gaps(), tuple[Beat, ...]()
        try:
            beats = parse_items(Beat, rows, odd, "beats", name=lambda _: monitor)
        except ServiceMalformed as err:
            odd.add("beats", str(err))
        if beats:
            age = (self._clock.now() - max(one.at for one in beats)).total_seconds()
            # By two clocks: a difference between them makes it older, never newer.
            self._see(monitor, abs(age))
            if age < -LATE:
                odd.add("beats", "The newest beat is dated in the future")
        self._earlier[monitor] = beats
        if (reason := odd.of("beats")) and monitor not in self._live:
            self._not_understood(monitor, reason)
        if self._awaited is not None:
            self._awaited.discard(monitor)
        self._arrived.set()

    def _beat(self, row: object) -> None:
        number = parse(Numbered, row, "heartbeat").monitor
        try:
            beat = parse(Beat, row, "heartbeat")
        except ServiceMalformed as err:
            self._not_understood(number, str(err))
            self.pushes.put_nowait(Changed.POLL_NOW)
            return
        monitor = self._monitors.get(number)
        before = self._watched(monitor) if monitor else None
        self._live[number] = (*self._live.get(number, ()), beat)[-MOST_BEATS:]
        self._odd_beats.pop(number, None)
        self._see(number, 0.0)
        if monitor is None or before is None:
            self.pushes.put_nowait(Changed.POLL_NOW)
            return
        after = self._watched(monitor)
        with suppress(NotKnown):
            self._note(after)
        for push in changes(before, after):
            self.pushes.put_nowait(push)

    def _not_understood(self, monitor: int, reason: str) -> None:
        """A beat that is not understood costs its monitor until the next beat."""
        log.warning("beat not understood", monitor=monitor, reason=reason)
        self._odd_beats[monitor] = reason

    def _note(self, one: Watched) -> None:
        """Keep the alert of a monitor that is down. Raises NotKnown when that is not known."""
        since = one.down_since
        # A group is down because a monitor in it is, which has an alert of its own.
        if since is None or one.monitor.type == "group":
            self._firing.pop(one.monitor.id, None)
        else:
            self._firing[one.monitor.id] = one.alert(since)

    def _see(self, monitor: int, age: float) -> None:
        seen = self._clock.monotonic() - age
        self._seen[monitor] = max(seen, self._seen.get(monitor, seen))

    def _beats(self, monitor: int) -> tuple[Beat, ...]:
        """Return the beats in their order: live ones as they came, because the clock may be set back."""
        live = self._live.get(monitor, ())
        times = {one.at for one in live}
        earlier = (one for one in self._earlier.get(monitor, ()) if one.at not in times)
        return (*sorted(earlier, key=lambda one: one.at), *live)[-MOST_BEATS:]

    def _watched(self, monitor: Monitor) -> Watched:
        now = self._clock.monotonic()
        return Watched(
            monitor=monitor,
            beats=self._beats(monitor.id),
            age=now - self._seen.get(monitor.id, now),
            is_whole=monitor.id not in (self._awaited or ()),
            odd=self._odd_beats.get(monitor.id),
            certificate_days=self._certificates.get(monitor.id),
        )


def changes(before: Watched, after: Watched) -> Iterator[Push]:
    """Yield what a new beat changed: the alert that began or ended, and that it is time to poll."""
    if [one.status for one in before.beats[-1:]] == [after.beats[-1].status]:
        return
    yield Changed.POLL_NOW
    with suppress(NotKnown):
        began, ended = after.down_since, before.down_since
        if after.monitor.type == "group":
            return
        if began is not None and ended is None:
            yield after.alert(began)
        elif began is None and ended is not None:
            yield after.alert(ended, after.beats[-1].at)
