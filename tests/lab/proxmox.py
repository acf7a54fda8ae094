"""Simulates the part of Proxmox VE 9's HTTPS API that the steward uses.

Follows the published API schema (https://pve.proxmox.com/pve-docs/api-viewer/). Responses are
`{"data": …}`. Errors have their text in the status line, where proxmoxer reads it.
"""

import uuid
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from lab import proxmox_rows as api_rows
from lab.faults import Fault, Faults
from lab.guest import ConfigValue, GuestKind, GuestView
from lab.proxmox_parameters import CONFIG_PRIVILEGES, check_config, check_power
from lab.proxmox_protection import Backup, Protection, Snapshot
from lab.server import Simulator
from lab.wire import Json, JsonObject, json_response, read_form
from lab.world import ConfigChangedError, GuestStateError, PowerAction, Task, UnknownGuestError, World

BASE = "/api2/json"
ALL_PRIVILEGES = frozenset(
    {
        "Datastore.AllocateSpace",
        "Datastore.Audit",
        "Sys.Audit",
        "VM.Audit",
        "VM.Backup",
        "VM.Config.CPU",
        "VM.Config.Memory",
        "VM.Config.Options",
        "VM.Migrate",
        "VM.PowerMgmt",
        "VM.Replicate",
        "VM.Snapshot",
    }
)

type Answer = Callable[[web.Request], Awaitable[Json]]


class ApiError(Exception):
    """An error response: status, text, and errors of parameters."""

    def __init__(self, status: int, text: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.errors = errors

    def response(self) -> web.Response:
        """Return the response in Proxmox' format."""
        body: JsonObject = {"data": None, "message": f"{self.text}\n"}
        if self.errors:
            body["errors"] = dict(self.errors)
        return json_response(body, status=self.status, reason=self.text)


class ProxmoxSimulator(Simulator):
    """A cluster of two nodes. Clients verify its certificate with `ca_path`.

    The token is `user!token_name=token_value`; `privileges` is what it may do, and taking
    one away gives 403. With `has_quorum` off the cluster has none. Every write that took effect
    is in `world.effects` with the path behind `/api2/json`.
    """

    service = "proxmox"
    tls_name = "pve1.lab"

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        port: int = 0,
        user: str = "steward@pve",
        token_name: str = "lab",
        token_value: str | None = None,
    ) -> None:
        super().__init__(world, faults, port=port)
        self.user = user
        self.token_name = token_name
        self.token_value = token_value or str(uuid.uuid4())
        self.privileges: set[str] = set(ALL_PRIVILEGES)
        self.has_quorum = True
        self.protection = Protection(world)

    def fault_path(self, request: web.Request) -> str:
        return request.path.removeprefix(BASE)

    def unauthorised(self, request: web.Request) -> web.Response:
        return web.Response(status=401, reason="invalid token value!")

    def failure(self, fault: Fault) -> web.Response:
        return ApiError(fault.status, _FAILURES.get(fault.status, "got timeout")).response()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        guest = "/nodes/{node}/{kind:lxc|qemu}/{vmid:\\d+}"
        table: list[tuple[str, str, Answer]] = [
            ("GET", "/version", self._version),
            ("GET", "/access/permissions", self._permissions),
            ("GET", "/cluster/resources", self._resources),
            ("GET", "/cluster/status", self._cluster_status),
            ("GET", "/nodes", self._nodes),
            ("GET", "/nodes/{node}/status", self._node_status),
            ("GET", "/nodes/{node}/storage", self._storage),
            ("GET", "/nodes/{node}/tasks", self._tasks),
            ("GET", "/nodes/{node}/tasks/{upid}/status", self._task_status),
            ("GET", "/nodes/{node}/tasks/{upid}/log", self._task_log),
            ("GET", "/nodes/{node}/{kind:lxc|qemu}", self._guests),
            ("GET", f"{guest}/status/current", self._guest_status),
            ("GET", f"{guest}/config", self._config),
            ("PUT", f"{guest}/config", self._set_config),
            ("POST", f"{guest}/status/{{action:start|stop|shutdown|reboot}}", self._power),
            ("GET", "/nodes/{node}/time", self._time),
            ("GET", "/nodes/{node}/apt/versions", self._packages),
            ("GET", "/nodes/{node}/replication", self._replications),
            ("POST", "/nodes/{node}/replication/{id}/schedule_now", self._replicate),
            ("GET", "/nodes/{node}/storage/{storage}/content", self._content),
            ("POST", "/nodes/{node}/vzdump", self._back_up),
            ("GET", f"{guest}/snapshot", self._snapshots),
            ("GET", f"{guest}/feature", self._feature),
            ("POST", f"{guest}/snapshot", self._take_snapshot),
            ("DELETE", f"{guest}/snapshot/{{name}}", self._delete_snapshot),
            ("POST", f"{guest}/snapshot/{{name}}/rollback", self._roll_back),
            ("GET", f"{guest}/migrate", self._migration),
            ("POST", f"{guest}/migrate", self._migrate),
        ]
        routes = [web.route(method, BASE + path, self._guarded(answer)) for method, path, answer in table]
        return [*routes, web.route("*", "/{tail:.*}", self._guarded(self._unknown))]

    # -- responses ---------------------------------------------------------------------------

    def _guarded(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            refusal = self._refusal(request)
            if refusal is not None:
                return web.Response(status=401, reason=refusal)
            try:
                self._check_node(request)
                return json_response({"data": await answer(request)})
            except ApiError as err:
                return (
                    web.Response(status=err.status, reason=err.text) if err.status == 595 else err.response()
                )

        return handle

    def _refusal(self, request: web.Request) -> str | None:
        scheme, _, token = request.headers.get("Authorization", "").partition("=")
        if scheme != "PVEAPIToken":
            return "No ticket"
        name, _, value = token.partition("=")
        user, _, token_name = name.partition("!")
        if user != self.user:
            return f"no such user ('{user}')"
        if token_name != self.token_name:
            return f"no such token '{token_name}' for user '{user}'"
        return None if value == self.token_value else "invalid token value!"

    def _check_node(self, request: web.Request) -> None:
        name = request.match_info.get("node")
        if name is None:
            return
        node = self.world.node(name)
        if node is None:
            lookup = f"failed to get address info for: {name}: Name or service not known"
            raise ApiError(500, f"hostname lookup '{name}' failed - {lookup}")
        if not node.is_online:
            raise ApiError(595, "No route to host")

    def _need(self, path: str, privilege: str) -> None:
        if privilege not in self.privileges:
            raise ApiError(403, f"Permission check failed ({path}, {privilege})")

    def _guest(self, request: web.Request) -> GuestView:
        node, kind, vmid = (request.match_info[key] for key in ("node", "kind", "vmid"))
        try:
            guest = self.world.guest(int(vmid))
        except UnknownGuestError:
            guest = None
        if guest is None or guest.node != node or guest.kind != kind:
            folder = "lxc" if kind == GuestKind.LXC else "qemu-server"
            raise ApiError(500, f"Configuration file 'nodes/{node}/{folder}/{vmid}.conf' does not exist")
        return guest

    # -- reading -----------------------------------------------------------------------------

    async def _version(self, _: web.Request) -> Json:
        return {"release": "9.1", "repoid": "6f0d3a5c2b1e4d7f", "version": "9.1.4"}

    async def _permissions(self, request: web.Request) -> Json:
        granted: JsonObject = dict.fromkeys(sorted(self.privileges), 1)
        if path := request.query.get("path"):
            return {path: granted}
        return {"/": granted, "/nodes": granted, "/storage": granted, "/vms": granted}

    async def _resources(self, request: web.Request) -> Json:
        wanted = request.query.get("type")
        if wanted not in (None, "vm", "node", "storage", "sdn"):
            complaint = {
                "type": f"value '{wanted}' does not have a value in the enumeration 'vm, storage, node, sdn'"
            }
            raise ApiError(400, "Parameter verification failed.", complaint)
        rows: list[Json] = []
        if wanted in (None, "vm") and "VM.Audit" in self.privileges:
            rows += [self._guest_row(guest) for guest in self.world.guests()]
        if wanted in (None, "node"):
            rows += [api_rows.node_resource(node) for node in self.world.nodes()]
        if wanted in (None, "storage") and "Datastore.Audit" in self.privileges:
            rows += [
                row
                for node in self.world.nodes()
                for row in api_rows.storage_resources(node, self.world.storage_shares)
            ]
        return rows

    def _guest_row(self, guest: GuestView) -> JsonObject:
        """Return a guest's row; without pvestatd only its identity and an unknown state are left.

        The pvestatd of a node that is offline reports nothing either.
        """
        row = api_rows.guest_resource(guest)
        if guest.vmid in self.protection.hastates:
            row["hastate"] = self.protection.hastates[guest.vmid]
        node = self.world.node(guest.node)
        if self.world.is_reported(guest.vmid) and node is not None and node.is_online:
            return row
        identity = {key: row[key] for key in ("id", "vmid", "node", "type")}
        return {**identity, "status": "unknown"}

    async def _cluster_status(self, _: web.Request) -> Json:
        self._need("/", "Sys.Audit")
        return api_rows.cluster_status(self.world.nodes(), has_quorum=self.has_quorum)

    async def _nodes(self, _: web.Request) -> Json:
        return [api_rows.node_row(node) for node in self.world.nodes()]

    async def _node_status(self, request: web.Request) -> Json:
        name = request.match_info["node"]
        self._need(f"/nodes/{name}", "Sys.Audit")
        return next(api_rows.node_status(node) for node in self.world.nodes() if node.name == name)

    async def _storage(self, request: web.Request) -> Json:
        self._need("/storage", "Datastore.Audit")
        name = request.match_info["node"]
        return [
            row for node in self.world.nodes() if node.name == name for row in api_rows.storage_rows(node)
        ]

    async def _tasks(self, request: web.Request) -> Json:
        wall, vmid = self.world.wall(), request.query.get("vmid")
        kind = request.query.get("typefilter")
        tasks = [task for task in self.world.tasks(request.match_info["node"]) if vmid in (None, task.target)]
        tasks = [task for task in tasks if kind in (None, task.kind)]
        start, limit = int(request.query.get("start", "0")), int(request.query.get("limit", "50"))
        return [api_rows.task_row(task, wall) for task in tasks[start : start + limit]]

    async def _task_status(self, request: web.Request) -> Json:
        task = self.world.task(request.match_info["upid"])
        if task is None:
            raise ApiError(400, "Parameter verification failed.", {"upid": "unable to parse worker upid"})
        return api_rows.task_status(task, self.world.wall())

    async def _task_log(self, request: web.Request) -> Json:
        task = self.world.task(request.match_info["upid"])
        if task is None:
            raise ApiError(400, "Parameter verification failed.", {"upid": "unable to parse worker upid"})
        return api_rows.task_log(task, self.world.wall())

    async def _guests(self, request: web.Request) -> Json:
        if "VM.Audit" not in self.privileges:
            return []
        node, kind = request.match_info["node"], request.match_info["kind"]
        return [api_rows.guest_row(g) for g in self.world.guests() if g.node == node and g.kind == kind]

    async def _guest_status(self, request: web.Request) -> Json:
        guest = self._guest(request)
        self._need(f"/vms/{guest.vmid}", "VM.Audit")
        return api_rows.guest_status(guest)

    async def _config(self, request: web.Request) -> Json:
        guest = self._guest(request)
        self._need(f"/vms/{guest.vmid}", "VM.Audit")
        return {**self.world.config(guest.vmid), "digest": guest.digest}

    async def _migration(self, request: web.Request) -> Json:
        guest = self._guest(request)
        self._need(f"/vms/{guest.vmid}", "VM.Migrate")
        return api_rows.migration(guest, self.world.nodes())

    async def _time(self, request: web.Request) -> Json:
        self._need(f"/nodes/{request.match_info['node']}", "Sys.Audit")
        return self.protection.time_row(request.match_info["node"])

    async def _packages(self, request: web.Request) -> Json:
        self._need(f"/nodes/{request.match_info['node']}", "Sys.Audit")
        return self.protection.package_rows(request.match_info["node"])

    async def _replications(self, request: web.Request) -> Json:
        return self.protection.replication_rows(request.match_info["node"])

    async def _replicate(self, request: web.Request) -> Json:
        for one in self.protection.replications:
            if f"{one.guest}-0" == request.match_info["id"]:
                self._need(f"/vms/{one.guest}", "VM.Replicate")
                self.world.record(self.service, "POST", self.fault_path(request), {})
                one.scheduled_at = self.world.wall()
                return ""
        raise ApiError(500, f"no such replication job '{request.match_info['id']}'")

    async def _content(self, request: web.Request) -> Json:
        self._need(f"/storage/{request.match_info['storage']}", "Datastore.Audit")
        is_asked = request.query.get("content") == "backup" and request.match_info["storage"] == "local"
        return self.protection.backup_rows(request.match_info["node"]) if is_asked else []

    async def _snapshots(self, request: web.Request) -> Json:
        guest = self._guest(request)
        self._need(f"/vms/{guest.vmid}", "VM.Audit")
        return self.protection.snapshot_rows(guest)

    async def _feature(self, request: web.Request) -> Json:
        guest = self._guest(request)
        self._need(f"/vms/{guest.vmid}", "VM.Audit")
        return {"hasFeature": int(guest.vmid not in self.protection.raw), "nodes": [guest.node]}

    async def _unknown(self, request: web.Request) -> Json:
        raise ApiError(501, f"Method '{request.method} {self.fault_path(request)}' not implemented")

    # -- writing -----------------------------------------------------------------------------

    async def _set_config(self, request: web.Request) -> Json:
        guest = self._guest(request)
        form = await _form(request)
        digest = form.pop("digest", None)
        changes = _verified(check_config(form, guest.kind))
        for key in changes:
            self._need(f"/vms/{guest.vmid}", CONFIG_PRIVILEGES[key])
        try:
            self.world.set_config(guest.vmid, changes, None if digest is None else str(digest))
        except ConfigChangedError as err:
            raise ApiError(
                500, "detected modified configuration - file changed by other user? Try again."
            ) from err
        self.world.record(self.service, "PUT", self.fault_path(request), dict(changes))
        return None

    async def _power(self, request: web.Request) -> Json:
        guest = self._guest(request)
        self._need(f"/vms/{guest.vmid}", "VM.PowerMgmt")
        form = await _form(request)
        _verified(check_power(form))
        try:
            task = self.world.power(
                guest.vmid, PowerAction(request.match_info["action"]), f"{self.user}!{self.token_name}"
            )
        except GuestStateError as err:
            raise ApiError(500, str(err)) from err
        self.world.record(self.service, "POST", self.fault_path(request), form)
        return task.upid

    async def _migrate(self, request: web.Request) -> Json:
        guest = self._guest(request)
        self._need(f"/vms/{guest.vmid}", "VM.Migrate")
        form = await _form(request)
        allowed = {"target", "online", "restart", "with-local-disks"}
        wrong = {key: "property is not defined in schema" for key in form if key not in allowed}
        node = self.world.node(str(form.get("target")))
        if wrong or node is None:
            raise ApiError(400, "Parameter verification failed.", wrong or {"target": "no such node"})
        if not node.is_online:
            raise ApiError(500, f"node '{node.name}' is not online")
        try:
            task = self.world.migrate(guest.vmid, node.name, f"{self.user}!{self.token_name}")
        except GuestStateError as err:
            raise ApiError(500, str(err)) from err
        self.world.record(self.service, "POST", self.fault_path(request), form)
        return task.upid

    async def _take_snapshot(self, request: web.Request) -> Json:
        guest, form = self._guest(request), await _form(request)
        name, taken = str(form.get("snapname")), self.protection.snapshots[guest.vmid]
        if any(one.name == name for one in taken):
            raise ApiError(500, f"snapshot name '{name}' already used")
        task = self._work(request, guest, "snapshot", form)
        if task.exit_status == "OK":
            taken.append(Snapshot(name, int(self.world.wall())))
        return task.upid

    async def _delete_snapshot(self, request: web.Request) -> Json:
        guest, name = self._guest(request), request.match_info["name"]
        task = self._work(request, guest, "delsnapshot", {})
        taken = self.protection.snapshots[guest.vmid]
        taken[:] = [one for one in taken if one.name != name]
        return task.upid

    async def _roll_back(self, request: web.Request) -> Json:
        guest, name = self._guest(request), request.match_info["name"]
        if name not in {one.name for one in self.protection.snapshots[guest.vmid]}:
            raise ApiError(500, f"snapshot '{name}' does not exist")
        return self._work(request, guest, "rollback", await _form(request)).upid

    def _work(self, request: web.Request, guest: GuestView, action: str, form: JsonObject) -> Task:
        self._need(f"/vms/{guest.vmid}", "VM.Backup" if action == "dump" else "VM.Snapshot")
        try:
            task = self.world.work_on(guest.vmid, action, f"{self.user}!{self.token_name}")
        except GuestStateError as err:
            raise ApiError(500, str(err)) from err
        self.world.record(self.service, request.method, self.fault_path(request), form)
        return task

    async def _back_up(self, request: web.Request) -> Json:
        form = await _form(request)
        storage = form.get("storage")
        self._need(f"/storage/{storage}", "Datastore.AllocateSpace")
        try:
            guest = self.world.guest(int(str(form["vmid"])))
        except (UnknownGuestError, KeyError, ValueError) as err:
            raise ApiError(400, "Parameter verification failed.", {"vmid": "invalid format"}) from err
        task = self._work(request, guest, "dump", form)
        if task.exit_status == "OK":
            made = Backup(int(self.world.wall()), guest.node, None)
            self.protection.backups[guest.vmid].append(made)
        return task.upid


_FAILURES = {
    500: "got timeout",
    501: "Method not implemented",
    503: "Service Unavailable",
    595: "Connection refused",
    596: "Connection timed out",
}


async def _form(request: web.Request) -> JsonObject:
    try:
        return await read_form(request)
    except ValueError as err:
        raise ApiError(400, "Bad Request") from err


def _verified(
    checked: tuple[dict[str, ConfigValue], dict[str, str]],
) -> dict[str, ConfigValue]:
    values, errors = checked
    if errors:
        raise ApiError(400, "Parameter verification failed.", errors)
    return values
