"""A small Docker Engine: containers with states, and what a proxy would deny."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from lab.faults import Faults
from lab.server import Simulator
from lab.world import World
from services.docker.commands import Commands
from services.docker.storage import Storage, filtered, mounts_of

NEVER = "0001-01-01T00:00:00Z"
ENV_SECRET = "API_KEY=correct-horse"


class Engine:
    """Answers as an engine with API 1.51 does, below `root`. `denied` are the ends of paths that get 403."""

    def __init__(self, root: str = "/v1.51") -> None:
        self.root = root
        self.containers: dict[str, dict[str, Any]] = {}
        self.version = {"Version": "28.5.2", "ApiVersion": "1.51", "MinAPIVersion": "1.24"}
        self.host = "nas"
        self.pull_error = "no such host"
        self.denied: tuple[str, ...] = ()
        self.broken: dict[str, int] = {}
        self.broken_times: int | None = None
        self.loses = ""
        self.stats: dict[str, Any] = stats(used=0, passed=10**12)
        self.log = frame(1, "2026-11-27T10:00:01.000000000Z started\n")
        self.calls: list[str] = []
        self.events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self.changed: Callable[[str], object] = lambda _: None
        self.started: Callable[[dict[str, Any]], object] = lambda _: None
        self.info: dict[str, Any] = {}
        self.storage = Storage(self.containers)
        self.images = self.storage.images
        self.sizes = {"db": 2**29}
        self.networks: dict[str, dict[str, Any]] = {}
        self.is_open = False
        self.programs: dict[str, str] = {}
        self.commands = Commands(self.storage)
        self._starts = 0
        self._created = 0
        self._aside: set[str] = set()

    def add(self, name: str, status: str = "running", **changes: Any) -> dict[str, Any]:
        """Add a container; `changes` go into its State, or below HostConfig, Config and RestartCount."""
        number = len(self.containers) + 1
        one = inspected(name, f"{number:02x}" * 32, status)
        for key, value in changes.items():
            place = one if key in ("RestartCount", "Id", "Name") else one["State"]
            place = next((one[part] for part in ("HostConfig", "Config") if key in one[part]), place)
            place[key] = value
        self.containers[name] = one
        return one

    def describe(self, name: str) -> dict[str, Any]:
        """Add to a container what only its recreation reads, and return it."""
        one = self.containers[name]
        one["HostConfig"].setdefault("NetworkMode", "media")
        one["Config"] |= {"Cmd": ["/run"], "Hostname": one["Id"][:12]}
        aliases = ["films", one["Id"][:12]]
        one["Mounts"] = [
            {"Type": "volume", "Name": "movies", "Destination": "/movies", "RW": False},
            {"Type": "bind", "Source": "/srv", "Destination": "/srv", "RW": True},
        ]
        one["NetworkSettings"] = {
            "Networks": {
                "media": {"Aliases": aliases, "IPAddress": "172.20.0.5"},
                "proxy": {"Aliases": [], "IPAMConfig": {"IPv4Address": "172.21.0.5"}},
            }
        }
        return one

    async def serve(self, path: Path) -> web.AppRunner:
        """Listen on a unix socket."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.UnixSite(runner, str(path)).start()
        return runner

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = request.path.removeprefix(self.root)
        self.calls.append(f"{request.method} {request.path}")
        if path == "/events" and "until" not in request.query and not path.endswith(self.denied):
            return await self._events(request)
        if path.endswith("/archive") and not path.endswith(self.denied):
            one = self._find(path.split("/")[2])
            data = await request.read() if request.method == "PUT" else None
            if one is None:
                return web.json_response({"message": "No such container"}, status=404)
            if status := self._broken(request.method, path):
                return web.json_response({"message": "broken"}, status=status)
            return self.storage.answer_archive(one, request.query["path"], data)
        return self._short(request.method, path, request.query, await self._body(request))

    async def _body(self, request: web.Request) -> dict[str, Any]:
        return json.loads(await request.read() or b"{}")  # type: ignore[no-any-return]

    def _short(self, method: str, path: str, query: Mapping[str, str], body: dict[str, Any]) -> web.Response:
        if path.endswith(self.denied):
            return web.Response(status=403, text="<html><body>Forbidden</body></html>")
        if status := self._broken(method, path):
            return web.json_response({"message": "broken"}, status=status)
        listed = [
            {
                "Id": one["Id"],
                "Names": [one["Name"]],
                "Labels": one["Config"]["Labels"] or {},
                "HostConfig": {"NetworkMode": one["HostConfig"].get("NetworkMode", "")},
                "Mounts": one.get("Mounts", []),
            }
            for one in self.containers.values()
        ]
        answers = {
            "/version": self.version,
            "/info": {"Name": self.host, **self.info},
            "/events": None,
            "/system/df": {"LayersSize": 2**30, "Volumes": self._measured()},
            "/containers/json": filtered(listed, query),
            "/images/json": [
                {"Id": key, "RepoTags": tags, "RepoDigests": [f"radarr@{key}"], "Size": 2**28}
                for key, tags in self.images.items()
            ],
        }
        if path in answers:
            return web.json_response(answers[path])
        parts = path.split("/")
        if parts[1] == "exec" or path.endswith("/exec"):
            return self.commands.answer(method, parts, self._find(parts[2]), body)
        return self._other(method, path, query, body)

    def _broken(self, method: str, path: str) -> int | None:
        """Return the status of a fault; with `broken_times` it applies to so many changes."""
        found = next((status for end, status in self.broken.items() if path.endswith(end)), None)
        if found is None or self.broken_times is None:
            return found
        self.broken_times -= method != "GET"
        return found if method != "GET" and self.broken_times >= 0 else None

    def _other(self, method: str, path: str, query: Mapping[str, str], body: dict[str, Any]) -> web.Response:
        parts = path.split("/")
        if path == "/images/create":  # it has no registry: the error is in the answer
            return web.Response(text=f'{{"status":"Pulling"}}\n{{"error":"{self.pull_error}"}}\n')
        if path == "/containers/create":
            return (
                self._create(query["name"], body)
                if body
                else web.json_response({"message": "EOF"}, status=400)
            )
        if parts[1] == "images":
            return self.storage.answer_image(method, "/".join(parts[2:]), query)
        if parts[1] == "volumes":
            return self.storage.answer_volume(method, "/".join(parts[2:]), query, body)
        if parts[1] == "networks":
            return self._network(method, parts[2:], query, body)
        verb = parts[3] if len(parts) > 3 else ""
        return self._run_program(parts[2], verb) or self._container(method, parts[2], verb, query, body)

    def _measured(self) -> list[dict[str, Any]]:
        return [{"Name": name, "UsageData": {"Size": size}} for name, size in self.sizes.items()]

    def _network(
        self, method: str, parts: list[str], query: Mapping[str, str], body: dict[str, Any]
    ) -> web.Response:
        """Answer a request below /networks; `is_open` makes networks that have a way out."""
        if not parts:
            return web.json_response(filtered(self.networks.values(), query))
        if parts == ["create"]:
            network = {**body, "Id": f"id-{body['Name']}", "Internal": body["Internal"] and not self.is_open}
            self.networks[body["Name"]] = network
            return web.json_response({"Id": network["Id"]}, status=201)
        if parts[1:] == ["connect"]:
            name = body["Container"]
            self.containers[name]["NetworkSettings"]["Networks"][parts[0]] = body["EndpointConfig"]
            return web.Response()
        found = next(one for one in self.networks.values() if parts[0] in (one["Id"], one["Name"]))
        if method != "DELETE":
            return web.json_response(found)
        used = any(found["Name"] == one["HostConfig"].get("NetworkMode") for one in self.containers.values())
        if not used:
            del self.networks[found["Name"]]
        return web.Response(status=403 if used else 204)

    def _run_program(self, key: str, verb: str) -> web.Response | None:
        """Answer for a container that runs one of `programs`, None for any other one."""
        entry = (self._find(key) or {"Config": {}})["Config"].get("Entrypoint") or [""]
        if entry[0] not in ("cat", "df") or verb not in ("start", "wait", "logs"):
            return None
        text = self.programs.get(entry[0])
        if verb == "start" and text is None:
            return web.json_response({"message": "executable file not found in $PATH"}, status=400)
        if verb == "logs":
            return web.Response(body=frame(1, text or ""))
        return web.json_response({"StatusCode": 0}) if verb == "wait" else web.Response(status=204)

    def _create(self, name: str, body: dict[str, Any]) -> web.Response:
        self._created += 1
        one = inspected(name, f"{0xA0 + self._created:02x}" * 32, "created")
        networks = (body.pop("NetworkingConfig", None) or {}).get("EndpointsConfig", {})
        image = self.storage.image(body["Image"])
        one["State"]["StartedAt"] = NEVER
        one |= {
            "Image": image,
            "HostConfig": body.pop("HostConfig"),
            "NetworkSettings": {"Networks": networks},
        }
        one["Config"] = {"Tty": False, **body, "Env": [*body.get("Env", ()), f"VERSION={image}"]}
        one["Config"].pop(self.loses, None)
        one["Mounts"] = mounts_of(one["HostConfig"].get("Binds") or [])
        self.containers[name] = one
        return web.json_response({"Id": one["Id"]}, status=201)

    def _find(self, key: str) -> dict[str, Any] | None:
        """Return a container by its name or the beginning of its id."""
        return self.containers.get(key) or next(
            (one for one in self.containers.values() if one["Id"].startswith(key)), None
        )

    def _container(
        self, method: str, key: str, verb: str, query: Mapping[str, str], body: dict[str, Any]
    ) -> web.Response:
        one = self._find(key)
        if one is None:
            return web.json_response({"message": f"No such container: {key}"}, status=404)
        own = one["Name"].removeprefix("/")
        if method == "DELETE":
            del self.containers[own]
            return web.Response(status=204)
        if verb == "rename":
            self.containers[query["name"]] = self.containers.pop(own)
            self._aside |= {key} if "_" in query["name"] else set()
            one["Name"] = f"/{query['name']}"
            return web.Response(status=204)
        if method == "POST":
            response = self._update(one, body) if verb == "update" else self._act(one["State"], verb)
            # A recreation is one change: the start of the new container.
            is_part = verb in ("stop", "update") and any(
                "_" in name or name.startswith("homelab-steward") for name in self.containers
            )
            if response.status < 300 and verb == "start":
                self.started(one)
            if response.status < 300 and not is_part and key not in self._aside:
                self.changed(f"{self.root}/containers/{key}/{verb}")
            self._aside -= {key} if verb == "start" else set()
            return response
        if verb == "logs":
            return web.Response(body=self.log)
        processes = {"Titles": ["PID", "COMMAND"], "Processes": [["7", "Radarr"]]}
        return web.json_response({"json": one, "stats": self.stats, "top": processes}[verb])

    def _update(self, one: dict[str, Any], body: dict[str, Any]) -> web.Response:
        one["HostConfig"] |= body
        return web.json_response({"Warnings": []})

    def _act(self, state: dict[str, Any], verb: str) -> web.Response:
        running = state["Running"]
        if (verb, running) in {("start", True), ("stop", False)}:
            return web.Response(status=304)
        if verb == "pause" and (not running or state["Paused"]):
            return web.json_response({"message": "container is not running"}, status=409)
        self._starts += verb in ("start", "restart")
        state |= {
            "start": {"Running": True, "Status": "running"},
            "restart": {"Running": True, "Status": "running"},
            "stop": {"Running": False, "Status": "exited"},
            "pause": {"Paused": True, "Status": "paused"},
            "unpause": {"Paused": False, "Status": "running"},
        }[verb]
        minutes, seconds = divmod(self._starts, 60)
        state["StartedAt"] = f"2026-11-27T10:{minutes:02}:{seconds:02}Z"
        return web.Response(status=204)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while (event := await self.events.get()) is not None:
            await response.write(json.dumps(event).encode() + b"\n")
        return response


class EngineSimulator(Simulator):
    """The engine in the lab."""

    service = "docker"

    def __init__(self, world: World, faults: Faults) -> None:
        super().__init__(world, faults)
        self.engine = Engine()
        self.engine.changed = lambda path: world.record(self.service, "POST", path, {})

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.route("*", "/{path:.*}", self.engine.answer)]


def inspected(name: str, identity: str, status: str) -> dict[str, Any]:
    """What the engine says of a container, cut to what matters, with secrets in the usual places."""
    return {
        "Id": identity,
        "Name": f"/{name}",
        "Args": [ENV_SECRET],
        "RestartCount": 0,
        "State": {
            "Status": status,
            "Running": status in ("running", "paused", "restarting"),
            "Paused": status == "paused",
            "Restarting": status == "restarting",
            "OOMKilled": False,
            "ExitCode": 0,
            "Error": "",
            "StartedAt": "2026-11-27T10:00:00.123456789Z",
            "FinishedAt": NEVER,
        },
        "Image": "sha256:old",
        "HostConfig": {
            "Memory": 0,
            "NanoCpus": 0,
            "Privileged": False,
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
        },
        "Config": {
            "Image": f"{name}:5",
            "Tty": False,
            "User": "1000:1000",
            "Labels": None,
            "Env": [ENV_SECRET, "VERSION=sha256:old"],
        },
    }


def stats(used: int, passed: int, memory: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One sample, as control groups of version 2 give it."""
    return {
        "read": "2026-11-27T10:00:00.123456789Z",
        "cpu_stats": {"cpu_usage": {"total_usage": used}, "system_cpu_usage": passed, "online_cpus": 4},
        "memory_stats": memory or {"usage": 300 * 2**20, "stats": {"inactive_file": 44 * 2**20}},
    }


def frame(stream: int, text: str) -> bytes:
    """What a container without a terminal wrote, as the API sends it."""
    return bytes([stream, 0, 0, 0]) + len(text.encode()).to_bytes(4) + text.encode()
