"""The registry of foreign tools: their servers, their pinned definitions, and every call."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.foreign_tools import (
    FOREIGN_TOOLS_ID,
    AcceptForeignTool,
    ForeignServer,
    ForeignTool,
    ForeignToolsReport,
    ToolAccess,
    ToolState,
)
from homelab_steward.contract.protocol import RowKind

from ..agent.decisions.speakers import Authors
from ..clock import Clock
from ..errors import InvalidArgument, ServiceRefused, ServiceUnreachable
from ..settings.foreign_tools import ChosenTool
from ..settings.foreign_tools import ForeignServer as ConfiguredServer
from ..store import audit, foreign_tool_pins
from ..store.foreign_tool_pins import Pin
from ..store.storable_text import storable
from ..store.store import Store
from ..texts import translate
from .definitions import ToolDefinition
from .output import RawOutput, ToolOutput, cleaned, plain
from .policy import refusal, state_of, state_refusal
from .ports import Arguments, CallLost, Connect, ServerFailed
from .server_watch import ServerWatch

log = structlog.get_logger(__name__)

LONGEST_KIB: Final = 16
LONGEST_ARGUMENTS: Final = LONGEST_KIB * 1024
LONGEST_SHOWN: Final = 900
"""Characters of arguments that are shown whole in a request, whose texts are cut after 1,000."""
MOST_OTHERS: Final = 100
LONGEST_NAME: Final = 128
INSTANCE_PREFIX: Final = "tools-"


def instance_id(server: str) -> str:
    """Return the id of the instance of a server."""
    return f"{INSTANCE_PREFIX}{server}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryParts:
    """What the registry works with. ``clean`` masks secrets, ``connect`` opens a connection."""

    store: Store
    clock: Clock
    authors: Authors
    connect: Connect
    clean: Callable[[str], str]


class ToolRegistry:
    """All foreign servers. Nothing is called without an accepted definition."""

    def __init__(self, servers: Sequence[ConfiguredServer], parts: RegistryParts) -> None:
        """Nothing is started before :meth:`start`."""
        self._parts = parts
        self._pins: dict[tuple[str, str], Pin] = {}
        self._published: ForeignToolsReport | None = None
        self._pinning = asyncio.Lock()
        self._watches = {
            one.name: ServerWatch(one, parts.connect, parts.clock, parts.clean, self._noticed)
            for one in servers
        }

    async def start(self) -> None:
        """Read the accepted definitions, forget those of tools that were given up, and connect."""
        chosen = {(one.server.name, tool) for one in self._watches.values() for tool in one.server.chosen}
        async with self._parts.store.change() as unit:
            pins = await foreign_tool_pins.pins(unit.connection)
            await foreign_tool_pins.drop(unit.connection, pins.keys() - chosen)
        self._pins = {key: one for key, one in pins.items() if key in chosen}
        for watch in self._watches.values():
            watch.start()

    async def close(self) -> None:
        """Disconnect from all servers."""
        await asyncio.gather(*(one.close() for one in self._watches.values()))

    def report(self) -> ForeignToolsReport:
        """Return all servers with their tools; the same object as long as nothing has changed."""
        return self._published or self._current_report()

    def _current_report(self) -> ForeignToolsReport:
        return ForeignToolsReport(servers=tuple(map(self._server, self._watches.values())))

    async def server(self, name: str) -> ForeignServer:
        """Return a server, after the first attempt to connect. Raises ServerFailed while it is not online."""
        watch = self._watches.get(name)
        if watch is None:
            raise ServerFailed(t"{name} is not among the servers of the settings")
        await watch.tried()
        if not watch.is_online:
            raise ServerFailed(watch.reason)
        return self._server(watch)

    async def read(self, server: str, tool: str, arguments: str, *, is_private: bool) -> ToolOutput:
        """Return what a reading tool returns. ``arguments`` is a JSON object.

        With ``is_private`` it is a private tool, and without it none. Raises ServiceRefused,
        ServiceUnreachable, InvalidArgument.
        """
        watch = self._watch(server)
        given = parsed(arguments)
        async with watch.slot():
            self._require(watch, tool, ToolAccess.READ, as_private=is_private)
            try:
                raw = await watch.call(tool, given)
            except CallLost as err:
                raise ServiceUnreachable(str(err)) from err
        return cleaned(raw, watch.server.name, self._parts.clean)

    async def check_write(self, server: str, tool: str, arguments: str) -> str:
        """Return the digest of the definition by which a call would be made now; nothing is called.

        The definition is read again before that. Raises ServiceRefused, ServerFailed, InvalidArgument.
        """
        watch = self._watch(server)
        parsed(arguments)
        # What a person approves is shown whole.
        if len(arguments) > LONGEST_SHOWN:
            raise InvalidArgument(
                "arguments", t"has more than {LONGEST_SHOWN} characters: a request could not show all of it"
            )
        await watch.refresh()
        self._require_write(watch, tool)
        return self._pins[server, tool].digest

    async def write(self, server: str, tool: str, arguments: str, digest: str) -> ToolOutput:
        """Call a tool that changes something, once, after a person approved exactly this call.

        ``digest`` is that of the definition that was approved. Raises ServiceRefused, ServerFailed and
        InvalidArgument when nothing was sent, CallLost without an answer.
        """
        watch = self._watch(server)
        given = parsed(arguments)
        async with watch.slot():
            self._require_write(watch, tool)
            if self._pins[server, tool].digest != digest:
                raise ServiceRefused(t"The definition of {tool} is not the one that was approved.")
            raw: RawOutput = await watch.call(tool, given)
        return cleaned(raw, watch.server.name, self._parts.clean)

    async def accept(self, request: AcceptForeignTool) -> ForeignToolsReport:
        """Handle ``foreign_tools.accept``.

        Raises ContractError FORBIDDEN, which is audited, NOT_FOUND, or INVALID_ARGUMENT for a digest that is
        not what the server gives now.
        """
        body = {
            "server": storable(request.server, LONGEST_NAME),
            "tool": storable(request.tool, LONGEST_NAME),
            "digest": storable(request.digest, LONGEST_NAME),
        }
        author = await self._parts.authors.require_owner(request.speaker, "foreign_tool.accept_refused", body)
        watch = self._watches.get(request.server)
        current = _definition(watch, request.tool) if watch else None
        if watch is None or request.tool not in watch.server.chosen or current is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such tool."))
        if current.digest != request.digest:
            message = translate(t"The definition changed again. Look at it once more.")
            raise ContractError(ErrorCode.INVALID_ARGUMENT, message)
        async with self._pinning:
            await self._pin(request.server, current, author.person_id, str(author.via))
        await self._noticed()
        return self.report()

    async def _noticed(self) -> None:
        """Pin what is seen for the first time, and publish what changed."""
        async with self._pinning:
            for watch in self._watches.values():
                for tool in watch.server.chosen:
                    current = _definition(watch, tool)
                    if current is not None and (watch.server.name, tool) not in self._pins:
                        await self._pin(watch.server.name, current)
        report = self._current_report()
        if report != self._published:
            self._published = report
            self._parts.store.changes.publish(RowKind.FOREIGN_TOOLS, FOREIGN_TOOLS_ID, report)

    async def _pin(self, server: str, current: ToolDefinition, person: str = "", via: str = "") -> None:
        now = self._parts.clock.now()
        pin = Pin(
            server=server,
            tool=current.name,
            digest=current.digest,
            definition=current.canonical,
            accepted_by=person,
            accepted_at=now,
        )
        body = {"server": server, "tool": pin.tool, "digest": pin.digest, "person": person, "via": via}
        async with self._parts.store.change(durable=True) as unit:
            await foreign_tool_pins.save(unit.connection, pin)
            await audit.append(unit.connection, now, "foreign_tool.accepted", body)
        self._pins[server, current.name] = pin

    def _watch(self, server: str) -> ServerWatch:
        watch = self._watches.get(server)
        if watch is None:
            raise ServiceRefused(t"{server} is not among the servers of the settings")
        return watch

    def _require(self, watch: ServerWatch, tool: str, access: ToolAccess, *, as_private: bool) -> None:
        """Raise ServiceRefused unless a tool may be called in this way now."""
        choice, state = watch.server.chosen.get(tool), self._state(watch, tool)
        why = refusal(tool, choice, access, state, as_private=as_private)
        if why is not None:
            raise ServiceRefused(why)

    def _require_write(self, watch: ServerWatch, tool: str) -> None:
        """Raise ServiceRefused unless a call may be requested, or made after its approval, now."""
        choice = watch.server.chosen.get(tool)
        # Who may approve may know the result.
        is_private = choice is not None and choice.private
        self._require(watch, tool, ToolAccess.WRITE, as_private=is_private)

    def _state(self, watch: ServerWatch, tool: str) -> ToolState:
        pin = self._pins.get((watch.server.name, tool))
        current = _definition(watch, tool)
        return state_of(
            pin.digest if pin else None,
            current.digest if current else None,
            is_online=watch.is_online,
            is_unusable=tool in watch.offered.unusable,
        )

    def _server(self, watch: ServerWatch) -> ForeignServer:
        names = [*(one.name for one in watch.offered.tools), *watch.offered.unusable]
        others = [plain(one, LONGEST_NAME) for one in names if one not in watch.server.chosen]
        return ForeignServer(
            name=watch.server.name,
            kind=watch.server.kind,
            instance_id=instance_id(watch.server.name),
            is_online=watch.is_online,
            reason=watch.reason,
            since=watch.since,
            next_try_at=watch.next_try_at,
            last_error=watch.last_error,
            last_error_at=watch.last_error_at,
            tools=tuple(self._tool(watch, one) for one in watch.server.tools),
            others=tuple(sorted(others)[:MOST_OTHERS]),
            other_count=len(others),
        )

    def _tool(self, watch: ServerWatch, choice: ChosenTool) -> ForeignTool:
        current = _definition(watch, choice.name)
        pin = self._pins.get((watch.server.name, choice.name))
        state = self._state(watch, choice.name)
        why = state_refusal(choice.name, state)
        reason = watch.offered.unusable.get(choice.name) or (translate(why) if why is not None else "")
        return ForeignTool(
            name=choice.name,
            access=choice.access,
            is_private=choice.private,
            state=state,
            digest=current.digest if current else "",
            definition=current.canonical if current else "",
            accepted=pin.definition if pin else "",
            reads_only=current.reads_only if current else None,
            reason=reason,
        )


def parsed(arguments: str) -> Arguments:
    """Return the arguments of a call. Raises InvalidArgument for what is no JSON object, or too long."""
    if len(arguments) > LONGEST_ARGUMENTS:
        raise InvalidArgument("arguments", t"has more than {LONGEST_KIB} KiB")
    try:
        found = json.loads(arguments)
    except (ValueError, RecursionError) as err:
        raise InvalidArgument("arguments", t"is not a JSON object") from err
    if not isinstance(found, dict):
        raise InvalidArgument("arguments", t"is not a JSON object")
    return found


def _definition(watch: ServerWatch, tool: str) -> ToolDefinition | None:
    return next((one for one in watch.offered.tools if one.name == tool), None)
