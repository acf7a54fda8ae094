"""What the benches run: the lab, the real steward beside it and, where asked for, Home Assistant."""

import asyncio
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, ClientWebSocketResponse

from bench.process import Program
from demo.home_assistant import HomeAssistant, Login
from demo.integration import Integration
from demo.processes import free_port
from demo.steward import Steward, settings_for
from homelab_steward.contract.client import open_socket, read_hello
from homelab_steward.contract.protocol import WEBSOCKET_PATH, Frame, FrameKind, Subscribe
from lab.lab import Lab
from lab.wire import Json, JsonObject

ROOT = Path(__file__).resolve().parents[1]
HASS = ROOT / ".venv-ha" / "bin" / "hass"
INTEGRATION = ROOT / "custom_components" / "homelab_steward"


class BenchRig:
    """`async with House() as house:` has a running lab; the rest is started when asked for.

    The lab raises no alerts by itself, and its Radarr is never slow: what is measured is
    the steward, not the trouble the lab plays.
    """

    def __init__(self) -> None:
        self.owner = Login(name="Alex", username="owner")
        self._stack = AsyncExitStack()
        self._socket: ClientWebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix="homelab-steward-bench-", ignore_cleanup_errors=True)
            self.folder = Path(stack.enter_context(folder))
            self.session = await stack.enter_async_context(ClientSession())
            self.lab = await stack.enter_async_context(Lab(is_alerting=False))
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
        """The steward's database."""
        return self.steward.data_dir / "steward.db"

    async def start_home_assistant(self) -> HomeAssistant:
        """Start Home Assistant and onboard its owner."""
        home_assistant = HomeAssistant(self.session, self.folder / "home-assistant", HASS, INTEGRATION)
        self._stack.push_async_callback(home_assistant.close)
        await home_assistant.start()
        self.owner = await home_assistant.onboard(self.owner)
        await home_assistant.wait_until_running()
        return home_assistant

    async def introduce(self, home_assistant: HomeAssistant) -> None:
        """Set the integration up and let it ask on the phone; the steward runs already."""
        integration = Integration(home_assistant.api)
        await integration.set_up(self.steward.url, await self.steward.token())
        await integration.wait_until_loaded()
        await self.lab.connect_home_assistant(home_assistant.url, home_assistant.api.access_token)
        await integration.choose_phone(await integration.phone_device(self.lab.phone.name))
        await integration.wait_until_loaded()

    async def start_steward(
        self, poll_seconds: Mapping[str, float] | None = None, more: JsonObject | None = None
    ) -> None:
        """Start the steward; instances not named in ``poll_seconds`` keep the default interval.

        ``more`` are settings beside those of the lab.
        """
        if not self.steward.settings_file.exists():
            # As late as can be: what connects to Home Assistant meanwhile might take it as its own end.
            self.steward.port = free_port()
        settings = {**self._settings(), **(more or {})}
        await self.steward.write_settings(_with_intervals(settings, poll_seconds or {}))
        self._stack.push_async_callback(self.steward.close)
        await self.steward.start()

    async def connect_client(self) -> None:
        """Let a face follow the steward that takes every frame and reads none."""
        url = f"{self.steward.url}{WEBSOCKET_PATH}"
        self._socket = await open_socket(self.session, url, await self.steward.token())
        await read_hello(self._socket)
        await self._socket.send_bytes(Frame(kind=FrameKind.SUBSCRIBE, body=Subscribe().to_dict()).to_json())
        draining = asyncio.create_task(self._drain(self._socket), name="face that reads nothing")
        self._stack.push_async_callback(_end, draining)

    @property
    def is_client_connected(self) -> bool:
        """Whether the face is still there: a face that cannot keep up is sent away."""
        return self._socket is not None and not self._socket.closed

    async def _drain(self, socket: ClientWebSocketResponse) -> None:
        async for _ in socket:
            pass

    def _settings(self) -> JsonObject:
        owner: JsonObject = {
            "id": "alex",
            "name": self.owner.name,
            "role": "owner",
            "telegram_user_id": self.lab.telegram.forum.users["owner"].id,
        }
        if self.owner.user_id:
            owner["ha_user_id"] = self.owner.user_id
        return settings_for(self.lab, [owner])


def _with_intervals(settings: JsonObject, poll_seconds: Mapping[str, float]) -> JsonObject:
    """Return the settings with these poll intervals instead of the demo's short ones."""
    instances = settings["instances"]
    if not isinstance(instances, list):
        raise TypeError("instances are a list")
    changed: list[Json] = [_with_interval(one, poll_seconds) for one in instances if isinstance(one, dict)]
    return {**settings, "instances": changed}


def _with_interval(instance: JsonObject, poll_seconds: Mapping[str, float]) -> JsonObject:
    settings = instance["settings"]
    own = (
        {key: value for key, value in settings.items() if key != "poll_seconds"}
        if isinstance(settings, dict)
        else {}
    )
    wanted = poll_seconds.get(str(instance["id"]))
    return {**instance, "settings": own if wanted is None else {**own, "poll_seconds": wanted}}


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
