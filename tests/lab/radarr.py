"""Simulates Radarr's v3 API with a small library, and with errors under memory pressure.

Follows Radarr's openapi.json (src/Radarr.Api.V3/openapi.json in Radarr/Radarr).
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from lab import radarr_rows as api_rows
from lab.faults import Fault, Faults
from lab.population import RADARR
from lab.radarr_commands import CommandBook, UnknownCommandError
from lab.server import Simulator, cut
from lab.wire import Json, JsonObject, json_response, loads
from lab.world import World

API = "/api/v3"

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RadarrSimulator(Simulator):
    """Radarr in a container of the world.

    It does not respond while the container is stopped or the program starts. Under memory pressure,
    responses take `slow_seconds` longer, health reports an error, and every
    `unavailable_every`-th request gets 503 (0: none does). `downloads` are in the queue besides its own two.
    """

    service = "radarr"

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        port: int = 0,
        api_key: str | None = None,
        vmid: int = RADARR,
        slow_seconds: float = 0.15,
        unavailable_every: int = 0,
    ) -> None:
        super().__init__(world, faults, port=port)
        self.api_key = api_key or secrets.token_hex(16)
        self._vmid = vmid
        self.slow_seconds = slow_seconds
        self.unavailable_every = unavailable_every
        self._strained = 0
        self._commands = CommandBook(world)
        self.downloads: list[JsonObject] = []
        self.is_library_mounted = True

    def unauthorised(self, request: web.Request) -> web.Response:
        return web.Response(status=401)

    def failure(self, fault: Fault) -> web.Response:
        body: JsonObject = {"message": "database is locked", "description": "SQLite: database is locked"}
        return json_response(body, status=fault.status)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/api", self._api),
            ("GET", f"{API}/system/status", self._status),
            ("POST", f"{API}/system/restart", self._restart),
            ("GET", f"{API}/health", self._health),
            ("GET", f"{API}/diskspace", self._diskspace),
            ("GET", f"{API}/queue", self._queue),
            ("GET", f"{API}/queue/status", self._queue_status),
            ("DELETE", f"{API}/queue/bulk", self._queue_remove),
            ("GET", f"{API}/rootfolder", self._root_folders),
            ("GET", f"{API}/command", self._command_list),
            ("GET", f"{API}/system/backup", self._backups),
            ("DELETE", f"{API}/system/backup/{{id:\\d+}}", self._backup_delete),
            ("POST", f"{API}/command", self._command_start),
            ("GET", f"{API}/command/{{id:\\d+}}", self._command_get),
            ("GET", f"{API}/movie", self._movies),
            ("GET", f"{API}/movie/{{id:\\d+}}", self._movie),
            ("GET", f"{API}/wanted/missing", self._missing),
            ("GET", f"{API}/log", self._log),
            ("*", "/api/{tail:.*}", self._unknown),
        ]
        routes = [web.route(method, path, self._guarded(handler)) for method, path, handler in table]
        return [web.get("/ping", self._with_pressure(self._ping)), *routes]

    # -- state of the container --------------------------------------------------------------

    def _is_under_pressure(self) -> bool:
        return self.world.is_under_pressure(self._vmid)

    def _with_pressure(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if not self.world.app_is_up(self._vmid):
                return cut(request)
            if self._is_under_pressure():
                await asyncio.sleep(self.slow_seconds)
                self._strained += 1
                if self.unavailable_every and self._strained % self.unavailable_every == 0:
                    return web.Response(status=503)
            return await handler(request)

        return handle

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            given = request.headers.get("X-Api-Key") or request.query.get("apikey", "")
            if not secrets.compare_digest(given.encode(), self.api_key.encode()):
                return self.unauthorised(request)
            return await handler(request)

        return self._with_pressure(handle)

    # -- reading -----------------------------------------------------------------------------

    async def _ping(self, _: web.Request) -> web.Response:
        return json_response({"status": "OK"})

    async def _api(self, _: web.Request) -> web.Response:
        return json_response({"current": "v3", "deprecated": []})

    async def _status(self, _: web.Request) -> web.Response:
        return json_response(api_rows.system_status(self.world.app_started_at(self._vmid)))

    async def _health(self, _: web.Request) -> web.Response:
        return json_response(api_rows.health(is_under_pressure=self._is_under_pressure()))

    async def _diskspace(self, _: web.Request) -> web.Response:
        guest = self.world.guest(self._vmid)
        return json_response(api_rows.diskspace(guest.disk, guest.disk_limit))

    async def _queue(self, request: web.Request) -> web.Response:
        rows = api_rows.queue(self.world.wall(), is_stalled=self._is_under_pressure())
        rows += self.downloads
        return json_response(_page(request, rows, "timeleft", page_size=20))

    async def _queue_status(self, _: web.Request) -> web.Response:
        return json_response(api_rows.queue_status(is_stalled=self._is_under_pressure()))

    async def _root_folders(self, _: web.Request) -> web.Response:
        return json_response(api_rows.root_folders(is_mounted=self.is_library_mounted))

    async def _movies(self, request: web.Request) -> web.Response:
        tmdb_id = request.query.get("tmdbId")
        return json_response([m for m in api_rows.movies() if tmdb_id in (None, str(m["tmdbId"]))])

    async def _movie(self, request: web.Request) -> web.Response:
        wanted = int(request.match_info["id"])
        found = [movie for movie in api_rows.movies() if movie["id"] == wanted]
        return json_response(found[0]) if found else _not_found()

    async def _missing(self, request: web.Request) -> web.Response:
        rows: list[Json] = [movie for movie in api_rows.movies() if not movie["hasFile"]]
        return json_response(_page(request, rows, "movieMetadata.sortTitle", page_size=10))

    async def _log(self, request: web.Request) -> web.Response:
        rows = api_rows.log(self.world.wall(), is_under_pressure=self._is_under_pressure())
        return json_response(_page(request, rows, "id", page_size=10))

    async def _command_list(self, _: web.Request) -> web.Response:
        return json_response(self._commands.all())

    async def _command_get(self, request: web.Request) -> web.Response:
        command = self._commands.get(int(request.match_info["id"]))
        return json_response(command) if command is not None else _not_found()

    async def _backups(self, _: web.Request) -> web.Response:
        return json_response(self._commands.backups())

    async def _backup_delete(self, request: web.Request) -> web.Response:
        self.world.record(self.service, "DELETE", request.path, {})
        self._commands.deleted.add(int(request.match_info["id"]))
        return json_response({})

    async def _unknown(self, _: web.Request) -> web.Response:
        return _not_found()

    # -- writing -----------------------------------------------------------------------------

    async def _command_start(self, request: web.Request) -> web.Response:
        try:
            body = loads(await request.read())
            if not isinstance(body, dict):
                raise ValueError("not an object")
        except ValueError:
            return json_response({"message": "The JSON value could not be converted."}, status=400)
        try:
            command = self._commands.start(body, request.headers.get("User-Agent", ""))
        except UnknownCommandError:
            return json_response({"message": "Sequence contains no matching element"}, status=500)
        self.world.record(self.service, "POST", request.path, body)
        return json_response(command, status=201)

    async def _queue_remove(self, request: web.Request) -> web.Response:
        body = loads(await request.read())
        ids = body["ids"] if isinstance(body, dict) else None
        assert isinstance(ids, list)
        self.world.record(self.service, "DELETE", request.path, {**request.query, "ids": ids})
        self.downloads = [one for one in self.downloads if one["id"] not in ids]
        return json_response({})

    async def _restart(self, request: web.Request) -> web.Response:
        self.world.record(self.service, "POST", request.path, {})
        self.world.restart_app(self._vmid, after=0.05)
        return json_response({"restarting": True})


def _not_found() -> web.Response:
    return json_response({"message": "NotFound"}, status=404)


def _page(request: web.Request, rows: list[Json], sort_key: str, page_size: int) -> JsonObject:
    page = max(int(request.query.get("page", "1")), 1)
    size = max(int(request.query.get("pageSize", str(page_size))), 1)
    return {
        "page": page,
        "pageSize": size,
        "sortKey": request.query.get("sortKey", sort_key),
        "sortDirection": request.query.get("sortDirection", "ascending"),
        "totalRecords": len(rows),
        "records": rows[(page - 1) * size : page * size],
    }
