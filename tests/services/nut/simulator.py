"""A small upsd in the lab: recorded variables and commands, by its line protocol."""

import asyncio
import shlex

from lab.faults import FaultKind
from lab.wire import Json
from lab.wire_simulator import Broken, WireSimulator

USER, PASSWORD = "keeper", 'Blue "heron" 42'
_BROKEN = {
    FaultKind.HTML: "<!DOCTYPE html>",
    FaultKind.GARBAGE: "BEGIN LIST\x00",
    FaultKind.AUTH_LOST: "ERR ACCESS-DENIED",
    FaultKind.STATUS: "ERR INSTCMD-FAILED",
}


class UpsdSimulator(WireSimulator):
    """Answers VER, LIST and INSTCMD. ``users`` notes who sent a command."""

    is_dated = True

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        given: dict[str, str] = {}
        while line := (await reader.readline()).decode(errors="replace").rstrip("\n"):
            word, _, rest = line.partition(" ")
            if word in ("USERNAME", "PASSWORD"):
                given[word] = shlex.split(rest)[0]
                writer.write(b"OK\n")
                continue
            try:
                lines = await self._lines(line, given)
            except Broken as err:
                lines = [_BROKEN[err.kind]]
            writer.write("".join(f"{one}\n" for one in lines).encode())

    async def _lines(self, line: str, given: dict[str, str]) -> list[str]:
        if line.startswith("INSTCMD"):
            if given != {"USERNAME": USER, "PASSWORD": PASSWORD}:
                return ["ERR ACCESS-DENIED"]
            _, ups, command = line.split()
            return [str(await self.answer("INSTCMD", f"/{command}", lambda: self._command(ups, command)))]
        found = await self.answer("GET", f"/{line}")
        if not isinstance(found, dict):
            return [str(found)]
        kind, *where = line.split()[1:]
        rows = [
            " ".join([kind, *where, key, *([] if kind == "CMD" else [f'"{value}"'])])
            for key, value in found.items()
            if value is not None
        ]
        return [f"BEGIN {line}", *rows, f"END {line}"]

    def _command(self, ups: str, command: str) -> Json:
        values = self.state.object(f"GET /LIST VAR {ups}")
        self.record("INSTCMD", f"/{command}")
        if command.startswith("beeper."):
            values["ups.beeper.status"] = "enabled" if command == "beeper.enable" else "disabled"
        else:
            values["ups.test.result"] = "In progress"
            self.state.later(10.0, lambda: self._ended(ups))
        return "OK"

    def _ended(self, ups: str) -> None:
        values = self.state.object(f"GET /LIST VAR {ups}")
        values["ups.test.result"] = "Done and passed"
        if self.is_dated:
            values["ups.test.date"] = self.state.stamp()
