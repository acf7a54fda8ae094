"""Starts and onboards a real Home Assistant in a folder of its own."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession

from demo.ha_api import HomeAssistantApi, HomeAssistantError, object_of, text_of
from demo.processes import Child, plain_environment
from demo.waiting import becomes
from lab.ports import free_port
from lab.wire import JsonObject, dumps

START_SECONDS = 120.0
ONBOARDING_VERSION = 4
HTTP_VERSION = 3

CONFIGURATION = """\
# Written by the demo: the integrations that the steward needs, and none that uses the network.
homeassistant:
  name: Home
  time_zone: UTC
  unit_system: metric
  country: GB
  language: en
api:
assist_pipeline:
auth:
config:
conversation:
frontend:
history:
logbook:
logger:
  default: warning
  logs:
    # Missing programs for cameras and speech.
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
mobile_app:
notify:
person:
recorder:
  commit_interval: 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user of Home Assistant with credentials."""

    name: str
    username: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9), repr=False)
    user_id: str = ""


class HomeAssistant:
    """Call `start()`, and `onboard()` once; then `api` is logged in as the owner.

    `program` is the `hass` to run, `integration` the folder of the custom integration.
    """

    def __init__(self, session: ClientSession, folder: Path, program: Path, integration: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.child = Child("Home Assistant", folder.with_suffix(".log"))
        self.api = HomeAssistantApi(session, f"http://127.0.0.1:{self.port}")
        self._program = program
        self._integration = integration

    @property
    def url(self) -> str:
        """The URL."""
        return self.api.url

    async def start(self) -> None:
        """Start it and wait until the API responds. Raises ChildEndedError and Expected."""
        if not self.folder.exists():
            await asyncio.to_thread(self._write_configuration)
        command = [str(self._program), "--config", str(self.folder), "--skip-pip"]
        await self.child.start(command, plain_environment(), self.folder)
        await becomes(self._responds, START_SECONDS, "a response of Home Assistant")

    async def wait_until_running(self) -> None:
        """Wait until it has finished starting. Raises Expected."""
        await becomes(self._has_started, START_SECONDS, "the end of Home Assistant's start")

    async def version(self) -> str:
        """Return the version."""
        return text_of(object_of(await self.api.get("/api/config")), "version")

    async def close(self) -> None:
        """Stop it."""
        await self.child.stop()

    async def onboard(self, owner: Login) -> Login:
        """Create the owner and log in. Return the login with the user id."""
        body: JsonObject = {
            "client_id": self.api.client_id,
            "name": owner.name,
            "username": owner.username,
            "password": owner.password,
            "language": "en",
        }
        answer = object_of(await self.api.post("/api/onboarding/users", body))
        await self.api.log_in(text_of(answer, "auth_code"))
        user = object_of(await self.api.command("auth/current_user"))
        return _with_id(owner, text_of(user, "id"))

    async def add_user(self, login: Login) -> Login:
        """Create another user without administrator rights, and a person of the same name."""
        answer = await self.api.command("config/auth/create", name=login.name, group_ids=["system-users"])
        user_id = text_of(object_of(object_of(answer).get("user")), "id")
        await self.api.command(
            "config/auth_provider/homeassistant/create",
            user_id=user_id,
            username=login.username,
            password=login.password,
        )
        await self.api.command("person/create", name=login.name, user_id=user_id, device_trackers=[])
        return _with_id(login, user_id)

    def _write_configuration(self) -> None:
        """Write the configuration of a new Home Assistant."""
        (self.folder / ".storage").mkdir(parents=True)
        (self.folder / "configuration.yaml").write_text(CONFIGURATION)
        stored: JsonObject = {"stable": self._http_settings(), "pending": None, "yaml_migration_done": True}
        self._store("http", HTTP_VERSION, stored)
        # These onboarding steps would set up a weather service and other network services.
        self._store("onboarding", ONBOARDING_VERSION, {"done": ["core_config", "analytics", "integration"]})
        components = self.folder / "custom_components"
        components.mkdir()
        (components / self._integration.name).symlink_to(self._integration)

    def _http_settings(self) -> JsonObject:
        """Return confirmed HTTP settings. Settings in YAML would revert after five minutes."""
        return {
            "server_host": ["127.0.0.1"],
            "server_port": self.port,
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "intermediate_v6",
            "use_x_frame_options": True,
            "created_at": datetime.now(UTC).isoformat(),
            "error": None,
            "error_message": None,
        }

    def _store(self, key: str, version: int, data: JsonObject) -> None:
        row: JsonObject = {"version": version, "minor_version": 1, "key": key, "data": data}
        (self.folder / ".storage" / key).write_text(dumps(row))

    async def _has_started(self) -> bool:
        self.child.check()
        return await self.api.is_running()

    async def _responds(self) -> bool:
        self.child.check()
        try:
            await self.api.get("/api/onboarding")
        except HomeAssistantError:
            return True  # onboarded: Home Assistant responds with an error
        except OSError, TimeoutError:
            return False
        return True


def _with_id(login: Login, user_id: str) -> Login:
    return Login(name=login.name, username=login.username, password=login.password, user_id=user_id)
