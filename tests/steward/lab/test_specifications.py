"""The simulators' answers against the programs' published API specifications.

The specifications are not part of this project. Where a folder with them lies at hand, beside
the checkout or named by LAB_SPECIFICATIONS, every answer is held against it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession

from lab.alertmanager import AlertmanagerSimulator
from lab.faults import Faults
from lab.guest import GuestKind
from lab.lab import Lab
from lab.proxmox import ProxmoxSimulator
from lab.radarr import RadarrSimulator
from lab.telegram import TelegramSimulator
from lab.wire import rfc3339
from lab.world import World
from services import truenas

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def _folder() -> Path | None:
    named = os.environ.get("LAB_SPECIFICATIONS")
    if named:
        return Path(named)
    beside = Path(__file__).resolve().parents[4]
    return next((path.parents[1] for path in sorted(beside.glob("*/*/radarr/openapi-v3.json"))), None)


@pytest.fixture
def specifications() -> Path:
    folder = _folder()
    if folder is None:
        pytest.skip("no folder with API specifications at hand")
    return folder


class Shapes:
    """Named JSON schemas, and what is wrong with a value held against one."""

    def __init__(self, named: dict[str, Any]) -> None:
        self._named = named

    def problems(self, value: Any, schema: dict[str, Any], where: str = "$") -> Iterator[str]:
        """What is wrong, in words; nothing when all is well."""
        parts = list(schema.get("allOf", ()))
        if "$ref" in schema:
            parts.append(self._named[schema["$ref"].rsplit("/", 1)[-1]])
        for part in parts:
            yield from self.problems(value, part, where)
        if value is None and schema.get("nullable"):
            return
        yield from self._own_problems(value, schema, where)

    def _own_problems(self, value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
        if not _is_a(value, schema.get("type")):
            yield f"{where} is {type(value).__name__}, not {schema['type']}"
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{where} is {value!r}, none of {schema['enum']}"
        if isinstance(value, dict):
            yield from self._object_problems(value, schema, where)
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self.problems(item, schema["items"], f"{where}[{index}]")

    def _object_problems(self, value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{where}.{name} is missing"
        for name, item in value.items():
            if name in known:
                yield from self.problems(item, known[name], f"{where}.{name}")
            elif known and schema.get("additionalProperties") is False:
                yield f"{where}.{name} is unknown"


def test_the_check_itself_finds_what_is_wrong() -> None:
    shapes = Shapes(
        {"Row": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}}
    )
    rows = {"type": "array", "items": {"$ref": "#/x/Row"}}
    assert list(shapes.problems([{"id": 1}], rows)) == []
    assert list(shapes.problems([{}, {"id": True}, 3], rows)) == [
        "$[0].id is missing",
        "$[1].id is bool, not integer",
        "$[2] is int, not object",
    ]
    strict = {"properties": {"a": {"enum": ["x"]}}, "additionalProperties": False}
    assert list(shapes.problems({"a": "y", "b": 1}, strict)) == [
        "$.a is 'y', none of ['x']",
        "$.b is unknown",
    ]


def _is_a(value: Any, kind: str | None) -> bool:
    if kind is None:
        return True
    return isinstance(value, _TYPES[kind]) and not (kind in ("integer", "number") and isinstance(value, bool))


async def _get(session: ClientSession, url: str, **headers: str) -> Any:
    async with session.get(url, headers=headers, ssl=False) as response:
        assert response.status == 200, url
        return await response.json()


@pytest.mark.parametrize(
    ("path", "is_list", "name"),
    [
        ("/ping", False, "PingResource"),
        ("/api", False, "ApiInfoResource"),
        ("/api/v3/system/status", False, "SystemResource"),
        ("/api/v3/health", True, "HealthResource"),
        ("/api/v3/queue", False, "QueueResourcePagingResource"),
        ("/api/v3/queue/status", False, "QueueStatusResource"),
        ("/api/v3/diskspace", True, "DiskSpaceResource"),
        ("/api/v3/movie", True, "MovieResource"),
        ("/api/v3/movie/1", False, "MovieResource"),
        ("/api/v3/wanted/missing", False, "MovieResourcePagingResource"),
        ("/api/v3/log", False, "LogResourcePagingResource"),
        ("/api/v3/command", True, "CommandResource"),
    ],
)
async def test_radarr(
    specifications: Path,
    session: ClientSession,
    radarr: RadarrSimulator,
    world: World,
    path: str,
    is_list: bool,  # noqa: FBT001
    name: str,
) -> None:
    world.start_memory_pressure(climb_seconds=0)
    document = json.loads((specifications / "radarr" / "openapi-v3.json").read_text())
    shapes = Shapes(document["components"]["schemas"])
    headers = {"X-Api-Key": radarr.api_key}
    async with session.post(
        f"{radarr.url}/api/v3/command", json={"name": "RssSync"}, headers=headers
    ) as response:
        assert response.status == 201
    value = await _get(session, radarr.url + path, **headers)
    assert value
    schema = {"$ref": name}
    assert list(shapes.problems(value, {"type": "array", "items": schema} if is_list else schema)) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/status", "alertmanagerStatus"),
        ("/alerts", "gettableAlerts"),
        ("/alerts/groups", "alertGroups"),
        ("/silences", "gettableSilences"),
    ],
)
async def test_alertmanager(
    specifications: Path, session: ClientSession, world: World, faults: Faults, path: str, name: str
) -> None:
    document = yaml.safe_load((specifications / "alertmanager" / "openapi-v2.yaml").read_text())
    simulator = AlertmanagerSimulator(world, faults)
    await simulator.start()
    await simulator.post_alerts([{"labels": {"alertname": "A"}}])
    silence = {
        "matchers": [{"name": "alertname", "value": "A", "isRegex": False}],
        "startsAt": rfc3339(world.wall()),
        "endsAt": rfc3339(world.wall() + 60),
        "createdBy": "a test",
        "comment": "x",
    }
    async with session.post(f"{simulator.url}/api/v2/silences", json=silence) as response:
        assert response.status == 200
    value = await _get(session, f"{simulator.url}/api/v2{path}")
    assert value
    assert list(Shapes(document["definitions"]).problems(value, {"$ref": name})) == []
    await simulator.close()


def _proxmox_methods(nodes: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for node in nodes:
        for method, details in node.get("info", {}).items():
            yield f"{method} {node['path']}", details
        yield from _proxmox_methods(node.get("children", []))


def _as_numbers(schema: dict[str, Any]) -> dict[str, Any]:
    """Proxmox's own dialect: booleans are 0 and 1, what is not optional is required."""
    known = schema.get("properties", {})
    plain: dict[str, Any] = {
        "properties": {name: _as_numbers(item) for name, item in known.items()},
        "required": [name for name, item in known.items() if not item.get("optional")],
    }
    if schema.get("type") in _TYPES:
        plain["type"] = "integer" if schema["type"] == "boolean" else schema["type"]
    plain["required"] = [
        name for name, item in schema.get("properties", {}).items() if not item.get("optional")
    ]
    if "items" in schema:
        plain["items"] = _as_numbers(schema["items"])
    return plain


@pytest.mark.parametrize(
    ("path", "known_as"),
    [
        ("/version", "/version"),
        ("/nodes", "/nodes"),
        ("/nodes/pve1/status", "/nodes/{node}/status"),
        ("/nodes/pve1/storage", "/nodes/{node}/storage"),
        ("/nodes/pve1/tasks", "/nodes/{node}/tasks"),
        ("/nodes/pve1/lxc", "/nodes/{node}/lxc"),
        ("/nodes/pve2/qemu", "/nodes/{node}/qemu"),
        ("/nodes/pve1/lxc/105/status/current", "/nodes/{node}/lxc/{vmid}/status/current"),
        ("/nodes/pve2/qemu/200/status/current", "/nodes/{node}/qemu/{vmid}/status/current"),
        ("/nodes/pve1/time", "/nodes/{node}/time"),
        ("/nodes/pve1/apt/versions", "/nodes/{node}/apt/versions"),
        ("/nodes/pve1/replication", "/nodes/{node}/replication"),
        ("/nodes/pve1/lxc/106/snapshot", "/nodes/{node}/lxc/{vmid}/snapshot"),
        (
            "/nodes/pve1/storage/local/content?content=backup",
            "/nodes/{node}/storage/{storage}/content",
        ),
        ("/cluster/resources", "/cluster/resources"),
        ("/cluster/status", "/cluster/status"),
    ],
)
async def test_proxmox(
    specifications: Path, session: ClientSession, proxmox: ProxmoxSimulator, path: str, known_as: str
) -> None:
    document = json.loads((specifications / "proxmox" / "apidata-filtered.json").read_text())
    methods = dict(_proxmox_methods(document))
    token = f"PVEAPIToken={proxmox.user}!{proxmox.token_name}={proxmox.token_value}"
    reboot = f"{proxmox.url}/api2/json/nodes/pve1/{GuestKind.LXC}/105/status/reboot"
    async with session.post(reboot, headers={"Authorization": token}, ssl=False) as response:
        assert response.status == 200
    value = (await _get(session, f"{proxmox.url}/api2/json{path}", Authorization=token))["data"]
    assert value
    assert list(Shapes({}).problems(value, _as_numbers(methods[f"GET {known_as}"]["returns"]))) == []


TRUENAS = {
    "system.info": "SystemInfoResult",
    "pool.query": "PoolEntry",
    "disk.query": "DiskEntry",
    "pool.dataset.query": "PoolDatasetEntry",
    "replication.query": "ReplicationEntry",
    "app.query": "AppEntry",
    "alert.list": "Alert",
    "auth.me": "AuthMeResult",
}
"""Methods of TrueNAS, and the schema of what each answers or of one row of it."""


@pytest.mark.parametrize("method", TRUENAS)
async def test_truenas(specifications: Path, method: str) -> None:
    """What is recorded has the names and types of the schema; what nobody reads is left out of it."""
    document = json.loads((specifications / "truenas" / "jsonrpc-models-25.10.5.json").read_text())
    schema = document["schemas"][TRUENAS[method]]
    named = schema.get("$defs", {})
    if "result" in schema["properties"]:
        schema = named[schema["properties"]["result"]["$ref"].rsplit("/", 1)[-1]]
    lab = Lab(services=("truenas",), real_alertmanager=False, is_alerting=False)
    answer: Any = truenas.results(lab)[method]
    for row in answer if isinstance(answer, list) else [answer]:
        assert set(row) <= set(schema["properties"])
        for name, value in row.items():
            found = schema["properties"][name]
            if "type" in found and not (isinstance(value, dict) and [*value] == ["$date"]):
                assert list(Shapes(named).problems(value, found, name)) == []


async def test_the_calls_that_change_truenas(specifications: Path) -> None:
    document = json.loads((specifications / "truenas" / "jsonrpc-methods.json").read_text())
    used = {one.write[1].removeprefix("/") for one in truenas.FIXTURE.rounds}
    assert used <= set(document["methods"])
    is_job = {name for name in used if document["methods"][name]["job"]}
    assert used - is_job == {"pool.snapshot.create", "pool.snapshot.rollback"}


async def test_telegram(specifications: Path, telegram: TelegramSimulator) -> None:
    document = json.loads((specifications / "telegram" / "api.json").read_text())
    assert set(telegram.methods.by_name) <= set(document["methods"])
    needed = {
        name: {item["name"] for item in details["fields"] if item["required"]}
        for name, details in document["types"].items()
        if "fields" in details
    }
    forum = telegram.forum
    message = forum.send_text("owner", "hello")
    forum.make_topic("A", None, None)
    press = forum.forge_press(message.message_id, "x")
    updates = await telegram.updates.poll(0, 10, 0)
    assert needed["Message"] <= set(_object(updates[0]["message"]))
    assert needed["User"] <= set(_object(_object(updates[0]["message"])["from"]))
    assert needed["CallbackQuery"] <= set(_object(updates[1]["callback_query"]))
    assert _object(updates[1]["callback_query"])["id"] == press.query_id


def _object(value: Any) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value
