"""The client of Redis: the RESP protocol (https://redis.io/docs/latest/develop/reference/protocol-spec/)."""

import re
from typing import Any, Final

from ...errors import (
    EffectUnknown,
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from ...sdk.access import Access
from ...sdk.client import Parameter
from ...sdk.http import plain
from ...sdk.tcp import Connection, TcpClient

PORT: Final = 6379
ASKED: Final[dict[str, tuple[str, ...]]] = {
    "config|get": ("CONFIG", "GET", "save"),
    "slowlog|get": ("SLOWLOG", "GET", "1"),
    "config|set": ("CONFIG", "SET", "maxmemory", "1"),
    "bgsave": ("BGSAVE",),
}
"""Commands whose right is asked for, by its name; they are not carried out."""

MOST_ITEMS: Final = 10_000
DEEPEST: Final = 5
_DATABASE, _REPLICA = re.compile(r"db\d+"), re.compile(r"slave\d+")
_ERRORS: Final[dict[str, type[ServiceError]]] = {
    "NOAUTH": ServiceUnauthorized,
    "WRONGPASS": ServiceUnauthorized,
    "DENIED": ServiceForbidden,
    "NOPERM": ServiceForbidden,
    "ERR": ServiceRefused,
}
"""What the first word of an error means; others (LOADING, BUSY, IOERR) say to come back later."""


class RedisClient(TcpClient):
    """One Redis or Valkey server. It sends AUTH, INFO, SLOWLOG GET, CONFIG, ACL DRYRUN and BGSAVE."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, PORT)
        self._user, self._password = access.optional("username"), access.optional("password")

    async def get(self, path: str, /, **_: Parameter | None) -> object:
        """Return what a command that reads answers. Raises ServiceError.

        INFO and CONFIG GET are objects, SLOWLOG GET is a list of objects, ACL DRYRUN has the names of
        the commands in ASKED that the user may send. Rights that are missing leave the last two empty.
        """
        if path == "ACL DRYRUN":
            return {"commands": await self._granted()}
        if path.startswith("CONFIG"):
            return await self._configuration(path)
        answer = await self.ask(path, changes=False)
        if path.startswith("INFO"):
            return _fields(str(answer))
        if not isinstance(answer, list):
            raise ServiceMalformed(t"{path}: the answer is not a list")
        return [_slow(row) for row in answer]

    async def _configuration(self, path: str) -> object:
        try:
            answer = await self.ask(path, changes=False)
        except ServiceForbidden:
            return {}
        if not isinstance(answer, list):
            raise ServiceMalformed(f"{path}: the answer is not a list")
        return dict(zip(map(str, answer[::2]), answer[1::2], strict=False))

    async def _granted(self) -> list[str] | None:
        """Return the commands that the user may send, None when an older server does not say that."""
        user = self._user or "default"
        try:
            said = {
                name: await self.ask("ACL", "DRYRUN", user, *words, changes=False)
                for name, words in ASKED.items()
            }
        except ServiceForbidden, ServiceRefused:
            return None
        return [name for name, answer in said.items() if answer == "OK"]

    async def ask(self, *command: str, changes: bool = True) -> Any:
        """Send a command and return its answer. A single text is split. Raises ServiceError."""
        words = command if len(command) > 1 else command[0].split()
        async with self.connected() as connection:
            if self._password:
                login = ("AUTH", *filter(None, (self._user,)), self._password)
                await _call(connection, "AUTH", login)
            return await _call(connection, " ".join(words[:3]), words, changes=changes)


async def _call(
    connection: Connection, shown: str, words: tuple[str, ...] | list[str], *, changes: bool = False
) -> Any:
    connection.begin(shown, changes=changes)
    encoded = [word.encode() for word in words]
    parts = [b"*%d\r\n" % len(encoded), *(b"$%d\r\n%s\r\n" % (len(one), one) for one in encoded)]
    await connection.write(b"".join(parts))
    return await _answer(connection)


async def _answer(connection: Connection, depth: int = 0) -> Any:
    """Return the next value. Raises ValueError when it is none, and what an error means."""
    line = await connection.line()
    kind, rest = line[:1], line[1:]
    if kind == "+":
        return rest
    if kind == ":":
        return int(rest)
    if kind == "-":
        error = _ERRORS.get(rest.partition(" ")[0])
        later = EffectUnknown if connection.attempt.changes else ServiceUnreachable
        raise (error or later)(f"{connection.attempt.where}: {plain(rest)}")
    if kind == "$":
        length = int(rest)
        return None if length < 0 else (await connection.exactly(length + 2))[:-2].decode(errors="replace")
    if kind == "*" and int(rest) <= MOST_ITEMS and depth < DEEPEST:
        return [await _answer(connection, depth + 1) for _ in range(int(rest))]
    raise ValueError("the answer is not that of Redis")


def _fields(text: str) -> dict[str, object]:
    """Return the lines of INFO; those of databases and of replicas become lists of objects."""
    lines = [line.partition(":") for line in text.splitlines()]
    if not any(key == "redis_version" for key, _, _ in lines):
        raise ServiceMalformed(t"INFO: the answer is not that of Redis")
    found: dict[str, object] = {key: value for key, colon, value in lines if colon}
    for name, pattern in (("databases", _DATABASE), ("replicas", _REPLICA)):
        rows = [value.split(",") for key, _, value in lines if pattern.fullmatch(key)]
        found[name] = [dict(part.split("=", 1) for part in row if "=" in part) for row in rows]
    return found


def _slow(row: object) -> object:
    """Return a slow command by its name only: its arguments are keys and values of people."""
    match row:
        case [int() as number, int() as time, int() as duration, [name, *_], *_]:
            return {"id": number, "time": time, "duration": duration, "command": plain(str(name))}
        case _:
            return row
