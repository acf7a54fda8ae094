"""Runs the steward as a separate process, as users start it."""

import asyncio
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from aiohttp import ClientError, ClientSession, ClientTimeout

from demo.processes import Child, plain_environment
from demo.waiting import becomes
from lab.fixtures import fixture_of
from lab.lab import Lab
from lab.ports import free_port
from lab.updates import SECRET, LabUpdates
from lab.visit import load
from lab.wire import Json, JsonObject

TESTS = Path(__file__).parents[1]
START_SECONDS = 180.0
TIMEOUT = ClientTimeout(total=5)
ALERTMANAGER = "alertmanager"
NAMES = {"proxmox": "Proxmox"}
MORE: Mapping[str, JsonObject] = {"github": {"webhook_secret": SECRET}}
DEMO_SERVICES = (
    "proxmox",
    "radarr",
    "prometheus",
    ALERTMANAGER,
    "sonarr",
    "prowlarr",
    "lidarr",
    "sabnzbd",
    "qbittorrent",
    "jellyfin",
    "tautulli",
    "truenas",
    "adguard",
    "traefik",
    "opnsense",
    "unifi",
    "nut",
    "ollama",
    "redis",
)
"""The services of the lab that the app watches."""

UPDATE_SERVICES = ("github", "argocd", "kubernetes", "docker")
"""What the app of the demo watches too: where updates come from."""


class Steward:
    """The app with a YAML settings file and a data folder.

    It keeps its port after restarts, because Home Assistant and Alertmanager have its URL.
    """

    def __init__(self, session: ClientSession, folder: Path, speed: float | None = None) -> None:
        """``speed`` is how many times as fast the clock of the app runs.

        If it runs faster, it moves by ``step`` seconds at once, and what the process keeps is written to
        the file of ``census`` on SIGUSR1, with so many callers of each allocation.
        """
        self.folder = folder
        self.speed = speed
        self.step = 0.0
        self.census: tuple[Path, int] | None = None
        self.port = free_port()
        self.mcp_token = secrets.token_urlsafe(24)
        self.child = Child("steward", folder / "steward.log")
        self._session = session

    @property
    def url(self) -> str:
        """The URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings_file(self) -> Path:
        """The path of the settings file."""
        return self.folder / "steward.yaml"

    @property
    def data_dir(self) -> Path:
        """The folder of the databases and generated secrets."""
        return self.folder / "data"

    @property
    def webhook_url(self) -> str:
        """The URL for Alertmanager's webhook."""
        return f"{self.url}/api/webhooks/{ALERTMANAGER}"

    async def token(self) -> str:
        """Return the access token of clients, which the app creates at its first start."""
        return await self._secret("token")

    async def monitor_token(self) -> str:
        """Return the access token of monitors, which the app creates at its first start."""
        return await self._secret("monitor_token")

    async def write_settings(self, settings: Mapping[str, Json]) -> None:
        """Write the settings file, with the address and the data folder added."""
        complete: JsonObject = {
            "data_dir": str(self.data_dir),
            "listen": {"host": "127.0.0.1", "port": self.port},
            "log": {"level": "info", "format": "json"},
            **settings,
        }
        text = yaml.safe_dump(complete, sort_keys=False)
        await asyncio.to_thread(self._write, text)

    async def start(self) -> None:
        """Start the app and wait until it is ready. Raises ChildEndedError and Expected."""
        if self.speed is None:
            await self.child.start(self._command("run"), plain_environment(), self.folder)
        else:
            command = [sys.executable, "-m", "rig.fast_app", str(self.speed), str(self.settings_file)]
            command += [str(self.step), *(map(str, self.census or ()))]
            await self.child.start(command, plain_environment(PYTHONPATH=str(TESTS)), self.folder)
        await becomes(self._is_up, START_SECONDS, "a steward that is ready")

    async def is_ready(self) -> bool:
        """Return whether `/ready` reports success."""
        try:
            async with self._session.get(f"{self.url}/ready", timeout=TIMEOUT) as response:
                return response.status == 200
        except ClientError, TimeoutError:
            return False

    async def telegram_state(self) -> str:
        """Return the state of the Telegram front end in `/ready`. Raises aiohttp.ClientError."""
        async with self._session.get(f"{self.url}/ready", timeout=TIMEOUT) as response:
            response.raise_for_status()
            return str((await response.json())["front_ends"]["telegram"]["state"])

    async def kill(self) -> None:
        """Kill the process."""
        await self.child.kill()

    async def close(self) -> None:
        """Stop the process."""
        await self.child.stop()

    async def metrics(self) -> str:
        """Return the metrics in Prometheus' text format. Raises aiohttp.ClientError."""
        headers = {"Authorization": f"Bearer {await self.monitor_token()}"}
        async with self._session.get(f"{self.url}/metrics", headers=headers, timeout=TIMEOUT) as response:
            response.raise_for_status()
            return await response.text()

    async def run_command(self, *arguments: str) -> tuple[int, str]:
        """Run the command line with the same settings, and return the exit status and the output."""
        process = await asyncio.create_subprocess_exec(
            *self._command(*arguments),
            env=plain_environment(),
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode(errors="replace").strip()

    async def _is_up(self) -> bool:
        self.child.check()
        return await self.is_ready()

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "steward", *arguments, "--settings", str(self.settings_file)]

    def _write(self, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings_file.touch(mode=0o600)
        self.settings_file.write_text(text)

    async def _secret(self, name: str) -> str:
        return (await asyncio.to_thread((self.data_dir / name).read_text)).strip()


def assistant_settings(person: str, mcp_token: str, model_url: str) -> JsonObject:
    """Return the settings of a local model and of a token for an MCP client."""
    return {
        "mcp": {"tokens": [{"person": person, "token": mcp_token, "reader": "home"}]},
        "models": [{"id": "reader", "tier": "local", "url": f"{model_url}/v1", "model": "reader"}],
    }


def settings_for(lab: Lab, people: list[Json], services: Sequence[str] = DEMO_SERVICES) -> JsonObject:
    """Return settings for those of ``services`` that the lab has, with short poll intervals."""
    return {
        "people": people,
        "instances": [_instance(key, lab) for key in services if key in lab.served],
        "telegram": {
            "token": lab.telegram.token,
            "chat_id": lab.telegram.chat_id,
            "api_base": lab.telegram.url,
        },
    }


def update_settings(updates: LabUpdates) -> JsonObject:
    """Return settings by which updates are asked about at once, and watched for a short time."""
    return {
        "registries": [{"host": updates.registry.host, "plain_http": True}],
        "changes": {
            "patch_days": 0,
            "ask_at": None,
            "watch_seconds": 10,
            "watch_poll_seconds": 2,
        },
    }


def _instance(key: str, lab: Lab) -> JsonObject:
    settings = fixture_of(key).settings(lab.served[key])
    return {
        "id": key,
        "service": key,
        "name": NAMES.get(key, load(key).name),
        "settings": {**settings, **MORE.get(key, {}), "poll_seconds": 2},
    }
