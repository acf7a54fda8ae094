"""The whole lab: one world and the simulators of all services."""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Self, cast

from aiohttp import ClientSession, ClientTimeout

from lab.alertmanager import Alertmanager, Timing
from lab.clock import Clock, ManualClock
from lab.faults import Faults
from lab.fixtures import Served, ServiceFixture, find_fixtures, fixture_of
from lab.phone import Phone
from lab.prometheus import PrometheusSimulator
from lab.proxmox import ProxmoxSimulator
from lab.radarr import RadarrSimulator
from lab.replay import Replay, ReplaySimulator
from lab.telegram import TelegramSimulator
from lab.wire import Json, dumps
from lab.world import World


class NotConnectedError(Exception):
    """No steward is connected."""


class Lab:
    """`async with Lab() as lab:` starts all simulators on free ports.

    Services come from their fixtures: all that are found, or only `services`.
    Alertmanager is the real program where there is one and `real_alertmanager` is left on.
    With `is_alerting` off, rules are evaluated only when `prometheus.evaluate_rules()` is called.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        real_alertmanager: bool = True,
        is_alerting: bool = True,
        task_seconds: float = 1.0,
        boot_seconds: float = 0.5,
        alert_timing: Timing | None = None,
        services: Iterable[str] | None = None,
    ) -> None:
        self.world = World(clock, task_seconds=task_seconds, boot_seconds=boot_seconds)
        self.faults = Faults()
        self.prefers_real_alertmanager = real_alertmanager
        self.is_alerting = is_alerting
        self.alert_timing = alert_timing
        fixtures = find_fixtures() if services is None else {key: fixture_of(key) for key in services}
        self.served: dict[str, Served] = {}
        for key, fixture in fixtures.items():
            self.served[key] = self._serve(key, fixture)
        self.telegram = TelegramSimulator(self.world, self.faults)
        self.phone = Phone(self.world, self.faults)
        self._steward = ("", "")

    @property
    def proxmox(self) -> ProxmoxSimulator:
        """The Proxmox simulator."""
        return cast("ProxmoxSimulator", self.served["proxmox"])

    @property
    def radarr(self) -> RadarrSimulator:
        """The Radarr simulator."""
        return cast("RadarrSimulator", self.served["radarr"])

    @property
    def alertmanager(self) -> Alertmanager:
        """Alertmanager, real or simulated (`kind` says)."""
        return cast("Alertmanager", self.served["alertmanager"])

    @property
    def prometheus(self) -> PrometheusSimulator:
        """The Prometheus simulator."""
        return cast("PrometheusSimulator", self.served["prometheus"])

    def replay(self, key: str) -> ReplaySimulator:
        """Return the simulator of a service that is served from recorded answers."""
        return cast("ReplaySimulator", self.served[key])

    def _serve(self, key: str, fixture: ServiceFixture) -> Served:
        if isinstance(fixture.simulator, Replay):
            return ReplaySimulator(key, fixture.simulator, self.world, self.faults)
        return fixture.simulator(self)

    @property
    def is_connected(self) -> bool:
        """Whether a steward is connected."""
        return bool(self._steward[0])

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start all simulators. If one fails, stop the others."""
        try:
            for simulator in (*self.served.values(), self.telegram, self.phone):
                await simulator.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop everything, in the opposite order: Prometheus before Alertmanager."""
        for simulator in (self.phone, self.telegram, *reversed(self.served.values())):
            await simulator.close()

    async def connect_steward(self, webhook_url: str, token: str) -> None:
        """Let Alertmanager notify this steward, with this bearer token."""
        self._steward = (webhook_url, token)
        await self.alertmanager.set_webhook(webhook_url, token)
        self.world.changes.notify()

    async def connect_home_assistant(self, url: str, access_token: str) -> str:
        """Register the phone for the token's user, and return its webhook id."""
        return await self.phone.register(url, access_token)

    async def start_story(self, climb_seconds: float = 4.0) -> None:
        """Let Radarr's memory rise to 95 % of its 2 GiB, which causes an alert."""
        self.world.start_memory_pressure(climb_seconds=climb_seconds)

    async def send_alertmanager_payload(self, payload: Json) -> tuple[int, str]:
        """Send a payload, and return the status and the text of the response.

        A list of alerts is posted to Alertmanager as from Prometheus. An object is posted to the
        steward's webhook. Raises NotConnectedError, ValueError and aiohttp.ClientError.
        """
        if isinstance(payload, list):
            await self.alertmanager.post_alerts([row for row in payload if isinstance(row, dict)])
            return 200, f"{len(payload)} alerts posted to Alertmanager"
        url, token = self._steward
        if not url:
            raise NotConnectedError("no steward is connected")
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        async with (
            ClientSession(timeout=ClientTimeout(total=15)) as session,
            session.post(url, data=dumps(payload), headers=headers) as response,
        ):
            return response.status, (await response.text())[:2000]

    async def pass_time(self, seconds: float) -> None:
        """Let the lab's time pass: at once when its clock is moved by hand."""
        if isinstance(self.world.clock, ManualClock):
            self.world.clock.advance(seconds)
        else:
            await asyncio.sleep(seconds)

    async def wait_for_pressure(self, vmid: int = 105, timeout: float = 30.0) -> None:
        """Wait until a guest is under memory pressure. Raises TimeoutError."""
        await self.world.changes.wait_for(lambda: self.world.is_under_pressure(vmid), timeout)
