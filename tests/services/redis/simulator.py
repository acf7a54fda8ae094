"""A small Redis in the lab: recorded INFO and slow commands, by its protocol."""

import asyncio
from collections.abc import Mapping, Sequence

from lab.faults import FaultKind
from lab.wire import Json, JsonObject
from lab.wire_simulator import Broken, WireSimulator

USER, PASSWORD = "keeper", "Blue heron 42"
MIB = 1024**2
_BROKEN = {
    FaultKind.HTML: b"<!DOCTYPE html>\r\n",
    FaultKind.GARBAGE: b"*x\r\n",
    FaultKind.AUTH_LOST: b"-NOAUTH Authentication required.\r\n",
    FaultKind.STATUS: b"-LOADING Redis is loading the dataset in memory\r\n",
}


def text_of(info: JsonObject) -> str:
    """Return INFO as its lines."""
    lines = ["# Server"]
    for key, value in info.items():
        fields = (
            ",".join(f"{name}={one}" for name, one in value.items()) if isinstance(value, dict) else value
        )
        if value is not None:
            lines.append(f"{key}:{fields}")
    return "\r\n".join(lines)


def encoded(value: Json) -> bytes:
    """Return a value as RESP writes it."""
    if isinstance(value, list):
        return b"*%d\r\n" % len(value) + b"".join(map(encoded, value))
    if isinstance(value, int) and abs(value) < 2**63:
        return b":%d\r\n" % value
    data = str(value).encode(errors="replace")
    return b"$%d\r\n%s\r\n" % (len(data), data)


class RedisSimulator(WireSimulator):
    """Answers AUTH, INFO, SLOWLOG GET, CONFIG SET maxmemory and BGSAVE."""

    saves = "ok"
    refusals: Mapping[str, str] = {}
    """What answers a command instead, by its first word."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_known = False
        while line := await reader.readline():
            words = [await self._word(reader) for _ in range(int(line[1:]))]
            try:
                if words[0] == "AUTH":
                    is_known = words[1:] == [USER, PASSWORD]
                    answer = b"+OK\r\n" if is_known else b"-WRONGPASS invalid username-password pair\r\n"
                elif not is_known:
                    answer = b"-NOAUTH Authentication required.\r\n"
                else:
                    answer = await self._run(words)
            except Broken as err:
                answer = _BROKEN[err.kind]
            writer.write(answer)

    async def _word(self, reader: asyncio.StreamReader) -> str:
        length = int((await reader.readline())[1:])
        return (await reader.readexactly(length + 2))[:-2].decode()

    async def _run(self, words: Sequence[str]) -> bytes:
        if words[0] in self.refusals:
            return self.refusals[words[0]].encode()
        if words[:2] == ["ACL", "DRYRUN"]:
            granted = await self.answer("GET", "/ACL DRYRUN")
            name = "|".join(words[3:5] if words[3] in ("CONFIG", "SLOWLOG") else words[3:4]).lower()
            is_granted = not isinstance(granted, list) or name in granted
            return encoded(
                "OK" if is_granted else f"User keeper has no permissions to run the '{name}' command"
            )
        if words[0] == "BGSAVE" or words[:2] == ["CONFIG", "SET"]:
            name = f"/{words[0]}"
            return b"+%s\r\n" % str(await self.answer("SEND", name, lambda: self._change(words))).encode()
        found = await self.answer("GET", f"/{' '.join(words)}")
        if words[0] == "INFO":
            return encoded(text_of(found) if isinstance(found, dict) else found)
        if words[0] == "CONFIG":
            return encoded(found)
        return encoded([self._slow(row) for row in found] if isinstance(found, list) else found)

    def _slow(self, row: Json) -> Json:
        if not isinstance(row, dict):
            return row
        fields = [row.get(key) for key in ("id", "time", "duration")]
        return [*fields, [row.get("command"), "secret-key"], "192.0.2.7:5000", ""]

    def _change(self, words: Sequence[str]) -> Json:
        info = self.state.object("GET /INFO")
        self.record("SEND", f"/{words[0]}")
        if words[0] == "CONFIG":
            info["maxmemory"] = int(words[3])
            return "OK"
        info["rdb_bgsave_in_progress"] = 1
        self.state.later(5.0, self._saved)
        return "Background saving started"

    def _saved(self) -> None:
        info = self.state.object("GET /INFO")
        info |= {"rdb_bgsave_in_progress": 0, "rdb_last_bgsave_status": self.saves}
        if self.saves == "ok":
            info["rdb_last_save_time"] = int(self.state.now().timestamp())
