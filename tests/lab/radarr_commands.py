"""Radarr's commands, which are queued, started and completed over time."""

import itertools
from dataclasses import dataclass

from lab.wire import Json, JsonObject, rfc3339
from lab.world import World

_KNOWN = (
    "ApplicationUpdateCheck",
    "Backup",
    "CheckHealth",
    "DownloadedMoviesScan",
    "Housekeeping",
    "MissingMoviesSearch",
    "MoviesSearch",
    "RefreshMonitoredDownloads",
    "RefreshMovie",
    "RescanMovie",
    "RssSync",
)
_QUEUED_SECONDS = 0.05
_RUNNING_SECONDS = 0.3


class UnknownCommandError(LookupError):
    """Radarr has no command of this name."""


@dataclass(frozen=True, slots=True)
class _Command:
    number: int
    name: str
    queued_at: float
    user_agent: str


class CommandBook:
    """All commands."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = itertools.count(1)
        self._commands: dict[int, _Command] = {}
        self.deleted: set[int] = set()
        """The numbers of backups that were deleted."""

    def start(self, body: JsonObject, user_agent: str) -> JsonObject:
        """Queue a command. Raises UnknownCommandError."""
        asked = str(body.get("name", ""))
        names = [name for name in _KNOWN if name.lower() == asked.lower()]
        if not names:
            raise UnknownCommandError(asked)
        command = _Command(next(self._numbers), names[0], self._world.now(), user_agent)
        self._commands[command.number] = command
        return self._row(command)

    def get(self, number: int) -> JsonObject | None:
        """Return the current state of one command."""
        command = self._commands.get(number)
        return None if command is None else self._row(command)

    def all(self) -> Json:
        """Return the current state of all commands."""
        return [self._row(command) for command in self._commands.values()]

    def backups(self) -> Json:
        """Return the backups that commands have made."""
        made = [row for row in map(self._row, self._commands.values()) if row["name"] == "Backup"]
        return [
            {
                "id": row["id"],
                "name": f"radarr_backup_{row['id']}.zip",
                "path": f"/backup/manual/radarr_backup_{row['id']}.zip",
                "type": "manual",
                "size": 412_672,
                "time": row["ended"],
            }
            for row in made
            if "ended" in row and row["id"] not in self.deleted
        ]

    def _row(self, command: _Command) -> JsonObject:
        started_at = command.queued_at + _QUEUED_SECONDS
        ended_at = started_at + _RUNNING_SECONDS
        now = self._world.now()
        status = "completed" if now >= ended_at else "started" if now >= started_at else "queued"
        row: JsonObject = {
            "id": command.number,
            "name": command.name,
            "commandName": command.name,
            "message": "Completed" if status == "completed" else None,
            "body": {
                "name": command.name,
                "sendUpdatesToClient": True,
                "requiresDiskAccess": False,
                "isExclusive": False,
                "trigger": "manual",
            },
            "priority": "normal",
            "status": status,
            "result": "successful" if status == "completed" else "unknown",
            "queued": rfc3339(self._world.wall(command.queued_at)),
            "trigger": "manual",
            "clientUserAgent": command.user_agent,
            "sendUpdatesToClient": True,
            "updateScheduledTask": True,
        }
        if status != "queued":
            row["started"] = rfc3339(self._world.wall(started_at))
        if status == "completed":
            row["ended"] = rfc3339(self._world.wall(ended_at))
            row["duration"] = "00:00:00.3000000"
        return row
