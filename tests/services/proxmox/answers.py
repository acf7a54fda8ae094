"""A small cluster that answers like Proxmox VE: one container, one virtual machine, two nodes."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from lab.clock import SteppedClock
from steward.sdk.access import Access
from steward.services.proxmox.client import ProxmoxClient

MIB = 1024**2
RIGHTS = (
    *("VM.Audit", "Datastore.Audit", "Sys.Audit", "VM.Config.Memory", "VM.Config.CPU", "VM.PowerMgmt"),
    *("VM.Migrate", "VM.Snapshot", "VM.Backup", "Datastore.AllocateSpace"),
)


class Cluster:
    """The state behind the answers; ``broken`` maps "METHOD path" to a status line and body."""

    def __init__(self) -> None:
        self.rights: dict[str, Any] = {"/": dict.fromkeys(RIGHTS, 1)}
        self.node, self.running, self.lock, self.memory, self.digest = "pve1", True, "", 2048, "d1"
        self.quorate, self.outcome, self.takes_effect = 1, "OK", True
        self.nodes = {"pve1": "online", "pve2": "online"}
        self.tasks: list[dict[str, Any]] = []
        self.log: list[str] = []
        self.rows: list[dict[str, Any]] | None = None
        self.broken: dict[str, tuple[int, str, Any]] = {}
        self.is_silent = False  # no figures of memory, processor and uptime
        self.limit = 0  # MiB in force, when they are not those configured
        self.not_allowed: dict[str, Any] = {}
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self.clock = SteppedClock()

    @property
    def load(self) -> dict[str, Any]:
        state = "running" if self.running else "stopped"
        if self.is_silent:
            return {"status": state}
        return {
            "status": state,
            "mem": 1500 * MIB,
            "maxmem": (self.limit or self.memory) * MIB,
            "uptime": 60,
            "cpu": 0.2,
        }

    def guest_row(self, **changed: Any) -> dict[str, Any]:
        row = {"id": "lxc/105", "type": "lxc", "vmid": 105, "node": self.node, "name": "media", "template": 0}
        return {**row, **self.load, "disk": 10, "maxdisk": 100, **changed}

    def resources(self) -> list[dict[str, Any]]:
        if self.rows is not None:
            return self.rows
        nodes = [
            {"id": f"node/{name}", "type": "node", "node": name, "status": status}
            for name, status in self.nodes.items()
        ]
        vm = self.guest_row(id="qemu/200", type="qemu", vmid=200, name="ha", node="pve2", disk=0)
        disk = {"type": "storage", "maxdisk": 1000, "node": "pve2", "status": "available"}
        nas = {**disk, "storage": "nas", "shared": 1, "disk": 950}
        blind = {"type": "storage", "storage": "nas", "shared": 1, "node": "pve1", "status": "unknown"}
        return [*nodes, self.guest_row(), vm, blind, nas, blind, {**disk, "storage": "local", "disk": 985}]

    def answer(self, method: str, path: str, form: dict[str, str]) -> Any:
        guest = f"nodes/{self.node}/lxc/105"
        if path.endswith(("/replication", "/apt/versions", "/content", "/snapshot", "/time")):
            return {"time": int(self.clock.now().timestamp())} if path.endswith("/time") else []
        if path.endswith("/tasks"):
            here = [task for task in self.tasks if task["node"] == path.split("/")[1]]
            return [task for task in here if form.get("vmid") in (None, task["upid"].split(":")[6])]
        if path.endswith("/log"):
            return [{"n": number, "t": line} for number, line in enumerate(self.log, 1)]
        if "/tasks/" in path:
            task = next(one for one in self.tasks if one["upid"] in path)
            return {**task, "status": "stopped", "exitstatus": task["status"]}
        if method == "POST" and path.startswith(guest):
            return self.work(path, form)
        answers: dict[str, Callable[[], Any]] = {
            "GET version": lambda: {"version": "9.1.4"},
            "GET access/permissions": lambda: self.rights,
            "GET cluster/resources": self.resources,
            "GET cluster/status": lambda: [{"type": "cluster", "quorate": self.quorate}],
            "GET nodes": lambda: [{"node": name, "status": status} for name, status in self.nodes.items()],
            f"GET nodes/{self.node}/status": lambda: {"memory": {"used": 4000 * MIB, "total": 8000 * MIB}},
            f"GET {guest}/status/current": lambda: {
                "vmid": 105,
                "type": "lxc",
                "lock": self.lock or None,
                **self.load,
            },
            f"GET {guest}/config": lambda: {"memory": self.memory, "digest": self.digest, "hostname": "x"},
            "GET nodes/pve2/qemu/200/config": lambda: {"net0": "virtio=BC:24:11:00:02:00,bridge=vmbr0"},
            f"GET {guest}/feature": lambda: {"hasFeature": 1},
            f"GET {guest}/migrate": lambda: {"running": 1, "not-allowed-nodes": self.not_allowed},
            f"PUT {guest}/config": lambda: self.configure(form),
        }
        return answers[f"{method} {path}"]()

    def rights_on(self, path: str) -> dict[str, Any]:
        return {path: next((self.rights[one] for one in (path, "/vms", "/") if one in self.rights), {})}

    def configure(self, form: dict[str, str]) -> None:
        assert form["digest"] == self.digest
        self.memory, self.digest = int(form["memory"]), self.digest + "x"

    def work(self, path: str, form: dict[str, str]) -> str:
        command = path.rpartition("/")[2]
        number = len(self.tasks) + 1
        upid = f"UPID:{self.node}:0000{number}:01:02:vz{command}:105:steward@pve!test:"
        self.tasks.append({"upid": upid, "node": self.node, "type": f"vz{command}", "user": "steward@pve",
                           "starttime": number, "endtime": number, "status": self.outcome})  # fmt: skip
        if self.outcome == "OK" and self.takes_effect:
            self.running = command != "shutdown"
            self.node = form.get("target", self.node)
        return upid

    @asynccontextmanager
    async def request(self, method: str, url: Any, **more: Any) -> AsyncIterator[Any]:
        path = url.path.removeprefix("/api2/json/")
        form = dict(parse_qsl((more["data"] or b"").decode()))
        form |= more["params"] if method == "GET" else {}
        assert more["headers"]["Authorization"] == "PVEAPIToken=steward@pve!test=secret"
        if method != "GET":
            self.sent.append((method, path, form))
        status, reason, body = self.broken.get(f"{method} {path}") or (200, "OK", None)
        if status == 200:
            wanted = more["params"].get("path")
            body = {"data": self.rights_on(wanted) if wanted else self.answer(method, path, form)}

        async def chunks() -> AsyncIterator[bytes]:
            yield json.dumps(body).encode()

        content = SimpleNamespace(iter_any=chunks)
        yield SimpleNamespace(status=status, reason=reason, content=content, headers={}, cookies={})

    def client(self, **changed: Any) -> ProxmoxClient:
        settings = {"url": "https://pve.lan:8006", "token_id": "steward@pve!test", "token_secret": "secret"}
        session: Any = self
        return ProxmoxClient(Access(settings={**settings, **changed}, session=session, clock=self.clock))


NOW = datetime(2026, 3, 1, tzinfo=UTC)
