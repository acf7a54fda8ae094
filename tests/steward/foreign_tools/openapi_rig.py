"""A document in OpenAPI 3.1 and a server that it describes."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from homelab_steward.contract.foreign_tools import ToolAccess
from steward.settings.foreign_tools import ChosenTool, ForeignServer, ServerKind

SECRET = "the-secret-of-the-api-0123456789"
TEXT: Mapping[str, Any] = {"type": "string"}


def parameter(name: str, place: str, **more: object) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": TEXT, **more}


def document(**paths: Any) -> dict[str, Any]:
    """Return a document with other paths, or with those of a small server."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Boxes", "version": "1"},
        # Never used.
        "servers": [{"url": "http://elsewhere.example/api"}],
        "paths": paths or PATHS,
        "components": {"schemas": {"Box": BOX}},
    }


BOX: Mapping[str, Any] = {
    "type": "object",
    "properties": {"label": TEXT, "inside": {"$ref": "#/components/schemas/Box"}},
    "required": ["label"],
}
PATHS: Mapping[str, Any] = {
    "/boxes": {
        "get": {
            "operationId": "listBoxes",
            "summary": "Lists boxes",
            "parameters": [
                parameter("label", "query"),
                parameter("tag", "query", schema={"type": "array", "items": TEXT}),
                parameter("field", "query", schema={"type": "array", "items": TEXT}, explode=False),
            ],
        },
        "post": {
            "operationId": "addBox",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Box"}}},
            },
        },
    },
    "/boxes/{id}": {
        "parameters": [parameter("id", "path", required=True)],
        "get": {"operationId": "readBox"},
        "delete": {"operationId": "removeBox"},
    },
}


def data(content: Mapping[str, Any] | None = None) -> bytes:
    return json.dumps(content or document()).encode()


def described(url: str, file: Path | None = None, **more: Any) -> ForeignServer:
    """Return a server whose document is ``file``; ``tools`` are those of the small server."""
    chosen = (
        ChosenTool(name="listBoxes", access=ToolAccess.READ),
        ChosenTool(name="readBox", access=ToolAccess.READ),
        ChosenTool(name="addBox", access=ToolAccess.WRITE),
        ChosenTool(name="removeBox", access=ToolAccess.WRITE),
    )
    settings = {"token": SECRET, "tools": chosen, "document": file, **more}
    return ForeignServer(name="boxes", kind=ServerKind.OPENAPI, url=url, **settings)


class Boxes:
    """A server. ``requests`` are those that arrived: method, target as it was sent, headers, body."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.answer: Callable[[], web.Response] = lambda: web.json_response({"boxes": []})
        self.url = ""

    @property
    def targets(self) -> list[str]:
        return [f"{method} {target}" for method, target, _, _ in self.requests]

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.raw_path, request.headers, await request.read()))
        return self.answer()


@asynccontextmanager
async def boxes() -> AsyncIterator[Boxes]:
    """Yield a server on a loopback port."""
    found = Boxes()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.handle)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/api"))
        yield found
