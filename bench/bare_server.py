"""The peer of the storm: a Starlette handler that only stores the JSON."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosqlite
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CREATE = "CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB)"
INSERT = "INSERT INTO bodies (body) VALUES (?)"


def build(path: str) -> Starlette:
    """Return the peer. Its SQLite file ``path`` has the same settings as the steward's."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with aiosqlite.connect(path) as database:
            await database.execute("PRAGMA journal_mode=WAL")
            await database.execute("PRAGMA synchronous=NORMAL")
            await database.execute(CREATE)
            app.state.database = database
            app.state.writer = asyncio.Lock()
            yield

    async def store(request: Request) -> Response:
        body = await request.body()
        orjson.loads(body)
        async with request.app.state.writer:
            await request.app.state.database.execute(INSERT, (body,))
            await request.app.state.database.commit()
        return JSONResponse({})

    return Starlette(routes=[Route("/", store, methods=["POST"])], lifespan=lifespan)


def main() -> None:
    """Serve. The arguments are the path of the database and the port."""
    path, port = sys.argv[1:]
    uvicorn.run(
        build(path), host="127.0.0.1", port=int(port), http="h11", log_level="error", access_log=False
    )


if __name__ == "__main__":
    main()
