"""The peer of the alert path: receives a POST, commits it durably, and posts it to two addresses.

The arguments are the path of the database, the port, and the two addresses.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import aiosqlite
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CREATE = "CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB)"
INSERT = "INSERT INTO bodies (body) VALUES (?)"


def build(path: str, receivers: Sequence[str]) -> Starlette:
    """Return the peer. Its commits are on the disk when they return."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with aiosqlite.connect(path) as database, aiohttp.ClientSession() as session:
            await database.execute("PRAGMA journal_mode=WAL")
            await database.execute("PRAGMA synchronous=FULL")
            await database.execute(CREATE)
            app.state.database, app.state.session = database, session
            yield

    async def pass_on(request: Request) -> Response:
        body = await request.body()
        message = orjson.dumps({"text": orjson.loads(body)})
        state = request.app.state
        await state.database.execute(INSERT, (body,))
        await state.database.commit()
        async with asyncio.TaskGroup() as group:
            for url in receivers:
                group.create_task(_post(state.session, url, message))
        return JSONResponse({})

    return Starlette(routes=[Route("/", pass_on, methods=["POST"])], lifespan=lifespan)


async def _post(session: aiohttp.ClientSession, url: str, message: bytes) -> None:
    async with session.post(url, data=message) as response:
        response.raise_for_status()


def main() -> None:
    """Serve until the process is terminated."""
    path, port, *receivers = sys.argv[1:]
    uvicorn.run(
        build(path, receivers),
        host="127.0.0.1",
        port=int(port),
        http="h11",
        log_level="error",
        access_log=False,
    )


if __name__ == "__main__":
    main()
