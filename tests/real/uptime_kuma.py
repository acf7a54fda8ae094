"""A real Uptime Kuma for tests, on a loopback port, with its data in a temporary folder."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from lab.ports import free_port
from real.socket_io import SocketIO

ROOT = Path(__file__).parents[2]
FETCHED = ROOT / ".tools" / "uptime-kuma"
PROGRAM = FETCHED / "node_modules" / "uptime-kuma"
START_SECONDS = 60.0
USER = "admin"
PASSWORD = "Correct-horse-7"


class UptimeKumaError(Exception):
    """The program did not start, or it refused a request; the text gives the reason."""


class Status(IntEnum):
    """The numbers of the API and of the metrics."""

    DOWN = 0
    UP = 1
    PENDING = 2
    MAINTENANCE = 3


@dataclass(frozen=True)
class Examples:
    """The ids of the monitors that `UptimeKuma.add_examples()` creates."""

    up: int
    down: int
    push: int
    push_token: str
    paused: int


class UptimeKuma:
    """A program that keeps its port, monitors and user when it is stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.monitors: dict[int, Any] = {}
        """The last `monitorList`, by id."""
        self.beats: dict[int, Any] = {}
        """The last heartbeat of each monitor, by id."""
        self.info: dict[str, Any] = {}
        self._folder = folder
        self._log = folder / "uptime-kuma.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._client: SocketIO | None = None

    @property
    def url(self) -> str:
        """The URL of the web interface and of the API."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the program, create the user at the first start, and log in."""
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        (data / "db-config.json").write_text('{"type": "sqlite"}')
        command = [
            "node",
            "server/server.js",
            "--host=127.0.0.1",
            f"--port={self.port}",
            f"--data-dir={data}/",
        ]
        env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                # The program must end even if the tests are killed.
                ["setpriv", "--pdeathsig", "KILL", *command],
                env=env | {"NODE_ENV": "production"},
                cwd=PROGRAM,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready(self._process)
        self.beats.clear()
        self._client = SocketIO(f"127.0.0.1:{self.port}", self._handle_event)
        if self.call("needSetup"):
            self.change("setup", USER, PASSWORD)
        self.change("login", {"username": USER, "password": PASSWORD})
        self._client.wait_until(lambda: bool(self.info.get("version")), "version")

    def stop(self) -> None:
        """Kill the program, because a normal shutdown takes four seconds."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def call(self, event: str, *arguments: object) -> Any:
        """Send an event of the Socket.IO API and return its answer."""
        if self._client is None:
            raise UptimeKumaError("Uptime Kuma is not running")
        return self._client.call(event, *arguments)

    def change(self, event: str, *arguments: object) -> Any:
        """Send an event that changes something. Raises UptimeKumaError if the answer is not ok."""
        answer = self.call(event, *arguments)
        if not answer.get("ok"):
            raise UptimeKumaError(f"{event}: {answer.get('msg')}")
        return answer

    def add_monitor(self, name: str, **fields: object) -> int:
        """Create a monitor and start it; returns its id. An interval below 20 s is refused."""
        monitor: dict[str, object] = {
            "type": "http",
            "name": name,
            "method": "GET",
            "interval": 20,
            "retryInterval": 20,
            "resendInterval": 0,
            "maxretries": 0,
            "timeout": 16,
            "notificationIDList": {},
            "accepted_statuscodes": ["200-299"],
            "maxredirects": 0,
            "kafkaProducerBrokers": [],
            "kafkaProducerSaslOptions": {"mechanism": "None"},
        }
        return int(self.change("add", monitor | fields)["monitorID"])

    def add_push_monitor(self, name: str) -> tuple[int, str]:
        """Create a monitor that waits for calls of `push()`; returns its id and its token."""
        token = "token-" + name.lower().replace(" ", "-")
        return self.add_monitor(name, type="push", pushToken=token), token

    def add_examples(self) -> Examples:
        """Create a monitor of each state: up, down, pushed up, paused."""
        up = self.add_monitor("Web page", url=f"{self.url}/api/entry-page")
        down = self.add_monitor("Broken page", url=f"http://127.0.0.1:{free_port()}/")
        push, token = self.add_push_monitor("Backup job")
        paused = self.add_monitor("Guest network", url=f"{self.url}/api/entry-page")
        self.wait_for_status(paused, Status.UP)
        self.change("pauseMonitor", paused)
        self.push(token)
        self.wait_for_status(up, Status.UP)
        self.wait_for_status(down, Status.DOWN)
        self.wait_for_status(push, Status.UP)
        return Examples(up, down, push, token, paused)

    def add_api_key(self, name: str = "steward") -> str:
        """Create a key for /metrics, which then refuses user and password."""
        answer = self.change("addAPIKey", {"name": name, "expires": "2100-01-01 00:00:00", "active": True})
        return str(answer["key"])

    def add_webhook(self, url: str, **fields: object) -> int:
        """Create a notification that posts JSON to `url`, for the monitors created after it."""
        settings = {"name": "steward", "type": "webhook", "webhookURL": url, "webhookContentType": "json"}
        answer = self.change("addNotification", settings | {"isDefault": True} | fields, None)
        return int(answer["id"])

    def add_status_page(self, slug: str, monitors: list[int]) -> None:
        """Create a public page with one group of monitors."""
        self.change("addStatusPage", "Homelab", slug)
        config = self.call("getStatusPage", slug)["config"]
        group = {"name": "Services", "monitorList": [{"id": one} for one in monitors]}
        self.change("saveStatusPage", slug, config, config["icon"], [group])

    def push(self, token: str, status: str = "up", message: str = "OK") -> None:
        """Report up or down for a push monitor, as a script does."""
        query = urlencode({"status": status, "msg": message, "ping": ""})
        answer = json.loads(self.get(f"/api/push/{quote(token)}?{query}"))
        if not answer["ok"]:
            raise UptimeKumaError(answer["msg"])

    def get(self, path: str) -> bytes:
        """Return the body of a page. Raises OSError if the server does not respond."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def wait_for_status(self, monitor: int, status: Status) -> None:
        """Wait until the last heartbeat of a monitor has this status."""
        if self._client is None:
            raise UptimeKumaError("Uptime Kuma is not running")
        what = f"heartbeat {status.name} of monitor {monitor}"
        self._client.wait_until(lambda: self.beats.get(monitor, {}).get("status") == status, what)

    def _handle_event(self, event: str, arguments: list[Any]) -> None:
        if event == "info":
            self.info = arguments[0]
        elif event == "monitorList":
            self.monitors = {int(number): monitor for number, monitor in arguments[0].items()}
        elif event == "heartbeat":
            self.beats[arguments[0]["monitorID"]] = arguments[0]

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if process.poll() is not None:
                raise UptimeKumaError(f"node ended with status {process.returncode}: {self._log_tail()}")
            with suppress(OSError):
                self.get("/api/entry-page")
                return
            if time.monotonic() > deadline:
                raise UptimeKumaError(f"no answer within {START_SECONDS:g} s: {self._log_tail()}")
            time.sleep(0.05)

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-2_000:]


def skip_reason() -> str | None:
    """Return why Uptime Kuma cannot be started here, or None."""
    if not (FETCHED / ".set-up").exists():
        return "no Uptime Kuma is in .tools, and it cannot be installed"
    if not all(shutil.which(program) for program in ("node", "setpriv")):
        return "Uptime Kuma is started with node and setpriv, and this machine lacks them"
    return None


@contextmanager
def running() -> Iterator[UptimeKuma]:
    """Run Uptime Kuma without monitors; everything it wrote is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="steward-uptime-kuma-") as name:
        kuma = UptimeKuma(Path(name))
        try:
            kuma.start()
            yield kuma
        finally:
            kuma.stop()
