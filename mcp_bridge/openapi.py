"""The OpenAPI 3.1 document of one server's tools."""

from collections.abc import Mapping
from typing import Final

from .schemas import result_schema, text
from .tool import Json, JsonObject, ToolDescription
from .toolbox import INSTRUCTIONS

ERROR: Final = result_schema(
    {"error": result_schema({"code": text("An error code of the steward."), "message": text()})}
)
REFUSALS: Final[Mapping[str, str]] = {
    "400": "The arguments do not match the schema.",
    "401": "The access token is wrong or missing.",
    "403": "This person may not do that.",
    "404": "There is no such tool, instance, target or record.",
    "413": "The body is too long.",
    "503": "The steward or the service is unavailable.",
}


def document(server: str, tools: Mapping[str, ToolDescription], version: str, url: str) -> JsonObject:
    """Return the document. ``url`` is the app's URL as the client sees it, without a path."""
    paths: dict[str, Json] = {f"/{name}": {"post": _operation(tool)} for name, tool in tools.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Homelab Steward: {server}",
            "version": version,
            "description": INSTRUCTIONS,
        },
        "servers": [{"url": f"{url}/openapi/{server}"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(tool: ToolDescription) -> JsonObject:
    refused: dict[str, Json] = {status: _refused(reason) for status, reason in REFUSALS.items()}
    return {
        "operationId": tool.name,
        "summary": tool.title,
        "description": tool.description,
        "requestBody": {"required": True, "content": _json(tool.input_schema)},
        "responses": {
            "200": {"description": "The result.", "content": _json(tool.output_schema)},
            **refused,
        },
        "x-read-only": tool.hints.read_only,
        "x-destructive": tool.hints.destructive,
    }


def _refused(description: str) -> JsonObject:
    return {"description": description, "content": _json({"$ref": "#/components/schemas/Error"})}


def _json(schema: JsonObject) -> JsonObject:
    return {"application/json": {"schema": schema}}
