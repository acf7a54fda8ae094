"""A real Docker Engine for tests, on a unix socket and on a loopback port.

The engine, its containers and their mounts live in a process namespace and a mount namespace of their own.
When the first process of the namespace ends, the kernel ends all the others and drops the mounts.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from lab.ports import free_port

ROOT = Path(__file__).parents[2]
FETCHED = ROOT / ".tools" / "docker"
IMAGE = "busybox:test"
"""The one image of the engine: a static busybox with a shell."""
START_SECONDS = 60.0
WAIT_SECONDS = 60.0

_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_PROGRAM_FOLDERS = ("usr/sbin", "usr/bin", "bin")
_APPLETS = (
    *(
        "cat",
        "chmod",
        "chown",
        "dd",
        "df",
        "echo",
        "find",
        "httpd",
        "kill",
        "ln",
        "ls",
        "mkdir",
        "mkfifo",
        "rm",
        "sh",
    ),
    *("sleep", "stat", "test", "touch", "true", "wc", "wget"),
)
_LIMITS = {"nofile": 10_000, "nproc": 30_000}
"""The built-in limits are higher, and a container cannot start where root may not raise its limits."""
# Engine and containerd create folders in /run and /opt that no setting moves.
_PREPARE = """
mount -n -t tmpfs tmpfs /run
if [ -d /opt ]; then mount -n --bind /opt /opt; mount -n -o remount,bind,ro /opt; fi
exec "$@"
"""


class DockerEngineError(Exception):
    """The engine did not start, or it refused a request; the text gives the reason."""


class DockerEngine:
    """An engine that keeps its port, images and containers when it is stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.socket = folder / "docker.sock"
        self._folder = folder
        self._log = folder / "dockerd.log"
        self.control_group = f"steward-docker-{os.getpid()}-{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of the API over TCP."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the engine and wait until it responds. Raises DockerEngineError."""
        folders = os.pathsep.join(str(FETCHED / one) for one in _PROGRAM_FOLDERS)
        config = self._folder / "daemon.json"
        config.write_text(json.dumps(self._config()))
        # The engine must end even if the tests are killed.
        command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--mount-proc", "--fork"]
        command += ["--kill-child", "sh", "-ec", _PREPARE, "sh", "docker-init", "--"]
        command += ["dockerd", "--config-file", str(config)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=os.environ | {"PATH": f"{folders}{os.pathsep}{os.environ['PATH']}"},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Kill the engine and all containers, as a power failure does."""
        process, self._process = self._process, None
        if process is None:
            return
        # unshare ends only after the kernel has ended every process of the namespace.
        children = _children(process.pid) or [process.pid]
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.wait()
        self._remove_control_groups()

    def version(self) -> str:
        """Return the versions of engine and API."""
        answer = self.request("GET", "/version")
        return f"{answer['Version']}, API {answer['ApiVersion']}"

    def import_busybox(self) -> None:
        """Create the image `IMAGE`."""
        repository, tag = IMAGE.split(":")
        query = urlencode({"fromSrc": "-", "repo": repository, "tag": tag, "changes": 'CMD ["sh"]'})
        self.request("POST", f"/images/create?{query}", _busybox_tree())

    def run(
        self,
        name: str,
        script: str = "exec sleep 100000",
        *,
        labels: Mapping[str, str] | None = None,
        health: str | None = None,
        host: Mapping[str, object] | None = None,
    ) -> str:
        """Create and start a container, and return its id.

        `script` and `health` are shell commands; the health check runs every 200 ms and one failure counts.
        `host` is added to HostConfig (RestartPolicy, Memory, …). SIGTERM ends the container.
        """
        settings: dict[str, object] = {
            "Image": IMAGE,
            "Cmd": ["sh", "-c", script],
            "Labels": dict(labels or {}),
            "HostConfig": {"NetworkMode": "none", "Init": True} | dict(host or {}),
        }
        if health is not None:
            settings["Healthcheck"] = _health_check(health)
        created = self.request("POST", f"/containers/create?name={quote(name)}", settings)
        self.request("POST", f"/containers/{quote(name)}/start")
        return str(created["Id"])

    def execute(self, name: str, *command: str) -> bytes:
        """Run a command in a container, and return its output as the API's framed stream."""
        settings = {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True}
        created = self.request("POST", f"/containers/{quote(name)}/exec", settings)
        with self._open("POST", f"/exec/{created['Id']}/start", {"Detach": False}) as response:
            return response.read()

    def inspect(self, name: str) -> Any:
        """Return the details of a container."""
        return self.request("GET", f"/containers/{quote(name)}/json")

    def remove(self, name: str) -> None:
        """Remove a container, running or not."""
        self.request("DELETE", f"/containers/{quote(name)}?force=1&v=1")

    def wait_for_health(self, name: str, status: str) -> None:
        """Wait until the health check reports `status`: starting, healthy or unhealthy."""
        self.wait_until(name, lambda container: container["State"]["Health"]["Status"] == status, status)

    def wait_until(
        self, name: str, is_so: Callable[[Any], bool], what: str, timeout: float = WAIT_SECONDS
    ) -> Any:
        """Inspect a container at each of its events until `is_so`. Raises DockerEngineError with `what`."""
        now = time.time()
        filters = json.dumps({"container": [name]})
        query = urlencode({"since": int(now) - 1, "until": int(now + timeout) + 1, "filters": filters})
        with self._open("GET", f"/events?{query}", timeout=timeout + 10) as events:
            container = self.inspect(name)
            while not is_so(container):
                if not events.readline():
                    raise DockerEngineError(f"{name}: not {what} within {timeout:g} s: {container['State']}")
                container = self.inspect(name)
        return container

    def request(self, method: str, path: str, body: Mapping[str, object] | bytes | None = None) -> Any:
        """Return the parsed response. Raises DockerEngineError with status and message."""
        with self._open(method, path, body) as response:
            content = response.read()
        try:
            return json.loads(content)
        except ValueError:
            return content.decode(errors="replace")

    @contextmanager
    def _open(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | bytes | None = None,
        timeout: float = WAIT_SECONDS,
    ) -> Iterator[HTTPResponse]:
        is_archive = isinstance(body, bytes)
        headers = {"Content-Type": "application/x-tar" if is_archive else "application/json"}
        # A push needs credentials, which may be empty.
        headers["X-Registry-Auth"] = "e30="
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = body if isinstance(body, bytes | None) else json.dumps(dict(body))
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            if response.status >= 400:
                raise DockerEngineError(f"{method} {path}: {response.status} {response.read().decode()}")
            yield response
        finally:
            connection.close()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if process.poll() is not None:
                raise DockerEngineError(f"dockerd ended with status {process.returncode}: {self._log_tail()}")
            with suppress(OSError, DockerEngineError):
                if self.request("GET", "/_ping") == "OK":
                    return
            if time.monotonic() > deadline:
                raise DockerEngineError(f"dockerd did not answer in {START_SECONDS:g} s: {self._log_tail()}")
            time.sleep(0.02)

    def _config(self) -> dict[str, object]:
        limits = {name: {"Name": name, "Hard": limit, "Soft": limit} for name, limit in _LIMITS.items()}
        return {
            "hosts": [f"unix://{self.socket}", f"tcp://127.0.0.1:{self.port}"],
            "tls": False,
            "data-root": str(self._folder / "data"),
            # In the namespace's own /run: gone after `stop()`, as after a reboot.
            "exec-root": "/run/docker",
            "pidfile": "/run/docker.pid",
            "exec-opts": ["native.cgroupdriver=cgroupfs"],
            "cgroup-parent": f"/{self.control_group}",
            "default-ulimits": limits,
            "bridge": "none",
            "iptables": False,
            "ip6tables": False,
            "userland-proxy": False,
        }

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-2_000:]

    def _remove_control_groups(self) -> None:
        for top in [_CONTROL_GROUPS / self.control_group, *_CONTROL_GROUPS.glob(f"*/{self.control_group}")]:
            for folder, _, _ in top.walk(top_down=False):
                folder.rmdir()


def skip_reason() -> str | None:
    """Return why no engine can be started here, or None."""
    if not (FETCHED / "usr" / "sbin" / "dockerd").exists():
        return "no Docker Engine is in .tools, and it cannot be fetched"
    if os.geteuid() != 0:
        return "a Docker Engine needs root, and the tests do not run as root"
    if not all(shutil.which(program) for program in ("unshare", "setpriv")):
        return "a Docker Engine is started with unshare and setpriv, and this machine lacks them"
    probe = ["unshare", "--mount", "--pid", "--mount-proc", "--fork", "true"]
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        return "a Docker Engine needs namespaces of its own, and this machine does not allow them"
    return None


@contextmanager
def running() -> Iterator[DockerEngine]:
    """Run an engine with the image `IMAGE`; everything it wrote is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="steward-docker-") as name:
        engine = DockerEngine(Path(name))
        try:
            engine.start()
            engine.import_busybox()
            yield engine
        finally:
            engine.stop()


def _health_check(command: str) -> dict[str, object]:
    return {
        "Test": ["CMD-SHELL", command],
        "Interval": 200_000_000,
        "Timeout": 5_000_000_000,
        "Retries": 1,
    }


def _busybox_tree() -> bytes:
    """Return a root file system as a tar archive."""
    program = next(FETCHED.glob("**/bin/busybox"))
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for folder, mode in (("bin", 0o755), ("etc", 0o755), ("tmp", 0o1777)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            archive.addfile(entry)
        archive.add(program, "bin/busybox")
        for applet in _APPLETS:
            entry = tarfile.TarInfo(f"bin/{applet}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(entry)
    return content.getvalue()


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
