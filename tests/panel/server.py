"""Serves the bundle with a scene to a browser, as Home Assistant would."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import records
import scene
from records import Answer, Json

from homelab_steward.contract.mode import MODE_ID, StewardMode
from homelab_steward.contract.protocol import RowKind

HERE = Path(__file__).parent
BUNDLE = HERE.parents[1] / "custom_components" / "homelab_steward" / "frontend"
BUILD: dict[str, str] = json.loads((BUNDLE / "build.json").read_text())


class RefusedError(Exception):
    """A command is refused; the code and the text are those of the app."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class PanelServer:
    """A server with one scene; ``answers`` are the answers by command, without the domain."""

    def __init__(self) -> None:
        self.scene: Json = {}
        self.answers: dict[str, Answer] = {}
        self.received: list[Json] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.show(1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def show(self, incidents: int, *, language: str = "en", user: str | None = "robin", **state: Any) -> None:
        """Show a homelab with this many incidents to a user."""
        person = next((one for one in scene.PEOPLE if one.id == user), None)
        rows = {
            kind.value: {key: row.to_dict() for key, row in table.items()}
            for kind, table in scene.rows(incidents).items()
        }
        for row in rows[RowKind.INCIDENT.value].values():
            row |= {
                "diagnosis": None,
                "proposal": None,
                "run": None,
                "write_up": "",
                "alerts": [],
                "brief": True,
            }
        for report in rows[RowKind.FOREIGN_TOOLS.value].values():
            for server in report["servers"]:
                server["tools"] = [records.shown_tool(one) for one in server["tools"]]
        self.received.clear()
        self.answers = records.answers(incidents)
        self.scene = {
            "language": language,
            "script": f"/files/{BUILD['panel']}",
            "element": "homelab-steward-panel",
            "state": {
                "kind": "state",
                "loaded": True,
                "connected": True,
                "entries": [{"entry_id": "entry", "title": "Homelab Steward"}],
                "entry_id": "entry",
                "viewer": {
                    "user_id": user or "",
                    "name": person.name if person else "Admin",
                    "is_admin": user == "robin",
                    "access": "none" if person is None else "full" if user == "robin" else "view",
                    "person": person.to_dict() if person else None,
                },
                "rows": rows,
            }
            | state,
        }

    def show_scheduled(self) -> None:
        """Show a request that is approved for later, beside the others."""
        row = scene.SCHEDULED
        self.scene["state"]["rows"][RowKind.APPROVAL.value][row.id] = row.to_dict()

    def show_mode(self, mode: StewardMode) -> None:
        """Show fences, offers of fences, and whether somebody approves alone."""
        self.scene["state"]["rows"][RowKind.MODE.value] = {MODE_ID: mode.to_dict()}

    def show_acting_alone(self) -> None:
        """Show only a request that the steward carries out by itself."""
        row = scene.ACTING_ALONE
        self.scene["state"]["rows"][RowKind.APPROVAL.value] = {row.id: row.to_dict()}

    def show_card(self, element: str, config: Json) -> None:
        """Show a card, or the editor of one, instead of the panel."""
        self.scene |= {"script": f"/files/{BUILD['cards']}", "element": element, "config": config}

    def answer(self, message: Json) -> Any:
        """Return the answer to a command. Raises RefusedError."""
        self.received.append(message)
        return self.answers[message["type"].partition("/")[2]](message)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"server_of_panel": self})


class _Handler(BaseHTTPRequestHandler):
    """Answers for the server of the panel."""

    server_of_panel: PanelServer

    def do_GET(self) -> None:
        kind, body = self._file()
        # Home Assistant's websocket compresses what it sends.
        self._send(200, kind, body, is_compressed=kind == "application/json")

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            answer = {"result": self.server_of_panel.answer(message)}
        except RefusedError as err:
            answer = {"refusal": {"code": err.code, "message": err.message}}
        self._send(200, "application/json", json.dumps(answer).encode())

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

    def _file(self) -> tuple[str, bytes]:
        if self.path == "/scene.json":
            scene = self.server_of_panel.scene
            state = {key: value for key, value in scene["state"].items() if key != "rows"}
            return "application/json", json.dumps(scene | {"state": state}).encode()
        if self.path == "/rows.json":
            return "application/json", json.dumps(self.server_of_panel.scene["state"]["rows"]).encode()
        if self.path == "/front_end.js":
            return "text/javascript", (HERE / "front_end.js").read_bytes()
        if self.path.startswith("/files/"):
            return "text/javascript", (BUNDLE / Path(self.path).name).read_bytes()
        is_icon = self.path == "/favicon.ico"
        return ("image/png", b"") if is_icon else ("text/html", (HERE / "page.html").read_bytes())

    def _send(self, status: int, kind: str, body: bytes, *, is_compressed: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if is_compressed:
            self.send_header("Content-Encoding", "gzip")
            body = gzip.compress(body, 1)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
