"""A small MCP server for tests, by hand: one line of JSON for each message.

    python mcp_server.py BEHAVIOUR FOLDER

It writes its own process id and that of a child that left its process group to ``FOLDER/pids``, and each
call to ``FOLDER/calls``.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BEHAVIOUR, FOLDER = sys.argv[1], Path(sys.argv[2])
TOOL: dict[str, Any] = {"name": "look", "description": "Looks", "inputSchema": {"type": "object"}}


def write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def send(message: object) -> None:
    write(json.dumps(message))


def tools() -> list[dict[str, Any]]:
    match BEHAVIOUR:
        case "many":
            return [{**TOOL, "name": f"tool_{number}"} for number in range(10_000)]
        case "bomb":
            schema: dict[str, Any] = {"type": "object"}
            for _ in range(60):
                schema = {"type": "object", "properties": {"a": schema}}
            return [TOOL, {**TOOL, "name": "deep", "inputSchema": schema}]
        case "twice":
            return [TOOL, {**TOOL, "description": "Another"}]
        case _:
            return [TOOL]


def call(params: dict[str, Any]) -> dict[str, Any]:
    with (FOLDER / "calls").open("a") as file:
        file.write(json.dumps(params) + "\n")
    match BEHAVIOUR:
        case "hangs":
            time.sleep(3600)
        case "dies":
            sys.exit(3)
        case "floods":
            return {"content": [{"type": "text", "text": "x" * 5_000_000}]}
        case "long":
            return {"content": [{"type": "text", "text": "x" * 100_000}] * 5}
        case "fails":
            return {"content": [{"type": "text", "text": "no \x1b[31mway"}], "isError": True}
        case _:
            pass
    return {
        "content": [{"type": "text", "text": "seen"}, {"type": "image", "data": "", "mimeType": "image/png"}]
    }


def answer(message: dict[str, Any]) -> None:
    method, number = message.get("method"), message.get("id")
    if number is None:
        return
    if method == "initialize":
        version = message["params"]["protocolVersion"]
        info = {"name": "test", "version": "1"}
        result: dict[str, Any] = {
            "protocolVersion": version,
            "capabilities": {"tools": {}},
            "serverInfo": info,
        }
    elif method == "tools/list":
        result = {"tools": tools()}
    elif method == "tools/call":
        result = call(message["params"])
    else:
        send({"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": "unknown"}})
        return
    send({"jsonrpc": "2.0", "id": number, "result": result})


def main() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True)
    own = Path("/proc/self").resolve().name
    (FOLDER / "pids").write_text(f"{own} {child.pid}")
    write("Welcome! This line is no message.")
    if BEHAVIOUR == "garbage":
        while True:
            write("garbage")
    if BEHAVIOUR == "refuses":
        sys.stderr.write("the key is missing\n")
        return
    for line in sys.stdin:
        answer(json.loads(line))
    if BEHAVIOUR == "stays":
        # It does not notice that nobody is there any more.
        time.sleep(3600)


if __name__ == "__main__":
    main()
