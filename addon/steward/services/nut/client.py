"""The client of upsd, the server of Network UPS Tools.

It never sends LOGIN: upsd would count it as a computer that must shut down.
"""

import shlex
from typing import Any, Final

from ...errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from ...sdk.answers import parse
from ...sdk.client import Parameter
from ...sdk.description import Access, Call, Gaps
from ...sdk.http import plain
from ...sdk.tcp import Connection, TcpClient
from .models import Ups

PORT: Final = 3493
MOST_LINES: Final = 2_000
LOST: Final = ("ERR DATA-STALE", "ERR DRIVER-NOT-CONNECTED")
"""What upsd answers while its driver has no contact with the UPS."""

_UNAUTHORIZED: Final = ("ACCESS-DENIED", "USERNAME-", "PASSWORD-", "INVALID-USERNAME", "INVALID-PASSWORD")


class NutClient(TcpClient):
    """One upsd."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, PORT)
        self._user, self._password = access.optional("username"), access.optional("password")

    async def get(self, path: str, /, **_: Parameter | None) -> object:
        """Return the version, or all UPS with their variables and commands. Raises ServiceError."""
        async with self.connected() as connection:
            if path == "version":
                return await _ask(connection, "VER")
            names = await _list(connection, "LIST UPS")
            return [await _ups(connection, name, text) for name, text in names.items()]

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the answer; a UPS that upsd has no contact with is a gap of its own."""
        for row in answer if isinstance(answer, list) else ():
            if row["lost"]:
                gaps.add(f"variables of {row['name']}", f"upsd answers {row['lost']}")
        return super().opened(answer, gaps, part)

    async def ups(self, call: Call) -> Ups:
        """Return the target as it is now. Raises ServiceError."""
        async with self.connected() as connection:
            found = parse(Ups, await _ups(connection, call.target.id, ""), call.target.name)
        if found.lost:
            raise PreconditionFailed(t"upsd has no contact with {call.target.name}")
        return found

    async def command(self, call: Call, name: str) -> None:
        """Send an instant command once. Raises ServiceError."""
        async with self.connected() as connection:
            for word, text in (("USERNAME", self._user), ("PASSWORD", self._password)):
                escaped = (text or "").replace("\\", "\\\\").replace('"', '\\"')
                if text:
                    await _ask(connection, f'{word} "{escaped}"', word)
            answer = await _ask(connection, f"INSTCMD {call.target.id} {name}", changes=True)
            if not answer.startswith("OK"):
                raise EffectUnknown(t"{connection.attempt.where}: upsd answered {plain(answer)}")


async def _ups(connection: Connection, name: str, text: str) -> dict[str, Any]:
    """Return a UPS; ``lost`` is what upsd answers in place of its variables."""
    variables = await _list(connection, f"LIST VAR {name}")
    commands = await _list(connection, f"LIST CMD {name}")
    lost = next((key[4:] for found in (variables, commands) for key in LOST if key in found), "")
    row = {"name": name, "description": text, "lost": lost}
    return row if lost else {**row, "variables": variables, "commands": [*commands]}


async def _ask(connection: Connection, line: str, shown: str = "", *, changes: bool = False) -> str:
    """Send a line and return the answer. Raises what an ERR means."""
    connection.begin(shown or line, changes=changes)
    await connection.write(f"{line}\n".encode())
    answer = await connection.line()
    if not answer.startswith("ERR") or answer in LOST:
        return answer
    text = f"{connection.attempt.where}: upsd answered {plain(answer)}"
    code = answer.removeprefix("ERR ")
    if code.startswith(_UNAUTHORIZED):
        raise ServiceUnauthorized(text)
    if code in ("UNKNOWN-UPS", "CMD-NOT-SUPPORTED"):
        raise (ServiceNotFound if code == "UNKNOWN-UPS" else ServiceRefused)(text)
    raise (EffectUnknown if changes else ServiceUnreachable)(text)


async def _list(connection: Connection, what: str) -> dict[str, str]:
    """Return the rows of a LIST by name, or only the answer that says that contact is lost."""
    answer = await _ask(connection, what)
    if answer in LOST and what != "LIST UPS":
        return {answer: answer}
    start, rows = what.split()[1:], dict[str, str]()
    if answer != f"BEGIN {what}":
        raise connection.attempt.malformed("the answer is not a list")
    for _ in range(MOST_LINES):
        answer = await connection.line()
        if answer == f"END {what}":
            return rows
        fields = shlex.split(answer)
        if fields[: len(start)] != start or len(fields) == len(start):
            raise connection.attempt.malformed("the list has another kind of row")
        rows[fields[len(start)]] = " ".join(fields[len(start) + 1 :])
    raise connection.attempt.malformed(f"more than {MOST_LINES} rows")
