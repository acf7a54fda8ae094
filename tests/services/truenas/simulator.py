"""TrueNAS's JSON-RPC interface over a small NAS: two pools, three disks, an app, a replication."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from aiohttp import WSMsgType, web

from lab.faults import Fault, FaultKind, Faults
from lab.server import Seen, Simulator, cut
from lab.wire import Json, JsonObject, dumps, loads
from lab.world import World

API_KEY = "3-KestrelBridge70pinecone"
CALL = "CALL"
"""The method of calls, as faults and effects name it; the path is the method that is called."""

type Params = list[Json]


class RpcError(Exception):
    """An answer that is an error."""

    def __init__(self, reason: str, errname: str = "", code: int = -32001) -> None:
        super().__init__(reason)
        self.error: JsonObject = {
            "code": code,
            "message": "Method call error",
            "data": {"errname": errname, "reason": reason},
        }


class TrueNasSimulator(Simulator):
    """``results`` are the answers of reads by method, ``errors`` what is raised in their place.

    ``snapshots`` are by dataset, oldest first.
    """

    service = "truenas"
    tls_name = "truenas.lab"

    def __init__(self, world: World, faults: Faults, results: dict[str, Json], *, port: int = 0) -> None:
        super().__init__(world, faults, port=port)
        self.results = results
        self.errors: dict[str, RpcError] = {}
        self.snapshots: dict[str, list[str]] = {
            "tank/media": ["auto-2026-11-20_00-00", "auto-2026-11-21_00-00"]
        }
        self.jobs: list[JsonObject] = []
        self.job_state = "SUCCESS"
        self.logins = 0
        self._sockets: dict[web.WebSocketResponse, bool] = {}

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.get("/api/current", self._connect)]

    def log_out(self) -> None:
        """End every login; the connections stay open."""
        for socket in self._sockets:
            self._sockets[socket] = False

    # -- the connection ----------------------------------------------------------------------

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets[socket] = False
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(socket, request, message.data)
        except ConnectionError:
            pass  # it was cut
        finally:
            del self._sockets[socket]
        return socket

    async def _take(self, socket: web.WebSocketResponse, request: web.Request, text: str) -> None:
        message = loads(text)
        assert isinstance(message, dict)
        number, method, params = message["id"], str(message["method"]), message["params"]
        assert isinstance(params, list)
        fault = self.faults.take(self.service, CALL, f"/{method}")
        self.requests.append(Seen(CALL, f"/{method}", 0 if fault else 200))
        if fault is not None and fault.kind is not FaultKind.SLOW:
            await self._fail(fault, socket, request, number, method, params)
            return
        await socket.send_str(dumps(self._answered(socket, number, method, params)))

    async def _fail(
        self,
        fault: Fault,
        socket: web.WebSocketResponse,
        request: web.Request,
        number: Json,
        method: str,
        params: Params,
    ) -> None:
        match fault.kind:
            case FaultKind.HANG:
                await asyncio.sleep(fault.seconds)
            case FaultKind.HTML | FaultKind.GARBAGE:
                await socket.send_str("<!DOCTYPE html>" if fault.kind is FaultKind.HTML else '{"id": 1, "res')
            case FaultKind.AUTH_LOST:
                await self._error(socket, number, RpcError("Not authenticated", "ENOTAUTHENTICATED"))
            case FaultKind.STATUS:
                await self._error(socket, number, RpcError("Simulated failure", "EFAULT"))
            case FaultKind.ANSWER_LOST:
                self._answered(socket, number, method, params)
                cut(request)
            case _:
                cut(request)

    async def _error(self, socket: web.WebSocketResponse, number: Json, error: RpcError) -> None:
        with suppress(ConnectionError):
            await socket.send_str(dumps({"jsonrpc": "2.0", "id": number, "error": error.error}))

    def _answered(self, socket: web.WebSocketResponse, number: Json, method: str, params: Params) -> Json:
        try:
            result = self._handle(socket, method, params)
        except RpcError as err:
            return {"jsonrpc": "2.0", "id": number, "error": err.error}
        return {"jsonrpc": "2.0", "id": number, "result": self.altered(f"{CALL} {method}", result)}

    # -- the interface -----------------------------------------------------------------------

    def _handle(self, socket: web.WebSocketResponse, method: str, params: Params) -> Json:
        if method == "auth.login_with_api_key":
            self.logins += 1
            self._sockets[socket] = params == [API_KEY]
            return self._sockets[socket]
        if not self._sockets[socket]:
            raise RpcError("Not authenticated", "ENOTAUTHENTICATED")
        if method in self.errors:
            raise self.errors[method]
        if method == "core.get_jobs":
            wanted = (
                [one[2] for one in params[0] if isinstance(one, list)] if isinstance(params[0], list) else []
            )
            found: list[Json] = [one for one in reversed(self.jobs) if not wanted or one["id"] in wanted]
            return found
        if method == "pool.snapshot.query":
            return [{"snapshot_name": one} for one in reversed(self._dataset(params[0]))]
        if method in self.results:
            return self.results[method]
        result = self._change(method, params)
        self.world.record(self.service, CALL, f"/{method}", {"params": params})
        return result

    def _dataset(self, filters: Json) -> list[str]:
        assert isinstance(filters, list)
        assert isinstance(filters[0], list)
        return self.snapshots.setdefault(str(filters[0][2]), [])

    def _change(self, method: str, params: Params) -> Json:
        match method, params:
            case "pool.snapshot.create", [{"dataset": dataset, "name": name}]:
                names = self.snapshots.setdefault(str(dataset), [])
                if name in names:
                    raise RpcError(f"Snapshot {name} exists", "EEXIST")
                names.append(str(name))
                return {"id": f"{dataset}@{name}", "snapshot_name": name}
            case "pool.snapshot.delete", [str() as name]:
                dataset, _, snapshot = name.partition("@")
                self.snapshots[dataset].remove(snapshot)
                return True
            case "pool.snapshot.rollback", [str() as name, {"recursive": bool() as recursive}]:
                dataset, _, snapshot = name.partition("@")
                names = self.snapshots.setdefault(dataset, [])
                newer = names[names.index(snapshot) + 1 :] if snapshot in names else None
                if newer is None or (newer and not recursive):
                    raise RpcError(f"cannot rollback to '{name}'", "EINVAL")
                del names[len(names) - len(newer) :]
                return None
            case "app.start" | "app.stop" | "app.redeploy", [str() as app]:
                self.row("app.query", "id", app)["state"] = "STOPPED" if method == "app.stop" else "RUNNING"
            case "pool.scrub.scrub" | "replication.run" | "pool.snapshottask.run", [_]:
                pass
            case _:
                raise RpcError("Method not found", code=-32601)
        job: JsonObject = {
            "id": len(self.jobs) + 1,
            "method": method,
            "arguments": params,
            "state": self.job_state,
            "error": None,
            "time_started": {"$date": int(self.world.wall() * 1000)},
        }
        self.jobs.append(job)
        return job["id"]

    def row(self, method: str, key: str, value: Json) -> JsonObject:
        """Return a row of an answer, to change it."""
        rows = self.results[method]
        assert isinstance(rows, list)
        return next(one for one in rows if isinstance(one, dict) and one[key] == value)
