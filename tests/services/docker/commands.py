"""The commands in the containers of the small engine: those that dump a database and restore it."""

from typing import Any

from aiohttp import web

from services.docker.storage import Storage
from steward.services._docker.databases import DATABASES, REMOVE


class Commands:
    """``databases`` is the content of each database by the name of its container.

    ``exit_code`` is that with which every command ends, ``looks`` after how many looks a command ends.
    """

    def __init__(self, storage: Storage) -> None:
        self.databases: dict[str, bytes] = {}
        self.exit_code = 0
        self.looks = 1
        self.made: list[dict[str, Any]] = []
        self._storage = storage
        self._running: dict[str, int] = {}

    def answer(
        self, method: str, parts: list[str], one: dict[str, Any] | None, body: dict[str, Any]
    ) -> web.Response:
        """Answer a request that makes, starts, or looks at a command."""
        if parts[1] == "containers":
            if one is None:
                return web.json_response({"message": "No such container"}, status=404)
            if not one["State"]["Running"]:
                return web.json_response({"message": "container is not running"}, status=409)
            self.made.append({"container": one, **body})
            return web.json_response({"Id": str(len(self.made) - 1)}, status=201)
        if method == "POST":
            self._running[parts[2]] = self.looks
            if self.exit_code == 0:
                self._carry_out(self.made[int(parts[2])])
            return web.Response()
        self._running[parts[2]] -= 1
        runs = self._running[parts[2]] >= 0
        return web.json_response({"Running": runs, "ExitCode": None if runs else self.exit_code})

    def _carry_out(self, command: dict[str, Any]) -> None:
        one, script = command["container"], command["Cmd"][-1]
        name, dumps = one["Name"].removeprefix("/"), self._storage.dumps
        if script == REMOVE:
            dumps.pop(one["Id"], None)
        elif script in {each.dump for each in DATABASES}:
            dumps[one["Id"]] = self.databases[name]
        elif script in {each.restore for each in DATABASES}:
            self.databases[name] = dumps.pop(one["Id"])
