"""A push server for tests: accepts or refuses pushes to companion apps."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from custom_components.homelab_steward.notifications.payload import CLEAR


class FakePush:
    """Stores every push by phone (the push token), in order."""

    def __init__(self) -> None:
        self.pushes: dict[str, list[dict[str, Any]]] = {}
        self.arrived: list[dict[str, Any]] = []
        """Start without pushes; delayed and refused ones are stored too."""
        self.refused: set[str] = set()
        self.slow: dict[str, asyncio.Event] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/push"

    async def start(self) -> Self:
        app = web.Application()
        app.router.add_post("/push", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        for gate in self.slow.values():
            gate.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def of(self, phone: str) -> list[dict[str, Any]]:
        return self.pushes.get(phone, [])

    def shown(self, phone: str, tag: str) -> dict[str, Any] | None:
        """Return the last push of a tag, None once it was cleared."""
        tagged = [one for one in self.of(phone) if one["data"]["tag"] == tag]
        if not tagged or tagged[-1]["message"] == CLEAR:
            return None
        return tagged[-1]

    def button(self, phone: str, tag: str, what: str) -> str:
        """Return the action that a button of the last notification sends."""
        push = self.shown(phone, tag)
        assert push is not None
        actions = [one["action"] for one in push["data"]["actions"]]
        return next(one for one in actions if one.startswith(f"HS|{what}|"))

    def counter(self, phone: str) -> Callable[[], int]:
        return lambda: len(self.of(phone))

    async def _take(self, request: web.Request) -> web.Response:
        push = await request.json()
        phone = push["push_token"]
        self.arrived.append(push)
        if phone in self.slow:
            await self.slow[phone].wait()
        if phone in self.refused:
            return web.json_response({"errorMessage": "no"}, status=500)
        self.pushes.setdefault(phone, []).append(push)
        return web.json_response({}, status=201)


def titles(push: dict[str, Any]) -> list[str]:
    """Return the titles of the buttons of a notification."""
    return [action["title"] for action in push["data"].get("actions", [])]
