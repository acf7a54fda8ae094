"""Portainer in the lab: two environments with an engine each, a cluster, and two stacks."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from lab.faults import Faults
from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.server import Simulator
from lab.world import World
from services.docker.engine import Engine

KEY = "ptr_Hq2vZk8rT1mXw5bYc7dNf0pLs3hJu6eGa91c4e7d2="
ROOT = "/api/endpoints/1/docker"
PATH = f"{ROOT}/containers/{'01' * 32}"
UP, DOWN = 1, 2
ACTIVE, INACTIVE, FAILED = 1, 2, 4


class PortainerSimulator(Simulator):
    """The server, with an engine below each Docker environment."""

    service = "portainer"

    def __init__(self, world: World, faults: Faults) -> None:
        super().__init__(world, faults)
        self.engines = {one: Engine(f"/api/endpoints/{one}/docker") for one in (1, 2)}
        for engine in self.engines.values():
            engine.changed = lambda path: world.record(self.service, "POST", path, {})
        self.environments = [
            environment(1, "nas", 1),
            environment(2, "attic", 2),
            environment(3, "cluster", 6),
        ]
        self.stacks = [stack(4, "media", ACTIVE), stack(5, "tools", INACTIVE)]

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.route("*", "/api/{path:.*}", self._answer_api)]

    def unauthorised(self, request: web.Request) -> web.Response:
        return web.json_response({"message": "Invalid API key", "details": "Unauthorized"}, status=401)

    async def _answer_api(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-API-Key") != KEY:
            return self.unauthorised(request)
        parts = request.match_info["path"].split("/")
        if parts[0] == "endpoints" and len(parts) > 1:
            return await self.engines[int(parts[1])].answer(request)
        if parts[0] == "stacks" and len(parts) > 1:
            return self._stack(request, *parts[1:])
        status = {"Version": "2.33.2", "InstanceID": "299ab403-70a8-4c05-92f7-bf7a994d50df"}
        return web.json_response(
            {"system": status, "endpoints": self.environments, "stacks": self.stacks}[parts[0]]
        )

    def _stack(self, request: web.Request, number: str, verb: str = "") -> web.Response:
        found = next((one for one in self.stacks if one["Id"] == int(number)), None)
        if found is None:
            return web.json_response({"message": "Unable to find a stack"}, status=404)
        if verb:
            goal = ACTIVE if verb == "start" else INACTIVE
            if found["Status"] == goal or request.query["endpointId"] != str(found["EndpointId"]):
                return web.json_response({"message": f"Stack is already {verb}ed"}, status=409)
            found["Status"] = goal
            self.world.record(self.service, "POST", request.path, {})
        return web.json_response(found)


def environment(number: int, name: str, kind: int, status: int = UP) -> dict[str, Any]:
    """Return an environment."""
    return {"Id": number, "Name": name, "Type": kind, "Status": status, "URL": "unix:///var/run/docker.sock"}


def stack(number: int, name: str, status: int) -> dict[str, Any]:
    """Return a stack of the first environment."""
    return {"Id": number, "Name": name, "Type": 2, "EndpointId": 1, "Status": status}


def _simulator(lab: Lab) -> PortainerSimulator:
    served = PortainerSimulator(lab.world, lab.faults)
    health = {"Status": "healthy"}
    limits: Mapping[str, Any] = {"Memory": 2**30, "NanoCpus": 2 * 10**9, "RestartPolicy": {"Name": "always"}}
    for number, name in ((1, "radarr"), (1, "grafana"), (2, "adguard"), (2, "zigbee")):
        served.engines[number].add(name, Health=health, **limits)
    return served


def served(lab: Lab) -> PortainerSimulator:
    """Return the simulator of a lab."""
    found = lab.served["portainer"]
    assert isinstance(found, PortainerSimulator)
    return found


async def _break(lab: Lab) -> None:
    here = served(lab)
    engine = here.engines[1]
    engine.add("ill", Memory=260 * 2**20, Health={"Status": "unhealthy", "Log": [{"Output": "refused"}]})
    engine.add("loop", "restarting", ExitCode=1)
    engine.add("ended", "exited", ExitCode=3, RestartPolicy={"Name": "on-failure"})
    engine.add("frozen", "paused")
    here.environments[1]["Status"] = DOWN
    here.stacks[0]["Status"] = FAILED


def _radarr_is(status: str) -> Any:
    async def prepare(lab: Lab) -> None:
        radarr = served(lab).engines[1].containers["radarr"]
        if status == "described":
            served(lab).engines[1].describe("radarr")
            return
        radarr["State"] |= {"Status": status, "Running": status == "paused", "Paused": status == "paused"}

    return prepare


def _round(action: str, verb: str, status: str = "", **arguments: Any) -> Round:
    write = ("POST", verb if verb.startswith("/") else f"{PATH}/{verb}")
    prepare = _radarr_is(status) if status else None
    return Round(action=action, target="radarr", write=write, arguments=arguments, prepare=prepare)


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {"url": served.url, "api_key": KEY},
    wrong_credentials={"api_key": "ptr_wrong"},
    unhealthy=_break,
    targets={"container": "radarr"},
    unknown={
        "container.cpu": "It is measured between two polls",
        "container.exit_code": "No container has ended",
    },
    optional={
        f"GET {root}/info": "Which engine it is only tells whether another instance has the same containers"
        for root in (ROOT, ROOT.replace("1", "2"))
    }
    | {
        f"GET {root}/containers/{one * 32}/json State.Health": "The container has no health check"
        for root in (ROOT, ROOT.replace("1", "2"))
        for one in ("01", "02", "03")
    },
    rounds=(
        _round("restart", "restart"),
        _round("stop", "stop"),
        _round("pause", "pause"),
        _round("start", "start", "exited"),
        _round("resume", "unpause", "paused"),
        _round("set_memory", "update", memory_mib=2048),
        _round("set_cpu", "update", cores=3),
        _round("redeploy", f"{ROOT}/containers/{'a1' * 32}/start", "described"),
        _round("set_image", f"{ROOT}/containers/{'a1' * 32}/start", "described", tag="6"),
        _round("update", f"{ROOT}/containers/{'a1' * 32}/start", "described", version="6"),
        Round(action="start_stack", target="tools", write=("POST", "/api/stacks/5/start")),
        Round(action="stop_stack", target="media", write=("POST", "/api/stacks/4/stop")),
    ),
)
