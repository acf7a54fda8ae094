"""The servers with tools as the panel shows them."""

import json
from typing import Any, Final

from .contract.foreign_tools import ForeignServer, ForeignTool, ForeignToolsReport, ToolState
from .contract.plain_text import cleaned, visible_lines

LONGEST_DESCRIPTION: Final = 500


def shown_report(report: ForeignToolsReport) -> dict[str, Any]:
    """Return all servers as plain JSON types, without hidden characters."""
    return {"servers": [_server(one) for one in report.servers]}


def _server(server: ForeignServer) -> dict[str, Any]:
    plain: dict[str, Any] = cleaned(server.to_dict())
    return plain | {"tools": [_tool(one) for one in server.tools]}


def _tool(tool: ForeignTool) -> dict[str, Any]:
    """Return a tool with its description. Definitions are long, and only needed after a change."""
    plain: dict[str, Any] = cleaned(tool.to_dict())
    is_changed = tool.state is ToolState.CHANGED
    return plain | {
        "description": _description(tool.definition or tool.accepted),
        "definition": _lines(tool.definition) if is_changed else "",
        "accepted": _lines(tool.accepted) if is_changed else "",
    }


def _description(definition: str) -> str:
    """Return what the server says about a tool."""
    text: str = json.loads(definition)["description"] if definition else ""
    return visible_lines(text[:LONGEST_DESCRIPTION])


def _lines(definition: str) -> str:
    """Return a definition in many lines. Characters that could hide something are escaped."""
    return json.dumps(json.loads(definition), indent=2) if definition else ""
