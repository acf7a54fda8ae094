"""A real Prometheus reads the real app: its alert rules are valid, and every panel has an answer."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientError, ClientSession

from demo.steward import Steward, settings_for
from demo.waiting import becomes
from lab.lab import Lab
from lab.ports import free_port
from real.conftest import Record

FETCHED = Path(__file__).parents[2] / ".tools" / "prometheus" / "usr" / "bin" / "prometheus"
FILES = Path(__file__).parents[2] / "addon" / "deploy" / "helm" / "files"
DEADLINE = 60.0


class RealPrometheus:
    """A Prometheus that scrapes the app each second."""

    def __init__(self, session: ClientSession, port: int) -> None:
        self._session = session
        self.url = f"http://127.0.0.1:{port}"

    async def get(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer. Raises ClientError."""
        async with self._session.get(f"{self.url}/api/v1/{path}", params=parameters) as response:
            answer = await response.json()
            assert answer["status"] == "success", answer
            return answer["data"]

    async def value(self, expression: str) -> float | None:
        """Return the value of the first series, None without any."""
        found = (await self.get("query", query=expression))["result"]
        return float(found[0]["value"][1]) if found else None

    async def rules(self) -> dict[str, dict[str, Any]]:
        """Return the alert rules by name."""
        groups = (await self.get("rules"))["groups"]
        return {one["name"]: one for group in groups for one in group["rules"]}


@pytest.fixture
async def steward(tmp_path: Path, session: ClientSession) -> AsyncIterator[Steward]:
    async with Lab(services=("proxmox", "radarr"), is_alerting=False) as lab:
        steward = Steward(session, tmp_path / "steward")
        await steward.write_settings(settings_for(lab, []))
        try:
            await steward.start()
            yield steward
        finally:
            await steward.close()


@pytest.fixture
async def prometheus(
    tmp_path: Path, session: ClientSession, steward: Steward, record_testsuite_property: Record
) -> AsyncIterator[RealPrometheus]:
    program = shutil.which("prometheus") or (str(FETCHED) if FETCHED.is_file() else None)
    if program is None:
        pytest.skip("no Prometheus is installed, and it cannot be fetched")
    port, config = free_port(), tmp_path / "prometheus.yml"
    config.write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": [str(FILES / "alerts.yaml")],
                "scrape_configs": [
                    {
                        "job_name": "homelab-steward",
                        "authorization": {"credentials": await steward.monitor_token()},
                        "static_configs": [{"targets": [f"127.0.0.1:{steward.port}"]}],
                    }
                ],
            }
        )
    )
    options = (f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data")
    process = await asyncio.create_subprocess_exec(
        program,
        *options,
        f"--web.listen-address=127.0.0.1:{port}",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    made = RealPrometheus(session, port)
    try:

        async def reads() -> bool:
            try:
                polled = await made.value("count(steward_instance_up == 1) >= 2")
                rules = await made.rules()
            except ClientError:
                return False
            return polled is not None and all(one["health"] == "ok" for one in rules.values())

        await becomes(reads, DEADLINE, "a scrape of the polled app, and evaluated rules")
        record_testsuite_property("Prometheus with the app", "alert rules and dashboard")
        yield made
    finally:
        process.terminate()
        await process.wait()


async def test_the_app_is_read_and_its_rules_and_panels_are_valid(
    prometheus: RealPrometheus, steward: Steward
) -> None:
    rules = await prometheus.rules()
    assert len(rules) == len(yaml.safe_load((FILES / "alerts.yaml").read_text())["groups"][0]["rules"])
    assert {name: one["lastError"] for name, one in rules.items() if one.get("lastError")} == {}
    for panel in json.loads((FILES / "dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            await prometheus.get("query", query=target["expr"].replace("$job", "homelab-steward"))
    assert await prometheus.value("steward_database_up") == 1
    assert await prometheus.value("count(steward_instance_known_ratio)") == 2

    async def is_counted() -> bool:
        scrapes = 'steward_http_request_seconds_count{route="/metrics", status="200"}'
        return await prometheus.value(scrapes) is not None

    await becomes(is_counted, DEADLINE, "a second scrape, which counts the first")

    async def is_quiet() -> bool:
        states = {name: one["state"] for name, one in (await prometheus.rules()).items()}
        return {name for name, state in states.items() if state != "inactive"} == {"StewardNoFrontEnd"}

    await becomes(is_quiet, DEADLINE, "no alert, except that no Home Assistant is connected")

    await steward.close()

    async def is_missed() -> bool:
        state: str = (await prometheus.rules())["StewardDown"]["state"]
        return state == "pending"

    await becomes(is_missed, DEADLINE, "an alert that the app is not read")
