"""The running app sends its polls, requests to services, questions and webhooks to a collector."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from demo.front_end import FrontEndClient
from demo.steward import Steward, settings_for
from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.lab import Lab
from lab.wire import Json
from rig.clocks import HANGING
from rig.spans import parsed, spans_of


class Receiver:
    """A collector."""

    def __init__(self) -> None:
        self.url = ""
        self.spans: list[Span] = []
        self.authorizations: set[str] = set()
        self._changed = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        self.authorizations.add(request.headers["Authorization"])
        self.spans += spans_of(parsed(await request.read()))
        async with self._changed:
            self._changed.notify_all()
        return web.json_response({})

    async def named(self, name: str) -> Span:
        """Return the first span with a name, as soon as there is one."""
        async with asyncio.timeout(HANGING), self._changed:
            while True:
                for one in self.spans:
                    if one.name == name:
                        return one
                await self._changed.wait()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/v1/traces", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    receiver.url = f"http://127.0.0.1:{port}/v1/traces"
    yield receiver
    await runner.cleanup()


async def test_a_running_app_is_traced(tmp_path: Path, receiver: Receiver) -> None:
    person: Json = {"id": "alex", "name": "Alex", "role": "owner", "ha_user_id": "u1"}
    async with ClientSession() as session, Lab(services=("radarr",), is_alerting=False) as lab:
        steward = Steward(session, tmp_path / "steward")
        settings = settings_for(lab, [person], ("radarr",))
        traces: Json = {"endpoint": receiver.url, "headers": "Authorization: Basic a2V5"}
        await steward.write_settings({**settings, "telegram": None, "observability": {"traces": traces}})
        await steward.start()
        client = FrontEndClient(session, steward.url, await steward.token())
        try:
            await client.start()
            speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="u1")
            question = ChatQuestion(conversation_id="c", text="what is broken?", speaker=speaker)
            assert [one async for one in client.ask(question)]
            asked, recognition = await receiver.named("question"), await receiver.named("recognition")
            assert recognition.parent_span_id == asked.span_id
            poll = await receiver.named("poll")
            calls = [one for one in receiver.spans if one.parent_span_id == poll.span_id]
            assert {one.name for one in calls} == {"GET"}
            path = {one.key: one.value.string_value for one in calls[0].attributes}["url.path"]
            assert path
        finally:
            await client.close()
            await steward.close()
    assert receiver.authorizations == {"Basic a2V5"}
    lines = [json.loads(line) for line in steward.child.log.read_text().splitlines()]
    assert lines
    for line in lines:
        assert {"at", "level", "logger", "event"} <= set(line), line
