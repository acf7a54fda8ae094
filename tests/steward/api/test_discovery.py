"""Home Assistant is told where the app is, until Supervisor has taken it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from steward.api.discovery import Address, Announcement, NotAnnounced
from steward.clock import ManualClock

from .api_rig import NOW

ADDRESS = Address(host="0f1cc410-homelab-steward", port=8099, token="canary-token")


class Supervisor:
    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.messages: list[tuple[str | None, Any]] = []
        app = web.Application()
        app.router.add_post("/discovery", self._take)
        self.server = TestServer(app)

    async def _take(self, request: web.Request) -> web.Response:
        self.messages.append((request.headers.get("Authorization"), await request.json()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response({"result": "ok"}, status=status)


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    supervisor = Supervisor()
    await supervisor.server.start_server()
    yield supervisor
    await supervisor.server.close()


def announcement(
    session: aiohttp.ClientSession, supervisor: Supervisor, clock: ManualClock | None = None
) -> Announcement:
    url = str(supervisor.server.make_url("")).rstrip("/")
    return Announcement(session, clock or ManualClock(NOW), "supervisor-token", ADDRESS, url)


async def test_what_is_said(supervisor: Supervisor) -> None:
    async with aiohttp.ClientSession() as session:
        await announcement(session, supervisor).announce()
    assert supervisor.messages == [
        (
            "Bearer supervisor-token",
            {
                "service": "homelab_steward",
                "config": {"host": "0f1cc410-homelab-steward", "port": 8099, "token": "canary-token"},
            },
        )
    ]


async def test_it_is_said_again_until_it_is_taken(supervisor: Supervisor) -> None:
    supervisor.statuses = [500, 502]
    clock = ManualClock(NOW)
    async with aiohttp.ClientSession() as session:
        word = announcement(session, supervisor, clock)
        word.start()
        for attempts, pause in ((1, 5), (2, 10), (3, 1000)):
            for _ in range(200):
                if len(supervisor.messages) >= attempts:
                    break
                await asyncio.sleep(0.01)
            assert len(supervisor.messages) == attempts
            await asyncio.sleep(0.05)
            clock.move(pause)
        await asyncio.sleep(0.05)
        assert len(supervisor.messages) == 3
        await word.close()


async def test_a_refusal_is_final_and_names_no_token(supervisor: Supervisor) -> None:
    supervisor.statuses = [400, 400]
    async with aiohttp.ClientSession() as session:
        word = announcement(session, supervisor)
        with pytest.raises(NotAnnounced, match="status 400") as caught:
            await word.announce()
        assert caught.value.is_final
        assert "canary" not in str(caught.value) + repr(ADDRESS)


async def test_a_supervisor_that_is_away_is_asked_again(supervisor: Supervisor) -> None:
    await supervisor.server.close()
    async with aiohttp.ClientSession() as session:
        word = Announcement(session, ManualClock(NOW), "t", ADDRESS, "http://127.0.0.1:9")
        with pytest.raises(NotAnnounced) as caught:
            await word.announce()
        assert not caught.value.is_final
        word.start()
        await asyncio.sleep(0.05)
        await word.close()
