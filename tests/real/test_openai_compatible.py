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
BUSY = ("requests_running", "requests_waiting", "slots_busy")


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

    async def at_rest() -> Snapshot | None:
        found = await read()
        return found if [found.values[key] for key in BUSY] == [0, 0, 0] else None

    # It may still work on what an earlier test asked and did not wait for.
    found = await becomes(at_rest, DEADLINE, "a server at rest")
    assert found is not None
    assert found.coverage.status is CoverageStatus.COMPLETE
    assert [one.id for one in found.resources] == [NAME]
    assert found.version
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
