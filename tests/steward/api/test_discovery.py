"""The discovery message is sent until Supervisor accepts it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lab.changes import Changes as LabChanges
from rig.clocks import WatchedClock
from steward.api.discovery import Address, Announcement, NotAnnounced
from steward.clock import ManualClock

from .api_rig import NOW

ADDRESS = Address(host="0f1cc410-homelab-steward", port=8099, token="canary-token")


class Supervisor:
    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.messages: list[tuple[str | None, Any]] = []
        app = web.Application()
        app.router.add_post("/discovery", self._receive)
        self.server = TestServer(app)

    async def _receive(self, request: web.Request) -> web.Response:
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


async def test_content_of_the_message(supervisor: Supervisor) -> None:
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


async def test_message_is_sent_until_it_is_accepted(supervisor: Supervisor) -> None:
    supervisor.statuses = [500, 502]
    clock = WatchedClock(NOW)
    async with aiohttp.ClientSession() as session:
        announcing = announcement(session, supervisor, clock)
        announcing.start()
        await clock.pass_by(5)
        await clock.pass_by(10)
        await LabChanges().wait_for(lambda: len(supervisor.messages) == 3)
        clock.move(1000)
        await asyncio.sleep(0.05)
        assert len(supervisor.messages) == 3
        await announcing.close()


async def test_refusal_is_final_and_contains_no_token(supervisor: Supervisor) -> None:
    supervisor.statuses = [400, 400]
    async with aiohttp.ClientSession() as session:
        announcing = announcement(session, supervisor)
        with pytest.raises(NotAnnounced, match="status 400") as caught:
            await announcing.announce()
        assert caught.value.is_final
        assert "canary" not in str(caught.value) + repr(ADDRESS)


async def test_unreachable_supervisor_is_retried(supervisor: Supervisor) -> None:
    await supervisor.server.close()
    async with aiohttp.ClientSession() as session:
        announcing = Announcement(session, ManualClock(NOW), "t", ADDRESS, "http://127.0.0.1:9")
        with pytest.raises(NotAnnounced) as caught:
            await announcing.announce()
        assert not caught.value.is_final
        announcing.start()
        await asyncio.sleep(0.05)
        await announcing.close()
