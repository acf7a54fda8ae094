"""The service with a real LiteLLM proxy: its deployments, its key, and what a database would know."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientError, ClientSession

from demo.processes import Child
from demo.waiting import becomes
from homelab_steward.contract.state import TargetRef
from lab.ports import free_port
from real.conftest import Record
from real.programs import Connected
from steward.errors import ServiceUnauthorized
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call
from steward.sdk.readings import NotKnown

PACKAGES = Path(__file__).parents[2] / ".tools" / "real" / "litellm"
KEY = "sk-only-for-this-test"
START = 120.0
"""Seconds: the proxy imports all providers."""

MODELS = [
    {
        "model_name": name,
        "litellm_params": {
            "model": f"openai/{name}",
            "api_base": "http://127.0.0.1:9/v1",
            "api_key": "sk-private",
            "mock_response": "Hello",
        },
    }
    for name in ("local-chat", "local-code")
]


@pytest.fixture
async def address(tmp_path: Path, record_testsuite_property: Record) -> AsyncIterator[str]:
    if not PACKAGES.is_dir():
        pytest.skip("LiteLLM is missing, and it cannot be fetched")
    port, settings = free_port(), tmp_path / "settings.yml"
    settings.write_text(yaml.safe_dump({"model_list": MODELS, "general_settings": {"master_key": KEY}}))
    variables = {**os.environ, "PYTHONPATH": str(PACKAGES), "PYTHONDONTWRITEBYTECODE": "1"}
    child = Child("litellm", tmp_path / "litellm.log")
    arguments = ["--config", str(settings), "--host", "127.0.0.1", "--port", str(port)]
    await child.start([sys.executable, "-m", "litellm.proxy.proxy_cli", *arguments], variables, tmp_path)
    url = f"http://127.0.0.1:{port}"

    async def is_ready() -> bool:
        try:
            async with ClientSession() as own, own.get(f"{url}/health/liveliness") as answer:
                return answer.status == 200
        except ClientError:
            return False

    try:
        await becomes(is_ready, START, "LiteLLM answers")
        yield url
    finally:
        await child.stop()
    record_testsuite_property("LiteLLM", "litellm[proxy], HTTP on loopback")


async def test_its_deployments_are_read_with_the_right_key(address: str, session: ClientSession) -> None:
    here = Connected("litellm", session, {"url": address, "token": KEY})
    state = await here.poll()
    assert [one.name for one in state.checked()] == ["local-chat", "local-code"]
    assert state.readiness.litellm_version
    assert state.backlog.in_flight_requests is not None
    with pytest.raises(NotKnown, match="without a database"):
        _ = state.is_database_connected
    target = TargetRef(instance_id="i", kind="instance", id="i", name="LiteLLM")
    tool = next(one for one in here.service.tools if one.key == "deployments")
    answer = await tool.read(here.client, Call(target=target, arguments={}))
    assert "local-chat" in answer.text
    assert "sk-private" not in answer.text
    stranger = Connected("litellm", session, {"url": address, "token": "sk-wrong"})
    with pytest.raises(ServiceUnauthorized, match="not the master key"):
        await stranger.service.poll(stranger.client, Gaps())
