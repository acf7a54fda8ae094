"""Runs the real Alertmanager if it is installed, or else a simulator."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from aiohttp import ClientConnectionError, ClientError, ClientSession, ClientTimeout, web

from lab.alertmanager_dispatch import Timing
from lab.alertmanager_simulator import AlertmanagerSimulator
from lab.faults import Fault, Faults
from lab.ports import free_port
from lab.server import Simulator
from lab.wire import JsonObject, dumps, json_response, loads
from lab.world import World

__all__ = [
    "Alertmanager",
    "AlertmanagerSimulator",
    "RealAlertmanager",
    "Timing",
    "choose_alertmanager",
    "find_alertmanager",
]

_TEMPLATES = "/usr/share/prometheus/alertmanager"
_TEMPLATES_BELOW = "usr//share/prometheus/alertmanager"
_NAMES = ("prometheus-alertmanager", "alertmanager")
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_HOP_HEADERS = {"connection", "content-length", "host", "transfer-encoding"}


class Alertmanager(Protocol):
    """The interface of the real and the simulated Alertmanager."""

    kind: str

    @property
    def url(self) -> str:
        """The URL of the API."""
        ...

    async def start(self) -> None:
        """Start."""
        ...

    async def close(self) -> None:
        """Stop."""
        ...

    async def set_webhook(self, url: str, token: str) -> None:
        """Send webhooks to this URL, with this bearer token."""
        ...

    async def post_alerts(self, alerts: Sequence[JsonObject]) -> None:
        """Post alerts as Prometheus does."""
        ...

    async def restart(self) -> None:
        """Restart: it forgets all alerts, and keeps silences and what it has sent."""
        ...


class AlertmanagerFailedError(Exception):
    """The real program did not start, or refused a request."""


def find_alertmanager(root: Path | None = None) -> Path | None:
    """Return the real program, in the PATH or below `.tools/alertmanager`, None if there is none."""
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    folder = (root or Path(__file__).resolve().parents[2]) / ".tools" / "alertmanager"
    candidates = (path for name in _NAMES for path in sorted(folder.glob(f"**/bin/{name}")))
    return next((path for path in candidates if _is_program(path)), None)


def choose_alertmanager(
    world: World,
    faults: Faults,
    webhook_url: str = "",
    token: str = "",
    *,
    prefer_real: bool = True,
    timing: Timing | None = None,
) -> Alertmanager:
    """Return the real program where there is one, else the simulator; `kind` says which it is."""
    binary = find_alertmanager() if prefer_real else None
    if binary is None:
        return AlertmanagerSimulator(
            world, faults, webhook_url=webhook_url, webhook_token=token, timing=timing
        )
    return RealAlertmanager(
        world, faults, binary, webhook_url=webhook_url, webhook_token=token, timing=timing
    )


class RealAlertmanager(Simulator):
    """The real program behind a proxy that simulates faults."""

    service = "alertmanager"

    def __init__(
        self,
        world: World,
        faults: Faults,
        binary: Path,
        *,
        port: int = 0,
        webhook_url: str = "",
        webhook_token: str = "",
        group_by: tuple[str, ...] = ("alertname", "instance"),
        timing: Timing | None = None,
    ) -> None:
        super().__init__(world, faults, port=port)
        self.kind = "real"
        self._binary = binary
        self._webhook = (webhook_url, webhook_token)
        self._group_by = group_by
        self._timing = timing or Timing()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._session: ClientSession | None = None
        self._direct_url = ""

    async def start(self) -> None:
        await super().start()
        self._session = ClientSession(timeout=ClientTimeout(total=10))
        self._folder = tempfile.TemporaryDirectory(prefix="lab-alertmanager-")
        try:
            await self._start_program(Path(self._folder.name))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        await self._stop_program()
        if self._session is not None:
            await self._session.close()
        if self._folder is not None:
            self._folder.cleanup()
        await super().close()

    async def set_webhook(self, url: str, token: str) -> None:
        """Write the configuration and reload it."""
        if self._folder is None or self._session is None:
            raise RuntimeError("Alertmanager was not started")
        self._webhook = (url, token)
        self._write_config(Path(self._folder.name))
        async with self._session.post(f"{self._direct_url}/-/reload") as response:
            if response.status != 200:
                raise AlertmanagerFailedError(f"reload: {response.status} {await response.text()}")

    async def post_alerts(self, alerts: Sequence[JsonObject]) -> None:
        """Post alerts directly, without faults. Raises AlertmanagerFailedError."""
        if self._session is None:
            raise RuntimeError("Alertmanager was not started")
        headers = {"Content-Type": "application/json"}
        url = f"{self._direct_url}/api/v2/alerts"
        async with self._session.post(url, data=dumps([*alerts]), headers=headers) as response:
            if response.status != 200:
                raise AlertmanagerFailedError(f"alerts: {response.status} {await response.text()}")

    async def restart(self) -> None:
        """Stop the program and start it again. Raises AlertmanagerFailedError."""
        if self._folder is None:
            raise RuntimeError("Alertmanager was not started")
        await self._stop_program()
        await self._start_program(Path(self._folder.name))

    def failure(self, fault: Fault) -> web.Response:
        return json_response("internal server error", status=fault.status)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.route("*", "/{tail:.*}", self._proxy)]

    async def _proxy(self, request: web.Request) -> web.StreamResponse:
        if self._session is None:
            return web.Response(status=503)
        body = await request.read()
        try:
            return await self._forward(self._session, request, body)
        except ClientConnectionError:
            return web.Response(status=502)  # the program has ended

    async def _forward(self, session: ClientSession, request: web.Request, body: bytes) -> web.Response:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP_HEADERS}
        url = self._direct_url + request.path_qs
        async with session.request(request.method, url, data=body, headers=headers) as answer:
            content = await answer.read()
            if answer.status < 300 and _changes_silences(request):
                self.world.record(self.service, request.method, request.path, _as_object(body))
            kept = (
                {"Content-Type": answer.headers["Content-Type"]} if "Content-Type" in answer.headers else {}
            )
            return web.Response(status=answer.status, body=content, headers=kept)

    # -- program -----------------------------------------------------------------------------

    async def _start_program(self, folder: Path) -> None:
        port = free_port()
        self._direct_url = f"http://127.0.0.1:{port}"
        self._write_config(folder)
        with (folder / "alertmanager.log").open("wb") as log:
            program, root = _runnable(self._binary, folder)
            self._process = await asyncio.create_subprocess_exec(
                *_parent_death_command(),
                str(program),
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
                stdout=log,
                stderr=log,
                cwd=root,
            )
        try:
            async with asyncio.timeout(_START_SECONDS):
                self.kind = f"real {await self._version()}"
        except TimeoutError as err:
            raise AlertmanagerFailedError(f"{self._binary.name} did not answer in time") from err

    async def _version(self) -> str:
        while True:
            if self._process is None or self._process.returncode is not None:
                raise AlertmanagerFailedError(f"{self._binary.name} ended at once: {self._log_tail()}")
            status = await self._read_status()
            if status is not None:
                return status
            await asyncio.sleep(0.05)

    def _log_tail(self) -> str:
        if self._folder is None:
            return ""
        log = Path(self._folder.name) / "alertmanager.log"
        return log.read_text(errors="replace")[-500:].strip()

    async def _read_status(self) -> str | None:
        if self._session is None:
            return None
        try:
            async with self._session.get(f"{self._direct_url}/api/v2/status") as response:
                body = await response.json() if response.status == 200 else None
        except ClientError, TimeoutError:
            return None
        return None if body is None else str(body["versionInfo"]["version"])

    async def _stop_program(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _write_config(self, folder: Path) -> None:
        url, token = self._webhook
        path = folder / "alertmanager.yml"
        path.touch(mode=0o600)
        path.write_text(_config(url, token, self._group_by, self._timing))


def _parent_death_command() -> tuple[str, ...]:
    """Return a command prefix that ends the program if the lab is killed."""
    setpriv = shutil.which("setpriv")
    return () if setpriv is None else (setpriv, "--pdeathsig", "TERM")


def _is_program(path: Path) -> bool:
    """Return whether a path is the program, not the start script of the same name."""
    return path.is_file() and os.access(path, os.X_OK) and path.parent.name != "init.d"


def _runnable(binary: Path, folder: Path) -> tuple[Path, Path]:
    """Return the program to start, and its working directory.

    Debian's build reads its templates from an absolute path. If it is unpacked somewhere else, it is
    copied, with a relative path of the same length instead.
    """
    root = binary.parent.parent.parent
    is_unpacked = (root / _TEMPLATES[1:] / "default.tmpl").is_file()
    if Path(_TEMPLATES).is_dir() or not is_unpacked:
        return binary, folder
    copy = folder / binary.name
    copy.write_bytes(binary.read_bytes().replace(_TEMPLATES.encode(), _TEMPLATES_BELOW.encode()))
    copy.chmod(0o700)
    return copy, root


def _config(url: str, token: str, group_by: tuple[str, ...], timing: Timing) -> str:
    """Return the configuration as JSON, which is valid YAML."""
    receiver: JsonObject = {"name": "steward"}
    if url:
        http: JsonObject = {"authorization": {"type": "Bearer", "credentials": token}} if token else {}
        receiver["webhook_configs"] = [{"url": url, "send_resolved": True, "http_config": http}]
    route: JsonObject = {
        "receiver": "steward",
        "group_by": [*group_by],
        "group_wait": _milliseconds(timing.group_wait),
        "group_interval": _milliseconds(timing.group_interval),
        "repeat_interval": _milliseconds(timing.repeat_interval),
    }
    return dumps({"route": route, "receivers": [receiver]})


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def _changes_silences(request: web.Request) -> bool:
    return request.method in ("POST", "DELETE") and request.path.startswith("/api/v2/silence")


def _as_object(body: bytes) -> JsonObject:
    try:
        value = loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
