"""The service with llama.cpp's server: its models, slots, metrics and build, also while it works."""

import asyncio

from aiohttp import ClientSession

from demo.waiting import becomes
from homelab_steward.contract.state import CoverageStatus, Snapshot
from lab.visit import load
from real.model import NAME, RealModel
from steward.clock import SystemClock
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.snapshot import run_checks, snapshot

DEADLINE = 60.0
STUCK = ("model_server_stuck", None)


async def test_llama_cpp_is_read_at_rest_and_at_work(session: ClientSession, model: RealModel) -> None:
    service = load("openai_compatible")
    client = service.connect(Access(settings={"url": model.url}, session=session, clock=SystemClock()))

    async def read() -> Snapshot:
        gaps = Gaps()
        state = await service.poll(client, gaps)
        assert STUCK in run_checks(service, state).clear
        return snapshot(service, "i", state, gaps, SystemClock().now())

    async def is_at_work() -> bool:
        return (await read()).values["requests_running"] == 1

    found = await read()
    assert found.coverage.status is CoverageStatus.COMPLETE
    assert [one.id for one in found.resources] == [NAME]
    assert found.version
    busy = ("requests_running", "requests_waiting", "slots_busy")
    assert [found.values[key] for key in busy] == [0, 0, 0]
    assert found.values["response_time"] is not None
    body = {
        "model": NAME,
        "max_tokens": 400,
        "messages": [{"role": "user", "content": "Count to a thousand."}],
    }
    request = asyncio.create_task(session.post(f"{model.url}/v1/chat/completions", json=body))
    try:
        await becomes(is_at_work, DEADLINE, "work on the request")
        assert (await read()).values["slots_busy"] == 100
    finally:
        request.cancel()
