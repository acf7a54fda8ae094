"""The JSON formats of the simulators."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type JsonObject = dict[str, Json]


def dumps(value: Json) -> str:
    """Encode without spaces, as most of the simulated programs do."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def loads(text: str | bytes) -> Json:
    """Decode JSON. Raises ValueError."""
    decoded: Json = json.loads(text)
    return decoded


def json_response(
    value: Json, *, status: int = 200, reason: str | None = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return a response with a JSON body."""
    return web.Response(
        text=dumps(value), status=status, reason=reason, headers=headers, content_type="application/json"
    )


async def read_form(request: web.Request) -> JsonObject:
    """Return the values of a form or JSON body.

    Raises ValueError for invalid JSON, or if the JSON is not an object.
    """
    if request.content_type != "application/json":
        return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    body = loads(await request.read() or b"{}")
    if not isinstance(body, dict):
        raise ValueError("the body is not a JSON object")
    return body


def rfc3339(wall: float) -> str:
    """Return a wall time as Go programs format it, in UTC with milliseconds."""
    moment = datetime.fromtimestamp(wall, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def parse_rfc3339(text: str) -> float:
    """Return the wall time of an RFC 3339 text. Raises ValueError.

    Accepts Go's nine fractional digits, and the year 1, which Go uses for no time.
    """
    head, dot, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    shortened = f"{head}.{tail[:digits][:6]}{tail[digits:]}" if dot else text
    moment = datetime.fromisoformat(shortened)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
