"""Starts all programs of the demo, and stops them in reverse order."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientSession

from demo.assist import Assist
from demo.front_end import FrontEndClient
from demo.history import ANNOUNCED, APPROVED, UNDOS, write_history, write_runbook
from demo.home_assistant import HomeAssistant, Login
from demo.integration import Integration
from demo.model import Reader
from demo.processes import Child
from demo.steps import Steps
from demo.steward import (
    DEMO_SERVICES,
    UPDATE_SERVICES,
    Steward,
    assistant_settings,
    settings_for,
    update_settings,
)
from demo.waiting import seen
from lab.lab import Lab
from lab.model import ScriptedModel
from lab.page import LabPage
from lab.updates import LabUpdates
from lab.wire import Json, JsonObject

ROOT = Path(__file__).resolve().parents[2]
HASS = ROOT / ".venv-ha" / "bin" / "hass"
INTEGRATION = ROOT / "custom_components" / "homelab_steward"
TOPICS = (
    "Critical Alerts",
    "Media",
    "Infrastructure",
    "Monitoring",
    "Home Assistant",
    "Weekly Reports",
    "Resolved",
)


class Installation:
    """Owns the temporary folder and all programs; `start_all` starts them."""

    def __init__(self, *, keep: bool) -> None:
        self.owner = Login(name="Alex", username="owner")
        self.family = Login(name="Sam", username="family")
        self._keep = keep
        self._stack = AsyncExitStack()
        self._front_end: FrontEndClient | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            folder = tempfile.TemporaryDirectory(
                prefix="homelab-steward-demo-", delete=not self._keep, ignore_cleanup_errors=True
            )
            self.folder = Path(stack.enter_context(folder))
            session = await stack.enter_async_context(ClientSession())
            self._session = session
            self.lab = Lab()
            self.updates = LabUpdates(self.lab)
            self.page = LabPage(self.lab, updates=self.updates)
            self.home_assistant = HomeAssistant(session, self.folder / "home-assistant", HASS, INTEGRATION)
            self.integration = Integration(self.home_assistant.api)
            self.steward = Steward(session, self.folder / "steward")
            self.assist = Assist(self.home_assistant.api)
            self.model = ScriptedModel(Reader(), name="reader")
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def children(self) -> tuple[Child, ...]:
        """The child processes."""
        return (self.steward.child, self.home_assistant.child)

    @property
    def front_end(self) -> FrontEndClient:
        """The client of the steward. Raises RuntimeError before the steward was started."""
        if self._front_end is None:
            raise RuntimeError("the steward was not started")
        return self._front_end

    async def start_all(self, steps: Steps, *, has_history: bool = False) -> None:
        """Start all programs and connect them. Raises StepFailedError.

        ``has_history``: a runbook has repaired well for weeks before the app of the demo starts.
        """
        await self.start_home(steps)
        if has_history:
            await steps.play("weeks of evidence stored", self._write_history())
        await steps.play("steward started", self._start_steward())
        await steps.play("integration loaded", self._set_up_integration())
        await steps.play("phone registered", self._register_phone())
        await steps.play("Assist pipeline created", self.assist.set_up())
        await steps.play("forum topics created", self._topics())

    async def start_home(self, steps: Steps) -> None:
        """Start the lab and Home Assistant. Raises StepFailedError."""
        await steps.play("lab started", self._start_lab())
        await steps.play("Home Assistant started", self._start_home_assistant())

    async def start_empty_steward(self) -> None:
        """Start a steward in which nothing is configured."""
        await self.steward.write_settings({})
        self._stack.push_async_callback(self.steward.close)
        await self.steward.start()

    async def restart_steward(self) -> None:
        """Start the steward again after it was killed."""
        await self.steward.start()
        front_end = self.front_end
        await seen(front_end.changes, lambda: front_end.is_connected, 30, "a connection to the steward")

    async def start_home_again(self) -> None:
        """Start Home Assistant again after it ended."""
        await self.home_assistant.start()
        await self.home_assistant.wait_until_running()
        await self.integration.wait_until_loaded()

    async def wait_for_end(self) -> str:
        """Wait until a child process ends unexpectedly, and return its name and state."""
        waiting = {asyncio.create_task(child.ended()): child for child in self.children}
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        child = waiting[done.pop()]
        return f"{child.name} {child.state}"

    async def _start_lab(self) -> str:
        await self._stack.enter_async_context(self.lab)
        await self._stack.enter_async_context(self.updates)
        await self._stack.enter_async_context(self.page)
        await self._stack.enter_async_context(self.model)
        return f"Alertmanager is {self.lab.alertmanager.kind}"

    async def _start_home_assistant(self) -> str:
        self._stack.push_async_callback(self.home_assistant.close)
        await self.home_assistant.start()
        self.owner = await self.home_assistant.onboard(self.owner)
        self.family = await self.home_assistant.add_user(self.family)
        await self.home_assistant.wait_until_running()
        return f"version {await self.home_assistant.version()}"

    async def _write_history(self) -> str:
        runbooks = self.folder / "runbooks"
        await asyncio.to_thread(write_runbook, runbooks)
        await self._write_settings(runbooks_dir=str(runbooks))
        await write_history(self.steward.settings_file)
        return f"{APPROVED} repairs approved, {ANNOUNCED} announced, {UNDOS} undos that worked"

    async def _start_steward(self) -> None:
        if not self.steward.settings_file.exists():
            await self._write_settings()
        self._stack.push_async_callback(self.steward.close)
        await self.steward.start()
        await self.lab.connect_steward(self.steward.webhook_url, await self.steward.monitor_token())
        self.updates.connect(self.steward.url)
        self._front_end = FrontEndClient(self._session, self.steward.url, await self.steward.token())
        self._stack.push_async_callback(self._front_end.close)
        await self._front_end.start()

    async def _write_settings(self, **more_settings: Json) -> None:
        more: JsonObject = {
            **assistant_settings("alex", self.steward.mcp_token, self.model.url),
            **update_settings(self.updates),
            # The story with its faults makes more changes in some minutes than people do in an hour.
            "limits": {"changes_per_hour": 100},
        }
        settings = settings_for(self.lab, self._people(), (*DEMO_SERVICES, *UPDATE_SERVICES))
        await self.steward.write_settings({**settings, **more, **more_settings})

    async def _set_up_integration(self) -> None:
        await self.integration.set_up(self.steward.url, await self.steward.token())
        await self.integration.wait_until_loaded()

    async def _register_phone(self) -> None:
        api = self.home_assistant.api
        await self.lab.connect_home_assistant(api.url, api.access_token)
        device_id = await self.integration.phone_device(self.lab.phone.name)
        await self.integration.choose_phone(device_id)

    async def _topics(self) -> str:
        forum = self.lab.telegram.forum

        def are_created() -> bool:
            return {topic.name for topic in forum.topics} >= set(TOPICS)

        await seen(forum.changes, are_created, 30, f"not all of {', '.join(TOPICS)}")
        return f"{len(TOPICS)} in addition to General"

    def _people(self) -> list[Json]:
        users = self.lab.telegram.forum.users
        return [
            {
                "id": "alex",
                "name": self.owner.name,
                "role": "owner",
                "ha_user_id": self.owner.user_id,
                "telegram_user_id": users["owner"].id,
            },
            {
                "id": "sam",
                "name": self.family.name,
                "role": "member",
                "ha_user_id": self.family.user_id,
                "telegram_user_id": users["family"].id,
            },
        ]
