"""The rig of the benches: the lab, the real steward, and optionally Home Assistant."""

import asyncio
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import ClientSession, ClientWebSocketResponse

from bench.home import HomeLink
from bench.process import Program
from demo.front_end import FrontEndClient
from demo.home_assistant import HomeAssistant, Login
from demo.integration import Integration
from demo.steward import Steward, settings_for
from homelab_steward.contract.connecting import open_socket, read_hello
from homelab_steward.contract.protocol import WEBSOCKET_PATH, Frame, FrameKind, Subscribe
from homelab_steward.contract.state import InstanceStatus
from lab.fixtures import fixture_of
from lab.lab import Lab
from lab.visit import service_keys
from lab.wire import Json, JsonObject

ROOT = Path(__file__).resolve().parents[1]
HASS = ROOT / ".venv-ha" / "bin" / "hass"
INTEGRATION = ROOT / "custom_components" / "homelab_steward"

FOUR: Final = ("proxmox", "radarr", "prometheus", "alertmanager")
"""The services of most benches."""

POLL_SECONDS: Final = 75.0
"""Seconds in which an instance that failed once is polled again."""

NINE: Final = (*FOUR, "sonarr", "prowlarr", "docker", "uptime_kuma", "home_assistant")


FORTY: Final = 40


def forty_services() -> tuple[str, ...]:
    """Return forty services: those that the rig needs, then the others by name."""
    others = [key for key in service_keys() if key not in FOUR]
    return (*FOUR, *others[: FORTY - len(FOUR)])


class BenchRig:
    """`async with BenchRig() as rig:` starts the lab; methods start the rest.

    The lab raises no alerts and its Radarr is never slow, so that only the steward is measured.
    ``services`` must include those of ``FOUR``.
    """

    def __init__(self, services: Sequence[str] = FOUR) -> None:
        self.services = services
        self.owner = Login(name="Alex", username="owner")
        self._stack = AsyncExitStack()
        self._socket: ClientWebSocketResponse | None = None
        self._home: HomeLink | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix="homelab-steward-bench-", ignore_cleanup_errors=True)
            self.folder = Path(stack.enter_context(folder))
            self.session = await stack.enter_async_context(ClientSession())
            self.lab = await stack.enter_async_context(Lab(is_alerting=False, services=self.services))
            self.lab.radarr.slow_seconds = 0.0
            self.steward = Steward(self.session, self.folder / "steward")
            self.program = Program("steward", self.folder / "steward.log")
            self.steward.child = self.program
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def database(self) -> Path:
        """Path of the steward's database."""
        return self.steward.data_dir / "steward.db"

    async def start_home_assistant(self) -> HomeAssistant:
        """Start Home Assistant and onboard its owner."""
        home_assistant = HomeAssistant(self.session, self.folder / "home-assistant", HASS, INTEGRATION)
        self._stack.push_async_callback(home_assistant.close)
        await home_assistant.start()
        self.owner = await home_assistant.onboard(self.owner)
        await home_assistant.wait_until_running()
        return home_assistant

    async def set_up_integration(self, home_assistant: HomeAssistant) -> None:
        """Set up the integration and the phone. The steward must be running."""
        integration = Integration(home_assistant.api)
        await integration.set_up(self.steward.url, await self.steward.token())
        await integration.wait_until_loaded()
        await self.lab.connect_home_assistant(home_assistant.url, home_assistant.api.access_token)
        await integration.choose_phone(await integration.phone_device(self.lab.phone.name))
        await integration.wait_until_loaded()

    async def start_steward(
        self, poll_seconds: Mapping[str, float] | None = None, more: JsonObject | None = None
    ) -> None:
        """Start the steward. Instances missing in ``poll_seconds`` have the default poll interval.

        ``more`` are settings in addition to those of the lab.
        """
        settings = {**self._settings(), **(more or {})}
        await self.steward.write_settings(_with_intervals(settings, poll_seconds or {}))
        self._stack.push_async_callback(self.steward.close)
        await self.steward.start()

    async def connect_client(self) -> None:
        """Connect a client that receives every frame.

        It is the lab's Home Assistant if the lab has one; else it does not decode the frames.
        """
        url = f"{self.steward.url}{WEBSOCKET_PATH}"
        self._socket = await open_socket(self.session, url, await self.steward.token())
        await read_hello(self._socket)
        home = self.lab.served.get("home_assistant")
        subscribe = Subscribe(home_id="lab" if home else None)
        await self._socket.send_bytes(Frame(kind=FrameKind.SUBSCRIBE, body=subscribe.to_dict()).to_json())
        if home is not None:
            self._home = HomeLink(self._socket)
            simulator: Any = home
            simulator.join(self._home)
            simulator.push()
        draining = asyncio.create_task(self._drain(self._socket), name="idle client")
        self._stack.push_async_callback(_cancel, draining)

    async def wait_until_polled(self) -> None:
        """Wait until every instance was polled without an error. Raises TimeoutError."""
        front_end = FrontEndClient(self.session, self.steward.url, await self.steward.token())
        try:
            await front_end.start()
            await front_end.wait_for(
                lambda: all(one.status is InstanceStatus.OK for one in front_end.instances.values()),
                POLL_SECONDS,
            )
        finally:
            await front_end.close()

    @property
    def is_client_connected(self) -> bool:
        """Whether the client is connected. The app disconnects a client that is too slow."""
        return self._socket is not None and not self._socket.closed

    async def _drain(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if self._home is not None:
                await self._home.take(message.data)

    def _settings(self) -> JsonObject:
        owner: JsonObject = {
            "id": "alex",
            "name": self.owner.name,
            "role": "owner",
            "telegram_user_id": self.lab.telegram.forum.users["owner"].id,
        }
        if self.owner.user_id:
            owner["ha_user_id"] = self.owner.user_id
        return {**settings_for(self.lab, [owner]), "instances": _instances(self.lab, self.services)}


def _instances(lab: Lab, services: Iterable[str]) -> list[Json]:
    """Return one instance of each service, with the settings of its fixture."""
    return [
        {"id": one, "service": one, "name": one, "settings": {**fixture_of(one).settings(lab.served[one])}}
        for one in services
    ]


def _with_intervals(settings: JsonObject, poll_seconds: Mapping[str, float]) -> JsonObject:
    """Return the settings with these poll intervals."""
    instances = settings["instances"]
    if not isinstance(instances, list):
        raise TypeError("instances must be a list")
    changed: list[Json] = [_with_interval(one, poll_seconds) for one in instances if isinstance(one, dict)]
    return {**settings, "instances": changed}


def _with_interval(instance: JsonObject, poll_seconds: Mapping[str, float]) -> JsonObject:
    interval, own = poll_seconds.get(str(instance["id"])), instance["settings"]
    if interval is None or not isinstance(own, dict):
        return instance
    return {**instance, "settings": {**own, "poll_seconds": interval}}


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
