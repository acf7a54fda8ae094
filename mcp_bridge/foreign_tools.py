"""The tools of other servers, as far as people chose and accepted them."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.commands import ReadTool, RequestAction
from homelab_steward.contract.foreign_tools import (
    ARGUMENTS,
    CALL_TOOL,
    READ_PRIVATE_TOOL,
    READ_TOOL,
    ForeignServer,
    ForeignTool,
    ToolAccess,
    ToolState,
)
from homelab_steward.contract.plain_text import cleaned
from homelab_steward.contract.state import FrontEnd, Speaker

from .names import tool_name
from .port import Steward
from .service_tools import ASKS_FIRST, READ_RESULT, REQUEST_RESULT, WAITS
from .tool import Hints, JsonObject, Tool, ToolCall

PREFIX: Final = "foreign_"
FROM_OUTSIDE: Final = "A tool of the server {server}, which is not the steward."


def foreign_tools(steward: Steward, servers: Sequence[ForeignServer], taken: set[str]) -> list[Tool]:
    """Return a tool for each that may be used now, and add their names to ``taken``.

    Its schema is the server's own. The server checks the arguments, not the bridge.
    """
    found: list[Tool] = []
    for server in servers:
        for one in server.tools:
            if one.state is ToolState.READY:
                name = tool_name(f"{PREFIX}{server.name}", one.name, taken, one.access)
                taken.add(name)
                found.append(_tool(steward, server, one, name))
    return found


def _tool(steward: Steward, server: ForeignServer, one: ForeignTool, name: str) -> Tool:
    # It could hide text from the person who reads it.
    definition = cleaned(json.loads(one.definition))
    is_reading = one.access is ToolAccess.READ
    described = FROM_OUTSIDE.format(server=server.name)
    description = f"{described} {definition['description']}".strip()
    return Tool(
        name=name,
        title=f"{server.name}: {one.name}",
        description=f"{description} Reads only." if is_reading else f"{description} {ASKS_FIRST}",
        input_schema={"type": "object", "properties": {}, "required": [], **definition["input"]},
        output_schema=READ_RESULT if is_reading else REQUEST_RESULT,
        hints=Hints(read_only=is_reading, destructive=not is_reading, open_world=True),
        is_owner_only=one.is_private,
        is_foreign=True,
        call=_reading(steward, server, one) if is_reading else _request(steward, server, one),
    )


def _reading(steward: Steward, server: ForeignServer, one: ForeignTool) -> ToolCall:
    async def call(arguments: Mapping[str, object], person_id: str) -> JsonObject:
        reading = await steward.read_tool(
            ReadTool(
                instance_id=server.instance_id,
                tool=READ_PRIVATE_TOOL if one.is_private else READ_TOOL,
                speaker=Speaker(front_end=FrontEnd.MCP, user_id=person_id),
                target_id=one.name,
                arguments={ARGUMENTS: json.dumps(arguments)},
            )
        )
        return {"title": reading.title, "text": reading.text, "ok": reading.ok}

    return call


def _request(steward: Steward, server: ForeignServer, one: ForeignTool) -> ToolCall:
    async def call(arguments: Mapping[str, object], person_id: str) -> JsonObject:
        asked = await steward.request_action(
            RequestAction(
                instance_id=server.instance_id,
                action=CALL_TOOL,
                speaker=Speaker(front_end=FrontEnd.MCP, user_id=person_id),
                target_id=one.name,
                arguments={ARGUMENTS: json.dumps(arguments, ensure_ascii=False)},
            )
        )
        return {
            "approval_id": asked.approval_id,
            "incident_id": asked.incident_id,
            "message": f"{asked.message} {WAITS}".strip(),
        }

    return call
