"""`python pipe_server.py TEXT`: an MCP server over pipes with one tool, which answers at once with TEXT.

It is written by hand and needs few microseconds for a call, so that a measurement is one of the gateway
before it.
"""

import json
import sys
from typing import Any, Final

TOOL: Final = "status"
UNKNOWN_METHOD: Final = -32601
DEFINITION: Final[dict[str, Any]] = {
    "name": TOOL,
    "description": "State of a container.",
    "inputSchema": {
        "type": "object",
        "properties": {"target": {"type": "string", "description": "The container."}},
        "required": ["target"],
    },
}


def answer(message: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the result or the error of a request."""
    match message["method"]:
        case "initialize":
            return {
                "result": {
                    "protocolVersion": message["params"]["protocolVersion"],
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "bench", "version": "1"},
                }
            }
        case "tools/list":
            return {"result": {"tools": [DEFINITION]}}
        case "tools/call":
            return {"result": {"content": [{"type": "text", "text": text}], "isError": False}}
        case method:
            return {"error": {"code": UNKNOWN_METHOD, "message": f"unknown: {method}"}}


def main(text: str) -> None:
    """Answer every request until the input ends; notifications have no id and no answer."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            sys.stdout.write(
                json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer(message, text)}) + "\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
