"""The lab: one world and all simulators."""

from types import TracebackType
from typing import Self

from aiohttp import ClientSession, ClientTimeout

from lab.alertmanager import Alertmanager, Timing, start_alertmanager
from lab.clock import Clock
from lab.faults import Faults
from lab.phone import Phone
from lab.prometheus import PrometheusSimulator
from lab.proxmox import ProxmoxSimulator
from lab.radarr import RadarrSimulator
from lab.telegram import TelegramSimulator
from lab.wire import Json, dumps
from lab.world import World


class NotConnectedError(Exception):
    """No steward is connected."""


class Lab:
    """`async with Lab() as lab:` starts all simulators on free ports.

    Alertmanager is the real program if it is installed, unless `real_alertmanager` is False.
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
    ) -> None:
        self.world = World(clock, task_seconds=task_seconds, boot_seconds=boot_seconds)
        self.faults = Faults()
        self.proxmox = ProxmoxSimulator(self.world, self.faults)
        self.radarr = RadarrSimulator(self.world, self.faults)
        self.telegram = TelegramSimulator(self.world, self.faults)
        self.phone = Phone(self.world, self.faults)
        self._prefers_real = real_alertmanager
        self._is_alerting = is_alerting
        self._timing = alert_timing
        self._alertmanager: Alertmanager | None = None
        self._prometheus: PrometheusSimulator | None = None
        self._steward = ("", "")

    @property
    def alertmanager(self) -> Alertmanager:
        """The real or simulated Alertmanager. Raises RuntimeError before the start."""
        if self._alertmanager is None:
            raise RuntimeError("the lab was not started")
        return self._alertmanager

    @property
    def prometheus(self) -> PrometheusSimulator:
        """The Prometheus simulator. Raises RuntimeError before the start."""
        if self._prometheus is None:
            raise RuntimeError("the lab was not started")
        return self._prometheus

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
            for simulator in (self.proxmox, self.radarr, self.telegram, self.phone):
                await simulator.start()
            self._alertmanager = await start_alertmanager(
                self.world, self.faults, *self._steward, prefer_real=self._prefers_real, timing=self._timing
            )
            sink = self._alertmanager if self._is_alerting else None
            self._prometheus = PrometheusSimulator(self.world, self.faults, alertmanager=sink)
            await self._prometheus.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop all simulators, those that send alerts first."""
        for monitor in (self._prometheus, self._alertmanager):
            if monitor is not None:
                await monitor.close()
        for simulator in (self.phone, self.telegram, self.radarr, self.proxmox):
            await simulator.close()

    async def connect_steward(self, webhook_url: str, token: str) -> None:
        """Let Alertmanager send webhooks to this steward, with this bearer token."""
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

    async def wait_for_pressure(self, vmid: int = 105, timeout: float = 30.0) -> None:
        """Wait until a guest is under memory pressure. Raises TimeoutError."""
        await self.world.changes.wait_for(lambda: self.world.is_under_pressure(vmid), timeout)
